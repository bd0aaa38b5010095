import { labelColumn, spacedName, unitOf, withRole, type Column, type Table } from '../column.ts';
import { present, say } from '../script.ts';
import { counted, listed, named, number, percent, quoted } from '../words.ts';
import type { Facts, MeasureFacts } from './facts.ts';
import { tellFailure, type Finding } from './finding.ts';
import { finite } from './measures.ts';

/** Values far from the rest, of the measure where they are rarest and farthest. Where they are many, the tail is long, and none is an outlier. */
export function findOutliers(facts: Facts): readonly Finding[] {
  const distance = ({ max, min, quartiles: [first, , third] }: MeasureFacts): number =>
    Math.max((max - third) / (third - first), (first - min) / (third - first));
  const candidates = facts.measures
    .filter((measure) => measure.count >= 20 && measure.quartiles[2] > measure.quartiles[0])
    .filter((measure) => measure.lowOutliers + measure.highOutliers > 0 && (measure.lowOutliers + measure.highOutliers) / measure.count <= 0.05)
    .toSorted((left, right) => distance(right) - distance(left));
  const [measure] = candidates;
  return measure === undefined ? [] : [outlierFinding(facts.table, measure, 0.38 + Math.min(0.2, distance(measure) / 40))];
}

/** SQL that lists the values outside the fences, farthest first. */
export function outlierSql(table: Table, facts: MeasureFacts, limit = 10): string {
  const value = finite(facts.column);
  const [floor, ceiling] = facts.fences;
  const columns = [...namingColumns(table, facts.column), facts.column].map((column) => column.sql);
  return `SELECT ${columns.join(', ')} FROM ${table.sql} WHERE ${value} < ${double(floor)} OR ${value} > ${double(ceiling)} ORDER BY greatest(${double(floor)} - ${value}, ${value} - ${double(ceiling)}) DESC, ${columns.join(', ')} LIMIT ${limit}`;
}

/** The columns that say which row a row is. */
export function namingColumns(table: Table, except: Column): readonly Column[] {
  const label = labelColumn(table);
  const isUnique = label !== null && label.distinctCount >= table.rowCount * 0.9;
  const others = withRole(table, 'time', 'category')
    .filter((column) => column !== label)
    .slice(0, isUnique ? 1 : 2);
  return [...(label === null ? [] : [label]), ...others].filter((column) => column !== except);
}

function outlierFinding(table: Table, facts: MeasureFacts, score: number): Finding {
  const { column } = facts;
  return {
    score,
    plots: 0,
    heading: `Outliers of ${spacedName(column.name)}`,
    *tell() {
      const result = yield* present(`Values of ${spacedName(column.name)} far from the rest`, outlierSql(table, facts));
      const names = namingColumns(table, column);
      const rows = (result?.rows ?? []).flatMap((row) => {
        const value = row.number(column.name);
        return value === null
          ? []
          : [
              {
                value,
                name: names
                  .slice(0, names[0]?.role === 'label' ? 1 : 2)
                  .flatMap((one) => shortText(row.text(one.name)))
                  .join(', '),
              },
            ];
      });
      if (rows.length === 0) return yield* tellFailure();
      const told = describeOutliers(facts, rows);
      yield* say(`${told} They may be errors or the most interesting rows: it is worth looking at each.\n\n`);
      return told;
    },
  };
}

/** Says how many values lie outside the fences, and names the farthest. */
export function describeOutliers(facts: MeasureFacts, rows: readonly { readonly value: number; readonly name: string }[]): string {
  const { column, lowOutliers, highOutliers, fences, count } = facts;
  const sides = [
    highOutliers > 0 ? `above ${number(fences[1], unitOf(column))}` : '',
    lowOutliers > 0 ? `below ${number(fences[0], unitOf(column))}` : '',
  ].filter((side) => side !== '');
  const outside = lowOutliers + highOutliers;
  const farthest = rows
    .slice(0, 3)
    .map((row) => (row.name === '' ? number(row.value, unitOf(column)) : `${quoted(row.name)} (${number(row.value, unitOf(column))})`));
  return `${counted(outside, 'value')} of ${named(column.name)} (${percent(outside / count)}) ${outside === 1 ? 'lies' : 'lie'} unusually far out, ${sides.join(' or ')}: farthest ${outside === 1 ? 'is' : 'are'} ${listed(farthest)}.`;
}

function shortText(text: string | null): readonly string[] {
  if (text === null) return [];
  return [text.length > 50 ? `${text.slice(0, 47)}...` : text];
}

function double(value: number): string {
  return `${value}::DOUBLE`;
}

import { barChart } from '../charts/bars.ts';
import { groupName, spacedName, unitOf, type Column, type Table } from '../column.ts';
import { present, say } from '../script.ts';
import { fieldName, identifier } from '../sql.ts';
import { capital, listed, named, number, percent } from '../words.ts';
import { aggregateName, aggregateSql, type Aggregate } from './aggregate.ts';
import type { Difference, Facts } from './facts.ts';
import { tellFailure, type Finding } from './finding.ts';

/** SQL for an aggregate of a measure by category, highest first. Groups of very few rows are left out of large tables. */
export function byCategorySql(
  table: Table,
  category: Column,
  aggregate: Aggregate,
  measure: Column,
  conditions: readonly string[] = [],
  limit = 20,
  fewest = 1,
): string {
  const filter = [`${category.sql} IS NOT NULL`, ...conditions].join(' AND ');
  const value = identifier(aggregateName(aggregate, measure));
  const having = fewest > 1 ? ` HAVING count(${measure.sql}) >= ${fewest}` : ` HAVING count(${measure.sql}) > 0`;
  return `SELECT CAST(${category.sql} AS VARCHAR) AS ${identifier(fieldName(category.name))}, ${aggregateSql(aggregate, measure)} AS ${value}, count(${measure.sql}) AS rows FROM ${table.sql} WHERE ${filter} GROUP BY 1${having} ORDER BY ${value} DESC, 1 LIMIT ${limit}`;
}

/** The biggest differences of a measure between the values of a category, each measure and each category not too often. */
export function findDifferences(facts: Facts): readonly Finding[] {
  const chosen: Difference[] = [];
  for (const difference of facts.differences) {
    const isTold = chosen.some(
      (other) =>
        other.measure === difference.measure ||
        (other.category === difference.category && chosen.filter((one) => one.category === difference.category).length > 1),
    );
    if (!isTold && difference.explained >= 0.02 && chosen.length < 3) chosen.push(difference);
  }
  return chosen.map((difference, position) => differenceFinding(facts, difference, 0.35 + 0.55 * difference.explained - position * 0.1));
}

function differenceFinding(facts: Facts, difference: Difference, score: number): Finding {
  const { table } = facts;
  const { measure, category, explained } = difference;
  const value = aggregateName('avg', measure);
  const fewest = table.rowCount >= 60 ? 3 : 1;
  const sql = byCategorySql(table, category, 'avg', measure, [], 20, fewest);
  const title = `Average ${spacedName(measure.name)} by ${spacedName(category.name)}`;
  return {
    score,
    plots: 1,
    heading: `${spacedName(measure.name)} by ${spacedName(category.name)}`,
    *tell() {
      const plot = {
        title,
        sql,
        spec: barChart(title, { field: fieldName(category.name), title: spacedName(category.name) }, { field: value, title: capital(spacedName(value)) }),
      };
      const result = yield* present(title, sql, plot);
      const told =
        result === null
          ? null
          : describeExtremes(
              result.rows.map((row) => ({ group: row.text(fieldName(category.name)) ?? '', value: row.number(value) ?? 0 })),
              category,
              value,
              unitOf(measure),
            );
      if (told === null) return yield* tellFailure();
      yield* say(
        `${told} ${named(category.name)} explains ${percent(explained)} of the variation of ${named(measure.name)}${explained < 0.1 ? ', so rows of the same kind still differ widely' : ''}.\n\n`,
      );
      return told;
    },
  };
}

/** Says which group is highest and which lowest. Groups come highest first. */
export function describeExtremes(
  groups: readonly { readonly group: string; readonly value: number }[],
  category: Column,
  value: string,
  unit: string | null = null,
): string | null {
  const [highest, lowest] = [groups[0], groups.at(-1)];
  if (highest === undefined || lowest === undefined) return null;
  const ofGroup = (group: string): string => groupName(category, group);
  if (highest === lowest) return `The ${named(value)} of ${ofGroup(highest.group)} is ${number(highest.value, unit)}.`;
  const equalTo = (extreme: number): string =>
    listed(
      groups.filter((group) => group.value === extreme).map((group) => ofGroup(group.group)),
      4,
    );
  if (highest.value === lowest.value) return `The ${named(value)} is the same everywhere (${number(highest.value, unit)}).`;
  return `The ${named(value)} is highest for ${equalTo(highest.value)} (${number(highest.value, unit)}) and lowest for ${equalTo(lowest.value)} (${number(lowest.value, unit)}).`;
}

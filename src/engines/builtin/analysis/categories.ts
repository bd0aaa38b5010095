import { barChart } from '../charts/bars.ts';
import { groupName, spacedName, withRole, type Column, type Table } from '../column.ts';
import { present, say } from '../script.ts';
import { fieldName, identifier } from '../sql.ts';
import { count, counted, listed, named, number, percent } from '../words.ts';
import type { Facts } from './facts.ts';
import { tellFailure, type Finding } from './finding.ts';

/** SQL that counts the rows of each value of a category, most first, with the share in percent. */
export function topValuesSql(table: Table, column: Column, conditions: readonly string[] = [], limit = 10): string {
  const name = identifier(fieldName(column.name));
  const filter = [`${column.sql} IS NOT NULL`, ...conditions].join(' AND ');
  return `SELECT CAST(${column.sql} AS VARCHAR) AS ${name}, count(*) AS rows, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS percent FROM ${table.sql} WHERE ${filter} GROUP BY 1 ORDER BY rows DESC, 1 LIMIT ${limit}`;
}

/** The most frequent values of the categories; those that are evenly spread tell nothing and are left out. */
export function findCategories(facts: Facts): readonly Finding[] {
  const { table } = facts;
  return withRole(table, 'category')
    .filter((column) => column.profile.topValues.length > 0 && unevenness(column) > 1.08)
    .map((column) => ({
      column,
      score:
        (column.distinctCount <= 2 ? 0.3 : 0.42) +
        0.15 * topShare(column) -
        (column.isNumber ? 0.08 : 0) -
        (column.filledCount < table.rowCount * 0.5 ? 0.1 : 0),
    }))
    .toSorted((left, right) => right.score - left.score)
    .slice(0, 3)
    .map(({ column, score }, position) => categoryFinding(table, column, score - position * 0.07));
}

/** The share of the rows that the most frequent values hold. */
function topShare(column: Column): number {
  return column.profile.topValues.reduce((sum, top) => sum + top.count, 0) / Math.max(1, column.filledCount);
}

/**
 * How many times as frequent the first value is as it would be if all that matter were equal: its share times the effective number of
 * values (Simpson's reciprocal index, which rare values hardly move).
 */
function unevenness(column: Column): number {
  const shares = column.profile.topValues.map((top) => top.count / Math.max(1, column.filledCount));
  const squares = shares.reduce((sum, share) => sum + share * share, 0);
  const restCount = Math.max(0, column.distinctCount - shares.length);
  const rest = Math.max(0, 1 - shares.reduce((sum, share) => sum + share, 0));
  const restSquares = restCount === 0 ? 0 : (rest * rest) / restCount;
  return squares === 0 ? 0 : (shares[0] ?? 0) / (squares + restSquares);
}

function categoryFinding(table: Table, column: Column, score: number): Finding {
  const isLong = column.distinctCount > 10;
  const name = fieldName(column.name);
  const title = isLong ? `The ten most frequent values of ${spacedName(column.name)}` : `Rows by ${spacedName(column.name)}`;
  const sql = topValuesSql(table, column);
  return {
    score,
    plots: 1,
    heading: title,
    *tell() {
      const plot = { title, sql, spec: barChart(title, { field: name, title: spacedName(column.name) }, { field: 'rows', title: 'Rows' }) };
      const result = yield* present(title, sql, plot);
      const values = (result?.rows ?? []).flatMap((row) => {
        const [value, rows, share] = [row.text(name), row.number('rows'), row.number('percent')];
        return value === null || rows === null || share === null ? [] : [{ value, rows, share }];
      });
      const [first, ...rest] = values;
      if (first === undefined) return yield* tellFailure();
      const told = describeTop(column, first, rest);
      yield* say(
        `${told}${isLong ? ` The ${count(values.length)} shown make up ${number(Math.round((values.reduce((sum, value) => sum + value.rows, 0) * 1000) / Math.max(1, column.filledCount)) / 10)} % of the rows that have a value; there are ${counted(column.distinctCount, 'different value')}${table.rowCount > 100_000 ? ' or so' : ''}.` : ''}\n\n`,
      );
      return told;
    },
  };
}

/** Says which value is most frequent and which follow. */
export function describeTop(
  column: Column,
  first: { readonly value: string; readonly rows: number; readonly share: number },
  rest: readonly { readonly value: string; readonly rows: number }[],
): string {
  const followers = rest.slice(0, 2).map((value) => `${groupName(column, value.value)} (${count(value.rows)})`);
  const base = column.filledCount > 0 && column.profile.nullCount > 0 ? ' that have a value' : '';
  return `${groupName(column, first.value)} is the most frequent ${named(column.name)}, with ${counted(first.rows, 'row')} (${percent(first.share / 100)} of all rows${base})${followers.length === 0 ? '' : `, followed by ${listed(followers)}`}.`;
}

import { withRole, type Column, type Table } from '../column.ts';
import type { QueryResult } from '../results.ts';
import type { MeasureFacts } from './facts.ts';

/** Above this many rows medians are approximate, because exact ones need the whole column in memory. */
const approximateFromRows = 1_000_000;

/** The measures that are looked at: at most so many, in their order; numbers of few values stand in where there is no other. */
export function chosenMeasures(table: Table, most = 8): readonly Column[] {
  const measures = withRole(table, 'measure');
  const chosen = measures.length > 0 ? measures : withRole(table, 'category').filter((column) => column.isNumber && column.distinctCount > 4);
  return chosen.slice(0, most);
}

/** The values of a column as finite doubles, null for the rest. */
export function finite(column: Column): string {
  const value = `CAST(${column.sql} AS DOUBLE)`;
  return /^(DOUBLE|FLOAT|REAL)$/i.test(column.profile.type) ? `CASE WHEN isfinite(${column.sql}) THEN ${value} END` : value;
}

/** SQL for a quantile, exact for tables of ordinary size. */
export function quantile(value: string, share: number, rowCount: number): string {
  return rowCount > approximateFromRows ? `approx_quantile(${value}, ${share})` : `quantile_cont(${value}, ${share})`;
}

/** SQL that describes a measure in one row. */
export function measureSql(table: Table, column: Column): string {
  const quartile = (share: number): string => quantile('x', share, table.rowCount);
  return [
    `WITH v AS (SELECT ${finite(column)} AS x FROM ${table.sql}),`,
    `q AS (SELECT ${quartile(0.25)} AS q1, ${quartile(0.5)} AS q2, ${quartile(0.75)} AS q3 FROM v)`,
    'SELECT count(x) AS n, avg(x) AS mean, stddev_pop(x) AS deviation, min(x) AS low, max(x) AS high, any_value(q1) AS q1, any_value(q2) AS q2, any_value(q3) AS q3,',
    'any_value(q1 - 1.5 * (q3 - q1)) AS floor, any_value(q3 + 1.5 * (q3 - q1)) AS ceiling,',
    'skewness(x) AS skew, count(*) FILTER (x < q1 - 1.5 * (q3 - q1)) AS below, count(*) FILTER (x > q3 + 1.5 * (q3 - q1)) AS above,',
    'count(*) FILTER (x < q1 - 1.5 * (q3 - q1) OR x > q3 + 1.5 * (q3 - q1)) AS outside, 100.0 * count(*) FILTER (x < q1 - 1.5 * (q3 - q1) OR x > q3 + 1.5 * (q3 - q1)) / count(x) AS "outside in percent" FROM v, q',
  ].join(' ');
}

/** Reads what `measureSql` found; nothing where there are no values. */
export function readMeasure(column: Column, result: QueryResult | null): readonly MeasureFacts[] {
  const row = result?.rows[0];
  const [count, mean, min, max, median] = ['n', 'mean', 'low', 'high', 'q2'].map((name) => row?.number(name) ?? null);
  if (row === undefined || count == null || mean == null || min == null || max == null || median == null || count === 0) return [];
  return [
    {
      column,
      count,
      mean,
      min,
      max,
      deviation: row.number('deviation') ?? 0,
      quartiles: [row.number('q1') ?? median, median, row.number('q3') ?? median],
      fences: [row.number('floor') ?? min, row.number('ceiling') ?? max],
      skewness: row.number('skew') ?? 0,
      lowOutliers: row.number('below') ?? 0,
      highOutliers: row.number('above') ?? 0,
    },
  ];
}

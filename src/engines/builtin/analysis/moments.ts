import { withRole, type Column, type Table } from '../column.ts';
import { chooseGrain, periodOf } from '../dates.ts';
import type { QueryResult } from '../results.ts';
import type { Season, TimeFacts, Trend } from './facts.ts';
import { finite } from './measures.ts';
import { readExplained } from './relations.ts';

/** The columns of moments that are looked at. */
export function chosenTimes(table: Table): readonly Column[] {
  return withRole(table, 'time').slice(0, 2);
}

/** SQL for what a column of moments covers. */
export function timeSql(table: Table, column: Column): string {
  const moment = column.time?.expression ?? column.sql;
  const distinct = (grain: string): string => `count(DISTINCT date_trunc('${grain}', t)) AS "${grain}s"`;
  return [
    `SELECT CAST(min(t) AS DATE) AS first, CAST(max(t) AS DATE) AS last, date_diff('day', min(t), max(t)) AS days, count(t) AS n, count(c) AS filled, count(DISTINCT t) AS moments,`,
    `count(DISTINCT date_trunc('day', t)) AS days_, ${distinct('week')}, ${distinct('month')}, ${distinct('quarter')}, ${distinct('year')}, ${distinct('hour')}, count(DISTINCT month(t)) AS calendar`,
    `FROM (SELECT ${moment} AS t, ${column.sql} AS c FROM ${table.sql})`,
  ].join(' ');
}

/** Reads what `timeSql` found; nothing where the texts turn out not to be dates. */
export function readTime(column: Column, result: QueryResult | null): readonly TimeFacts[] {
  const row = result?.rows[0];
  const [start, end] = [row?.text('first') ?? null, row?.text('last') ?? null];
  if (row === undefined || start === null || end === null) return [];
  const amount = (name: string): number => row.number(name) ?? 0;
  if (amount('n') < amount('filled') * 0.9) return [];
  const days = amount('days');
  const grain = column.time?.kind === 'year' ? 'year' : chooseGrain(days, { day: amount('days_'), month: amount('months'), year: amount('years') });
  return [
    {
      column,
      start: start.slice(0, 10),
      end: end.slice(0, 10),
      count: amount('n'),
      grain,
      distinct: amount('moments'),
      periods: amount(grain === 'day' ? 'days_' : `${grain}s`),
      hasSeasons: amount('calendar') === 12 && days > 2 * 365 && amount('months') >= 24,
    },
  ];
}

/** Whether a period has enough rows to say something: a fifth of the average. */
export const isThick = 'rows * 5 >= (SELECT avg(rows) FROM g)';

/** SQL for how well a straight line fits the measures, and the number of rows, over the periods of a time column. */
export function trendSql(table: Table, time: TimeFacts, measures: readonly Column[]): string {
  const period = time.column.time === null ? time.column.sql : periodOf(time.column.time, time.column.sql, time.grain);
  const epoch = time.grain === 'year' ? 'CAST(p AS DOUBLE)' : 'epoch(CAST(p AS TIMESTAMP)) / 31557600';
  const values = measures.map((column, index) => `avg(${finite(column)}) AS m${index}`);
  const terms = measures.map((_, index) => `regr_r2(m${index}, t) AS f${index}, regr_slope(m${index}, t) AS s${index}, count(m${index}) AS n${index}`);
  return [
    `WITH g AS (SELECT ${period} AS p, ${[...values, 'count(*) AS rows'].join(', ')} FROM ${table.sql} WHERE ${time.column.sql} IS NOT NULL GROUP BY 1),`,
    // Periods with a handful of rows say little, and would bend the line.
    `w AS (SELECT *, ${epoch} AS t FROM g WHERE p IS NOT NULL AND ${isThick})`,
    `SELECT ${[...terms, 'regr_r2(rows, t) AS f, regr_slope(rows, t) AS s, count(*) AS n, stddev_pop(rows) / avg(rows) AS spread'].join(', ')} FROM w`,
  ].join(' ');
}

/** Reads what `trendSql` found, clearest first. */
export function readTrends(time: TimeFacts, measures: readonly Column[], result: QueryResult | null): readonly Trend[] {
  const row = result?.rows[0];
  if (row === undefined) return [];
  const trends = measures.flatMap((measure, index): readonly Trend[] => {
    const fit = row.number(`f${index}`);
    return fit === null || (row.number(`n${index}`) ?? 0) < 4 ? [] : [{ time, measure, fit, slope: row.number(`s${index}`) ?? 0 }];
  });
  const rowsVary = (row.number('spread') ?? 0) > 0.25 && (row.number('n') ?? 0) >= 4;
  const ofRows: readonly Trend[] = rowsVary ? [{ time, measure: null, fit: row.number('f') ?? 0, slope: row.number('s') ?? 0 }] : [];
  return [...trends, ...ofRows].toSorted((left, right) => right.fit - left.fit);
}

/** Reads how much the month of the year explains. */
export function readSeasons(time: TimeFacts, measures: readonly Column[], result: QueryResult | null): readonly Season[] {
  return measures
    .flatMap((measure, index): readonly Season[] => {
      const explained = readExplained(result, index);
      return explained === null ? [] : [{ time, measure, explained }];
    })
    .toSorted((left, right) => right.explained - left.explained);
}

import type { Column, Table } from '../column.ts';
import { withRole } from '../column.ts';
import { explore, type Script } from '../script.ts';
import type { QueryResult } from '../results.ts';
import type { Association, Correlation, Difference, Facts, MeasureFacts, Season, TimeFacts, Trend } from './facts.ts';
import { futureSql } from './future.ts';
import { chosenMeasures, measureSql, readMeasure } from './measures.ts';
import { chosenTimes, readSeasons, readTime, readTrends, timeSql, trendSql } from './moments.ts';
import {
  associationSql,
  comparableCategories,
  correlationSql,
  differenceSql,
  pairsOf,
  readAssociation,
  readCorrelations,
  readDifferences,
  withinSql,
} from './relations.ts';

/** A query with what is to be done with its result. */
interface Inquiry {
  readonly sql: string;
  readonly read: (result: QueryResult | null) => void;
}

/** Facts while they are being gathered. */
interface Found {
  duplicates: number | null;
  readonly measures: MeasureFacts[];
  correlations: readonly Correlation[];
  readonly differences: Difference[];
  readonly associations: Association[];
  trends: readonly Trend[];
  seasons: readonly Season[];
  rowKey: readonly Column[];
  futureCount: number;
}

function* inquire(inquiries: readonly Inquiry[]): Script {
  const results = yield* explore(inquiries.map((inquiry) => inquiry.sql));
  inquiries.forEach((inquiry, index) => inquiry.read(results[index] ?? null));
}

/** Finds out, in two steps, all that decides what is worth telling about a table. */
export function* gatherFacts(table: Table): Script<Facts> {
  const measures = chosenMeasures(table);
  const categories = comparableCategories(table);
  const times: TimeFacts[] = [];
  const found: Found = {
    duplicates: null,
    measures: [],
    correlations: [],
    differences: [],
    associations: [],
    trends: [],
    seasons: [],
    rowKey: [],
    futureCount: 0,
  };

  yield* inquire([
    ...duplicateInquiry(table, (duplicates) => (found.duplicates = duplicates)),
    ...measures.map((column) => ({
      sql: measureSql(table, column),
      read: (result: QueryResult | null) => void found.measures.push(...readMeasure(column, result)),
    })),
    ...chosenTimes(table).map((column) => ({
      sql: timeSql(table, column),
      read: (result: QueryResult | null) => void times.push(...readTime(column, result)),
    })),
    ...(measures.length < 2
      ? []
      : [{ sql: correlationSql(table, measures), read: (result: QueryResult | null) => void (found.correlations = readCorrelations(measures, result)) }]),
    ...(measures.length === 0
      ? []
      : categories.map((column) => ({
          sql: differenceSql(table, column.sql, measures),
          read: (result: QueryResult | null) => void found.differences.push(...readDifferences(column, measures, result)),
        }))),
    ...pairsOf(categories.filter((column) => column.distinctCount <= 12).slice(0, 4)).map(([left, right]) => ({
      sql: associationSql(table, left, right),
      read: (result: QueryResult | null) => void found.associations.push(...readAssociation(left, right, result)),
    })),
  ]);

  found.differences.sort((left, right) => right.explained - left.explained);
  const [time] = times;
  const grouping = groupingCategory(found.differences, found.correlations);
  const keys = keyCandidates(table, times);
  yield* inquire([
    ...(time === undefined
      ? []
      : [{ sql: trendSql(table, time, measures), read: (result: QueryResult | null) => void (found.trends = readTrends(time, measures, result)) }]),
    ...(time === undefined || time.grain === 'hour'
      ? []
      : [{ sql: futureSql(table, time.column), read: (result: QueryResult | null) => void (found.futureCount = result?.rows[0]?.number('future') ?? 0) }]),
    ...(time?.hasSeasons !== true || measures.length === 0
      ? []
      : [
          {
            sql: differenceSql(table, `month(${time.column.time?.expression ?? time.column.sql})`, measures),
            read: (result: QueryResult | null) => void (found.seasons = readSeasons(time, measures, result)),
          },
        ]),
    ...(grouping === null
      ? []
      : [
          {
            sql: withinSql(table, grouping, found.correlations),
            read: (result: QueryResult | null) => void (found.correlations = addWithin(found.correlations, grouping, result)),
          },
        ]),
    ...keys.map((columns) => ({
      sql: `SELECT count(*) AS groups FROM (SELECT DISTINCT ${columns.map((column) => column.sql).join(', ')} FROM ${table.sql})`,
      read: (result: QueryResult | null) =>
        void (found.rowKey = found.rowKey.length === 0 && result?.rows[0]?.number('groups') === table.rowCount ? columns : found.rowKey),
    })),
  ]);
  return { table, times, ...found };
}

function duplicateInquiry(table: Table, read: (duplicates: number | null) => void): readonly Inquiry[] {
  // Finding repeated rows takes memory for every different row, and huge tables would only meet the limit.
  if (table.columns.length < 2 || table.rowCount < 2 || table.rowCount > 1_000_000) return [];
  const columns = table.columns.map((column) => column.sql).join(', ');
  return [
    {
      sql: `SELECT coalesce(sum(n - 1), 0)::BIGINT AS duplicates FROM (SELECT count(*) AS n FROM ${table.sql} GROUP BY ${columns} HAVING count(*) > 1)`,
      read: (result) => read(result?.rows[0]?.number('duplicates') ?? null),
    },
  ];
}

/** The category inside whose groups correlations are looked at again: the one that makes the biggest differences. */
function groupingCategory(differences: readonly Difference[], correlations: readonly Correlation[]): Column | null {
  if (correlations.length === 0) return null;
  return differences.find((difference) => difference.category.distinctCount <= 8 && difference.explained >= 0.1)?.category ?? null;
}

function addWithin(correlations: readonly Correlation[], category: Column, result: QueryResult | null): readonly Correlation[] {
  return correlations.map((pair, index) => {
    const r = result?.rows[0]?.number(`r${index}`) ?? null;
    return r === null ? pair : { ...pair, within: { category, r } };
  });
}

/** Columns that might tell all rows apart: one alone, or a category at a moment. */
function keyCandidates(table: Table, times: readonly TimeFacts[]): readonly (readonly Column[])[] {
  if (table.rowCount < 2 || table.rowCount > 5_000_000) return [];
  const mayBeUnique = (column: Column): boolean => column.profile.nullCount === 0 && column.distinctCount >= table.rowCount * 0.9;
  const single = [...withRole(table, 'identifier', 'label'), ...times.map((time) => time.column)].filter(mayBeUnique).map((column) => [column]);
  const pairs = withRole(table, 'category')
    .filter((column) => column.profile.nullCount === 0 && !column.isNumber)
    .flatMap((column) => times.filter((time) => time.column.distinctCount * column.distinctCount >= table.rowCount * 0.9).map((time) => [column, time.column]));
  return [...single, ...pairs].slice(0, 4);
}

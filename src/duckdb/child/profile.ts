import type { Json } from '../../base/json.ts';
import type { ColumnProfile } from '../../base/table.ts';
import { guessMeaning } from './meaning.ts';
import { quoteName, quoteString } from './quote.ts';
import type { Workbench } from './workbench.ts';

/** Up to this many rows, counts of distinct values and quartiles are exact. */
const exactRowCount = 10_000;
/** Columns with more distinct values than this have no top values; nor have those of which nearly every value is different, unless they are few. */
const mostDistinct = 1_000;
const fewDistinct = 20;
const topCount = 10;
const longestValue = 200;
/** How many columns one query looks at: it bounds the memory for the states of the aggregates. */
const columnsPerQuery = 20;

interface Column {
  readonly name: string;
  readonly type: string;
  readonly isNumber: boolean;
  /** Lists, structs and maps: counted, not ordered. */
  readonly isNested: boolean;
}

/**
 * Profiles every column of a Parquet file in two passes: one for counts and moments, one for the most frequent values of the columns that
 * repeat themselves.
 *
 * @param path the file
 * @param rowCount how many rows it has
 */
export async function profileParquet(bench: Workbench, path: string, rowCount: number): Promise<readonly ColumnProfile[]> {
  const relation = `read_parquet(${quoteString(path)})`;
  const described = await bench.all(`DESCRIBE SELECT * FROM ${relation}`);
  const columns = described.map((row): Column => {
    const type = String(row['column_type'] ?? '');
    return {
      name: String(row['column_name'] ?? ''),
      type,
      isNumber: /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL.*|DOUBLE|FLOAT|BIGNUM)$/.test(type) && !type.endsWith(']'),
      isNested: /\[\d*\]$|^(STRUCT|MAP|UNION|VARIANT|BLOB|GEOMETRY)/.test(type),
    };
  });
  const profiles: ColumnProfile[] = [];
  for (let from = 0; from < columns.length; from += columnsPerQuery) {
    profiles.push(...(await profileColumns(bench, relation, columns.slice(from, from + columnsPerQuery), rowCount)));
  }
  return profiles;
}

async function profileColumns(bench: Workbench, relation: string, columns: readonly Column[], rowCount: number): Promise<readonly ColumnProfile[]> {
  const isSmall = rowCount <= exactRowCount;
  const [facts = {}] = await bench.all(`SELECT ${columns.flatMap((column, index) => aggregatesOf(column, index, isSmall)).join(', ')} FROM ${relation}`);
  // DuckDB's estimate can be a quarter off: a histogram tells exactly, where it is small enough.
  const isCounted = columns.map(
    (column, index) => !column.isNested && Number(facts[`n${index}`] ?? 0) > 0 && (isSmall || Number(facts[`d${index}`] ?? 0) <= mostDistinct * 1.5),
  );
  const histograms = columns.flatMap((column, index) =>
    isCounted[index] === true ? [`histogram(left(CAST(${quoteName(column.name)} AS VARCHAR), ${longestValue})) AS h${index}`] : [],
  );
  const counted = columns.flatMap((_, index) =>
    isCounted[index] === true
      ? [
          `cardinality(h${index}) AS d${index}, list_sort(list_transform(map_entries(h${index}), lambda e: {rank: -e.value::BIGINT, value: e.key}))[1:${topCount}] AS h${index}`,
        ]
      : [],
  );
  const [values = {}] = counted.length === 0 ? [] : await bench.all(`SELECT ${counted.join(', ')} FROM (SELECT ${histograms.join(', ')} FROM ${relation})`);
  return columns.map((column, index): ColumnProfile => {
    const presentCount = Number(facts[`n${index}`] ?? 0);
    const distinctCount = Math.min(Number(values[`d${index}`] ?? facts[`d${index}`] ?? 0), presentCount);
    const hasRepeats = distinctCount <= mostDistinct && (distinctCount <= fewDistinct || distinctCount <= presentCount * 0.9);
    const shape = {
      name: column.name,
      type: column.type,
      nullCount: rowCount - presentCount,
      distinctCount,
      min: textOf(facts[`lo${index}`]),
      max: textOf(facts[`hi${index}`]),
      mean: finiteOf(facts[`m${index}`]),
      standardDeviation: finiteOf(facts[`s${index}`]),
      quartiles: quartilesOf(facts[`q${index}`]),
      topValues: hasRepeats ? topOf(values[`h${index}`]) : [],
    };
    return { ...shape, meaning: guessMeaning({ ...shape, presentCount, isNumber: column.isNumber, averageLength: finiteOf(facts[`l${index}`]) }) };
  });
}

function aggregatesOf(column: Column, index: number, isSmall: boolean): readonly string[] {
  const name = quoteName(column.name);
  const counts = [`count(${name}) AS n${index}`, `approx_count_distinct(${name}) AS d${index}`];
  if (column.isNested) return counts;
  const bounds = ['min', 'max'].map((bound, which) => `left(CAST(${bound}(${name}) AS VARCHAR), ${longestValue}) AS ${which === 0 ? 'lo' : 'hi'}${index}`);
  if (column.type === 'VARCHAR') return [...counts, ...bounds, `avg(length(${name})) AS l${index}`];
  if (!column.isNumber) return [...counts, ...bounds];
  // A single infinity would make the standard deviation an error.
  const value = `CAST(${name} AS DOUBLE)`;
  const finite = `FILTER (WHERE isfinite(${value}))`;
  const quantile = isSmall ? 'quantile_cont' : 'approx_quantile';
  return [
    ...counts,
    ...bounds,
    `avg(${value}) ${finite} AS m${index}`,
    `stddev_samp(${value}) ${finite} AS s${index}`,
    `${quantile}(${value}, [0.25, 0.5, 0.75]) ${finite} AS q${index}`,
  ];
}

/** Reads a list of `{ rank, value }`, where the rank is the negated count: so one ascending sort gives the frequent first, then by name. */
function topOf(list: Json | undefined): ColumnProfile['topValues'] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: Json) =>
    typeof entry === 'object' && entry !== null && 'rank' in entry && 'value' in entry ? [{ value: String(entry.value), count: -Number(entry.rank) }] : [],
  );
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function finiteOf(value: Json | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function quartilesOf(value: Json | undefined): readonly [number, number, number] | null {
  if (!Array.isArray(value)) return null;
  const [lower, middle, upper] = value.map((item: Json) => finiteOf(item));
  return typeof lower === 'number' && typeof middle === 'number' && typeof upper === 'number' ? [lower, middle, upper] : null;
}

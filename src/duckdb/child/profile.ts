import type { ColumnProfile } from '../../base/table.ts';
import { guessMeaning } from './meaning.ts';
import { binsOf, columnOf, isFloat, longestValue, type ColumnFacts, type ProfiledColumn } from './profile-column.ts';
import { profileGrouped } from './profile-grouped.ts';
import { profileScanned, type BoundedColumn } from './profile-scanned.ts';
import { quoteString } from './quote.ts';
import { unitsIn } from './units-option.ts';
import type { Workbench } from './workbench.ts';
import { describe } from './describe.ts';

/** Up to this many rows everything is exact. */
const exactRowCount = 10_000;
/** Columns with more distinct values than this have no top values; nor have those of which nearly every value is different, unless they are few. */
const mostDistinct = 1_000;
const fewDistinct = 20;
/** How many columns one query looks at: it bounds the memory for the states of the aggregates. */
const columnsPerQuery = 20;
/** Which share of a column must be kept in dictionaries for it to be one whose values repeat. */
const dictionaryShare = 0.9;

/**
 * Profiles every column of a Parquet file of ours. The statistics of the file tell counts and bounds without reading it; then each column
 * is read once: alone and exactly where its values repeat, together with others and with estimates where they do not.
 *
 * @param path the file
 * @param rowCount how many rows it has
 */
export async function profileParquet(bench: Workbench, path: string, rowCount: number): Promise<readonly ColumnProfile[]> {
  const relation = `read_parquet(${quoteString(path)})`;
  const columns = (await describe(bench, `SELECT * FROM ${relation}`)).map(columnOf);
  const [units, kept] = [await unitsIn(bench, path), await keptColumns(bench, path)];
  const isSmall = rowCount <= exactRowCount;
  const facts = new Map<string, ColumnFacts>();
  for (let from = 0; from < columns.length; from += columnsPerQuery) {
    const bounded = await boundColumns(bench, relation, columns.slice(from, from + columnsPerQuery), kept);
    const isGrouped = ({ column }: BoundedColumn): boolean =>
      !column.isNested && (isSmall || column.type === 'BOOLEAN' || kept.get(column.name)?.isRepeating === true);
    const scanned = bounded.filter((candidate) => !isGrouped(candidate));
    const found = scanned.length === 0 ? [] : await profileScanned(bench, relation, scanned);
    // An estimate that is low enough for top values can be a quarter off: they are counted.
    const again = new Set(scanned.filter((_, index) => (found[index]?.distinctCount ?? 0) <= mostDistinct * 1.5));
    for (const [index, { column }] of scanned.entries()) {
      const told = found[index];
      if (told !== undefined) facts.set(column.name, told);
    }
    for (const candidate of bounded) {
      const { column, bins, bounds } = candidate;
      if (column.isNested || bounds?.presentCount === 0 || !(isGrouped(candidate) || again.has(candidate))) continue;
      facts.set(column.name, await profileGrouped(bench, relation, column, bins));
    }
  }
  return columns.map((column) => profileOf(column, facts.get(column.name) ?? nothing, rowCount, units.get(column.name) ?? null));
}

const nothing: ColumnFacts = {
  presentCount: 0,
  distinctCount: 0,
  min: null,
  max: null,
  mean: null,
  standardDeviation: null,
  quantiles: null,
  histogram: [],
  topValues: [],
  averageLength: null,
};

function profileOf(column: ProfiledColumn, facts: ColumnFacts, rowCount: number, unit: string | null): ColumnProfile {
  const { presentCount, distinctCount, quantiles, averageLength } = facts;
  const hasRepeats = distinctCount <= mostDistinct && (distinctCount <= fewDistinct || distinctCount <= presentCount * 0.9);
  const shape = {
    name: column.name,
    type: column.type,
    unit,
    nullCount: Math.max(0, rowCount - presentCount),
    distinctCount,
    min: facts.min,
    max: facts.max,
    mean: facts.mean,
    standardDeviation: facts.standardDeviation,
    quartiles: quantiles === null ? null : ([quantiles[1], quantiles[2], quantiles[3]] as const),
    quantiles,
    histogram: facts.histogram,
    topValues: hasRepeats ? facts.topValues : [],
  };
  return { ...shape, meaning: guessMeaning({ ...shape, presentCount, isNumber: column.isNumber, averageLength }) };
}

/** What the footer of a Parquet file says of a column. */
interface KeptColumn {
  /** Whether it is kept in dictionaries: our writer does so where a fifth of the values at most are different. */
  readonly isRepeating: boolean;
  readonly presentCount: number;
}

async function keptColumns(bench: Workbench, path: string): Promise<ReadonlyMap<string, KeptColumn>> {
  const rows = await bench.all(
    `SELECT path_in_schema AS name, sum(num_values) - sum(stats_null_count) AS present, coalesce(sum(num_values) FILTER (WHERE dictionary_page_offset IS NOT NULL), 0) >= sum(num_values) * ${dictionaryShare} AS repeats FROM parquet_metadata(${quoteString(path)}) GROUP BY name HAVING count(stats_null_count) = count(*)`,
  );
  return new Map(rows.map(({ name, present, repeats }) => [String(name), { isRepeating: repeats === true, presentCount: Number(present) }]));
}

/** The bounds of columns whose values have a fixed width: DuckDB answers from the statistics of the row groups. Those of texts may be cut. */
async function boundColumns(
  bench: Workbench,
  relation: string,
  columns: readonly ProfiledColumn[],
  kept: ReadonlyMap<string, KeptColumn>,
): Promise<readonly BoundedColumn[]> {
  // Of truths there are no statistics, and asking for them would have all columns read.
  const isFixed = (column: ProfiledColumn): boolean => !column.isText && !column.isNested && column.type !== 'BOOLEAN';
  const aggregates = (isOfFinite: (column: ProfiledColumn) => boolean): readonly string[] =>
    columns.flatMap((column, index) => {
      if (!isFixed(column)) return [];
      const filter = isOfFinite(column) ? ` FILTER (WHERE isfinite(${column.sql}))` : '';
      const text = (bound: string): string => `left(CAST(${bound}(${column.sql})${filter} AS VARCHAR), ${longestValue})`;
      // A single count of present values would have all columns read.
      return [...(kept.has(column.name) ? [] : [`count(${column.sql}) AS n${index}`]), `${text('min')} AS lo${index}`, `${text('max')} AS hi${index}`];
    });
  const plain = aggregates(() => false);
  const [row = {}] = plain.length === 0 ? [] : await bench.all(`SELECT ${plain.join(', ')} FROM ${relation}`);
  const bound = (source: typeof row, key: string): string | null => (typeof source[key] === 'string' ? source[key] : null);
  const isEndless = (column: ProfiledColumn): boolean => {
    const index = columns.indexOf(column);
    return isFloat(column) && [bound(row, `lo${index}`), bound(row, `hi${index}`)].some((text) => text !== null && !Number.isFinite(Number(text)));
  };
  const [finite = {}] = columns.some(isEndless) ? await bench.all(`SELECT ${aggregates(isEndless).join(', ')} FROM ${relation}`) : [row];
  return columns.map((column, index) => ({
    column,
    bins: isFixed(column) ? binsOf(column, bound(finite, `lo${index}`), bound(finite, `hi${index}`)) : null,
    bounds: isFixed(column)
      ? { presentCount: kept.get(column.name)?.presentCount ?? Number(row[`n${index}`] ?? 0), min: bound(row, `lo${index}`), max: bound(row, `hi${index}`) }
      : null,
  }));
}

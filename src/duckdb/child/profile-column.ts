import type { Json } from '../../base/json.ts';
import type { ColumnProfile, TableColumn } from '../../base/table.ts';
import { justBelow, numberBins, timeBins, type Bins } from './histogram-bins.ts';
import { quoteName } from './quote.ts';

/** A column whose values are looked at. */
export interface ProfiledColumn {
  readonly name: string;
  readonly type: string;
  /** In SQL. */
  readonly sql: string;
  readonly isNumber: boolean;
  readonly isText: boolean;
  /** Lists, structs and maps: counted, not ordered. */
  readonly isNested: boolean;
}

/** What the values told. */
export interface ColumnFacts {
  readonly presentCount: number;
  readonly distinctCount: number;
  readonly min: string | null;
  readonly max: string | null;
  readonly mean: number | null;
  readonly standardDeviation: number | null;
  readonly quantiles: ColumnProfile['quantiles'];
  readonly histogram: ColumnProfile['histogram'];
  readonly topValues: ColumnProfile['topValues'];
  /** The mean length of texts, in bytes; null for others. */
  readonly averageLength: number | null;
}

/** The longest text of a value in a profile. */
export const longestValue = 200;
/** The shares of the quantiles. */
export const quantileShares = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

/** A column with what its type means for a profile. */
export function columnOf({ name, type }: TableColumn): ProfiledColumn {
  return {
    name,
    type,
    sql: quoteName(name),
    isNumber: /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL.*|DOUBLE|FLOAT|BIGNUM)$/.test(type) && !type.endsWith(']'),
    isText: type === 'VARCHAR',
    isNested: /\[\d*\]$|^(STRUCT|MAP|UNION|VARIANT|BLOB|GEOMETRY)/.test(type),
  };
}

/** Whether a column may hold NaN and infinities, which have no place among numbers. */
export function isFloat(column: ProfiledColumn): boolean {
  return column.type === 'DOUBLE' || column.type === 'FLOAT';
}

/** The bins of a column, of which the least and the largest finite value are known; null where it has none. */
export function binsOf(column: ProfiledColumn, min: string | null, max: string | null): Bins | null {
  if (min === null || max === null) return null;
  if (column.isNumber) return numberBins(Number(min), Number(max), !/^(DECIMAL|DOUBLE|FLOAT)/.test(column.type));
  // `2024-05-01 12:00:00+00` as ISO 8601 has it.
  const instant = (text: string): number => Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? text : `${text.slice(0, 19).replace(' ', 'T')}Z`);
  if (column.type === 'DATE') return timeBins(instant(min), instant(max), 'day');
  return column.type.startsWith('TIMESTAMP') ? timeBins(instant(min), instant(max), 'millisecond') : null;
}

/** A value as the number that the edges of its bins are, in SQL. */
export function binValue(column: ProfiledColumn, value: string): string {
  if (column.isNumber) return `CAST(${value} AS DOUBLE)`;
  return column.type === 'DATE' ? `CAST(${value} - DATE '1970-01-01' AS DOUBLE)` : `CAST(epoch_ms(${value}) AS DOUBLE)`;
}

/** The largest values that the bins hold: all edges but the first, each a little less, for it belongs to the next bin. */
export function upperBounds(bins: Bins): readonly string[] {
  const literal = (value: number): string => `${value}::DOUBLE`;
  return [...bins.edges.slice(1, -1).map((edge) => literal(justBelow(edge))), literal(bins.edges.at(-1) ?? 0)];
}

/**
 * Bins with their counts.
 *
 * @param counts in the order of the bins
 */
export function histogramOf(bins: Bins | null, counts: readonly number[]): ColumnProfile['histogram'] {
  if (bins === null) return [];
  return counts.map((count, index) => ({ from: bins.labels[index] ?? '', to: bins.labels[index + 1] ?? '', count }));
}

/** The least and the largest of the given values, when they can be shown. */
export function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

export function finiteOf(value: Json | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** The five quantiles; null where one is missing. */
export function quantilesOf(value: Json | undefined): ColumnProfile['quantiles'] {
  if (!Array.isArray(value)) return null;
  const [first, second, third, fourth, fifth] = value.map((item: Json) => finiteOf(item));
  if (typeof first !== 'number' || typeof second !== 'number' || typeof third !== 'number' || typeof fourth !== 'number' || typeof fifth !== 'number')
    return null;
  return [first, second, third, fourth, fifth];
}

import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBFloatVector,
  DuckDBListValue,
  DuckDBListVector,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBStructVector,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBUnionValue,
  DuckDBVariantValue,
  type DuckDBValue,
  type DuckDBVector,
} from '@duckdb/node-api';
import type { Json } from '../../base/json.ts';

/** What is left for one cell; shared by everything nested in it. */
export interface CellBudget {
  charactersLeft: number;
  itemsLeft: number;
  /** Whether something was left out. */
  isCut: boolean;
}

/** The budget of one cell: texts are cut with an ellipsis, lists end early. */
export function createCellBudget(): CellBudget {
  return { charactersLeft: 32_768, itemsLeft: 10_000, isCut: false };
}

/** A budget that is never used up, for results of our own statements. */
export function createUnboundedBudget(): CellBudget {
  return { charactersLeft: Number.POSITIVE_INFINITY, itemsLeft: Number.POSITIVE_INFINITY, isCut: false };
}

function textOf(text: string, budget: CellBudget): string {
  if (text.length <= budget.charactersLeft) {
    budget.charactersLeft -= text.length;
    return text;
  }
  budget.isCut = true;
  const kept = text.slice(0, budget.charactersLeft);
  budget.charactersLeft = 0;
  // Not in the middle of a surrogate pair.
  return `${kept.isWellFormed() ? kept : kept.slice(0, -1)}…`;
}

/** NaN and the infinities, which JSON has no numbers for, are the strings `NaN`, `Infinity` and `-Infinity`. */
function numberOf(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** A 32-bit float by its shortest digits: 0.1, not 0.10000000149011612. */
function floatOf(value: number): number | string {
  const short = Number(value.toPrecision(7));
  return Math.fround(short) === value ? short : numberOf(value);
}

function bigintOf(value: bigint): number | string {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
}

/** Up to fifteen significant digits survive the way through a double unchanged (IEEE 754, DBL_DIG). */
function decimalOf(value: DuckDBDecimalValue): number | string {
  const text = value.toString();
  return text.replaceAll(/[-.]|^-?0\.?0*/g, '').length <= 15 ? Number(text) : text;
}

function momentOf(text: string): string {
  return text.replace(/^(\S+) (\d\d:)/, '$1T$2');
}

function zonedMomentOf(value: DuckDBTimestampTZValue): string {
  const text = momentOf(new DuckDBTimestampValue(value.micros).toString());
  return value.isFinite ? `${text}Z` : text;
}

/** The binding writes an infinite date as a day far away; SQL calls it infinity. */
function dateOf(value: DuckDBDateValue): string {
  return value.isFinite ? value.toString() : value.days > 0 ? 'infinity' : '-infinity';
}

/** As many items as the budget allows, each made by `read`. */
function listOf<T>(length: number, budget: CellBudget, read: (index: number) => T): T[] {
  const list: T[] = [];
  for (let index = 0; index < length; index += 1) {
    if (budget.itemsLeft <= 0) {
      budget.isCut = true;
      break;
    }
    budget.itemsLeft -= 1;
    list.push(read(index));
  }
  return list;
}

function cellOf(value: DuckDBValue, budget: CellBudget): Json {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return numberOf(value);
  if (typeof value === 'bigint') return bigintOf(value);
  if (typeof value === 'string') return textOf(value, budget);
  if (value instanceof DuckDBDecimalValue) return decimalOf(value);
  if (value instanceof DuckDBDateValue) return dateOf(value);
  if (value instanceof DuckDBTimestampTZValue) return zonedMomentOf(value);
  if (
    value instanceof DuckDBTimestampValue ||
    value instanceof DuckDBTimestampSecondsValue ||
    value instanceof DuckDBTimestampMillisecondsValue ||
    value instanceof DuckDBTimestampNanosecondsValue
  ) {
    return momentOf(value.toString());
  }
  if (value instanceof DuckDBBlobValue) return textOf(Buffer.from(value.bytes).toString('base64'), budget);
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) {
    return listOf(value.items.length, budget, (index) => cellOf(value.items[index] ?? null, budget));
  }
  if (value instanceof DuckDBStructValue) {
    const entries = Object.entries(value.entries);
    return Object.fromEntries(
      listOf(entries.length, budget, (index) => {
        const [key = '', entry = null] = entries[index] ?? [];
        return [textOf(key, budget), cellOf(entry, budget)];
      }),
    );
  }
  if (value instanceof DuckDBMapValue) {
    return listOf(value.entries.length, budget, (index) => {
      const entry = value.entries[index];
      return { key: cellOf(entry?.key ?? null, budget), value: cellOf(entry?.value ?? null, budget) };
    });
  }
  if (value instanceof DuckDBUnionValue || value instanceof DuckDBVariantValue) return cellOf(value.value, budget);
  return textOf(value.toString(), budget);
}

/**
 * A cell of a vector as JSON. Integers and decimals are numbers while they are exact in a double, else strings; dates and moments are ISO
 * 8601 (`2024-05-01`, `2024-05-01T12:00:00`, with `Z` where the type has a time zone); blobs are base64; maps are lists of
 * `{ key, value }`; a union is the value it holds; intervals, times, UUIDs, enums, bits and whatever else there is are text as DuckDB
 * writes it.
 *
 * Unlike `getItem` it does not build the whole of a long list before it is cut, and it tells a 32-bit float from a double.
 *
 * @param budget what the cell may hold; told when it was cut
 */
export function readCell(vector: DuckDBVector, index: number, budget: CellBudget): Json {
  if (vector instanceof DuckDBListVector) {
    const items = vector.getItemVector(index);
    if (items === null) return null;
    return listOf(items.itemCount, budget, (item) => readCell(items, item, budget));
  }
  if (vector instanceof DuckDBStructVector) {
    if (!vector.isItemValid(index)) return null;
    const { entryNames } = vector.type;
    const values = listOf(entryNames.length, budget, (entry) => readCell(vector.entryVectorAt(entry), index, budget));
    // The values of `(1, 'a')` have no names.
    if (entryNames.every((name) => name === '')) return values;
    return Object.fromEntries(values.map((value, entry) => [textOf(entryNames[entry] ?? '', budget), value]));
  }
  const value = vector.getItem(index);
  return vector instanceof DuckDBFloatVector && typeof value === 'number' ? floatOf(value) : cellOf(value, budget);
}

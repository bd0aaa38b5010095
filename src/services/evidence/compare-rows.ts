import type { Json } from '../../base/json.ts';

/** A result to be compared: the names of the columns, and the rows in their order. */
export interface ComparedTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Json[])[];
}

/** One thing that is not as it was. */
export interface Difference {
  readonly kind: 'COLUMNS' | 'CHANGED' | 'MISSING' | 'ADDED';
  /** The row, from 0: of the result as it was for CHANGED and MISSING, of the new one for ADDED; null for COLUMNS. */
  readonly rowIndex: number | null;
  /** The column whose value changed; null where it is the whole row. */
  readonly columnName: string | null;
  readonly before: Json;
  readonly after: Json;
}

/** How two results differ. */
export interface Comparison {
  /** How many differences there are; `differences` may hold fewer. */
  readonly count: number;
  readonly differences: readonly Difference[];
}

const mostDifferences = 20;
/** Sums of doubles depend on the order of their terms, and with several threads that order is free. */
const relativeTolerance = 1e-9;

function numberOf(cell: Json): number | null {
  if (typeof cell === 'number') return cell;
  if (typeof cell !== 'string' || !/^-?\d/.test(cell)) return null;
  const value = Number(cell);
  return Number.isFinite(value) ? value : null;
}

function isSameCell(left: Json, right: Json): boolean {
  if (left === right) return true;
  const [one, other] = [numberOf(left), numberOf(right)];
  if (one !== null && other !== null) return one === other || Math.abs(one - other) <= relativeTolerance * Math.max(Math.abs(one), Math.abs(other));
  return typeof left === 'object' && typeof right === 'object' && JSON.stringify(left) === JSON.stringify(right);
}

function isSameRow(left: readonly Json[], right: readonly Json[]): boolean {
  return left.length === right.length && left.every((cell, index) => isSameCell(cell, right[index] ?? null));
}

/** A text under which equal rows meet, coarser than equality. */
function keyOf(row: readonly Json[]): string {
  return JSON.stringify(row.map((cell) => numberOf(cell)?.toPrecision(4) ?? cell));
}

/** Takes equal rows out of both, whatever their order, and returns the positions of what is left. */
function unmatched(before: ComparedTable, after: ComparedTable): { readonly missing: readonly number[]; readonly added: readonly number[] } {
  // Rows that stand where they stood are most of them.
  const open = (table: ComparedTable, other: ComparedTable): readonly number[] =>
    table.rows.flatMap((row, index) => (isSameRow(row, other.rows[index] ?? []) ? [] : [index]));
  const waiting = new Map<string, number[]>();
  for (const index of open(after, before)) {
    const key = keyOf(after.rows[index] ?? []);
    const same = waiting.get(key);
    if (same === undefined) waiting.set(key, [index]);
    else same.push(index);
  }
  const missing = open(before, after).filter((index) => {
    const row = before.rows[index] ?? [];
    const candidates = waiting.get(keyOf(row)) ?? [];
    const at = candidates.findIndex((candidate) => isSameRow(row, after.rows[candidate] ?? []));
    if (at === -1) return true;
    candidates.splice(at, 1);
    return false;
  });
  return { missing, added: [...waiting.values()].flat().toSorted((left, right) => left - right) };
}

/**
 * Compares two results by their values. Rows are the same whatever their order: a SELECT without ORDER BY promises none, and one with it
 * that gives the same rows gives them in the same order, but for ties.
 */
export function compareRows(before: ComparedTable, after: ComparedTable): Comparison {
  if (before.columns.length !== after.columns.length || before.columns.some((name, index) => name !== after.columns[index])) {
    return { count: 1, differences: [{ kind: 'COLUMNS', rowIndex: null, columnName: null, before: [...before.columns], after: [...after.columns] }] };
  }
  const { missing, added } = unmatched(before, after);
  const left = new Set(added);
  const differences = missing.flatMap((rowIndex): readonly Difference[] => {
    const row = before.rows[rowIndex] ?? [];
    const other = partnerOf(row, rowIndex, after, left);
    if (other === null) return [{ kind: 'MISSING', rowIndex, columnName: null, before: [...row], after: null }];
    left.delete(other);
    return row.flatMap((cell, index): readonly Difference[] => {
      const now = after.rows[other]?.[index] ?? null;
      return isSameCell(cell, now) ? [] : [{ kind: 'CHANGED', rowIndex, columnName: before.columns[index] ?? null, before: cell, after: now }];
    });
  });
  const all = [
    ...differences,
    ...[...left].map((rowIndex): Difference => ({ kind: 'ADDED', rowIndex, columnName: null, before: null, after: [...(after.rows[rowIndex] ?? [])] })),
  ];
  return { count: all.length, differences: all.slice(0, mostDifferences) };
}

/** The new row that a row became: with the same first value, or at the same place with any value in common. */
function partnerOf(row: readonly Json[], rowIndex: number, after: ComparedTable, left: ReadonlySet<number>): number | null {
  const [first] = row;
  const isText = typeof first === 'string';
  if (left.has(rowIndex)) {
    const here = after.rows[rowIndex] ?? [];
    if (row.length === 1 || row.some((cell, index) => cell !== null && isSameCell(cell, here[index] ?? null))) return rowIndex;
  }
  if (!isText || left.size > 2_000) return null;
  return [...left].find((index) => after.rows[index]?.[0] === first) ?? null;
}

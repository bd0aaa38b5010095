import type { Json } from '../../base/json.ts';
import { writtenNumbers, type WrittenNumber } from './written-numbers.ts';

/** A stored result that a text may lean on. */
export interface StoredResult {
  /** The part that shows it; null for what only the engine saw. */
  readonly partId: string | null;
  readonly kind: 'QUERY_RESULT' | 'EXPLORATION' | 'DESCRIPTION' | 'QUESTION';
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Json[])[];
  readonly rowCount: number | null;
}

/** Where a number comes from. */
export type Source = StoredResult['kind'] | 'DERIVED' | 'NONE';

/** A number of a text with what supports it. */
export interface Support {
  readonly text: string;
  readonly offset: number;
  readonly source: Source;
  readonly partId: string | null;
  /** From 0; null where the number of rows itself supports it, or nothing. */
  readonly rowIndex: number | null;
  readonly columnName: string | null;
}

interface Place {
  readonly result: StoredResult;
  readonly rowIndex: number | null;
  readonly columnName: string | null;
  readonly value: number;
}

/** Numbers in order of their size, so that each one that is asked for is found by halving. */
interface NumberIndex {
  find(value: number, tolerance: number): Place | null;
}

const mostCells = 200_000;

function numberOf(cell: Json): number | null {
  if (typeof cell === 'number') return cell;
  if (typeof cell !== 'string' || cell === '' || cell.length > 40) return null;
  const value = Number(cell);
  return Number.isFinite(value) ? value : null;
}

/** The numbers of a name: "No. 457", "peugeot 504". */
function numbersInName(cell: Json): readonly number[] {
  if (typeof cell !== 'string' || cell.length > 80 || !/\p{L}/u.test(cell) || /^\d{4}-\d{2}-\d{2}T/.test(cell)) return [];
  return (cell.match(/\d+(?:\.\d+)?/g) ?? []).map(Number);
}

function placesOf(result: StoredResult, left: number): readonly Place[] {
  const places: Place[] = result.rowCount === null ? [] : [{ result, rowIndex: null, columnName: null, value: result.rowCount }];
  for (const [rowIndex, row] of result.rows.entries()) {
    for (const [index, cell] of row.entries()) {
      const value = numberOf(cell);
      for (const one of value === null ? numbersInName(cell) : [value])
        if (places.length < left) places.push({ result, rowIndex, columnName: result.columns[index] ?? null, value: one });
    }
  }
  return places;
}

/** @param results the nearest to the text first, which also win where several support a number */
function indexOf(results: readonly StoredResult[]): NumberIndex {
  const places: Place[] = [];
  for (const result of results) places.push(...placesOf(result, mostCells - places.length));
  const ranks = new Map(results.map((result, rank) => [result, rank]));
  const sorted = places.toSorted((left, right) => left.value - right.value);
  const firstFrom = (value: number): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle]?.value ?? Infinity) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    find: (value, tolerance) => {
      let best: Place | null = null;
      let bestRank = Infinity;
      for (let at = firstFrom(value - tolerance); at < sorted.length; at += 1) {
        const place = sorted[at];
        if (place === undefined || place.value > value + tolerance) break;
        const rank = (ranks.get(place.result) ?? 0) + (place.rowIndex === null ? 0.5 : 0);
        if (rank < bestRank || (rank === bestRank && Math.abs(place.value - value) < Math.abs((best?.value ?? Infinity) - value)))
          [best, bestRank] = [place, rank];
      }
      return best;
    },
  };
}

/** A cell that is the number: as written, without its sign ("fell by 3"), or as the share that a percentage writes. */
function findPlace(number: WrittenNumber, index: NumberIndex): Place | null {
  const { value, tolerance, isPercent } = number;
  const direct = index.find(value, tolerance) ?? index.find(-value, tolerance);
  if (direct !== null || !isPercent) return direct;
  return index.find(value / 100, tolerance / 100) ?? index.find(-value / 100, tolerance / 100);
}

/** What two numbers of the same sentence make: their difference, their ratio, a change or a share in percent. */
function isDerived(number: WrittenNumber, neighbours: readonly number[]): boolean {
  const isNear = (value: number): boolean => Math.abs(Math.abs(value) - Math.abs(number.value)) <= number.tolerance;
  return neighbours.some((left, at) =>
    neighbours.some((right, other) => {
      if (at === other) return false;
      const ratio = right === 0 ? null : left / right;
      if (number.isPercent) return ratio !== null && (isNear(ratio * 100) || isNear((ratio - 1) * 100));
      return isNear(left - right) || (ratio !== null && !number.isIncidental && isNear(ratio));
    }),
  );
}

/**
 * Finds for each number of a text what supports it. Small whole numbers and years that nothing supports are left out: in prose they need
 * not speak of the data.
 *
 * @param results the stored results that the text may lean on, the nearest to it first
 */
export function supportOf(text: string, results: readonly StoredResult[]): readonly Support[] {
  const numbers = writtenNumbers(text);
  if (numbers.length === 0) return [];
  const indexes = (['QUERY_RESULT', 'EXPLORATION', 'DESCRIPTION', 'QUESTION'] as const).map((kind) =>
    indexOf(results.filter((result) => result.kind === kind)),
  );
  const found = numbers.map((number) => ({
    number,
    // A small number or a year is somewhere in any large table: of it only what is shown can be meant.
    place: indexes.slice(0, number.isIncidental ? 1 : 4).reduce<Place | null>((place, index) => place ?? findPlace(number, index), null),
  }));
  return found.flatMap(({ number, place }): readonly Support[] => {
    const { text: words, offset } = number;
    if (place !== null)
      return [
        {
          text: words,
          offset,
          source: place.result.kind,
          partId: place.result.partId,
          // The rows of a description are ours, and nobody can look them up.
          rowIndex: place.result.kind === 'DESCRIPTION' || place.result.kind === 'QUESTION' ? null : place.rowIndex,
          columnName: place.columnName,
        },
      ];
    if (number.isIncidental) return [];
    const neighbours = found.flatMap((other) => (other.number.sentence === number.sentence && other.place !== null ? [other.place.value] : []));
    const source = isDerived(number, neighbours.slice(0, 20)) ? 'DERIVED' : 'NONE';
    return [{ text: words, offset, source, partId: null, rowIndex: null, columnName: null }];
  });
}

const mostBins = 20;
const dayMs = 86_400_000;

/** The bins of a histogram: `edges` has one more than there are bins. */
export interface Bins {
  /** As numbers: of dates the days, of moments the milliseconds since 1970. A bin begins at its edge and ends before the next; the last holds its end. */
  readonly edges: readonly number[];
  /** As people write them. */
  readonly labels: readonly string[];
}

/** The numbers that steps begin with. */
const mantissas = [1, 2, 5] as const;

/**
 * At most twenty bins of equal width with round edges.
 *
 * @param isWhole whether all values are whole numbers: then the edges are as well
 * @returns null where the range is no range
 */
export function numberBins(min: number, max: number, isWhole: boolean): Bins | null {
  if (!Number.isFinite(min) || !Number.isFinite(max) || min > max || max - min > Number.MAX_VALUE / 2) return null;
  const width = (max - min) / mostBins || (isWhole ? 1 : Math.max(Math.abs(min), 1) / 1_000);
  for (let exponent = Math.max(Math.floor(Math.log10(width)), isWhole ? 0 : -300); ; exponent += 1) {
    for (const mantissa of mantissas) {
      // Written as decimal digits, so that an edge is 0.3 and not 0.30000000000000004.
      const at = (index: number): number => Number(`${index * mantissa}e${exponent}`);
      const first = Math.floor(min / at(1) + 1e-9);
      const last = Math.max(first + 1, isWhole ? Math.floor(max / at(1)) + 1 : Math.ceil(max / at(1) - 1e-9));
      if (!(last - first <= mostBins)) continue;
      const edges = Array.from({ length: last - first + 1 }, (_, index) => at(first + index));
      // A minimum just below a round number, and numbers so large that steps vanish in them.
      if ((edges[0] ?? 0) > min) edges[0] = min;
      if ((edges.at(-1) ?? 0) < max) edges[edges.length - 1] = max;
      if (new Set(edges).size < edges.length) return null;
      return { edges, labels: edges.map(String) };
    }
  }
}

type Step = { readonly ms: number } | { readonly months: number };

const second = 1_000;
const steps: readonly Step[] = [
  ...[1, 5, 15, 60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200].map((seconds) => ({ ms: seconds * second })),
  ...[1, 7].map((days) => ({ ms: days * dayMs })),
  ...[1, 3, 12, 24, 60, 120, 240, 600, 1_200, 2_400, 6_000, 12_000].map((months) => ({ months })),
];
/** Weeks begin on Mondays: 1970-01-05 was one. */
const firstMonday = 4 * dayMs;

function monthsOf(ms: number): number {
  const date = new Date(ms);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

function startOfMonth(months: number): number {
  const date = new Date(0);
  date.setUTCFullYear(Math.floor(months / 12), ((months % 12) + 12) % 12, 1);
  return date.getTime();
}

function edgesOf(min: number, max: number, step: Step): readonly number[] {
  if ('ms' in step) {
    const offset = step.ms === 7 * dayMs ? firstMonday : 0;
    const first = Math.floor((min - offset) / step.ms);
    const count = Math.floor((max - offset) / step.ms) - first + 1;
    return count > mostBins ? [] : Array.from({ length: count + 1 }, (_, index) => (first + index) * step.ms + offset);
  }
  const first = Math.floor(monthsOf(min) / step.months);
  const count = Math.floor(monthsOf(max) / step.months) - first + 1;
  return count > mostBins ? [] : Array.from({ length: count + 1 }, (_, index) => startOfMonth((first + index) * step.months));
}

/**
 * At most twenty bins of dates or moments, whose edges are those of the calendar: seconds, hours, days, weeks, months, years.
 *
 * @param min in milliseconds since 1970
 * @param unit what the edges are counted in
 */
export function timeBins(min: number, max: number, unit: 'day' | 'millisecond'): Bins | null {
  if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || min > max) return null;
  const edges = steps
    .filter((step) => unit === 'millisecond' || !('ms' in step) || step.ms >= dayMs)
    .map((step) => edgesOf(min, max, step))
    .find((found) => found.length > 1);
  if (edges === undefined || edges.some((edge) => Number.isNaN(new Date(edge).getTime()))) return null;
  const labels = edges.map((edge) => new Date(edge).toISOString());
  return unit === 'day'
    ? { edges: edges.map((edge) => edge / dayMs), labels: labels.map((label) => label.slice(0, 10)) }
    : { edges, labels: labels.map((label) => label.slice(0, 19)) };
}

/** The largest number below another: the last value that a bin holds whose edge it is. */
export function justBelow(edge: number): number {
  const view = new DataView(new ArrayBuffer(8));
  if (edge === 0) return -Number.MIN_VALUE;
  view.setFloat64(0, edge);
  view.setBigInt64(0, view.getBigInt64(0) + (edge > 0 ? -1n : 1n));
  return view.getFloat64(0);
}

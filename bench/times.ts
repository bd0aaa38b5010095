/**
 * How long something took, for a line of a report.
 *
 * @param times in milliseconds, one for each time that it was done
 * @param shares from 0 to 1: 0.5 is the median
 * @param digits after the point
 */
export function timesText(times: readonly number[], shares: readonly number[], digits = 1): string {
  const sorted = times.toSorted((left, right) => left - right);
  return shares.map((share) => `p${share * 100} ${(sorted[Math.floor(share * (sorted.length - 1))] ?? NaN).toFixed(digits)} ms`).join('  ');
}

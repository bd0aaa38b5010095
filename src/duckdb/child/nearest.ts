/** The Levenshtein distance of two texts. */
function distance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}

/**
 * The name that was probably meant, or null when none is close: at most a third of its letters differ.
 *
 * @param name what was written
 * @param candidates what exists
 */
export function nearest(name: string, candidates: readonly string[]): string | null {
  if (name.length > 100) return null;
  const written = name.toLowerCase();
  const ranked = candidates
    .filter((candidate) => Math.abs(candidate.length - written.length) <= 3)
    .map((candidate) => ({ candidate, distance: distance(written, candidate.toLowerCase()) }))
    .toSorted((one, other) => one.distance - other.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(1, Math.floor(written.length / 3)) ? best.candidate : null;
}

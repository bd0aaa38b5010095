/**
 * How many single-character edits turn one text into the other (Levenshtein 1966), case ignored.
 */
export function editDistance(left: string, right: string): number {
  const [a, b] = [left.toLowerCase(), right.toLowerCase()];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/**
 * The names that look most like a wanted one, best first.
 *
 * @param wanted what was written
 * @param names what exists
 * @param count how many to return at most
 */
export function nearestNames(wanted: string, names: readonly string[], count = 3): readonly string[] {
  const lower = wanted.toLowerCase();
  const scored = names.map((name) => {
    const isContained = lower.length > 2 && (name.toLowerCase().includes(lower) || lower.includes(name.toLowerCase()));
    return { name, distance: isContained ? 1 : editDistance(wanted, name) };
  });
  return scored
    .toSorted((left, right) => left.distance - right.distance)
    .slice(0, count)
    .map((entry) => entry.name);
}

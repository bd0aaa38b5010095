import { editDistance } from '../base/edit-distance.ts';

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
    return { name, distance: isContained ? 1 : editDistance(lower, name.toLowerCase()) };
  });
  return scored
    .toSorted((left, right) => left.distance - right.distance)
    .slice(0, count)
    .map((entry) => entry.name);
}

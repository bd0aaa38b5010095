import { editDistance } from './edit-distance.ts';

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
    .map((candidate) => ({ candidate, distance: editDistance(written, candidate.toLowerCase()) }))
    .toSorted((one, other) => one.distance - other.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(1, Math.floor(written.length / 3)) ? best.candidate : null;
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
    return { name, distance: isContained ? 1 : editDistance(lower, name.toLowerCase()) };
  });
  return scored
    .toSorted((left, right) => left.distance - right.distance)
    .slice(0, count)
    .map((entry) => entry.name);
}

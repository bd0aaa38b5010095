import { editDistance } from '../../base/edit-distance.ts';

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

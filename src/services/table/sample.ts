/** A generator of 32-bit numbers that a seed determines (mulberry32, Tommy Ettinger, public domain). */
function generatorOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Different whole numbers at random, each as likely as any other (Floyd's algorithm), the same ones for the same seed.
 *
 * @param count how many; all there are when there are fewer
 * @param below one more than the largest
 * @returns in ascending order
 */
export function sampleNumbers(count: number, below: number, seed: number): readonly number[] {
  const next = generatorOf(seed);
  const chosen = new Set<number>();
  for (let top = Math.max(0, below - count); top < below; top += 1) {
    const candidate = Math.floor(next() * (top + 1));
    chosen.add(chosen.has(candidate) ? top : candidate);
  }
  return [...chosen].toSorted((a, b) => a - b);
}

/** A seed of a text. (FNV-1a) */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

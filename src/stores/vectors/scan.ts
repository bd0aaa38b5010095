/** The vectors of a document, one behind the other, and what each is of. */
export interface Segment {
  readonly ids: readonly string[];
  readonly values: Float32Array;
}

/** Something that was found. */
export interface Near {
  readonly chunkId: string;
  /** The cosine: 1 for the same direction. */
  readonly similarity: number;
}

/** The scalar product of a vector with those at an offset. Four sums, so that no addition waits for the one before. */
function product(vector: Float32Array, values: Float32Array, offset: number): number {
  const { length } = vector;
  let [first, second, third, fourth] = [0, 0, 0, 0];
  let index = 0;
  for (; index + 3 < length; index += 4) {
    const place = offset + index;
    first += (vector[index] ?? 0) * (values[place] ?? 0);
    second += (vector[index + 1] ?? 0) * (values[place + 1] ?? 0);
    third += (vector[index + 2] ?? 0) * (values[place + 2] ?? 0);
    fourth += (vector[index + 3] ?? 0) * (values[place + 3] ?? 0);
  }
  for (; index < length; index += 1) first += (vector[index] ?? 0) * (values[offset + index] ?? 0);
  return first + second + third + fourth;
}

/**
 * The vectors that are nearest to one, by looking at all of them. All have length 1.
 *
 * @returns at most `limit`, the nearest first; of equally near ones that with the smaller id
 */
export function scan(segments: Iterable<Segment>, vector: Float32Array, limit: number): readonly Near[] {
  const best: { chunkId: string; similarity: number }[] = [];
  let least = -Infinity;
  for (const { ids, values } of segments) {
    // Of another dimension: of a provider that changed its model under the same name.
    if (values.length !== ids.length * vector.length) continue;
    for (let row = 0; row < ids.length; row += 1) {
      const similarity = product(vector, values, row * vector.length);
      if (similarity < least || (similarity === least && best.length >= limit)) continue;
      best.push({ chunkId: ids[row] ?? '', similarity });
      // Sorted now and then, and cut: cheaper than keeping the order at every step.
      if (best.length >= limit * 4) {
        sort(best);
        best.length = limit;
        least = best.at(-1)?.similarity ?? least;
      }
    }
  }
  sort(best);
  return best.slice(0, limit);
}

function sort(found: Near[]): void {
  found.sort((one, other) => other.similarity - one.similarity || (one.chunkId < other.chunkId ? -1 : 1));
}

/** What a text is embedded for: some models make other vectors of questions than of what answers them. */
export type EmbeddedAs = 'PASSAGE' | 'QUERY';

/** A model that turns texts into vectors whose closeness is a likeness of meaning. */
export interface Embedder {
  /** `provider:model`: vectors of other names are never compared. */
  readonly name: string;
  /** How many texts it takes at once. */
  readonly batchSize: number;
  /**
   * Embeds some texts, at most `batchSize` of them.
   *
   * @param signal ends the request
   * @returns a vector of length 1 for each, in their order, all of the same dimension
   * @throws AppError with one of the codes ENGINE_*, by the provider's failure; the reason of the signal
   */
  embed(texts: readonly string[], as: EmbeddedAs, signal: AbortSignal): Promise<readonly Float32Array[]>;
}

/** A vector as it is compared: of length 1, so that the scalar product is the cosine. Null where it has no direction or is no vector. */
export function normalised(values: ArrayLike<number>): Float32Array | null {
  const vector = Float32Array.from(values);
  let sum = 0;
  for (const value of vector) sum += value * value;
  const length = Math.sqrt(sum);
  if (!Number.isFinite(length) || length === 0) return null;
  for (let index = 0; index < vector.length; index += 1) vector[index] = (vector[index] ?? 0) / length;
  return vector;
}

/**
 * Embeds any number of texts, a batch at a time.
 *
 * @param onDone hears how many are done
 */
export async function embedAll(
  embedder: Embedder,
  texts: readonly string[],
  as: EmbeddedAs,
  signal: AbortSignal,
  onDone: (count: number) => void = () => undefined,
): Promise<readonly Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (let start = 0; start < texts.length; start += embedder.batchSize) {
    vectors.push(...(await embedder.embed(texts.slice(start, start + embedder.batchSize), as, signal)));
    onDone(vectors.length);
  }
  return vectors;
}

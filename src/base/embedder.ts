/** What a text is embedded for: some models make other vectors of questions than of what answers them. */
export type EmbeddedAs = 'PASSAGE' | 'QUERY';

/** What came of some texts. */
export interface EmbeddedTexts {
  /** Of length 1, in the order of the texts, all of the same dimension. */
  readonly vectors: readonly Float32Array[];
  /** How many tokens the provider says that it has read; null where it does not say. */
  readonly inputTokens: number | null;
}

/** A model that turns texts into vectors whose closeness is a likeness of meaning. */
export interface Embedder {
  /** `provider:model`: vectors of other names are never compared. */
  readonly name: string;
  /** How many texts it takes at once. */
  readonly batchSize: number;
  /** In millionths of a US dollar for a million tokens; null where it is unknown. */
  readonly inputPrice: number | null;
  /**
   * Embeds some texts, at most `batchSize` of them.
   *
   * @param signal ends the request
   * @throws AppError with one of the codes ENGINE_*, by the provider's failure; the reason of the signal
   */
  embed(texts: readonly string[], as: EmbeddedAs, signal: AbortSignal): Promise<EmbeddedTexts>;
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

/** The vectors of the first of some texts, and why there are no more. */
export interface EmbeddedSoFar {
  readonly vectors: readonly Float32Array[];
  /** What a batch failed with; null when all are embedded. */
  readonly failure: unknown;
}

/**
 * Embeds any number of texts, a batch at a time, up to the first batch that fails. What was made before it has been paid for.
 *
 * @param onDone hears how many are done
 */
export async function embedAll(
  embedder: Embedder,
  texts: readonly string[],
  as: EmbeddedAs,
  signal: AbortSignal,
  onDone: (count: number) => void = () => undefined,
): Promise<EmbeddedSoFar> {
  const vectors: Float32Array[] = [];
  try {
    for (let start = 0; start < texts.length; start += embedder.batchSize) {
      vectors.push(...(await embedder.embed(texts.slice(start, start + embedder.batchSize), as, signal)).vectors);
      onDone(vectors.length);
    }
  } catch (error) {
    return { vectors, failure: error };
  }
  return { vectors, failure: null };
}

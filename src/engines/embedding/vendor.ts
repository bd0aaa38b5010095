import type { EmbeddedAs } from '../../base/embedder.ts';

/** What an answer says. */
export interface EmbeddingAnswer {
  /** In the order of the texts. */
  readonly vectors: readonly (readonly number[])[];
  /** How many tokens were read; null where the provider does not say. */
  readonly inputTokens: number | null;
}

/** How a provider is asked for vectors. */
export interface EmbeddingVendor {
  /** How many texts it takes at once. */
  readonly batchSize: number;
  /** Lets the provider's SDK build the request, which must use the given `fetch`; what it throws does not matter once it has called that. */
  build(texts: readonly string[], as: EmbeddedAs, fetch: typeof globalThis.fetch): Promise<unknown>;
  /** Reads an answer, already parsed as JSON. @throws anything when it is not the protocol */
  read(answer: unknown): EmbeddingAnswer;
  /** What the provider says went wrong. */
  failureOf(response: Response): Promise<Error>;
}

/** The access to a provider, and the model. */
export interface VendorOptions {
  /** Empty where none is needed. */
  readonly apiKey: string;
  /** Null is the provider's own address. */
  readonly baseUrl: string | null;
  readonly model: string;
}

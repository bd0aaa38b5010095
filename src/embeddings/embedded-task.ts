/** Texts to be embedded. */
export interface EmbedTask {
  readonly texts: readonly string[];
}

/** Their vectors one behind the other, or why there are none. */
export type EmbedReply =
  | { readonly kind: 'embedded'; readonly dimensions: number; readonly values: Float32Array }
  | { readonly kind: 'failed'; readonly message: string };

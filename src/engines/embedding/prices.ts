import type { EngineAccess } from '../create-engine.ts';
import { dollarsPerMillion } from '../prices.ts';

/**
 * What models cost that make vectors, in millionths of a US dollar for a million tokens of text. They are of
 * https://github.com/pydantic/genai-prices (47df840), which has them from https://developers.openai.com/api/docs/pricing and
 * https://ai.google.dev/gemini-api/docs/pricing.
 */
const prices: ReadonlyMap<string, number | null> = new Map(
  (
    [
      ['text-embedding-3-small', 0.02],
      ['text-embedding-3-large', 0.13],
      ['text-embedding-ada-002', 0.1],
      ['gemini-embedding-001', 0.15],
      ['gemini-embedding-2', 0.2],
    ] as const
  ).map(([id, dollars]) => [id, dollarsPerMillion(dollars, dollars, 0).inputPrice]),
);

/** What a model of an access costs; null where it is unknown: behind the address of a compatible server anybody may stand, whatever its models are called. */
export function embeddingPriceOf({ kind, apiKey }: Pick<EngineAccess, 'kind' | 'apiKey'>, model: string): number | null {
  if (kind === 'openai' || kind === 'gemini') return prices.get(model) ?? null;
  // Without a key it is a machine of one's own.
  return kind === 'ollama' && (apiKey ?? '') === '' ? 0 : null;
}

import type { Engine, EngineUsage, Model } from '../../engines/engine.ts';

/** What a model costs, in millionths of a US dollar for a million tokens. Stored with what was counted by it. */
export type ModelPrice = Readonly<Record<'inputPrice' | 'outputPrice', number>> & { readonly cachedInputPrice: number | null };

/** Of a call that read and wrote nothing. */
export const noTokens: EngineUsage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };

const million = 1_000_000n;

/**
 * What a call cost. Integers all the way, rounded half up once.
 *
 * Input that the provider had kept has its own price, or the full one where none is known. Reasoning is output, and is contained in it.
 *
 * @param price null where it is unknown
 * @returns millionths of a US dollar; null where the price is unknown
 */
export function costOf(usage: Pick<EngineUsage, 'inputTokens' | 'cachedInputTokens' | 'outputTokens'>, price: ModelPrice | null): bigint | null {
  if (price === null) return null;
  const cached = Math.min(usage.cachedInputTokens, usage.inputTokens);
  const millionfold =
    BigInt(usage.inputTokens - cached) * BigInt(Math.round(price.inputPrice)) +
    BigInt(cached) * BigInt(Math.round(price.cachedInputPrice ?? price.inputPrice)) +
    BigInt(usage.outputTokens) * BigInt(Math.round(price.outputPrice));
  return (millionfold + million / 2n) / million;
}

/** The price of a listed model; null where the list does not say. */
export function priceIn(models: readonly Pick<Model, 'id' | 'inputPrice' | 'outputPrice' | 'cachedInputPrice'>[], id: string): ModelPrice | null {
  const model = models.find((candidate) => candidate.id === id);
  if (model === undefined || model.inputPrice === null || model.outputPrice === null) return null;
  return { inputPrice: model.inputPrice, outputPrice: model.outputPrice, cachedInputPrice: model.cachedInputPrice };
}

/** How long the list of a provider is waited for; it is asked for once a day. */
const listTimeoutMs = 2_000;

/** The price of a model; null where it is unknown, or the provider takes too long to list its models. Never fails. */
export async function priceOf(engine: Pick<Engine, 'listModels'>, model: string): Promise<ModelPrice | null> {
  const { promise: tooLate, resolve } = Promise.withResolvers<readonly Model[]>();
  const timer = setTimeout(() => resolve([]), listTimeoutMs);
  try {
    return priceIn(await Promise.race([engine.listModels(), tooLate]), model);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

import type { EngineRequest } from '../../engines/engine.ts';
import { costOf, type ModelPrice } from '../usage/cost.ts';
import { estimateRequest } from '../usage/estimate.ts';
import type { Amounts } from './amounts.ts';

/** What an answer may take where its request sets no limit: that of a title, the only such one, takes less. */
const unboundedOutputTokens = 256;

/** How many tokens a request may use at most, by estimate: all that it sends, and as much as it may get. */
export interface EstimatedTokens {
  readonly input: number;
  readonly output: number;
}

/** What a request is reckoned to take. */
export function estimateNeed(request: EngineRequest): EstimatedTokens {
  return { input: estimateRequest(request), output: request.maxTokens ?? unboundedOutputTokens };
}

/**
 * An estimate in the amounts of a quota.
 *
 * @param prices of the models that may answer; the dearest counts, and one without a known price costs nothing
 */
export function amountsOf({ input, output }: EstimatedTokens, prices: readonly (ModelPrice | null)[]): Amounts {
  const usage = { inputTokens: input, cachedInputTokens: 0, outputTokens: output };
  const costMicros = prices.reduce((most, price) => {
    const cost = costOf(usage, price) ?? 0n;
    return cost > most ? cost : most;
  }, 0n);
  return { tokens: BigInt(input + output), costMicros, messages: 0n };
}

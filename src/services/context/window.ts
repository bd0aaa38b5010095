import { LRUCache } from 'lru-cache';
import { delay } from '../../base/async.ts';
import type { ResolvedModel } from '../../engines/registry.ts';

/** What is known of a model, as far as its context and its tools go. */
export interface ModelFacts {
  /** Null where unknown. */
  readonly contextWindow: number | null;
  /** Null where unknown. */
  readonly hasVision: boolean | null;
  /** Null where unknown. */
  readonly hasTools: boolean | null;
}

/**
 * Tells what is known of a model. Never throws.
 *
 * @param userId for whom; behind the same name may stand different providers for different people
 */
export type FactsOf = (userId: string, resolved: ResolvedModel) => Promise<ModelFacts>;

const unknown: ModelFacts = { contextWindow: null, hasVision: null, hasTools: null };
const rememberedForMs = 600_000;
const mostRemembered = 10_000;

/**
 * Remembers what providers list for ten minutes, also that they list nothing, so that a provider that does not answer is waited for once
 * and not by every run.
 *
 * @param limitMs how long the list is waited for; what comes later is known the next time
 */
export function createModelFacts(limitMs: number): FactsOf {
  const known = new LRUCache<string, ModelFacts>({ max: mostRemembered, ttl: rememberedForMs });

  const ask = async (key: string, { engine, model }: ResolvedModel): Promise<ModelFacts> => {
    try {
      const found = (await engine.listModels()).find((candidate) => candidate.id === model);
      const facts = found === undefined ? unknown : { contextWindow: found.contextWindow, hasVision: found.hasVision, hasTools: found.hasTools };
      known.set(key, facts);
      return facts;
    } catch {
      return unknown;
    }
  };

  return async (userId, resolved) => {
    const key = `${userId} ${resolved.name}`;
    const remembered = known.get(key);
    if (remembered !== undefined) return remembered;
    const limit = new AbortController();
    try {
      const facts = await Promise.race([ask(key, resolved), delay(limitMs, limit.signal).then(() => unknown)]);
      if (!known.has(key)) known.set(key, facts);
      return facts;
    } finally {
      limit.abort();
    }
  };
}

/**
 * How many tokens of a window are for the question and what stands before it.
 *
 * @param maxTokens what is kept for the answer; at most half of the window is
 */
export function inputTokensOf(window: number, maxTokens: number): number {
  return window - Math.min(maxTokens, Math.floor(window / 2));
}

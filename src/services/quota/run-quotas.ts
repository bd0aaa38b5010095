import type { Pool } from 'pg';
import type { ModelCalls } from '../model-calls.ts';
import { onPool, type RunSql } from '../run/deps.ts';
import { chatPrompt } from '../run/prompts.ts';
import type { RunRequest } from '../run/request.ts';
import { priceOf } from '../usage/cost.ts';
import { nothing, type Amounts } from './amounts.ts';
import type { Asking, QuotaGate } from './gate.ts';
import { amountsOf, estimateNeed } from './need.ts';

/** What a run is to keep free in the quotas. */
export interface Reservation {
  /** What stands on its row while it is open; null where neither tokens nor cost are limited. */
  readonly kept: Pick<Amounts, 'tokens' | 'costMicros'> | null;
  /**
   * Looks whether it fits, without keeping anything free.
   *
   * @throws AppError QUOTA_EXCEEDED
   */
  look(): Promise<void>;
  /**
   * Holds up others who ask until the end of the transaction, in which the run is written.
   *
   * @param runSql in a transaction that has locked the conversation
   * @throws AppError QUOTA_EXCEEDED
   */
  enter(runSql: RunSql): Promise<void>;
}

/** Lets runs begin that fit into the quotas. */
export interface RunQuotas {
  /**
   * What a run is reckoned to need: a message, and, unless it is answered without cost to the installation, what was last shown of its conversation, what
   * is said, and as long an answer as it may get.
   *
   * @returns null where nothing is limited
   */
  reservationFor(request: RunRequest): Promise<Reservation | null>;
}

/** What the last answer of a conversation read and wrote: about what the next one will read. */
const lastShown = `
  SELECT max(e.input_tokens::bigint + e.output_tokens)::text AS tokens FROM usage_entries e
  WHERE e.purpose = 'ANSWER' AND e.run_id = (SELECT r.id FROM runs r WHERE r.conversation_id = $1::uuid AND r.input_tokens > 0 ORDER BY r.created_at DESC, r.id DESC LIMIT 1)`;

/** Creates it. */
export function createRunQuotas(deps: {
  readonly pool: Pool;
  readonly gate: QuotaGate;
  readonly modelCalls: Pick<ModelCalls, 'choicesOf'>;
  readonly defaultMaxTokens: number;
}): RunQuotas {
  const { pool, gate, modelCalls, defaultMaxTokens } = deps;

  const shownBefore = async (conversationId: string | null): Promise<number> => {
    if (conversationId === null) return 0;
    const [row] = await onPool(pool, 'last-shown')<{ tokens: string | null }>(lastShown, [conversationId]);
    return Number(row?.tokens ?? 0);
  };

  return {
    reservationFor: async ({ userId, conversationId, model, options, text, reckonedMicros }) => {
      const limits = await gate.limitsOf(userId);
      if (!gate.isLimited(limits)) return null;
      const reckon = async (): Promise<Amounts> => {
        if (!gate.isCounting(limits)) return nothing;
        // Kept free by the entry of the call, when it comes to that.
        if (reckonedMicros !== undefined) return { ...nothing, costMicros: reckonedMicros };
        // Keys of one's own, and what works without a model, cost the installation nothing.
        const charged = (await modelCalls.choicesOf(userId, [model, ...(options.fallbacks ?? [])])).filter((choice) => choice.isCharged);
        if (charged.length === 0) return nothing;
        const { input, output } = estimateNeed({
          model,
          task: 'CHAT',
          system: options.systemPrompt ?? chatPrompt,
          messages: text === null ? [] : [{ role: 'user', text }],
          tools: [],
          temperature: null,
          topP: null,
          topK: null,
          maxTokens: options.maxTokens ?? defaultMaxTokens,
        });
        const prices = gate.isPriced(limits) ? await Promise.all(charged.map((choice) => priceOf(choice.engine, choice.model))) : [];
        return amountsOf({ input: input + (await shownBefore(conversationId)), output }, prices);
      };
      const reckoned = await reckon();
      const asking: Asking = { userId, limits, needed: { ...reckoned, messages: 1n }, exceptRunId: null };
      return {
        kept: reckoned.tokens > 0n ? reckoned : null,
        look: async () => gate.look(asking),
        enter: async (runSql) => gate.enter(runSql, asking),
      };
    },
  };
}

import type { Pool } from 'pg';
import type { ModelCalls, ModelChoice } from '../model-calls.ts';
import { namesWorkspace } from '../provider-key/provider-key-row.ts';
import { onPool, type RunSql } from '../run/deps.ts';
import { chatPrompt } from '../run/prompts.ts';
import type { RunRequest } from '../run/request.ts';
import { priceOf } from '../usage/cost.ts';
import { nothing, type Amounts } from './amounts.ts';
import type { Asking, QuotaGate } from './gate.ts';
import { amountsOf, estimateNeed, type EstimatedTokens } from './need.ts';
import type { WorkspaceAsking, WorkspaceGate } from './workspace-gate.ts';

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
   * is said, and as long an answer as it may get. Where a workspace pays for the model that answers first, its quotas are looked at as well.
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
  readonly workspaceGate: WorkspaceGate;
  readonly modelCalls: Pick<ModelCalls, 'choicesOf'>;
  readonly defaultMaxTokens: number;
}): RunQuotas {
  const { pool, gate, workspaceGate, modelCalls, defaultMaxTokens } = deps;

  const shownBefore = async (conversationId: string | null): Promise<number> => {
    if (conversationId === null) return 0;
    const [row] = await onPool(pool, 'last-shown')<{ tokens: string | null }>(lastShown, [conversationId]);
    return Number(row?.tokens ?? 0);
  };

  const estimate = async ({ model, options, text, conversationId }: RunRequest): Promise<EstimatedTokens> => {
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
    return { input: input + (await shownBefore(conversationId)), output };
  };

  const pricesOf = (choices: readonly ModelChoice[]) => Promise.all(choices.map((choice) => priceOf(choice.engine, choice.model)));

  /** What a run asks of the workspace whose key its model answers by; null where that limits nothing. Kept free it is when the model is called. */
  const askingOfWorkspace = async (request: RunRequest): Promise<WorkspaceAsking | null> => {
    const { userId, reckonedMicros } = request;
    if (!namesWorkspace(request.model)) return null;
    const [first] = await modelCalls.choicesOf(userId, [request.model]);
    const workspaceId = first?.workspaceId ?? null;
    if (first === undefined || workspaceId === null) return null;
    const facts = await workspaceGate.factsOf({ workspaceId, userId });
    if (facts === null || !workspaceGate.isCounting(facts)) return null;
    const reckon = async (): Promise<Amounts> => {
      if (reckonedMicros !== undefined) return { ...nothing, costMicros: reckonedMicros };
      return amountsOf(await estimate(request), workspaceGate.isPriced(facts) ? await pricesOf([first]) : []);
    };
    return { workspaceId, userId, facts, needed: await reckon() };
  };

  const askingOfPerson = async (request: RunRequest): Promise<Asking | null> => {
    const { userId, model, options, reckonedMicros } = request;
    const limits = await gate.limitsOf(userId);
    if (!gate.isLimited(limits)) return null;
    const reckon = async (): Promise<Amounts> => {
      if (!gate.isCounting(limits)) return nothing;
      // Keys of one's own or of a workspace, and what works without a model, cost the installation nothing.
      const choices = await modelCalls.choicesOf(userId, [model, ...(options.fallbacks ?? [])]);
      // Kept free by the entry of the call, when it comes to that.
      if (reckonedMicros !== undefined) return { ...nothing, costMicros: choices[0]?.workspaceId == null ? reckonedMicros : 0n };
      const charged = choices.filter((choice) => choice.isCharged);
      return charged.length === 0 ? nothing : amountsOf(await estimate(request), gate.isPriced(limits) ? await pricesOf(charged) : []);
    };
    return { userId, limits, needed: { ...(await reckon()), messages: 1n }, exceptRunId: null };
  };

  return {
    reservationFor: async (request) => {
      const [asking, ofWorkspace] = await Promise.all([askingOfPerson(request), askingOfWorkspace(request)]);
      if (asking === null && ofWorkspace === null) return null;
      return {
        kept: asking !== null && asking.needed.tokens > 0n ? asking.needed : null,
        look: async () => {
          if (asking !== null) await gate.look(asking);
          if (ofWorkspace !== null) await workspaceGate.look(onPool(pool, 'workspace-standings'), ofWorkspace);
        },
        enter: async (runSql) => {
          if (asking !== null) await gate.enter(runSql, asking);
          if (ofWorkspace !== null) await workspaceGate.look(runSql, ofWorkspace);
        },
      };
    },
  };
}

import type { Pool } from 'pg';
import type { EngineFailure, EngineRequest } from '../../engines/engine.ts';
import { onPool, type RunSql } from '../run/deps.ts';
import { outlast } from '../run/outlast.ts';
import type { ModelPrice } from '../usage/cost.ts';
import { openEntry, type BegunCall } from '../usage/entry-statements.ts';
import type { Amounts } from './amounts.ts';
import type { Refusal } from './decide.ts';
import type { Asking, QuotaGate } from './gate.ts';
import { amountsOf, estimateNeed, type EstimatedTokens } from './need.ts';
import type { WorkspaceFacts, WorkspaceMemberId } from './workspace-facts.ts';
import type { WorkspaceGate } from './workspace-gate.ts';

/** Lets calls of models through, one by one: whatever starts a call cannot pass by the quotas. */
export interface CallQuotas {
  /**
   * Keeps free what a call may use, before it is made.
   *
   * The answer of a run lives on what was kept free at its start, as far as that reaches; each further step, and a context that is longer than
   * it was thought to be, asks for more. Titles, summaries and the like keep free what their entry is opened with, and so does every call with a key of a
   * workspace, in the quotas of that.
   *
   * @param call.price waited for only where cost is limited
   * @param call.settled resolves when what the run used before is counted
   * @param signal gives the waiting up, during an outage of the database
   * @returns why it must not be made; null when it may
   * @throws the reason of the signal
   */
  admit(
    call: {
      readonly begun: BegunCall;
      readonly request: EngineRequest;
      readonly price: Promise<ModelPrice | null>;
      readonly settled: () => Promise<unknown>;
    },
    signal: AbortSignal,
  ): Promise<EngineFailure | null>;
  /** The same for a call that reads texts and writes none, with what it will read, by its price. */
  admitReading(
    call: { readonly begun: BegunCall; readonly inputTokens: number; readonly price: ModelPrice | null },
    signal: AbortSignal,
  ): Promise<EngineFailure | null>;
  /**
   * The same for a call that is not paid by tokens; what it will cost is kept free by its entry.
   *
   * @param call.costMicros 0 where it is unknown
   */
  admitMedia(call: { readonly begun: BegunCall; readonly costMicros: bigint }, signal: AbortSignal): Promise<EngineFailure | null>;
}

function failureOf(refusal: Refusal | null): EngineFailure | null {
  if (refusal === null) return null;
  const { message, retryAfterMs } = refusal;
  return { code: 'QUOTA_EXCEEDED', message, isRetryable: retryAfterMs !== null, retryAfterMs };
}

/** What the answer of a run `r` has used, as far as it is counted. */
const usedByAnswer = `COALESCE((SELECT sum(e.input_tokens::bigint + e.output_tokens) FROM usage_entries e
    WHERE e.run_id = r.id AND e.purpose = 'ANSWER' AND NOT e.is_open AND NOT e.is_own_key), 0)`;
const paidForAnswer = `COALESCE((SELECT sum(e.cost_micros) FROM usage_entries e
    WHERE e.run_id = r.id AND e.purpose = 'ANSWER' AND NOT e.is_open AND NOT e.is_own_key), 0)`;

const reaches = `SELECT 1 FROM runs r WHERE r.id = $1::uuid AND r.status = 'RUNNING'
  AND r.reserved_tokens - ${usedByAnswer} >= $2::bigint AND COALESCE(r.reserved_cost_micros, 0) - ${paidForAnswer} >= $3::bigint`;
const lockRun = `SELECT 1 FROM runs WHERE id = $1::uuid AND status = 'RUNNING' FOR NO KEY UPDATE`;
const raise = `UPDATE runs r SET reserved_tokens = ${usedByAnswer} + $2::bigint, reserved_cost_micros = ${paidForAnswer} + $3::bigint WHERE r.id = $1::uuid`;

/** Whoever was removed while a run of theirs was under way ends it without the key, with a fallback where it has one. */
const noMember: EngineFailure = {
  code: 'ENGINE_BAD_KEY',
  message: 'The key of a workspace answers its members alone, and you are none of them any more. Choose another model.',
  isRetryable: false,
  retryAfterMs: null,
};

/** Creates it. */
export function createCallQuotas(deps: { readonly pool: Pool; readonly gate: QuotaGate; readonly workspaceGate: WorkspaceGate }): CallQuotas {
  const { pool, gate, workspaceGate } = deps;

  /** Lets a call with a key of a workspace through: an answer and what is beside it in the same way. */
  const admitShared = async (
    begun: BegunCall,
    member: WorkspaceMemberId,
    reckon: (facts: WorkspaceFacts) => Promise<{ readonly input: number; readonly output: number; readonly needed: Amounts }>,
    signal: AbortSignal,
  ): Promise<EngineFailure | null> => {
    const facts = await outlast(async () => workspaceGate.factsOf(member), signal);
    if (facts === null) return noMember;
    if (!workspaceGate.isCounting(facts)) return null;
    const { needed, ...reckoned } = await reckon(facts);
    const keep = async (runSql: RunSql): Promise<void> => openEntry(runSql, begun, { ...reckoned, costMicros: needed.costMicros });
    return failureOf(await outlast(async () => workspaceGate.pass({ ...member, facts, needed }, begun.id, keep), signal));
  };

  /** Keeps free what the entry of a call that is no answer is opened with. */
  const passBeside = async (
    begun: BegunCall,
    estimated: EstimatedTokens,
    asking: Omit<Asking, 'exceptRunId'>,
    signal: AbortSignal,
  ): Promise<EngineFailure | null> => {
    const first = async (): Promise<boolean> => true;
    const keep = async (runSql: RunSql): Promise<void> => openEntry(runSql, begun, { ...estimated, costMicros: asking.needed.costMicros });
    return failureOf(await outlast(async () => gate.pass({ ...asking, exceptRunId: null }, first, keep), signal));
  };

  return {
    admitReading: async ({ begun, inputTokens, price }, signal) => {
      const { call, isOwnKey, workspaceId } = begun;
      const { userId } = call;
      const estimated = { input: inputTokens, output: 0 };
      const reckon = async (facts: WorkspaceFacts) => ({ ...estimated, needed: amountsOf(estimated, workspaceGate.isPriced(facts) ? [price] : []) });
      if (workspaceId !== null) return admitShared(begun, { workspaceId, userId }, reckon, signal);
      if (isOwnKey) return null;
      const limits = await outlast(async () => gate.limitsOf(userId), signal);
      const asking = { userId, limits, needed: amountsOf(estimated, [price]) };
      return gate.isCounting(limits) ? passBeside(begun, estimated, asking, signal) : null;
    },

    admitMedia: async ({ begun, costMicros }, signal) => {
      const { call, isOwnKey, workspaceId } = begun;
      const { userId } = call;
      const mediaNeed = { tokens: 0n, costMicros, messages: 0n };
      if (workspaceId !== null) return admitShared(begun, { workspaceId, userId }, async () => ({ input: 0, output: 0, needed: mediaNeed }), signal);
      if (isOwnKey) return null;
      const limits = await outlast(async () => gate.limitsOf(userId), signal);
      if (!gate.isPriced(limits)) return null;
      const first = async (): Promise<boolean> => true;
      const keep = async (runSql: RunSql): Promise<void> => openEntry(runSql, begun, { input: 0, output: 0, costMicros });
      const asking = { userId, limits, needed: mediaNeed, exceptRunId: null };
      return failureOf(await outlast(async () => gate.pass(asking, first, keep), signal));
    },

    admit: async ({ begun, request, price, settled }, signal) => {
      const { userId, runId, purpose } = begun.call;
      const { workspaceId } = begun;
      if (workspaceId !== null) {
        const reckon = async (facts: WorkspaceFacts) => {
          // What the step before used must be counted, and kept free no more.
          if (purpose === 'ANSWER') await settled();
          const need = estimateNeed(request);
          return { ...need, needed: amountsOf(need, workspaceGate.isPriced(facts) ? [await price] : []) };
        };
        return admitShared(begun, { workspaceId, userId }, reckon, signal);
      }
      if (begun.isOwnKey) return null;
      const limits = await outlast(async () => gate.limitsOf(userId), signal);
      if (!gate.isCounting(limits)) return null;
      const estimated = estimateNeed(request);
      const needed = amountsOf(estimated, gate.isPriced(limits) ? [await price] : []);
      const asking = { userId, limits, needed };
      const isOfRun = purpose === 'ANSWER' && runId !== null;
      if (!isOfRun) return passBeside(begun, estimated, asking, signal);
      await settled();
      const values = [runId, needed.tokens.toString(), needed.costMicros.toString()];
      const reached = await outlast(async () => onPool(pool, 'reservation-reaches')(reaches, values), signal);
      if (reached.length > 0) return null;
      // The run before the quotas, as its end locks it; one that is lost needs nothing kept free.
      const first = async (runSql: RunSql): Promise<boolean> => (await runSql(lockRun, [runId])).length > 0;
      const keep = async (runSql: RunSql): Promise<void> => void (await runSql(raise, values));
      return failureOf(await outlast(async () => gate.pass({ ...asking, exceptRunId: runId }, first, keep), signal));
    },
  };
}

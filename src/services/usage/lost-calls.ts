import type { UsagePurpose } from '../../../prisma/generated/client.ts';
import { later, type Clock } from '../../base/clock.ts';
import type { Pool } from 'pg';
import type { ModelCalls } from '../model-calls.ts';
import { onPool, type RunSql } from '../run/deps.ts';
import { priceOf, type ModelPrice } from './cost.ts';
import { closeEntry, type BegunCall } from './entry-statements.ts';
import { estimateTokens } from './estimate.ts';
import type { RunUsage } from './run-usage.ts';

interface OpenRow {
  readonly id: string;
  readonly userId: string;
  readonly runId: string | null;
  readonly conversationId: string | null;
  readonly purpose: UsagePurpose;
  readonly provider: string;
  readonly model: string;
  readonly isOwnKey: boolean;
  readonly workspaceId: string | null;
  readonly inputTokens: number;
  /** What was kept free for it. */
  readonly costMicros: string | null;
  readonly createdAt: Date;
}

/** A call whose process is gone, with the price of its model. */
export interface LostCall {
  readonly begun: BegunCall;
  readonly inputTokens: number;
  readonly price: ModelPrice | null;
  /** What it was reckoned to cost, where that is known by nothing else. */
  readonly reckonedMicros?: bigint | null;
}

const openColumns = `e.id, e.user_id AS "userId", e.run_id AS "runId", e.conversation_id AS "conversationId", e.purpose, e.provider, e.model,
  e.is_own_key AS "isOwnKey", e.workspace_id AS "workspaceId", e.input_tokens AS "inputTokens", e.cost_micros::text AS "costMicros", e.created_at AS "createdAt"`;

/** Of calls for these was reckoned what they cost when they began: they are not paid by tokens, or their models are in no list of an engine. */
const reckoned: ReadonlySet<UsagePurpose> = new Set(['IMAGE', 'TRANSCRIPTION', 'SPEECH', 'EMBEDDING']);

async function lostCallOf(modelCalls: Pick<ModelCalls, 'engineFor'>, row: OpenRow): Promise<LostCall> {
  const { id, provider, model, isOwnKey, workspaceId, createdAt, inputTokens, userId, runId, conversationId, purpose } = row;
  const call = { userId, purpose, runId, conversationId };
  const begun = { id, call, provider, model, isOwnKey, workspaceId, createdAt };
  if (reckoned.has(purpose)) return { begun, inputTokens, price: null, reckonedMicros: row.costMicros === null ? null : BigInt(row.costMicros) };
  const price = await modelCalls
    .engineFor(`${provider}:${model}`, call)
    .then(({ engine }) => priceOf(engine, model))
    // The provider is no longer configured.
    .catch(() => null);
  return { begun, inputTokens, price };
}

/** The calls of a run that were under way when its process died, in the order in which the counts of workspaces are locked. */
export async function findLostCalls(pool: Pool, modelCalls: Pick<ModelCalls, 'engineFor'>, runId: string): Promise<readonly LostCall[]> {
  const rows = await onPool(pool, 'lost-calls')<OpenRow>(
    `SELECT ${openColumns} FROM usage_entries e WHERE e.run_id = $1 AND e.is_open ORDER BY e.workspace_id`,
    [runId],
  );
  return Promise.all(rows.map((row) => lostCallOf(modelCalls, row)));
}

/**
 * Writes what a lost call used, estimated: what was sent, and what came back as far as anybody has seen it.
 *
 * @param received the texts that it streamed
 */
export async function closeLostCall(runSql: RunSql, { begun, inputTokens, price, reckonedMicros }: LostCall, received: readonly string[]): Promise<void> {
  const usage = { inputTokens, cachedInputTokens: 0, outputTokens: estimateTokens([received.join('')]), reasoningTokens: 0 };
  await closeEntry(runSql, begun, { usage, isEstimated: true, ...(reckonedMicros === undefined ? {} : { costMicros: reckonedMicros }) }, price);
}

/** What the answer of a run used, by its entries. */
export async function sumOfRun(runSql: RunSql, runId: string): Promise<RunUsage> {
  const [sum] = await runSql<Omit<RunUsage, 'costMicros'> & { readonly costMicros: string | null }>(
    `SELECT LEAST(COALESCE(sum(input_tokens), 0), 2147483647)::int AS "inputTokens", LEAST(COALESCE(sum(cached_input_tokens), 0), 2147483647)::int AS "cachedInputTokens",
       LEAST(COALESCE(sum(output_tokens), 0), 2147483647)::int AS "outputTokens", LEAST(COALESCE(sum(reasoning_tokens), 0), 2147483647)::int AS "reasoningTokens",
       CASE WHEN bool_and(cost_micros IS NOT NULL) IS NOT FALSE THEN COALESCE(sum(cost_micros), 0)::bigint::text END AS "costMicros",
       COALESCE(bool_or(is_estimated), false) AS "isEstimated"
     FROM usage_entries WHERE run_id = $1::uuid AND purpose IN ('ANSWER', 'IMAGE', 'TRANSCRIPTION') AND NOT is_open`,
    [runId],
  );
  if (sum === undefined) throw new Error('a sum returned no row');
  return { ...sum, costMicros: sum.costMicros === null ? null : BigInt(sum.costMicros) };
}

/**
 * Closes the entries of calls that no process and no run looks after any more. To be called now and then.
 *
 * @param options.olderThanMs longer than any call takes
 * @returns how many
 */
export async function closeAbandonedCalls(
  { pool, modelCalls, clock }: { readonly pool: Pool; readonly modelCalls: Pick<ModelCalls, 'engineFor'>; readonly clock: Clock },
  options: { readonly olderThanMs: number },
): Promise<number> {
  const runSql = onPool(pool, 'abandoned-calls');
  const rows = await runSql<OpenRow>(
    `SELECT ${openColumns} FROM usage_entries e LEFT JOIN runs r ON r.id = e.run_id
     WHERE e.is_open AND e.created_at < $1 AND (r.status IS NULL OR r.status NOT IN ('RUNNING', 'QUEUED')) LIMIT 1000`,
    [later(clock.now(), -options.olderThanMs)],
  );
  for (const row of rows) await closeLostCall(onPool(pool, 'close-usage'), await lostCallOf(modelCalls, row), []);
  return rows.length;
}

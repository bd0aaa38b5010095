import type { EngineUsage } from '../../engines/engine.ts';
import type { ModelCall } from '../model-calls.ts';
import type { RunSql } from '../run/deps.ts';
import type { CallCount } from './metered-engine.ts';
import { costOf, type ModelPrice } from './cost.ts';

/** A call that has begun. */
export interface BegunCall {
  /** Made before the call, so that nothing is counted twice. */
  readonly id: string;
  readonly call: Pick<ModelCall, 'userId' | 'purpose' | 'runId' | 'conversationId'>;
  readonly provider: string;
  /** Without the provider. */
  readonly model: string;
  /** Whether it is made with a key of the person's own, or of a workspace. */
  readonly isOwnKey: boolean;
  /** The workspace whose key it is made with; null for none's. */
  readonly workspaceId: string | null;
  readonly createdAt: Date;
}

/**
 * The row of a day's totals that a person's amounts are added to: one of 16, so that not all wait for one, and always the same, so that
 * nobody holds one of them and waits for another.
 *
 * @param userId the SQL of the person's id
 */
export const totalShardOf = (userId: string): string => `(hashtext(${userId}::text) & 15)`;

const columns = `id, user_id, run_id, conversation_id, purpose, provider, model, is_own_key, created_at, input_tokens, cached_input_tokens, output_tokens,
    reasoning_tokens, cost_micros, price, is_estimated, workspace_id, is_open`;
const values = `$1::uuid, $2::uuid, $3::uuid, $4::uuid, $5::text::"UsagePurpose", $6, $7, $8::boolean, $9::timestamptz, $10::int, $11::int, $12::int, $13::int,
    $14::bigint, $15::jsonb, $16::boolean, $17::uuid`;

const openStatement = `INSERT INTO usage_entries (${columns}) VALUES (${values}, true) ON CONFLICT (id) DO NOTHING`;

/**
 * Closing an entry counts it for the quotas, in one statement and once: who comes second finds it closed, and changes nothing. An entry
 * whose opening was lost is made here. A workspace that is deleted at this moment is waited for, so that its call is closed without it.
 */
const closeStatement = `
  WITH entry AS (
    INSERT INTO usage_entries AS e (${columns}) VALUES (${values}, false)
    ON CONFLICT (id) DO UPDATE SET input_tokens = EXCLUDED.input_tokens, cached_input_tokens = EXCLUDED.cached_input_tokens,
      output_tokens = EXCLUDED.output_tokens, reasoning_tokens = EXCLUDED.reasoning_tokens, cost_micros = EXCLUDED.cost_micros, price = EXCLUDED.price,
      is_estimated = EXCLUDED.is_estimated, is_open = false
    WHERE e.is_open
    RETURNING user_id, (created_at AT TIME ZONE 'UTC')::date AS day, input_tokens::bigint + output_tokens AS tokens, COALESCE(cost_micros, 0) AS cost_micros, is_own_key, workspace_id
  ), counted AS (
    INSERT INTO quota_counts AS c (user_id, day, tokens, cost_micros) SELECT user_id, day, tokens, cost_micros FROM entry WHERE NOT is_own_key
    ON CONFLICT (user_id, day) DO UPDATE SET tokens = c.tokens + EXCLUDED.tokens, cost_micros = c.cost_micros + EXCLUDED.cost_micros
  ), totalled AS (
    INSERT INTO quota_totals AS t (day, shard, tokens, cost_micros)
    SELECT day, ${totalShardOf('user_id')}, tokens, cost_micros FROM entry WHERE NOT is_own_key
    ON CONFLICT (day, shard) DO UPDATE SET tokens = t.tokens + EXCLUDED.tokens, cost_micros = t.cost_micros + EXCLUDED.cost_micros
  ), shared AS (
    SELECT entry.* FROM entry JOIN workspaces w ON w.id = entry.workspace_id FOR KEY SHARE OF w
  ), counted_there AS (
    INSERT INTO workspace_counts AS c (workspace_id, user_id, day, tokens, cost_micros) SELECT workspace_id, user_id, day, tokens, cost_micros FROM shared
    ON CONFLICT (workspace_id, user_id, day) DO UPDATE SET tokens = c.tokens + EXCLUDED.tokens, cost_micros = c.cost_micros + EXCLUDED.cost_micros
  ), totalled_there AS (
    INSERT INTO workspace_totals AS t (workspace_id, day, tokens, cost_micros) SELECT workspace_id, day, tokens, cost_micros FROM shared
    ON CONFLICT (workspace_id, day) DO UPDATE SET tokens = t.tokens + EXCLUDED.tokens, cost_micros = t.cost_micros + EXCLUDED.cost_micros
  )
  SELECT 1 FROM entry`;

function valuesOf({ id, call, provider, model, isOwnKey, createdAt }: BegunCall, usage: EngineUsage): readonly unknown[] {
  const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = usage;
  const about = [id, call.userId, call.runId, call.conversationId, call.purpose, provider, model, isOwnKey, createdAt];
  return [...about, inputTokens, cachedInputTokens, outputTokens, reasoningTokens];
}

/**
 * Writes that a call is under way, with what it sends, so that nothing is lost when its process dies. One that is there already stays.
 *
 * @param reckoned.output how many tokens are kept free for the answer in the quotas; 0 where nothing is
 * @param reckoned.costMicros what is kept free for both; null where nothing is
 */
export async function openEntry(
  runSql: RunSql,
  begun: BegunCall,
  reckoned: { readonly input: number; readonly output: number; readonly costMicros: bigint | null },
): Promise<void> {
  const usage = { inputTokens: reckoned.input, cachedInputTokens: 0, outputTokens: reckoned.output, reasoningTokens: 0 };
  await runSql(openStatement, [...valuesOf(begun, usage), reckoned.costMicros?.toString() ?? null, null, true, begun.workspaceId]);
}

/**
 * Writes what a call used, and counts it for the quotas.
 *
 * @returns whether it was not written before
 */
export async function closeEntry(runSql: RunSql, begun: BegunCall, { usage, isEstimated, costMicros }: CallCount, price: ModelPrice | null): Promise<boolean> {
  const cost = costMicros === undefined ? costOf(usage, price) : costMicros;
  const rows = await runSql(closeStatement, [
    ...valuesOf(begun, usage),
    cost === null ? null : cost.toString(),
    price === null ? null : JSON.stringify(price),
    isEstimated,
    begun.workspaceId,
  ]);
  return rows.length > 0;
}

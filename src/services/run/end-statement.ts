import type { Run } from '../../../prisma/generated/client.ts';
import type { ConversationEventData } from '../../events/conversation-event.ts';
import type { RunEndData } from '../../events/run-event.ts';
import type { RunUsage } from '../usage/run-usage.ts';
import type { RunSql } from './deps.ts';

/** Text or thoughts as they are stored. */
export interface WrittenPart {
  readonly id: string;
  readonly position: number;
  readonly kind: 'TEXT' | 'REASONING';
  readonly text: string;
}

/** How a run ended, and what is stored with its end. */
export interface RunEnd {
  /** The number of the last event. */
  readonly seq: number;
  readonly data: RunEndData;
  /** Null for one that never began. */
  readonly usage: RunUsage | null;
  readonly mode: string | null;
  readonly confidence: number | null;
  /** Parts that are not stored yet. */
  readonly parts: readonly WrittenPart[];
}

/** The status that an end means. */
export function statusOf(data: RunEndData): 'COMPLETED' | 'STOPPED' | 'FAILED' {
  if (data.type === 'RunFailed') return 'FAILED';
  return data.reason === 'STOPPED' ? 'STOPPED' : 'COMPLETED';
}

/**
 * One statement instead of nine in a transaction, as for the start. Everything hangs on the first part: when the run is not as it was
 * thought to be, nothing is written and no row comes back. The row of the conversation is locked before that of its run, as everywhere:
 * whoever deletes a conversation holds it and then reaches for its runs.
 */
const statement = `
  WITH held AS (
    SELECT c.id FROM conversations c WHERE c.id = (SELECT conversation_id FROM runs WHERE id = $1::uuid) FOR NO KEY UPDATE
  ), ended AS (
    UPDATE runs SET status = $2::text::"RunStatus", running_in = NULL, lease_owner = NULL, lease_expires_at = NULL, finished_at = $3::timestamptz, last_seq = $4::int,
      error_code = $5, error_message = $6, is_retryable = $7::boolean, finish_reason = $8, data_updated = COALESCE($9::boolean, data_updated),
      input_tokens = COALESCE($10::int, input_tokens), output_tokens = COALESCE($11::int, output_tokens),
      cached_input_tokens = $22::int, reasoning_tokens = $23::int, cost_micros = $24::bigint, is_usage_estimated = $25::boolean
    FROM held
    WHERE runs.id = $1::uuid AND runs.conversation_id = held.id AND status = $12::text::"RunStatus" AND lease_owner IS NOT DISTINCT FROM $13::uuid
    RETURNING conversation_id, answer_id
  ), last_event AS (
    INSERT INTO run_events (run_id, seq, data, created_at) SELECT $1::uuid, $4::int, $14::jsonb, $3::timestamptz FROM ended
  ), rest AS (
    INSERT INTO parts (id, message_id, position, kind, text)
    SELECT part.id, ended.answer_id, part.position, part.kind::"PartKind", part.text
    FROM ended, json_to_recordset($15::json) AS part (id uuid, position int, kind text, text text) WHERE ended.answer_id IS NOT NULL
  ), answer AS (
    UPDATE messages SET mode = $16, confidence = $17::float8 FROM ended WHERE messages.id = ended.answer_id AND $16::text IS NOT NULL
  ), conversation AS (
    UPDATE conversations SET updated_at = $3::timestamptz, event_seq = event_seq + 1 FROM ended WHERE conversations.id = ended.conversation_id
    RETURNING conversations.id, event_seq
  ), change AS (
    INSERT INTO conversation_events (conversation_id, seq, data, created_at) SELECT id, event_seq, $18::jsonb, $3::timestamptz FROM conversation
  )
  SELECT pg_notify($19, $20)::text AS run_told, pg_notify($21, id::text)::text AS conversation_told FROM conversation`;

/**
 * Writes the end of a run: its status, its last event, the rest of its message, and the conversation's event.
 *
 * @param owned what must hold of the run's row; else nothing is written
 * @param channels where other nodes are told
 * @returns whether it was written
 */
export async function writeEnd(
  runSql: RunSql,
  parts: {
    readonly run: Pick<Run, 'id'>;
    readonly owned: { readonly status: 'QUEUED' | 'RUNNING' | 'AWAITING_INPUT'; readonly leaseOwner: string | null };
    readonly end: RunEnd;
    readonly now: Date;
    readonly nodeId: string;
    readonly channels: { readonly run: string; readonly conversation: string };
  },
): Promise<boolean> {
  const { run, owned, end, now, nodeId, channels } = parts;
  const { data } = end;
  const status = statusOf(data);
  const change: ConversationEventData = { type: 'RunChanged', runId: run.id, status };
  const failure = data.type === 'RunFailed' ? data : null;
  const success = data.type === 'RunFinished' ? data : null;
  const rows = await runSql<unknown>(statement, [
    run.id,
    status,
    now,
    end.seq,
    failure?.code ?? null,
    failure?.message ?? null,
    failure?.retryable ?? null,
    success?.reason ?? null,
    success?.dataUpdated ?? null,
    end.usage?.inputTokens ?? null,
    end.usage?.outputTokens ?? null,
    owned.status,
    owned.leaseOwner,
    JSON.stringify(data),
    JSON.stringify(end.parts),
    end.mode,
    end.confidence,
    JSON.stringify(change),
    channels.run,
    `${nodeId},${run.id}`,
    channels.conversation,
    end.usage?.cachedInputTokens ?? null,
    end.usage?.reasoningTokens ?? null,
    end.usage?.costMicros?.toString() ?? null,
    end.usage?.isEstimated ?? false,
  ]);
  return rows.length > 0;
}

import type { Run } from '../../../prisma/generated/client.ts';
import type { ConversationEventData } from '../../events/conversation-event.ts';
import type { RunEventData } from '../../events/run-event.ts';
import type { RunSql } from './deps.ts';
import type { RunRequest } from './request.ts';
import { runColumns } from './row.ts';

/** Everything that the start of a run writes. */
export interface RunStart {
  readonly request: RunRequest;
  readonly now: Date;
  readonly conversationId: string;
  readonly isNewConversation: boolean;
  readonly sessionId: string | null;
  /** The message that the question follows. */
  readonly parentId: string | null;
  readonly ids: { readonly question: string; readonly part: string; readonly answer: string; readonly run: string };
  /** Whether it begins at once; else it waits. */
  readonly isRunning: boolean;
  readonly nodeId: string;
  readonly leaseMs: number;
  /** The channel of conversation events. */
  readonly channel: string;
}

/**
 * One statement instead of a dozen: a send is what people wait for, and 200 of them a second should not notice one another.
 *
 * The parts of such a statement all see the database as it was before, so a new conversation gets its final `event_seq` with its INSERT
 * and an old one with an UPDATE. Foreign keys are checked when all of it is done.
 */
const statement = `
  WITH new_conversation AS (
    INSERT INTO conversations (id, owner_id, title_source, event_seq, created_at, updated_at)
    SELECT $1::uuid, $2::uuid, 'NONE', cardinality($11::text[]), $3::timestamptz, $3::timestamptz WHERE $4::boolean
    RETURNING event_seq
  ), new_participant AS (
    INSERT INTO participants (conversation_id, user_id, role, joined_at) SELECT $1::uuid, $2::uuid, 'OWNER', $3::timestamptz WHERE $4::boolean
  ), old_conversation AS (
    UPDATE conversations SET updated_at = $3::timestamptz, event_seq = event_seq + cardinality($11::text[]) WHERE id = $1::uuid AND NOT $4::boolean
    RETURNING event_seq
  ), touched_session AS (
    UPDATE sessions SET updated_at = $3::timestamptz WHERE id = $5::uuid
  ), question AS (
    INSERT INTO messages (id, conversation_id, parent_id, role, author_id, created_at) VALUES ($6::uuid, $1::uuid, $7::uuid, 'USER', $2::uuid, $3::timestamptz)
  ), question_text AS (
    INSERT INTO parts (id, message_id, position, kind, text) VALUES ($8::uuid, $6::uuid, 0, 'TEXT', $9)
  ), answer AS (
    INSERT INTO messages (id, conversation_id, parent_id, role, model, created_at)
    SELECT $10::uuid, $1::uuid, $6::uuid, 'ASSISTANT', $14, $3::timestamptz WHERE $20::boolean
  ), events AS (
    INSERT INTO conversation_events (conversation_id, seq, data, created_at)
    SELECT $1::uuid, last.event_seq - cardinality($11::text[]) + entry.position, entry.data::jsonb, $3::timestamptz
    FROM (SELECT event_seq FROM new_conversation UNION ALL SELECT event_seq FROM old_conversation) AS last,
      unnest($11::text[]) WITH ORDINALITY AS entry (data, position)
  ), started AS (
    INSERT INTO run_events (run_id, seq, data, created_at) SELECT $12::uuid, 1, $21::jsonb, $3::timestamptz WHERE $20::boolean
  ), run AS (
    INSERT INTO runs AS r (id, conversation_id, user_id, kind, status, question_id, answer_id, model, options, idempotency_key, request_hash,
      running_in, lease_owner, lease_expires_at, created_at, started_at)
    SELECT $12::uuid, $1::uuid, $2::uuid, $13::"RunKind", CASE WHEN $20::boolean THEN 'RUNNING' ELSE 'QUEUED' END::"RunStatus", $6::uuid,
      CASE WHEN $20::boolean THEN $10::uuid END, $14, $15::jsonb, $16, $17,
      CASE WHEN $20::boolean THEN $1::uuid END, CASE WHEN $20::boolean THEN $18::uuid END,
      CASE WHEN $20::boolean THEN now() + $19::int * interval '1 millisecond' END, $3::timestamptz, CASE WHEN $20::boolean THEN $3::timestamptz END
    RETURNING ${runColumns}
  )
  SELECT run.*, pg_notify($22, $1::text)::text AS told FROM run`;

/**
 * Writes the question, the run and, when it begins at once, its empty answer and first event; and what the conversation's watchers are told.
 *
 * @param runSql in a transaction that has locked the conversation; for a new conversation anywhere
 */
export async function writeStart(runSql: RunSql, start: RunStart): Promise<Run> {
  const { request, ids, isRunning, conversationId } = start;
  const started: RunEventData = { type: 'RunStarted', messageId: ids.answer, model: request.model };
  const question: ConversationEventData = { type: 'MessageAdded', messageId: ids.question };
  const changes: readonly ConversationEventData[] = isRunning
    ? [question, { type: 'MessageAdded', messageId: ids.answer }, { type: 'RunChanged', runId: ids.run, status: 'RUNNING' }]
    : [question, { type: 'RunChanged', runId: ids.run, status: 'QUEUED' }];
  const [run] = await runSql<Run>(statement, [
    conversationId,
    request.userId,
    start.now,
    start.isNewConversation,
    start.sessionId,
    ids.question,
    start.parentId,
    ids.part,
    request.text,
    ids.answer,
    changes.map((change) => JSON.stringify(change)),
    ids.run,
    request.kind,
    request.model,
    JSON.stringify(request.options),
    request.idempotencyKey,
    request.requestHash,
    start.nodeId,
    start.leaseMs,
    isRunning,
    JSON.stringify(started),
    start.channel,
  ]);
  if (run === undefined) throw new Error('the start of a run returned no row');
  return run;
}

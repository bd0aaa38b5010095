import { notFound } from '../../base/errors.ts';
import type { Run } from '../../../prisma/generated/client.ts';
import type { ConversationEventData } from '../../events/conversation-event.ts';
import type { RunEventData } from '../../events/run-event.ts';
import type { Amounts } from '../quota/amounts.ts';
import { dayOf } from '../quota/periods.ts';
import { totalShardOf } from '../usage/entry-statements.ts';
import { columnsOf } from '../conversation/about.ts';
import type { RunSql } from './deps.ts';
import type { RunRequest } from './request.ts';
import { runColumns } from './row.ts';

/** The question of a run. */
export interface RunQuestion {
  readonly id: string;
  /** Whether it is said with this run; else it is there already and gets another answer. */
  readonly isNew: boolean;
  /** The message that it follows; null for the first. */
  readonly parentId: string | null;
  readonly depth: number;
}

/** Everything that the start of a run writes. */
export interface RunStart {
  readonly request: RunRequest;
  /** What it keeps free in the quotas while it is open; null where neither tokens nor cost are limited. */
  readonly kept: Pick<Amounts, 'tokens' | 'costMicros'> | null;
  readonly now: Date;
  readonly conversationId: string;
  readonly isNewConversation: boolean;
  /** When a new conversation vanishes; null for one that stays. */
  readonly expiresAt: Date | null;
  readonly sessionId: string | null;
  readonly question: RunQuestion;
  readonly ids: { readonly part: string; readonly answer: string; readonly run: string; readonly round: string };
  /** The attachments of the question, each once, with their places in the message: from 1, behind the text. */
  readonly attached: readonly { readonly partId: string; readonly attachmentId: string; readonly place: number }[];
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
    INSERT INTO conversations (id, owner_id, title_source, event_seq, created_at, updated_at, expires_at, goal_id, weekly_plan_id, daily_plan_id)
    SELECT $1::uuid, $2::uuid, 'NONE', cardinality($11::text[]), $3::timestamptz, $3::timestamptz, $26::timestamptz, $30::uuid, $31::uuid, $32::uuid
    WHERE $4::boolean
    RETURNING event_seq
  ), new_participant AS (
    INSERT INTO participants (conversation_id, user_id, role, joined_at, expires_at)
    SELECT $1::uuid, $2::uuid, 'OWNER', $3::timestamptz, $26::timestamptz WHERE $4::boolean
  ), old_conversation AS (
    UPDATE conversations SET updated_at = $3::timestamptz, event_seq = event_seq + cardinality($11::text[]) WHERE id = $1::uuid AND NOT $4::boolean
    RETURNING event_seq
  ), touched_session AS (
    UPDATE sessions SET updated_at = $3::timestamptz WHERE id = $5::uuid
  ), question AS (
    INSERT INTO messages (id, conversation_id, parent_id, role, author_id, depth, created_at)
    SELECT $6::uuid, $1::uuid, $7::uuid, 'USER', $2::uuid, $23::int, $3::timestamptz WHERE $24::boolean
  ), question_text AS (
    INSERT INTO parts (id, message_id, position, kind, text) SELECT $8::uuid, $6::uuid, 0, 'TEXT', $9 WHERE $24::boolean
  ), attached AS (
    UPDATE attachments AS a SET conversation_id = $1::uuid
    FROM json_to_recordset($25::json) AS entry ("partId" uuid, "attachmentId" uuid, place int)
    WHERE a.id = entry."attachmentId" AND a.owner_id = $2::uuid
    RETURNING entry."partId" AS part_id, entry.place, a.*
  ), attached_parts AS (
    INSERT INTO parts (id, message_id, position, kind, data)
    SELECT part_id, $6::uuid, place, CASE WHEN media_type LIKE 'audio/%' THEN 'AUDIO' WHEN width IS NULL THEN 'FILE' ELSE 'IMAGE' END::"PartKind",
      jsonb_build_object('attachmentId', id, 'name', name, 'mediaType', media_type, 'byteSize', byte_size, 'width', width, 'height', height)
    FROM attached
  ), answer AS (
    INSERT INTO messages (id, conversation_id, parent_id, role, model, depth, created_at, persona_id, persona_name)
    SELECT $10::uuid, $1::uuid, $6::uuid, 'ASSISTANT', $14, $23::int + 1, $3::timestamptz + interval '1 millisecond', $33::uuid, $34 WHERE $20::boolean
  ), events AS (
    INSERT INTO conversation_events (conversation_id, seq, data, created_at)
    SELECT $1::uuid, last.event_seq - cardinality($11::text[]) + entry.position, entry.data::jsonb, $3::timestamptz
    FROM (SELECT event_seq FROM new_conversation UNION ALL SELECT event_seq FROM old_conversation) AS last,
      unnest($11::text[]) WITH ORDINALITY AS entry (data, position)
  ), started AS (
    INSERT INTO run_events (run_id, seq, data, created_at) SELECT $12::uuid, 1, $21::jsonb, $3::timestamptz WHERE $20::boolean
  ), counted AS (
    INSERT INTO quota_counts AS c (user_id, day, messages) VALUES ($2::uuid, $29::date, 1)
    ON CONFLICT (user_id, day) DO UPDATE SET messages = c.messages + 1
  ), totalled AS (
    INSERT INTO quota_totals AS t (day, shard, messages) VALUES ($29::date, ${totalShardOf('$2::uuid')}, 1)
    ON CONFLICT (day, shard) DO UPDATE SET messages = t.messages + 1
  ), round AS (
    INSERT INTO rounds (id, conversation_id, user_id, policy, max_turns, turn, persona_ids, options, created_at)
    SELECT $35::uuid, $1::uuid, $2::uuid, ($37::json ->> 'policy')::"TurnPolicy", ($37::json ->> 'maxTurns')::int, 1,
      ARRAY(SELECT json_array_elements_text($37::json -> 'personaIds')::uuid), ($37::json -> 'options')::jsonb, $3::timestamptz
    WHERE $37::json IS NOT NULL
  ), run AS (
    INSERT INTO runs AS r (id, conversation_id, user_id, kind, status, question_id, answer_id, model, options, idempotency_key, request_hash,
      running_in, lease_owner, lease_expires_at, created_at, started_at, reserved_tokens, reserved_cost_micros,
      persona_id, round_id, turn)
    SELECT $12::uuid, $1::uuid, $2::uuid, $13::"RunKind", CASE WHEN $20::boolean THEN 'RUNNING' ELSE 'QUEUED' END::"RunStatus", $6::uuid,
      CASE WHEN $20::boolean THEN $10::uuid END, $14, $15::jsonb, $16, $17,
      CASE WHEN $20::boolean THEN $1::uuid END, CASE WHEN $20::boolean THEN $18::uuid END,
      CASE WHEN $20::boolean THEN now() + $19::int * interval '1 millisecond' END, $3::timestamptz, CASE WHEN $20::boolean THEN $3::timestamptz END,
      $27::bigint, $28::bigint, $33::uuid, $35::uuid, $36::int
    RETURNING ${runColumns}
  )
  SELECT run.*, pg_notify($22, $1::text)::text AS told, (SELECT count(*)::int FROM attached) AS attached FROM run`;

/**
 * Writes the question, the run and, when it begins at once, its empty answer and first event; and what the conversation's watchers are told.
 *
 * @param runSql in a transaction that has locked the conversation; for a new conversation anywhere
 */
export async function writeStart(runSql: RunSql, start: RunStart): Promise<Run> {
  const { request, question, ids, isRunning, conversationId } = start;
  const started: RunEventData = { type: 'RunStarted', messageId: ids.answer, model: request.model };
  const said = question.isNew ? [question.id] : [];
  const { turn = null } = request;
  const about = columnsOf(request.context ?? null);
  const added = isRunning ? [...said, ids.answer] : said;
  const changes: readonly ConversationEventData[] = [
    ...added.map((messageId) => ({ type: 'MessageAdded', messageId }) as const),
    { type: 'RunChanged', runId: ids.run, status: isRunning ? 'RUNNING' : 'QUEUED' },
  ];
  const [run] = await runSql<Run & { readonly attached: number }>(statement, [
    conversationId,
    request.userId,
    start.now,
    start.isNewConversation,
    start.sessionId,
    question.id,
    question.parentId,
    ids.part,
    request.text,
    ids.answer,
    changes.map((change) => JSON.stringify(change)),
    ids.run,
    request.kind,
    request.model,
    JSON.stringify(request.image ?? request.options),
    request.idempotencyKey,
    request.requestHash,
    start.nodeId,
    start.leaseMs,
    isRunning,
    JSON.stringify(started),
    start.channel,
    question.depth,
    question.isNew,
    JSON.stringify(start.attached),
    start.expiresAt,
    start.kept?.tokens.toString() ?? null,
    start.kept?.costMicros.toString() ?? null,
    dayOf(start.now),
    about.goalId,
    about.weeklyPlanId,
    about.dailyPlanId,
    request.speaker?.id ?? null,
    request.speaker?.name ?? null,
    turn === null ? null : turn.type === 'FIRST' ? ids.round : turn.roundId,
    turn === null ? null : turn.type === 'FIRST' ? 1 : turn.turn,
    turn?.type === 'FIRST' ? JSON.stringify({ ...turn.round, options: turn.said }) : null,
  ]);
  if (run === undefined) throw new Error('the start of a run returned no row');
  // One was deleted a moment ago; the transaction undoes the rest.
  if (run.attached < start.attached.length) throw notFound('Attachment');
  return run;
}

import type { Pool } from 'pg';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { conversationEventData, type ConversationEvent, type ConversationEventData } from './conversation-event.ts';
import type { Reader } from '../base/takeable.ts';
import { createReader, type Found } from './reader.ts';
import { createWakes } from './wakes.ts';

/** Runs SQL inside the transaction of the change that is told of, and returns the rows. */
export interface SqlTransaction {
  $queryRawUnsafe(sql: string, ...values: unknown[]): Promise<unknown>;
}

/** What happens in conversations, for every device of every participant. */
export interface ConversationLog {
  /**
   * Appends events in the transaction of the change that they tell of; readers see them when it commits. The row of the conversation
   * stays locked until then, which keeps the numbers without a gap.
   */
  append(transaction: SqlTransaction, conversationId: string, ...data: readonly ConversationEventData[]): Promise<void>;
  /** Tells readers, in the transaction that deletes the conversation, that it is gone. */
  appendDeleted(transaction: SqlTransaction, conversationIds: readonly string[]): Promise<void>;
  /**
   * Follows a conversation from a position, on whichever node it changes, as long as somebody takes part in it. Ends after
   * `ConversationDeleted`, and after the `ParticipantLeft` of that person: of what comes behind that, nothing is read.
   *
   * @param userId who follows it
   * @param after the number of the last event that the caller has; 0 for none
   */
  read(conversationId: string, userId: string, after: number): Reader<ConversationEvent>;
  /** Called with the payload of a notification on `channel`. */
  notified(payload: string): void;
  /** Notifications may have been lost: everybody looks again. */
  wakeAll(): void;
  readonly channel: string;
}

const channel = 'conversation_events';
const batchSize = 200;

const appendEvents = `
  WITH numbered AS (
    UPDATE conversations SET event_seq = event_seq + cardinality($2::text[]) WHERE id = $1::uuid RETURNING event_seq - cardinality($2::text[]) AS before
  ), stored AS (
    INSERT INTO conversation_events (conversation_id, seq, data)
    SELECT $1::uuid, numbered.before + entry.position, entry.data::jsonb
    FROM numbered, unnest($2::text[]) WITH ORDINALITY AS entry (data, position)
  )
  SELECT pg_notify('${channel}', $1::text)::text AS told`;

// In one statement, so that what somebody reads was there while they took part. A row without an event stands for none.
const listEvents = `
  SELECT EXISTS (SELECT 1 FROM participants WHERE conversation_id = $1::uuid AND user_id = $4::uuid) AS "isInside", e.*
  FROM (VALUES (1)) AS always LEFT JOIN LATERAL (
    SELECT conversation_id, seq, created_at, data FROM conversation_events WHERE conversation_id = $1::uuid AND seq > $2::int ORDER BY seq LIMIT $3::int
  ) e ON true ORDER BY e.seq`;

const lastLeaving = `
  SELECT (SELECT max(seq) FROM conversation_events WHERE conversation_id = c.id AND data @> jsonb_build_object('type', 'ParticipantLeft', 'userId', $2::text)) AS seq
  FROM conversations c WHERE c.id = $1::uuid`;

const eventRow = z
  .object({ conversation_id: z.string(), seq: z.number(), created_at: z.date(), data: conversationEventData })
  .transform((row): ConversationEvent => ({ conversationId: row.conversation_id, seq: row.seq, createdAt: row.created_at, data: row.data }));

/**
 * The conversation log on PostgreSQL.
 *
 * @param options.pollIntervalMs after how long a reader looks again without having been woken
 */
export function createConversationLog({
  pool,
  clock,
  pollIntervalMs,
}: {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly pollIntervalMs: number;
}): ConversationLog {
  const wakes = createWakes(pollIntervalMs);

  const fetch = async (conversationId: string, userId: string, after: number): Promise<Found<ConversationEvent>> => {
    const { rows } = await pool.query<{ readonly isInside: boolean; readonly seq: number | null }>({
      name: 'list-conversation-events',
      text: listEvents,
      values: [conversationId, after, batchSize, userId],
    });
    const entries = z.array(eventRow).parse(rows.filter(({ seq }) => seq !== null));
    if (rows[0]?.isInside === true) return { entries, ended: false };
    const { rows: left } = await pool.query<{ readonly seq: number | null }>(lastLeaving, [conversationId, userId]);
    if (left[0] === undefined) {
      return { entries: [{ conversationId, seq: after + 1, createdAt: clock.now(), data: { type: 'ConversationDeleted' } }], ended: true };
    }
    // Until they left they may know everything, also when there is more of it than fits into one batch.
    const leftAt = left[0].seq ?? after;
    const own = entries.filter(({ seq }) => seq <= leftAt);
    return { entries: own, ended: own.length === 0 || own.at(-1)?.seq === leftAt };
  };

  return {
    channel,
    append: async (transaction, conversationId, ...data) => {
      await transaction.$queryRawUnsafe(
        appendEvents,
        conversationId,
        data.map((entry) => JSON.stringify(entry)),
      );
    },
    appendDeleted: async (transaction, conversationIds) => {
      await transaction.$queryRawUnsafe(`SELECT pg_notify('${channel}', id)::text AS told FROM unnest($1::text[]) AS id`, conversationIds);
    },
    read: (conversationId, userId, after) =>
      createReader<ConversationEvent>(
        {
          fetch: (position) => fetch(conversationId, userId, position),
          seqOf: (event) => event.seq,
          subscribe: (wake) => wakes.subscribe(conversationId, wake),
        },
        after,
      ),
    notified: (payload) => wakes.wake(payload),
    wakeAll: () => wakes.wakeAll(),
  };
}

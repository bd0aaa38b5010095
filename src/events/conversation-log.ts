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
   * Follows a conversation from a position, on whichever node it changes. Ends after `ConversationDeleted`.
   *
   * @param after the number of the last event that the caller has; 0 for none
   */
  read(conversationId: string, after: number): Reader<ConversationEvent>;
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

  const fetch = async (conversationId: string, after: number): Promise<Found<ConversationEvent>> => {
    const { rows } = await pool.query({
      name: 'list-conversation-events',
      text: 'SELECT conversation_id, seq, created_at, data FROM conversation_events WHERE conversation_id = $1 AND seq > $2 ORDER BY seq LIMIT $3',
      values: [conversationId, after, batchSize],
    });
    if (rows.length > 0) return { entries: z.array(eventRow).parse(rows), ended: false };
    const { rowCount } = await pool.query('SELECT 1 FROM conversations WHERE id = $1', [conversationId]);
    if (rowCount === 1) return { entries: [], ended: false };
    return { entries: [{ conversationId, seq: after + 1, createdAt: clock.now(), data: { type: 'ConversationDeleted' } }], ended: true };
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
    read: (conversationId, after) =>
      createReader<ConversationEvent>(
        {
          fetch: (position) => fetch(conversationId, position),
          seqOf: (event) => event.seq,
          subscribe: (wake) => wakes.subscribe(conversationId, wake),
        },
        after,
      ),
    notified: (payload) => wakes.wake(payload),
    wakeAll: () => wakes.wakeAll(),
  };
}

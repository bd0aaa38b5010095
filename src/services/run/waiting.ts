import type { Pool } from 'pg';

/** Whether a round `r` waits for its next turn, and no node finds it out. */
const waits = `r.ended_at IS NULL AND (r.lease_expires_at IS NULL OR r.lease_expires_at < now())
  AND NOT EXISTS (SELECT 1 FROM runs turn WHERE turn.round_id = r.id AND turn.status IN ('RUNNING', 'QUEUED', 'AWAITING_INPUT'))`;

/** What of a conversation waits for its turn. */
export interface Waiting {
  /** The oldest round whose next turn is yet to begin; null for none. */
  readonly roundId: string | null;
  readonly isRunWaiting: boolean;
}

/** Looks what waits in a conversation. Mostly nothing does. */
export async function whatWaits(pool: Pool, conversationId: string): Promise<Waiting> {
  const { rows } = await pool.query<Waiting>({
    name: 'what-waits',
    text: `SELECT EXISTS (SELECT 1 FROM runs WHERE conversation_id = $1 AND status = 'QUEUED') AS "isRunWaiting",
      (SELECT r.id FROM rounds r WHERE r.conversation_id = $1 AND ${waits} ORDER BY r.created_at, r.id LIMIT 1) AS "roundId"`,
    values: [conversationId],
  });
  return rows[0] ?? { roundId: null, isRunWaiting: false };
}

/** A conversation in which something waits. */
export interface WaitingConversation {
  readonly conversationId: string;
  /** Whether it is the next turn of a round. */
  readonly isRound: boolean;
}

/** Conversations in which something waits, perhaps because the process that was to begin it has died. */
export async function whereSomethingWaits(pool: Pool): Promise<readonly WaitingConversation[]> {
  const { rows } = await pool.query<WaitingConversation>({
    name: 'where-something-waits',
    text: `(SELECT DISTINCT r.conversation_id AS "conversationId", true AS "isRound" FROM rounds r WHERE ${waits} LIMIT 100)
      UNION ALL (SELECT DISTINCT conversation_id, false FROM runs q WHERE status = 'QUEUED' AND NOT EXISTS (
        SELECT 1 FROM rounds r WHERE r.conversation_id = q.conversation_id AND ${waits}) LIMIT 100)`,
  });
  return rows;
}

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

/** Conversations in which something waits, perhaps because the process that was to begin it has died. */
export async function whereSomethingWaits(pool: Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ readonly id: string }>({
    name: 'where-something-waits',
    text: `(SELECT DISTINCT conversation_id AS id FROM runs WHERE status = 'QUEUED' LIMIT 100)
      UNION (SELECT r.conversation_id FROM rounds r WHERE ${waits} LIMIT 100)`,
  });
  return rows.map(({ id }) => id);
}

import type { Pool } from 'pg';
import { uuidv7 } from '../../src/base/id.ts';

/** A conversation as somebody has after a year. */
export interface LongConversation {
  readonly conversationId: string;
  /** How many messages the branch that is seen has. */
  readonly pathLength: number;
  readonly messageCount: number;
  readonly branchCount: number;
}

/** Of 20,000 messages: one line of 5,000, and 300 branches of 50 that leave it at every sixteenth message. */
export async function fillLongConversation(pool: Pool, ownerId: string): Promise<LongConversation> {
  const conversationId = uuidv7();
  const [pathLength, branchCount, branchLength, every] = [5_000, 300, 50, 16];
  const now = Date.now();
  const rows: { id: string; parent_id: string | null; role: string; depth: number; is_active: boolean; at: string }[] = [];
  const add = (parentId: string | null, depth: number, isActive: boolean): string => {
    const id = uuidv7();
    const at = new Date(now + rows.length).toISOString();
    rows.push({ id, parent_id: parentId, role: depth % 2 === 0 ? 'USER' : 'ASSISTANT', depth, is_active: isActive, at });
    return id;
  };
  const line: string[] = [];
  for (let depth = 0; depth < pathLength; depth += 1) line.push(add(line.at(-1) ?? null, depth, true));
  for (let branch = 0; branch < branchCount; branch += 1) {
    let parent = line[branch * every] ?? null;
    for (let step = 1; step <= branchLength; step += 1) parent = add(parent, branch * every + step, false);
  }
  await pool.query(`INSERT INTO conversations (id, owner_id, created_at, updated_at) VALUES ($1, $2, now(), now())`, [conversationId, ownerId]);
  await pool.query(`INSERT INTO participants (conversation_id, user_id, role, joined_at) VALUES ($1, $2, 'OWNER', now())`, [conversationId, ownerId]);
  await pool.query(
    `INSERT INTO messages (id, conversation_id, parent_id, role, author_id, depth, is_active, created_at)
     SELECT id, $1, parent_id, role::"MessageRole", CASE WHEN role = 'USER' THEN $2::uuid END, depth, is_active, at
     FROM json_to_recordset($3::json) AS m (id uuid, parent_id uuid, role text, depth int, is_active boolean, at timestamptz)`,
    [conversationId, ownerId, JSON.stringify(rows)],
  );
  await pool.query(
    `INSERT INTO parts (id, message_id, position, kind, text)
     SELECT gen_random_uuid(), m.id, 0, 'TEXT', 'Message at depth ' || m.depth FROM messages m WHERE m.conversation_id = $1`,
    [conversationId],
  );
  await pool.query('ANALYZE messages');
  return { conversationId, pathLength, messageCount: rows.length, branchCount };
}

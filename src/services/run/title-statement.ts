import type { ConversationEventData } from '../../events/conversation-event.ts';
import type { RunDependencies } from './deps.ts';

const statement = `
  WITH named AS (
    UPDATE conversations SET title = $2, title_source = 'AUTOMATIC', event_seq = event_seq + 1 WHERE id = $1::uuid AND title_source = 'NONE'
    RETURNING id, session_id, event_seq
  ), session AS (
    UPDATE sessions SET title = $2 FROM named WHERE sessions.id = named.session_id AND sessions.title IS NULL
  ), change AS (
    INSERT INTO conversation_events (conversation_id, seq, data) SELECT id, event_seq, $3::jsonb FROM named
  )
  SELECT pg_notify($4, id::text)::text AS told FROM named`;

/**
 * Names a conversation that has no name, and its session with it, and says so to its watchers; in one statement.
 *
 * @returns whether it had none
 */
export async function writeTitle(
  { pool, conversationLog }: Pick<RunDependencies, 'pool' | 'conversationLog'>,
  conversationId: string,
  title: string,
): Promise<boolean> {
  const change: ConversationEventData = { type: 'ConversationTitleChanged', title };
  const { rows } = await pool.query({
    name: 'title-conversation',
    text: statement,
    values: [conversationId, title, JSON.stringify(change), conversationLog.channel],
  });
  return rows.length > 0;
}

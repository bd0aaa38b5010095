import type { Pool } from 'pg';
import type { StoredMessage } from './piece.ts';

/** How much of a path is read. */
export interface PathBounds {
  readonly maxMessages: number;
  /** The first message that passes it is still read. */
  readonly maxBytes: number;
}

/** What an engine is shown of a message `m`; the thoughts of a model, results and plots are for people. */
const shown = (message: string): string => `p.message_id = ${message}.id AND p.kind IN ('TEXT', 'TOOL_EXCHANGE', 'IMAGE', 'FILE', 'AUDIO')`;

/**
 * What a file says, or for a picture the empty text; null when it was deleted. Whether the conversation has it is asked again, so that a part
 * that names a file of somebody else shows nothing of it.
 */
const attachmentOf = (conversation: string): string => `(SELECT COALESCE(a.text, '') FROM attachments a WHERE a.id = (p.data ->> 'attachmentId')::uuid
      AND EXISTS (SELECT 1 FROM attachment_uses u WHERE u.attachment_id = a.id AND u.conversation_id = ${conversation}))`;

/** About how many bytes a message has; neither a text nor JSON is read for it. */
export const sizeOf = (message: string): string => `(
  SELECT COALESCE(sum(COALESCE(octet_length(p.text), 0) + COALESCE(pg_column_size(p.data), 0)
    + CASE WHEN p.kind = 'FILE' THEN COALESCE((p.data ->> 'byteSize')::int, 0) ELSE 0 END), 0)::bigint
  FROM parts p WHERE ${shown(message)})`;

/** A message `m` of a conversation as `StoredMessage`, in JSON. */
export const messageJson = (message: string, conversation: string): string => `json_build_object(
  'id', ${message}.id, 'role', ${message}.role, 'depth', ${message}.depth, 'authorId', ${message}.author_id, 'personaId', ${message}.persona_id,
  'speaker', COALESCE(${message}.persona_name, (SELECT COALESCE(u.full_name, u.username) FROM users u WHERE u.id = ${message}.author_id)),
  'isPersona', ${message}.persona_name IS NOT NULL,
  'parts', (SELECT COALESCE(json_agg(json_build_object('kind', p.kind, 'text', CASE WHEN p.kind IN ('FILE', 'IMAGE', 'AUDIO') THEN ${attachmentOf(conversation)} ELSE p.text END, 'data', p.data)
    ORDER BY p.position), '[]') FROM parts p WHERE ${shown(message)}),
  'summary', (SELECT s.text FROM context_summaries s WHERE s.conversation_id = ${conversation} AND s.message_id = ${message}.id))`;

/** Follows the parents upwards and stops at the bounds; `above` is the size of everything below it, which is newer. */
const pathStatement = `
  WITH RECURSIVE path AS (
    SELECT m.id, m.parent_id, m.role, m.depth, m.author_id, m.persona_id, m.persona_name, 1 AS place, 0::bigint AS above FROM messages m WHERE m.id = $2::uuid AND m.conversation_id = $1::uuid
    UNION ALL
    SELECT m.id, m.parent_id, m.role, m.depth, m.author_id, m.persona_id, m.persona_name, path.place + 1, path.above + own.size
    FROM path CROSS JOIN LATERAL (SELECT ${sizeOf('path')} AS size) AS own
    JOIN messages m ON m.id = path.parent_id AND m.conversation_id = $1::uuid AND path.place < $3::int AND path.above + own.size <= $4::bigint
  )
  SELECT ${messageJson('path', '$1::uuid')} AS message FROM path ORDER BY place DESC`;

/**
 * The path from a message upwards, oldest first, as far as the bounds allow.
 *
 * @param messageId where it ends
 */
export async function loadPath(pool: Pool, conversationId: string, messageId: string, bounds: PathBounds): Promise<readonly StoredMessage[]> {
  const { rows } = await pool.query<{ message: StoredMessage }>({
    name: 'path-of-context',
    text: pathStatement,
    values: [conversationId, messageId, bounds.maxMessages, bounds.maxBytes],
  });
  return rows.map((row) => row.message);
}

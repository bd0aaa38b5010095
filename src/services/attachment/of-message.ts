import type { Pool } from 'pg';

/**
 * The attachments of a message that somebody may send again, in their order. Those that were deleted are left out.
 *
 * @param userId whose they must be
 */
export async function attachmentsOfMessage(pool: Pool, userId: string, messageId: string): Promise<readonly string[]> {
  const { rows } = await pool.query<{ id: string }>({
    name: 'attachments-of-message',
    text: `SELECT t.id FROM parts p JOIN messages m ON m.id = p.message_id
      JOIN attachment_uses u ON u.conversation_id = m.conversation_id AND u.attachment_id::text = p.data ->> 'attachmentId'
      JOIN attachments t ON t.id = u.attachment_id AND t.owner_id = $2
      WHERE p.message_id = $1 AND p.kind IN ('IMAGE', 'FILE', 'AUDIO') ORDER BY p.position`,
    values: [messageId, userId],
  });
  return rows.map(({ id }) => id);
}

import type { Prisma } from '../../../prisma/generated/client.ts';
import { AppError } from '../../base/errors.ts';
import type { IdSource } from '../../base/id.ts';

const path = `
  WITH RECURSIVE up AS (
    SELECT id, parent_id, depth FROM messages WHERE id = $1::uuid
    UNION ALL SELECT m.id, m.parent_id, m.depth FROM up JOIN messages m ON m.id = up.parent_id
  )
  SELECT up.id, r.id IS NOT NULL AS "isBeingWritten" FROM up LEFT JOIN runs r ON r.answer_id = up.id AND r.status IN ('RUNNING', 'AWAITING_INPUT') ORDER BY up.depth`;

/**
 * The ids are new, everything else is as it was; the plots bring their earlier versions along. The attachments are given to the copy as well,
 * those alone that the original has: a part may name anything.
 */
const copy = `
  WITH twin AS (
    SELECT old_id, new_id FROM json_to_recordset($1::json) AS pair (old_id uuid, new_id uuid)
  ), message AS (
    INSERT INTO messages (id, conversation_id, parent_id, role, author_id, persona_id, persona_name, model, mode, confidence, depth, is_active, created_at)
    SELECT twin.new_id, $2::uuid, above.new_id, m.role, m.author_id, m.persona_id, m.persona_name, m.model, m.mode, m.confidence, m.depth, true, m.created_at
    FROM twin JOIN messages m ON m.id = twin.old_id LEFT JOIN twin AS above ON above.old_id = m.parent_id
  ), part_twin AS MATERIALIZED (
    SELECT p.id AS old_id, gen_random_uuid() AS new_id, twin.new_id AS message_id FROM twin JOIN parts p ON p.message_id = twin.old_id
  ), part AS (
    INSERT INTO parts (id, message_id, position, kind, text, data)
    SELECT part_twin.new_id, part_twin.message_id, p.position, p.kind, p.text, p.data FROM part_twin JOIN parts p ON p.id = part_twin.old_id
  ), version AS (
    INSERT INTO plot_versions (id, part_id, version, data, instruction, created_at)
    SELECT gen_random_uuid(), part_twin.new_id, v.version, v.data, v.instruction, v.created_at FROM part_twin JOIN plot_versions v ON v.part_id = part_twin.old_id
  ), named AS MATERIALIZED (
    SELECT CASE WHEN p.kind IN ('IMAGE', 'FILE', 'AUDIO') THEN (p.data ->> 'attachmentId')::uuid END AS id FROM twin JOIN parts p ON p.message_id = twin.old_id
  ), given AS (
    UPDATE attachments SET conversation_id = $2::uuid WHERE id IN (SELECT id FROM named) AND EXISTS (
      SELECT 1 FROM attachment_uses u WHERE u.attachment_id = attachments.id
        AND u.conversation_id = (SELECT m.conversation_id FROM messages m WHERE m.id IN (SELECT old_id FROM twin) LIMIT 1))
  )
  INSERT INTO sentiments (message_id, conversation_id, method, score, magnitude, label, emotion, model, created_at)
  SELECT twin.new_id, $2::uuid, s.method, s.score, s.magnitude, s.label, s.emotion, s.model, s.created_at FROM twin JOIN sentiments s ON s.message_id = twin.old_id`;

/**
 * Copies the messages from the first one down to a message into another, empty conversation, in two statements.
 *
 * @param target.messageId the last message to copy
 * @throws AppError CONFLICT while one of the messages is being written: nobody would write on in the copy
 */
export async function copyBranch(
  transaction: Pick<Prisma.TransactionClient, '$queryRawUnsafe' | '$executeRawUnsafe'>,
  target: { readonly messageId: string; readonly conversationId: string; readonly newId: IdSource },
): Promise<void> {
  const messages = await transaction.$queryRawUnsafe<{ id: string; isBeingWritten: boolean }[]>(path, target.messageId);
  if (messages.some(({ isBeingWritten }) => isBeingWritten)) {
    throw new AppError('CONFLICT', 'An answer that the fork would have is being written. Wait for its end, or stop it with "stopRun" first.');
  }
  // Ids of ours, which are ordered: question and answer have the same time.
  const twins = messages.map(({ id }) => ({ old_id: id, new_id: target.newId() }));
  await transaction.$executeRawUnsafe(copy, JSON.stringify(twins), target.conversationId);
}

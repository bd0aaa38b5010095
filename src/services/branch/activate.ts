import type { Prisma } from '../../../prisma/generated/client.ts';

/*
 * The tree of a conversation. Every message knows its parent and its depth, which is that of its parent plus one, or 0. The branch that
 * people see is marked: of each conversation the active messages form a path from a first message downwards, one at every depth, so that a
 * page of it is a range of one index, however long the conversation is. Whoever changes the tree holds the row of the conversation locked.
 */

/**
 * Up from the message to the nearest one that is active already, whose own path is active; down from it by the newest answers and edits.
 * One that is active stays with the branch below it as it is.
 */
const activation = `
  WITH RECURSIVE up AS (
    SELECT id, parent_id, depth, is_active FROM messages WHERE id = $1::uuid AND conversation_id = $2::uuid
    UNION ALL
    SELECT parent.id, parent.parent_id, parent.depth, parent.is_active FROM up JOIN messages parent ON parent.id = up.parent_id WHERE NOT up.is_active
  ), down AS (
    SELECT id, depth FROM messages WHERE id = $1::uuid AND conversation_id = $2::uuid AND NOT is_active
    UNION ALL
    SELECT child.id, child.depth FROM down CROSS JOIN LATERAL (
      SELECT id, depth FROM messages WHERE parent_id = down.id ORDER BY created_at DESC, id DESC LIMIT 1
    ) AS child
  ), path AS (
    SELECT id, depth FROM up UNION SELECT id, depth FROM down
  ), hidden AS (
    UPDATE messages SET is_active = false
    WHERE conversation_id = $2::uuid AND is_active AND depth >= (SELECT min(depth) FROM path) AND EXISTS (SELECT 1 FROM down)
      AND NOT EXISTS (SELECT 1 FROM path WHERE path.id = messages.id)
  ), shown AS (
    UPDATE messages SET is_active = true FROM path WHERE messages.id = path.id AND NOT messages.is_active
  )
  SELECT id FROM path ORDER BY depth DESC LIMIT 1`;

/**
 * Makes the branch through a message the one that people see; it goes on below the message by its newest descendants.
 *
 * @param transaction in which the conversation is locked
 */
export async function activate(transaction: Pick<Prisma.TransactionClient, '$queryRawUnsafe'>, conversationId: string, messageId: string): Promise<void> {
  await transaction.$queryRawUnsafe(activation, messageId, conversationId);
}

/**
 * Hides everything below a message that is active.
 *
 * @param depth of the message; -1 hides the whole branch
 * @param except messages that stay as they are
 */
export async function hideBelow(
  transaction: Pick<Prisma.TransactionClient, '$executeRaw'>,
  conversationId: string,
  depth: number,
  except: readonly string[] = [],
): Promise<void> {
  await transaction.$executeRaw`
    UPDATE messages SET is_active = false
    WHERE conversation_id = ${conversationId}::uuid AND is_active AND depth > ${depth}::int AND id <> ALL(${except}::uuid[])`;
}

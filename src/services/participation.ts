import type { MessageRole, PrismaClient } from '../../prisma/generated/client.ts';

/*
 * Who may see a conversation now is the view `participations`: whoever takes part in it, until it is over. A temporary one whose time is over
 * is gone for everybody at once, though its rows wait for house-keeping. What asks for the columns of `participants` asks `isOpen` besides.
 */

/** Of `participants a`, in SQL: whether its conversation is not over. */
export const isOpen = '(a.expires_at IS NULL OR a.expires_at > now())';

/** What stands first of a message that somebody may see. */
export interface VisibleMessage {
  readonly conversationId: string;
  readonly role: MessageRole;
}

/**
 * A message of a conversation that somebody may see now.
 *
 * @param database the client, or a transaction
 * @returns null when there is none
 */
export async function findVisibleMessage(database: Pick<PrismaClient, '$queryRaw'>, userId: string, messageId: string): Promise<VisibleMessage | null> {
  const [message] = await database.$queryRaw<VisibleMessage[]>`
    SELECT m.conversation_id AS "conversationId", m.role::text AS role FROM messages m
    JOIN participations a ON a.conversation_id = m.conversation_id AND a.user_id = ${userId}::uuid WHERE m.id = ${messageId}::uuid`;
  return message ?? null;
}

/** Whether somebody may see a conversation now. */
export async function isVisibleConversation(database: Pick<PrismaClient, '$queryRaw'>, userId: string, conversationId: string): Promise<boolean> {
  const rows = await database.$queryRaw<unknown[]>`
    SELECT 1 FROM participations a WHERE a.conversation_id = ${conversationId}::uuid AND a.user_id = ${userId}::uuid`;
  return rows.length > 0;
}

import type { MessageRole, PrismaClient } from '../../prisma/generated/client.ts';
import type { RoomRole } from './room/permissions.ts';

/*
 * Who may see a conversation now is the view `participations`: whoever takes part in it, with their role, until it is over. A temporary one whose time is over
 * is gone for everybody at once, though its rows wait for house-keeping. What asks for the columns of `participants` asks `isOpen` besides.
 */

/** Of `participants a`, in SQL: whether its conversation is not over. */
export const isOpen = '(a.expires_at IS NULL OR a.expires_at > now())';

/** What stands first of a message that somebody may see. */
export interface VisibleMessage {
  readonly conversationId: string;
  readonly role: MessageRole;
  /** What the person who sees it may do in its conversation. */
  readonly viewerRole: RoomRole;
}

/**
 * A message of a conversation that somebody may see now.
 *
 * @param database the client, or a transaction
 * @returns null when there is none
 */
export async function findVisibleMessage(database: Pick<PrismaClient, '$queryRaw'>, userId: string, messageId: string): Promise<VisibleMessage | null> {
  const [message] = await database.$queryRaw<VisibleMessage[]>`
    SELECT m.conversation_id AS "conversationId", m.role::text AS role, a.role::text AS "viewerRole" FROM messages m
    JOIN participations a ON a.conversation_id = m.conversation_id AND a.user_id = ${userId}::uuid WHERE m.id = ${messageId}::uuid`;
  return message ?? null;
}

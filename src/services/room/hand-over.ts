import type { Prisma } from '../../../prisma/generated/client.ts';
import { AppError } from '../../base/errors.ts';
import type { ConversationEventData } from '../../events/conversation-event.ts';
import type { ConversationLog } from '../../events/conversation-log.ts';
import { takeOutUnusable } from '../workspace/take-out.ts';

/** What a conversation is about is its holder's; whoever is handed it gets the conversation alone. */
const withoutContext = { sessionId: null, goalId: null, weeklyPlanId: null, dailyPlanId: null } as const;

/** A conversation that is locked, as far as it matters who holds it. */
export interface HeldConversation {
  readonly id: string;
  readonly ownerId: string;
  readonly sessionId: string | null;
}

/**
 * Makes sure that a conversation has an OWNER besides one, and that somebody else holds it: the OWNER who has been in it longest. Before that one
 * leaves or takes a lesser role.
 *
 * @param conversation locked
 * @throws AppError CONFLICT for the last OWNER, and for whoever holds the conversation of a data session
 */
export async function handOver(transaction: Prisma.TransactionClient, conversation: HeldConversation, userId: string): Promise<void> {
  const isHolder = conversation.ownerId === userId;
  if (isHolder && conversation.sessionId !== null) {
    throw new AppError(
      'CONFLICT',
      'This is the conversation of your data session, so you stay its OWNER; remove others, or delete the session with "deleteSession".',
    );
  }
  const successor = await transaction.participant.findFirst({
    where: { conversationId: conversation.id, role: 'OWNER', userId: { not: userId } },
    orderBy: [{ joinedAt: 'asc' }, { userId: 'asc' }],
    select: { userId: true },
  });
  if (successor === null) {
    throw new AppError(
      'CONFLICT',
      'You are the last OWNER of this conversation. Make somebody else OWNER with "updateParticipant" first, or delete it with "deleteConversation".',
    );
  }
  if (isHolder)
    await transaction.conversation.update({ where: { id: conversation.id }, data: { ownerId: successor.userId, ...withoutContext }, select: { id: true } });
}

/** Conversations of a deleted account that others go on with: they hold what they are given, and nothing that it was about. */
const handOverAll = `
  WITH successors AS (
    SELECT DISTINCT ON (a.conversation_id) a.conversation_id, a.user_id, a.role FROM participants a
    JOIN conversations c ON c.id = a.conversation_id AND c.owner_id = $1::uuid JOIN users u ON u.id = a.user_id AND u.deleting_since IS NULL
    WHERE a.user_id <> $1::uuid AND a.role IN ('OWNER', 'EDITOR') ORDER BY a.conversation_id, a.role, a.joined_at, a.user_id
  ), promoted AS (
    UPDATE participants a SET role = 'OWNER' FROM successors s WHERE a.conversation_id = s.conversation_id AND a.user_id = s.user_id
  ), held AS (
    UPDATE conversations c SET owner_id = s.user_id, session_id = NULL, goal_id = NULL, weekly_plan_id = NULL, daily_plan_id = NULL
    FROM successors s WHERE c.id = s.conversation_id
  )
  SELECT conversation_id AS "conversationId", user_id AS "userId", role::text AS role FROM successors`;

/**
 * Takes somebody whose account is deleted out of all conversations that others go on with: those that they hold pass to the OWNER, else to the
 * EDITOR, who has been there longest. Those in which nobody may say anything but them are left, and go with the account.
 *
 * @param transaction holds all conversations locked that they take part in
 * @returns the conversations that are left
 */
export async function leaveAll(
  transaction: Prisma.TransactionClient,
  conversationLog: Pick<ConversationLog, 'append'>,
  userId: string,
): Promise<readonly string[]> {
  const handed = await transaction.$queryRawUnsafe<{ conversationId: string; userId: string; role: 'OWNER' | 'EDITOR' }[]>(handOverAll, userId);
  const staying = await transaction.participant.findMany({ where: { userId, conversation: { ownerId: { not: userId } } }, select: { conversationId: true } });
  const stayingIds = staying.map(({ conversationId }) => conversationId);
  await transaction.participant.deleteMany({ where: { userId, conversationId: { in: stayingIds } } });
  const withoutPersonas = await takeOutUnusable(transaction, stayingIds);
  const left: ConversationEventData = { type: 'ParticipantLeft', userId, wasRemoved: false };
  for (const { conversationId } of staying) {
    const successor = handed.find((entry) => entry.conversationId === conversationId);
    const promoted: readonly ConversationEventData[] =
      successor?.role === 'EDITOR' ? [{ type: 'ParticipantRoleChanged', userId: successor.userId, role: 'OWNER' }] : [];
    const personas: readonly ConversationEventData[] = withoutPersonas.has(conversationId) ? [{ type: 'PersonasChanged' }] : [];
    await conversationLog.append(transaction, conversationId, left, ...promoted, ...personas);
  }
  return (await transaction.conversation.findMany({ where: { ownerId: userId }, select: { id: true } })).map(({ id }) => id);
}

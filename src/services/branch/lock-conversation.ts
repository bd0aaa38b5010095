import type { Conversation, Prisma } from '../../../prisma/generated/client.ts';
import { notFound } from '../../base/errors.ts';

/** What is known of a conversation that is locked. */
export type LockedConversation = Pick<Conversation, 'ownerId' | 'sessionId' | 'goalId' | 'weeklyPlanId' | 'dailyPlanId' | 'title' | 'defaults' | 'expiresAt'>;

/**
 * Locks a conversation, so that its tree changes by one hand at a time. What somebody may do there is to be asked after it: what was asked before may
 * have changed while it waited.
 *
 * @throws AppError NOT_FOUND when there is none
 */
export async function lockConversation(transaction: Prisma.TransactionClient, conversationId: string): Promise<LockedConversation> {
  const [conversation] = await transaction.$queryRaw<LockedConversation[]>`
    SELECT c.owner_id AS "ownerId", c.session_id AS "sessionId", c.goal_id AS "goalId", c.weekly_plan_id AS "weeklyPlanId", c.daily_plan_id AS "dailyPlanId", c.title, c.defaults,
      c.expires_at AS "expiresAt" FROM conversations c WHERE c.id = ${conversationId}::uuid FOR UPDATE`;
  if (conversation === undefined) throw notFound('Conversation');
  return conversation;
}

import type { Prisma } from '../../../prisma/generated/client.ts';
import { notFound } from '../../base/errors.ts';
import type { ConversationLog } from '../../events/conversation-log.ts';
import { handOverShared } from './hand-over-shared.ts';
import type { WorkspacePlace } from './permissions.ts';
import { lockConversationsOf, takeOutAndTell } from './take-out.ts';

/**
 * Locks a workspace for whoever changes who is in it, after the conversations that lose something with that.
 *
 * @param userId whose membership ends; null where all do, because the workspace is deleted
 * @throws AppError NOT_FOUND when there is none
 */
export async function lockWorkspace(transaction: Prisma.TransactionClient, workspaceId: string, userId: string | null): Promise<void> {
  await lockConversationsOf(transaction, workspaceId, userId);
  const rows = await transaction.$queryRaw<unknown[]>`SELECT id FROM workspaces WHERE id = ${workspaceId}::uuid FOR UPDATE`;
  if (rows.length === 0) throw notFound('Workspace');
}

/**
 * Ends a membership: what the person shared is handed over, and what they used of the workspace leaves their conversations, unless another participant may
 * use it.
 *
 * @param transaction has called `lockWorkspace` for this person, and has seen that they may go; one that deadlocks is done again, see `insist`
 */
export async function endMembership(
  transaction: Prisma.TransactionClient,
  conversationLog: Pick<ConversationLog, 'append'>,
  { workspaceId, userId }: WorkspacePlace,
): Promise<void> {
  await handOverShared(transaction, { workspaceId, userId });
  await transaction.workspaceMember.deleteMany({ where: { workspaceId, userId } });
  // Once more: something may have come into a conversation before the workspace was locked.
  await takeOutAndTell(transaction, conversationLog, await lockConversationsOf(transaction, workspaceId, userId));
}

/**
 * Deletes a workspace: all that is shared with it goes back to its owners alone, and leaves the conversations in which nobody else may use it.
 *
 * @param transaction has called `lockWorkspace` for all; one that deadlocks is done again, see `insist`
 */
export async function dissolveWorkspace(
  transaction: Prisma.TransactionClient,
  conversationLog: Pick<ConversationLog, 'append'>,
  workspaceId: string,
): Promise<void> {
  const conversationIds = await lockConversationsOf(transaction, workspaceId, null);
  await transaction.workspace.delete({ where: { id: workspaceId }, select: { id: true } });
  await takeOutAndTell(transaction, conversationLog, conversationIds);
}

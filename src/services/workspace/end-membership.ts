import type { Prisma } from '../../../prisma/generated/client.ts';
import { notFound } from '../../base/errors.ts';
import type { ConversationLog } from '../../events/conversation-log.ts';
import { handOverShared } from './hand-over-shared.ts';
import type { WorkspacePlace } from './permissions.ts';
import { lockConversationsOf, takeOutAndTell } from './take-out.ts';

/** A workspace that is locked, with the conversations that lose something when it changes. */
export interface LockedWorkspace {
  readonly workspaceId: string;
  /** Those with something that is shared with it: of the person whose membership ends, or all. */
  readonly conversationIds: readonly string[];
}

/**
 * Locks a workspace for whoever changes who is in it, after the conversations that lose something with that.
 *
 * @param transaction has locked nothing yet
 * @param userId whose membership ends; null where all do, because the workspace is deleted
 * @throws AppError NOT_FOUND when there is none
 */
export async function lockWorkspace(transaction: Prisma.TransactionClient, workspaceId: string, userId: string | null): Promise<LockedWorkspace> {
  const conversationIds = await lockConversationsOf(transaction, { workspaceId, userId }, async () => {
    const rows = await transaction.$queryRaw<unknown[]>`SELECT id FROM workspaces WHERE id = ${workspaceId}::uuid FOR UPDATE`;
    if (rows.length === 0) throw notFound('Workspace');
  });
  return { workspaceId, conversationIds };
}

/**
 * Ends a membership: what the person shared is handed over, and what they used of the workspace leaves their conversations, unless another participant may
 * use it.
 *
 * @param locked for this person, who was seen to be one that may go
 */
export async function endMembership(
  transaction: Prisma.TransactionClient,
  conversationLog: Pick<ConversationLog, 'append'>,
  { workspaceId, conversationIds, userId }: LockedWorkspace & WorkspacePlace,
): Promise<void> {
  await handOverShared(transaction, { workspaceId, userId });
  await transaction.workspaceMember.deleteMany({ where: { workspaceId, userId } });
  await takeOutAndTell(transaction, conversationLog, conversationIds);
}

/**
 * Deletes a workspace: all that is shared with it goes back to its owners alone, and leaves the conversations in which nobody else may use it.
 *
 * @param locked for all
 */
export async function dissolveWorkspace(
  transaction: Prisma.TransactionClient,
  conversationLog: Pick<ConversationLog, 'append'>,
  { workspaceId, conversationIds }: LockedWorkspace,
): Promise<void> {
  await transaction.workspace.delete({ where: { id: workspaceId }, select: { id: true } });
  await takeOutAndTell(transaction, conversationLog, conversationIds);
}

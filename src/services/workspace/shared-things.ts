import type { Prisma } from '../../../prisma/generated/client.ts';
import type { WorkspacePlace } from './permissions.ts';

/** What becomes of personas, prompt templates and knowledge bases that are shared with a workspace, when it changes who may use them. */
export interface SharedThings {
  /** Locks the conversations that use something of a workspace. Before the workspace is locked. */
  lockConversations(transaction: Prisma.TransactionClient, workspaceId: string): Promise<void>;
  /** Hands over what somebody shared with it, and takes out of conversations what nobody there may use any more. After they are gone. */
  endMembership(transaction: Prisma.TransactionClient, place: WorkspacePlace): Promise<void>;
  /** Gives everything back to its owners alone, and takes it out of conversations in which they are not. Before the workspace is deleted. */
  endWorkspace(transaction: Prisma.TransactionClient, workspaceId: string): Promise<void>;
}

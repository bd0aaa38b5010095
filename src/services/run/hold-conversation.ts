import type { Prisma, Run } from '../../../prisma/generated/client.ts';

/**
 * Whoever begins or ends a run, or deletes its conversation, holds the conversation before the run, so that none of them waits for another in a ring.
 *
 * @returns whether the conversation is still there
 */
export async function holdConversation(transaction: Prisma.TransactionClient, { conversationId }: Pick<Run, 'conversationId'>): Promise<boolean> {
  const held = await transaction.$queryRaw<unknown[]>`SELECT 1 FROM conversations WHERE id = ${conversationId}::uuid FOR UPDATE`;
  return held.length > 0;
}

import type { Part, PrismaClient } from '../../../prisma/generated/client.ts';
import { findVisibleMessage } from '../participation.ts';

/** A plot, and the conversation that it is in. */
export type VisiblePlot = Part & { readonly conversationId: string };

/** A plot of a conversation that somebody may see now; null when there is none. */
export async function findVisiblePlot(prisma: PrismaClient, userId: string, id: string): Promise<VisiblePlot | null> {
  const part = await prisma.part.findFirst({ where: { id, kind: 'PLOT' } });
  if (part === null) return null;
  const message = await findVisibleMessage(prisma, userId, part.messageId);
  return message === null ? null : { ...part, conversationId: message.conversationId };
}

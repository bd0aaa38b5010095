import type { Part, PrismaClient } from '../../../prisma/generated/client.ts';
import { findVisibleMessage } from '../participation.ts';
import type { RoomRole } from '../room/permissions.ts';

/** A plot, the conversation that it is in, and what the person may do there. */
export type VisiblePlot = Part & { readonly conversationId: string; readonly viewerRole: RoomRole };

/** A plot of a conversation that somebody may see now; null when there is none. */
export async function findVisiblePlot(prisma: PrismaClient, userId: string, id: string): Promise<VisiblePlot | null> {
  const part = await prisma.part.findFirst({ where: { id, kind: 'PLOT' } });
  if (part === null) return null;
  const message = await findVisibleMessage(prisma, userId, part.messageId);
  return message === null ? null : { ...part, conversationId: message.conversationId, viewerRole: message.viewerRole };
}

import type { PrismaClient } from '../../prisma/generated/client.ts';
import { uuidv7 } from '../../src/base/id.ts';

let lastMoment = Date.now();

/** Adds a message to the end of a conversation, a millisecond or more after the one before, without a run. Returns its id. */
export async function say(
  { prisma }: { readonly prisma: PrismaClient },
  conversationId: string,
  role: 'USER' | 'ASSISTANT',
  text: string,
  authorId: string | null = null,
): Promise<string> {
  lastMoment = Math.max(lastMoment + 1, Date.now());
  const last = await prisma.message.findFirst({ where: { conversationId, isActive: true }, orderBy: { depth: 'desc' } });
  const { id } = await prisma.message.create({
    data: {
      id: uuidv7(),
      conversationId,
      role,
      authorId,
      parentId: last?.id ?? null,
      depth: last === null ? 0 : last.depth + 1,
      createdAt: new Date(lastMoment),
      parts: { create: { id: uuidv7(), position: 0, kind: 'TEXT', text } },
    },
  });
  return id;
}

/** An empty conversation of one person. Returns its id. */
export async function startConversation(
  { prisma }: { readonly prisma: PrismaClient },
  { userId }: { readonly userId: string },
  title: string | null = null,
): Promise<string> {
  const now = new Date();
  const { id } = await prisma.conversation.create({
    data: { id: uuidv7(), ownerId: userId, title, createdAt: now, updatedAt: now, participants: { create: { userId, joinedAt: now } } },
  });
  return id;
}

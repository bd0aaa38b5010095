import { uuidv7 } from '../../../src/base/id.ts';
import type { Viewer } from '../../../src/auth/viewer.ts';
import type { openRunTest } from '../run-kit.ts';

type Opened = Pick<Awaited<ReturnType<typeof openRunTest>>, 'prisma'>;

/** A message that was said before a test begins. */
export interface Said {
  readonly role: 'USER' | 'ASSISTANT';
  readonly text: string;
  /** The place of the message that it follows; the one before it by default. */
  readonly after?: number;
  readonly isActive?: boolean;
}

/** A conversation in which something was said already; gives the ids of its messages. */
export async function conversationWith({ prisma }: Opened, { userId }: Viewer, said: readonly Said[]) {
  const now = new Date();
  const conversationId = uuidv7();
  await prisma.conversation.create({
    data: {
      id: conversationId,
      ownerId: userId,
      title: 'Named',
      titleSource: 'PERSON',
      createdAt: now,
      updatedAt: now,
      participants: { create: { userId, joinedAt: now } },
    },
  });
  const messages: { readonly id: string; readonly depth: number }[] = [];
  for (const [place, { role, text, after = place - 1, isActive = true }] of said.entries()) {
    const parent = messages[after];
    const message = { id: uuidv7(), depth: parent === undefined ? 0 : parent.depth + 1 };
    messages.push(message);
    await prisma.message.create({
      data: {
        ...message,
        conversationId,
        role,
        isActive,
        parentId: parent?.id ?? null,
        authorId: role === 'USER' ? userId : null,
        createdAt: new Date(now.getTime() + place),
        parts: { create: { id: uuidv7(), position: 0, kind: 'TEXT', text } },
      },
    });
  }
  return { conversationId, ids: messages.map((message) => message.id) };
}

/** Questions and answers of about 430 tokens each. */
export function longTalk(turns: number): readonly Said[] {
  return Array.from({ length: turns }, (_nothing, turn): readonly Said[] => [
    { role: 'USER', text: `Question ${turn}. ${'What of the ship? '.repeat(75)}` },
    { role: 'ASSISTANT', text: `Answer ${turn}. ${'It sails at dawn. '.repeat(75)}` },
  ]).flat();
}

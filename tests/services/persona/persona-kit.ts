import type { Prisma } from '../../../prisma/generated/client.ts';
import { uuidv7 } from '../../../src/base/id.ts';
import type { Viewer } from '../../../src/auth/viewer.ts';
import type { ConversationEventData } from '../../../src/events/conversation-event.ts';
import { startConversation } from '../../kit/conversations.ts';
import type { RunNode } from '../run-kit.ts';

/** A conversation with personas, each named as its handle in capitals. */
export interface Room {
  readonly conversationId: string;
  /** By their handles. */
  readonly ids: ReadonlyMap<string, string>;
}

/** A conversation of somebody's with personas in it. */
export async function openRoom(
  { prisma }: Pick<RunNode, 'prisma'>,
  { userId }: Viewer,
  handles: readonly string[],
  turns: Pick<Prisma.ConversationUncheckedUpdateInput, 'turnPolicy' | 'maxTurns' | 'moderatorModel'> = {},
  more: Partial<Prisma.PersonaUncheckedCreateInput> = {},
): Promise<Room> {
  const conversationId = await startConversation({ prisma }, { userId });
  // Named, so that no title is told of in between.
  await prisma.conversation.update({ where: { id: conversationId }, data: { titleSource: 'PERSON', title: 'A room', ...turns } });
  const ids = new Map<string, string>();
  for (const [place, handle] of handles.entries()) {
    const at = new Date(1_700_000_000_000 + place);
    // A handle is unique for its owner, and a person may have several rooms.
    const data = { id: uuidv7(), ownerId: userId, handle, name: handle.toUpperCase(), fallbacks: [], createdAt: at, updatedAt: at, ...more };
    // Several rooms may be opened at once.
    await prisma.persona.createMany({ data, skipDuplicates: true });
    const { id } = await prisma.persona.findUniqueOrThrow({ where: { ownerId_handle: { ownerId: userId, handle } } });
    await prisma.conversationPersona.create({ data: { conversationId, personaId: id, addedAt: at } });
    ids.set(handle, id);
  }
  return { conversationId, ids };
}

/** The events of a conversation up to the end of its round, which is waited for. */
export async function roundEvents(
  { conversationLog, prisma }: Pick<RunNode, 'conversationLog' | 'prisma'>,
  conversationId: string,
): Promise<readonly ConversationEventData[]> {
  const events: ConversationEventData[] = [];
  const { ownerId } = await prisma.conversation.findUniqueOrThrow({ where: { id: conversationId }, select: { ownerId: true } });
  for await (const { data } of conversationLog.read(conversationId, ownerId, 0)) {
    events.push(data);
    if (data.type === 'RoundEnded') break;
  }
  return events;
}

/** The branch that people see, as `NAME: text`, from the first message down. */
export async function pathOf({ prisma }: Pick<RunNode, 'prisma'>, conversationId: string): Promise<readonly string[]> {
  const messages = await prisma.message.findMany({ where: { conversationId, isActive: true }, orderBy: { depth: 'asc' }, include: { parts: true } });
  return messages.map(({ role, personaName, parts }) => `${personaName ?? role}: ${parts.map((part) => part.text ?? '').join('')}`);
}

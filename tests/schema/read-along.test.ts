import { describe, expect, it } from 'vitest';
import { uuidv7 } from '../../src/base/id.ts';
import { openServices } from '../kit/services.ts';

const kinds = ['TEXT', 'TOOL_EXCHANGE', 'QUERY_RESULT', 'TEXT', 'TEXT'] as const;

/** A conversation with one message of all kinds of parts, one of a single one, and one without any. */
async function fill({ prisma }: Awaited<ReturnType<typeof openServices>>, userId: string): Promise<void> {
  const conversationId = uuidv7();
  const at = new Date();
  await prisma.conversation.create({
    data: { id: conversationId, ownerId: userId, createdAt: at, updatedAt: at, participants: { create: { userId, joinedAt: at } } },
  });
  for (const [place, count] of [kinds.length, 1, 0].entries()) {
    const id = uuidv7();
    await prisma.message.create({ data: { id, conversationId, role: 'USER', authorId: userId, createdAt: new Date(at.getTime() + place) } });
    const parts = kinds
      .slice(0, count)
      .map((kind, position) => ({ id: uuidv7(), messageId: id, position, kind, text: position === 3 ? null : `part ${position}\n"é"` }));
    await prisma.part.createMany({ data: parts.toReversed() });
  }
}

const messages = (selection: string): string => `{ conversations { edges { node { messages { edges { node { ${selection} } } } } } } }`;
const nodesOf = (result: any): any[] => result.conversations.edges[0].node.messages.edges.map((edge: any) => edge.node);

describe('text and parts of messages in a list', () => {
  it('are read with the messages in one statement, and are those that a single message gives', async () => {
    await using opened = await openServices();
    const viewer = await opened.person();
    await fill(opened, viewer.userId);
    const text = await opened.execute(viewer, messages('text id'));
    const parts = await opened.execute(viewer, messages('parts { __typename ... on TextPart { text } } text'));
    const inFragment = await opened.execute(viewer, `${messages('...Said')} fragment Said on Message { ... { text } }`);
    // The conversations, and the messages with what was asked for.
    for (const { statements } of [text, parts, inFragment]) expect(statements).toHaveLength(2);
    const expected = ['part 0\n"é"\n\n\n\npart 4\n"é"', 'part 0\n"é"', ''];
    for (const { result } of [text, parts, inFragment]) expect(nodesOf(result).map((node) => node.text)).toEqual(expected);
    expect(nodesOf(parts.result)[0].parts.map((part: any) => part.__typename)).toEqual(['TextPart', 'ToolCallPart', 'QueryResultPart', 'TextPart', 'TextPart']);

    const single = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Message { text parts { __typename ... on TextPart { text } } } } }`;
    const { result } = await opened.execute(viewer, single, { ids: nodesOf(text.result).map((node) => node.id) });
    expect(result.nodes).toEqual(nodesOf(parts.result));
  });

  it('are not read when nobody asks', async () => {
    await using opened = await openServices();
    const viewer = await opened.person();
    await fill(opened, viewer.userId);
    const { statements } = await opened.execute(viewer, messages('id'));
    expect(statements.join()).not.toContain('FROM parts');
  });
});

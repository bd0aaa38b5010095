import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uuidv7 } from '../../src/base/id.ts';
import type { Viewer } from '../../src/auth/viewer.ts';
import { openServices } from '../kit/services.ts';

type Opened = Awaited<ReturnType<typeof openServices>>;

/** Conversations with messages of two parts each; some share their moment, so that the id has to decide. */
async function fill({ prisma }: Opened, viewer: Viewer, conversations: number, messages: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let index = 0; index < conversations; index += 1) {
    const id = uuidv7();
    const at = new Date(1_700_000_000_000 + Math.floor(index / 2) * 1_000);
    await prisma.conversation.create({
      data: { id, ownerId: viewer.userId, title: `c${index}`, createdAt: at, updatedAt: at, participants: { create: { userId: viewer.userId, joinedAt: at } } },
    });
    const rows = Array.from({ length: messages }, (_, place) => ({
      id: uuidv7(),
      conversationId: id,
      role: 'USER' as const,
      authorId: viewer.userId,
      createdAt: new Date(at.getTime() + Math.floor(place / 3)),
    }));
    await prisma.message.createMany({ data: rows });
    await prisma.part.createMany({
      data: rows.flatMap((row) => [0, 1].map((position) => ({ id: uuidv7(), messageId: row.id, position, kind: 'TEXT' as const, text: `${position}` }))),
    });
    ids.push(id);
  }
  return ids;
}

describe('conversations', () => {
  it('are listed with messages, parts, authors and counts in a number of statements that does not grow', async () => {
    await using opened = await openServices();
    const viewer = await opened.person();
    await fill(opened, viewer, 8, 5);
    const query = `query ($first: Int) { conversations(first: $first) { edges { node { id title messageCount messages(last: 3) { edges { node { id text author { id } parts { __typename } } } } } } } }`;
    const few = await opened.execute(viewer, query, { first: 2 });
    const many = await opened.execute(viewer, query, { first: 8 });
    expect(many.result.conversations.edges).toHaveLength(8);
    expect(many.result.conversations.edges[0].node).toMatchObject({ messageCount: 5 });
    expect(many.result.conversations.edges[0].node.messages.edges).toHaveLength(3);
    // The list, the pages of messages with their parts, the counts, the authors.
    expect(many.statements).toHaveLength(4);
    expect(few.statements).toHaveLength(4);
  });

  it('are listed by runs in a number of statements that does not grow', async () => {
    await using opened = await openServices();
    const viewer = await opened.person();
    const conversationIds = await fill(opened, viewer, 5, 1);
    for (const conversationId of conversationIds) {
      const answer = await opened.prisma.message.create({ data: { id: uuidv7(), conversationId, role: 'ASSISTANT', createdAt: new Date() } });
      await opened.prisma.run.create({
        data: {
          id: uuidv7(),
          conversationId,
          userId: viewer.userId,
          kind: 'CHAT',
          status: 'COMPLETED',
          model: 'a:b',
          options: {},
          answerId: answer.id,
          createdAt: new Date(),
          finishedAt: new Date(),
        },
      });
    }
    const { result, statements } = await opened.execute(
      viewer,
      'query { runs { edges { node { status conversation { title } message { text } question { id } } } } }',
    );
    expect(result.runs.edges).toHaveLength(5);
    // The runs, their conversations, their messages, the parts of these.
    expect(statements).toHaveLength(4);
  });

  it('come in pages that hold each one once, in either direction, whatever the size of a page', async () => {
    await using opened = await openServices();
    const viewer = await opened.person();
    await fill(opened, viewer, 13, 0);
    const query = `query ($first: Int, $last: Int, $after: String, $before: String) { conversations(first: $first, last: $last, after: $after, before: $before) { edges { node { title } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
    const titles = (page: any): string[] => page.edges.map((edge: any) => edge.node.title);
    const whole = titles((await opened.execute(viewer, query, { first: 100 })).result.conversations);
    expect(whole).toHaveLength(13);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 14 }), fc.boolean(), async (size, isForwards) => {
        const seen: string[] = [];
        let cursor: string | undefined;
        for (let hasMore = true; hasMore;) {
          const variables = isForwards ? { first: size, after: cursor } : { last: size, before: cursor };
          const page = (await opened.execute(viewer, query, variables)).result.conversations;
          if (isForwards) seen.push(...titles(page));
          else seen.unshift(...titles(page));
          cursor = isForwards ? page.pageInfo.endCursor : page.pageInfo.startCursor;
          hasMore = isForwards ? page.pageInfo.hasNextPage : page.pageInfo.hasPreviousPage;
        }
        expect(seen).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    [{ first: 0 }, '"first" is 0; it must be from 1 to 100.'],
    [{ first: 101 }, '"first" is 101; it must be from 1 to 100.'],
    [{ last: -1 }, '"last" is -1; it must be from 1 to 100.'],
    [{ first: 1, last: 1 }, 'Give either "first" or "last", not both.'],
    [{ after: 'nonsense' }, '"nonsense" is not a cursor of this list; use the "endCursor" or "startCursor" of a page.'],
  ])('refuse the page %j in words', async (variables, message) => {
    await using opened = await openServices();
    const viewer = await opened.person();
    const query = 'query ($first: Int, $last: Int, $after: String) { conversations(first: $first, last: $last, after: $after) { edges { cursor } } }';
    await expect(opened.execute(viewer, query, variables)).rejects.toMatchObject({ message, originalError: { code: 'BAD_USER_INPUT' } });
  });

  it('are made, renamed, and deleted with everything in them', async () => {
    await using opened = await openServices();
    const viewer = await opened.person();
    const { createConversation } = (
      await opened.execute(viewer, 'mutation { createConversation(input: { title: "  First  " }) { conversation { id title } } }')
    ).result;
    expect(createConversation.conversation.title).toBe('First');
    const { id } = createConversation.conversation;
    const rename = 'mutation ($input: UpdateConversationInput!) { updateConversation(input: $input) { conversation { title lastEventSeq } } }';
    expect((await opened.execute(viewer, rename, { input: { id, title: 'Second' } })).result.updateConversation.conversation).toEqual({
      title: 'Second',
      lastEventSeq: 1,
    });
    expect((await opened.execute(viewer, rename, { input: { id } })).result.updateConversation.conversation.title).toBe('Second');
    expect((await opened.execute(viewer, rename, { input: { id, title: null } })).result.updateConversation.conversation.title).toBeNull();
    await expect(opened.execute(viewer, rename, { input: { id, title: ' ' } })).rejects.toThrow('must not be empty');
    await fill(opened, viewer, 2, 2);
    const remove = 'mutation ($confirm: Boolean!) { deleteAllConversations(input: { confirm: $confirm }) { deletedConversationIds } }';
    await expect(opened.execute(viewer, remove, { confirm: false })).rejects.toThrow('"confirm" must be true');
    expect((await opened.execute(viewer, remove, { confirm: true })).result.deleteAllConversations.deletedConversationIds).toHaveLength(3);
    for (const table of [opened.prisma.conversation, opened.prisma.message, opened.prisma.part, opened.prisma.conversationEvent] as const) {
      expect(await (table as { count(): Promise<number> }).count()).toBe(0);
    }
  });
});

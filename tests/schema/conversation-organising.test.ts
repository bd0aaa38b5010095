import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { openServices } from '../kit/services.ts';
import { say } from '../kit/conversations.ts';
import { globalId } from '../kit/ids.ts';

type Opened = Awaited<ReturnType<typeof openServices>>;

const update = `mutation ($input: UpdateConversationInput!) { updateConversation(input: $input) { conversation { title isPinned isArchived tags updatedAt } } }`;
const list = `query ($first: Int, $last: Int, $after: String, $before: String, $filter: ConversationFilter) {
  conversations(first: $first, last: $last, after: $after, before: $before, filter: $filter) {
    edges { node { title isPinned isArchived tags unreadCount lastMessage { role text message { id } } } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

/** Conversations named 0, 1, 2 ..., the last one the most recent. */
async function fill({ prisma }: Opened, viewer: Viewer, count: number): Promise<readonly string[]> {
  const rows = Array.from({ length: count }, (_, index) => {
    const at = new Date(1_700_000_000_000 + Math.floor(index / 2) * 1_000);
    return { id: uuidv7(), ownerId: viewer.userId, title: `${index}`, createdAt: at, updatedAt: at };
  });
  await prisma.conversation.createMany({ data: rows });
  await prisma.participant.createMany({ data: rows.map(({ id, createdAt }) => ({ conversationId: id, userId: viewer.userId, joinedAt: createdAt })) });
  return rows.map(({ id }) => id);
}

const titles = ({ result }: any): string[] => result.conversations.edges.map((edge: any) => edge.node.title);

describe('the list of conversations', () => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await openServices();
  });
  afterAll(() => opened[Symbol.asyncDispose]());

  const mark = async (viewer: Viewer, id: string | undefined, marks: Readonly<Record<string, unknown>>): Promise<any> =>
    (await opened.execute(viewer, update, { input: { id: globalId('Conversation', id), ...marks } })).result.updateConversation.conversation;

  it('has the pinned ones first and not the archived ones, and pages hold each one once, in either direction', async () => {
    const viewer = await opened.person();
    const ids = await fill(opened, viewer, 14);
    for (const place of [2, 3, 9]) await mark(viewer, ids[place], { isPinned: true });
    for (const place of [5, 9]) await mark(viewer, ids[place], { isArchived: true });
    const whole = titles(await opened.execute(viewer, list, { first: 100 }));
    expect(whole).toEqual(['3', '2', '13', '12', '11', '10', '8', '7', '6', '4', '1', '0']);
    expect(titles(await opened.execute(viewer, list, { filter: { isArchived: true } }))).toEqual(['9', '5']);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 13 }), fc.boolean(), async (size, isForwards) => {
        const seen: string[] = [];
        let cursor: string | undefined;
        for (let hasMore = true; hasMore;) {
          const page = await opened.execute(viewer, list, isForwards ? { first: size, after: cursor } : { last: size, before: cursor });
          if (isForwards) seen.push(...titles(page));
          else seen.unshift(...titles(page));
          const { pageInfo } = page.result.conversations;
          cursor = isForwards ? pageInfo.endCursor : pageInfo.startCursor;
          hasMore = isForwards ? pageInfo.hasNextPage : pageInfo.hasPreviousPage;
        }
        expect(seen).toEqual(whole);
      }),
      { numRuns: 12 },
    );
  });

  it('takes one statement, and one more each for unread counts and last messages, read from an index', async () => {
    const viewer = await opened.person();
    const ids = await fill(opened, viewer, 3_000);
    for (const id of ids.slice(0, 5)) {
      await mark(viewer, id, { isPinned: true });
      await say(opened, id, 'ASSISTANT', 'Hello');
    }
    const few = await opened.execute(viewer, list, { first: 2 });
    const many = await opened.execute(viewer, list, { first: 100 });
    expect([few.statements.length, many.statements.length]).toEqual([4, 4]);
    expect(many.result.conversations.edges).toHaveLength(100);
    await opened.pool.query('ANALYZE participants, conversations');
    const plain = await opened.execute(viewer, '{ conversations(first: 20) { edges { node { title isPinned tags } } } }');
    expect(plain.statements).toHaveLength(1);
    const planOf = async (text: string, values: readonly unknown[]): Promise<string> =>
      JSON.stringify((await opened.pool.query(`EXPLAIN (COSTS OFF) ${text}`, [...values])).rows);
    const plan = await planOf(plain.statements[0] ?? '', [viewer.userId, 21]);
    expect(plan).toContain('participants_list_idx');
    expect(plan).not.toContain('Sort');
    const after = Buffer.from(JSON.stringify([new Date(1_700_000_900_000), uuidv7()])).toString('base64url');
    const next = await opened.execute(viewer, '{ conversations(first: 20, after: "' + after + '") { edges { node { title } } } }');
    const nextPlan = await planOf(next.statements[0] ?? '', [viewer.userId, false, new Date(1_700_000_900_000), uuidv7(), 21]);
    expect(nextPlan).toMatch(/Index Cond: .*ROW/);
    expect(nextPlan).not.toContain('Sort');
  });

  it('is filtered by pin, tag, words of the title and what is unread', async () => {
    const viewer = await opened.person();
    const ids = await fill(opened, viewer, 4);
    await mark(viewer, ids[0], { title: 'Trip to ÖLAND', tags: [' Holiday ', 'holiday', 'Sweden  2026'] });
    await mark(viewer, ids[1], { isPinned: true, tags: ['holiday'], isArchived: true });
    await say(opened, ids[2] ?? '', 'ASSISTANT', 'An answer');
    const found = async (filter: Readonly<Record<string, unknown>>): Promise<string[]> => titles(await opened.execute(viewer, list, { filter }));
    expect(await found({ query: 'öland' })).toEqual(['Trip to ÖLAND']);
    expect(await found({ query: '%' })).toEqual([]);
    expect(await found({ tag: 'Sweden 2026' })).toEqual(['Trip to ÖLAND']);
    expect(await found({ tag: 'holiday', isArchived: true, isPinned: true })).toEqual(['1']);
    expect(await found({ isUnread: true })).toEqual(['2']);
    expect(await found({ isUnread: false })).toEqual(['Trip to ÖLAND', '3']);
    expect((await opened.execute(viewer, '{ conversationTags { name count archivedCount } }')).result.conversationTags).toEqual([
      { name: 'holiday', count: 1, archivedCount: 1 },
      { name: 'sweden 2026', count: 1, archivedCount: 0 },
    ]);
    expect((await opened.execute(await opened.person(), '{ conversationTags { name } }')).result.conversationTags).toEqual([]);
  });

  it('keeps marks that are not named, and what was said last where it is', async () => {
    const viewer = await opened.person();
    const [id] = await fill(opened, viewer, 1);
    const pinned = await mark(viewer, id, { isPinned: true, tags: ['b', 'a'] });
    expect(pinned).toMatchObject({ title: '0', isPinned: true, isArchived: false, tags: ['a', 'b'] });
    expect(await mark(viewer, id, { isArchived: true })).toEqual({ ...pinned, isArchived: true });
    const renamed = await mark(viewer, id, { title: 'New', isPinned: false, tags: [] });
    expect(renamed).toMatchObject({ title: 'New', isPinned: false, isArchived: true, tags: [] });
    expect(renamed.updatedAt).not.toBe(pinned.updatedAt);
  });

  it.each([
    [{ tags: [' '] }, 'tags.0: a tag must not be empty'],
    [{ tags: ['x'.repeat(51)] }, 'tags.0: a tag has at most 50 characters'],
    [{ tags: Array.from({ length: 21 }, (_, index) => `${index}`) }, 'tags: a conversation has at most 20 tags'],
  ])('refuses the marks %j in words', async (marks, message) => {
    const viewer = await opened.person();
    const [id] = await fill(opened, viewer, 1);
    await expect(mark(viewer, id, marks)).rejects.toMatchObject({ message, originalError: { code: 'BAD_USER_INPUT' } });
  });

  it('counts as unread what others said since the viewer read or spoke', async () => {
    const viewer = await opened.person();
    const [id = ''] = await fill(opened, viewer, 1);
    const row = async (): Promise<any> => (await opened.execute(viewer, list)).result.conversations.edges[0].node;
    const read = async (messageId?: string): Promise<number> =>
      (
        await opened.execute(viewer, 'mutation ($input: MarkReadInput!) { markRead(input: $input) { conversation { unreadCount } } }', {
          input: { conversationId: globalId('Conversation', id), ...(messageId !== undefined && { messageId: globalId('Message', messageId) }) },
        })
      ).result.markRead.conversation.unreadCount;
    expect(await row()).toMatchObject({ unreadCount: 0, lastMessage: null });
    const first = await say(opened, id, 'ASSISTANT', 'One');
    await say(opened, id, 'ASSISTANT', `Two\n\n${'é'.repeat(300)}`);
    expect(await row()).toMatchObject({ unreadCount: 2, lastMessage: { role: 'ASSISTANT', text: `Two ${'é'.repeat(195)}…` } });
    expect(await read(first)).toBe(1);
    expect(await read(first)).toBe(1);
    expect(await read()).toBe(0);
    await say(opened, id, 'ASSISTANT', 'Three');
    expect(await read(first), 'what was read stays so').toBe(1);
    await say(opened, id, 'USER', 'I see', viewer.userId);
    expect((await row()).unreadCount).toBe(0);
    for (let index = 0; index < 101; index += 1) await say(opened, id, 'ASSISTANT', 'More');
    expect((await row()).unreadCount).toBe(100);
    await expect(read(uuidv7())).rejects.toMatchObject({ originalError: { code: 'NOT_FOUND' } });
  });

  it('has an answer unread until it is written to its end', async () => {
    const viewer = await opened.person();
    const [conversationId = ''] = await fill(opened, viewer, 1);
    await say(opened, conversationId, 'USER', 'A question', viewer.userId);
    const answerId = await say(opened, conversationId, 'ASSISTANT', 'The beginning');
    const at = new Date();
    const facts = { id: uuidv7(), conversationId, userId: viewer.userId, answerId, runningIn: conversationId, createdAt: at };
    const run = await opened.prisma.run.create({ data: { ...facts, kind: 'CHAT', status: 'RUNNING', model: 'a:b', options: {} } });
    const unread = async (): Promise<number> => {
      await opened.services.organising.markRead(viewer, { conversationId });
      return (await opened.services.organising.unreadCounts(viewer, [conversationId])).get(conversationId) ?? -1;
    };
    expect(await unread()).toBe(1);
    await opened.prisma.run.update({ where: { id: run.id }, data: { runningIn: null, status: 'COMPLETED' } });
    expect(await unread()).toBe(0);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillLongConversation, type LongConversation } from '../kit/long-conversation.ts';
import { openServices } from '../kit/services.ts';
import { countStatements } from '../kit/statements.ts';

type Opened = Awaited<ReturnType<typeof openServices>>;

let opened: Opened;
let viewer: Awaited<ReturnType<Opened['person']>>;
let long: LongConversation;
let id: string;

beforeAll(async () => {
  opened = await openServices();
  viewer = await opened.person();
  long = await fillLongConversation(opened.pool, viewer.userId);
  id = Buffer.from(`Conversation:${long.conversationId}`).toString('base64');
});
afterAll(() => opened[Symbol.asyncDispose]());

const page = (args: string, selection = 'id depth text'): string =>
  `query ($id: ID!) { conversation(id: $id) { activePath(${args}) { edges { node { ${selection} } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`;

async function read(args: string, selection?: string): Promise<{ readonly nodes: any[]; readonly pageInfo: any; readonly statements: readonly string[] }> {
  const { result, statements } = await opened.execute(viewer, page(args, selection), { id });
  const { edges, pageInfo } = result.conversation.activePath;
  return { nodes: edges.map((edge: any) => edge.node), pageInfo, statements };
}

const depths = (nodes: readonly any[]): readonly number[] => nodes.map((node) => node.depth);
const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, place) => from + place);

describe('the branch that people see, in a conversation of 20,000 messages in 300 branches', () => {
  it('is read in pages both ways, each in one statement besides that of the conversation', async () => {
    const first = await read('first: 50');
    expect(depths(first.nodes)).toEqual(range(0, 50));
    expect(first.nodes[7].text).toBe('Message at depth 7');
    expect(first.statements).toHaveLength(2);
    const second = await read(`first: 50, after: "${first.pageInfo.endCursor}"`);
    expect(depths(second.nodes)).toEqual(range(50, 100));
    expect(second.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
    const last = await read('last: 50');
    expect(depths(last.nodes)).toEqual(range(long.pathLength - 50, long.pathLength));
    const before = await read(`last: 50, before: "${last.pageInfo.startCursor}"`);
    expect(depths(before.nodes)).toEqual(range(long.pathLength - 100, long.pathLength - 50));
    expect((await read(`first: 100, after: "${last.pageInfo.startCursor}"`)).pageInfo.hasNextPage).toBe(false);
  });

  it('shows of each message how many stand beside it, in one statement more', async () => {
    const { nodes, statements } = await read('first: 40', 'depth siblingIndex siblingCount');
    // A branch leaves the line at every sixteenth message, so the one after it has a sibling.
    expect(nodes.filter((node) => node.siblingCount === 2).map((node) => node.depth)).toEqual([1, 17, 33]);
    expect(nodes[17]).toMatchObject({ siblingIndex: 0 });
    expect(statements).toHaveLength(3);
  });

  it('says of each message where it was said, in one statement for all', async () => {
    const { nodes, statements } = await read('first: 20', 'conversation { id title }');
    expect(new Set(nodes.map((node) => node.conversation.id)).size).toBe(1);
    expect(statements).toHaveLength(3);
  });

  it('gives siblings and children in one statement each', async () => {
    const { nodes, statements } = await read('first: 2', 'siblings { depth isActive } children { id }');
    expect(nodes[1].siblings).toEqual([
      { depth: 1, isActive: true },
      { depth: 1, isActive: false },
    ]);
    expect(nodes[0].children).toHaveLength(2);
    expect(statements).toHaveLength(4);
  });

  it('reads no more rows than the page has, wherever the page is', async () => {
    const half = await opened.prisma.message.findFirstOrThrow({ where: { conversationId: long.conversationId, isActive: true, depth: 2_500 } });
    const position = { id: half.id, at: half.createdAt };
    const { statements } = await countStatements(opened.pool, () =>
      opened.services.messages.listMany(viewer, [long.conversationId], { after: position, before: null, limit: 51, isReversed: false }, 'nothing', 'ACTIVE'),
    );
    const plan = await opened.pool.query<{ 'QUERY PLAN': any }>(`EXPLAIN (ANALYZE, FORMAT JSON) ${statements.join()}`, [
      [long.conversationId],
      viewer.userId,
      half.id,
      half.createdAt,
      51,
    ]);
    const scans: any[] = [];
    const visit = (node: any): void => {
      scans.push(node);
      for (const child of node.Plans ?? []) visit(child);
    };
    visit(plan.rows[0]?.['QUERY PLAN'][0].Plan);
    const indexScans = scans.filter((node) => String(node['Node Type']).includes('Index'));
    expect(indexScans.map((node) => node['Index Name'])).toContain('messages_conversation_id_is_active_depth_idx');
    expect(Math.max(...scans.map((node) => node['Actual Rows']))).toBe(51);
  });
});

describe('a cursor of another conversation', () => {
  it('stands where its moment would, and tells nothing of the message', async () => {
    const other = await opened.person();
    const strange = await fillLongConversation(opened.pool, other.userId);
    const message = await opened.prisma.message.findFirstOrThrow({ where: { conversationId: strange.conversationId, isActive: true, depth: 2_500 } });
    const page = { after: { id: message.id, at: new Date(0) }, before: null, limit: 1, isReversed: false };
    const found = await opened.services.messages.listMany(viewer, [long.conversationId], page, 'nothing', 'ACTIVE');
    expect(found.get(long.conversationId)?.[0]?.depth).toBe(0);
  });
});

it('text that cannot be stored is refused with a reason', async () => {
  const message = await opened.prisma.message.findFirstOrThrow({ where: { conversationId: long.conversationId, role: 'ASSISTANT' } });
  const refused = { code: 'BAD_USER_INPUT', message: expect.stringContaining('U+0000') };
  await expect(opened.services.feedbacks.give(viewer, { messageId: message.id, rating: 'UP', comment: 'a\u0000b' })).rejects.toMatchObject(refused);
  await expect(opened.services.branches.fork(viewer, { messageId: message.id, title: 'a\u0000b' })).rejects.toMatchObject(refused);
});

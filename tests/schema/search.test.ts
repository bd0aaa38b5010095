import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { say, startConversation } from '../kit/conversations.ts';
import { openServices } from '../kit/services.ts';

type Opened = Awaited<ReturnType<typeof openServices>>;

const document = `query ($query: String!, $types: [SearchType!], $first: Int, $after: String) {
  search(query: $query, types: $types, first: $first, after: $after) {
    edges { cursor node { type subject { __typename ... on Message { text } ... on Conversation { title } ... on File { name } } highlights { field text html marks { start end } } } }
    pageInfo { hasNextPage hasPreviousPage endCursor } isTruncated
  }
}`;

async function addFile({ prisma }: Opened, viewer: Viewer, name: string, columns: readonly string[]): Promise<string> {
  const id = uuidv7();
  const facts = { ownerId: viewer.userId, format: 'CSV' as const, byteSize: 1n, tableName: 'x', rowCount: 1n, columnCount: columns.length, ingest: {} };
  await prisma.file.create({ data: { id, name, ...facts, columns: columns.map((column) => ({ name: column })), preview: [], createdAt: new Date() } });
  return id;
}

describe('the search', () => {
  let opened: Opened;
  let viewer: Viewer;
  beforeAll(async () => {
    opened = await openServices();
    viewer = await opened.person();
    const trip = await startConversation(opened, viewer, 'A trip to Öland');
    await say(opened, trip, 'USER', 'Where do we rent bicycles? The café opens <b>early</b> & closes late.', viewer.userId);
    await say(opened, trip, 'ASSISTANT', 'You are running late: the bicycles are at the harbour. Straße 5, 東京の天気は良い。');
    const budget = await startConversation(opened, viewer, 'Budget planning');
    await say(
      opened,
      budget,
      'USER',
      `${'Other words. '.repeat(60)}The budget for next year is sales_2024.csv without the harbour. ${'More of them. '.repeat(60)}`,
    );
    await addFile(opened, viewer, 'sales_2024.csv', ['orderDate', 'região', 'price_eur']);
  });
  afterAll(() => opened[Symbol.asyncDispose]());

  const search = async (query: string, more: Readonly<Record<string, unknown>> = {}, who = viewer): Promise<any> =>
    (await opened.execute(who, document, { query, ...more })).result.search;
  const found = async (query: string, more?: Readonly<Record<string, unknown>>, who?: Viewer): Promise<readonly string[]> =>
    (await search(query, more, who)).edges.map(({ node }: any) => (node.subject.text ?? node.subject.title ?? node.subject.name).slice(0, 15).trim());

  it.each([
    ['words in any order', 'harbour bicycles', ['You are running']],
    ['all forms of English words', 'run bicycle', ['You are running']],
    ['without accents', 'cafe', ['Where do we ren']],
    ['with accents that are not there', 'hárbour bicycles', ['You are running']],
    ['in capitals', 'CAFÉ', ['Where do we ren']],
    ['letters that are written in two ways', 'strasse', ['You are running']],
    ['Japanese', '天気', ['You are running']],
    ['Japanese in another order not', '気天', []],
    ['quoted phrases', '"rent bicycles"', ['Where do we ren']],
    ['quoted phrases in another order not', '"bicycles rent"', []],
    ['without', 'bicycles -harbour', ['Where do we ren']],
    ['either', 'café or "next year"', ['Where do we ren', 'Other words. Ot']],
    ['a name with signs as one', 'sales_2024.csv', ['sales_2024.csv', 'Other words. Ot']],
    ['columns', 'regiao', ['sales_2024.csv']],
    ['a title before a message', 'budget', ['Budget planning', 'Other words. Ot']],
    ['a title with a typing error', 'budegt', ['Budget planning']],
    ['a file with a typing error', 'salse', ['sales_2024.csv']],
    ['a part of a name', 'plan', ['Budget planning']],
    ['signs of queries', '"café', ['Where do we ren']],
    ['nothing', 'nonexistent', []],
    ['signs of SQL', `'; DROP TABLE messages; --`, []],
  ])('finds %s', async (_what, query, expected) => expect(await found(query)).toEqual(expected));

  it.each([
    ['', 'query: names no word to look for'],
    [' -! ', 'query: names no word to look for'],
    ['-without', 'query: names no word to look for'],
    ['x'.repeat(201), 'query: has at most 200 characters'],
  ])('refuses the query "%s" in words', async (query, words) => {
    await expect(search(query)).rejects.toMatchObject({ message: expect.stringContaining(words), originalError: { code: 'BAD_USER_INPUT' } });
  });

  it('finds one type where one is asked for', async () => {
    expect(await found('budget', { types: ['MESSAGE'] })).toEqual(['Other words. Ot']);
    expect(await found('budget', { types: ['FILE'] })).toEqual([]);
    expect(await found('budegt', { types: ['MESSAGE'] })).toEqual([]);
  });

  it('shows the piece of a text that holds the words, marked, as text and as HTML without any markup of the text', async () => {
    const [hit] = (await search('cafe early')).edges;
    const [highlight] = hit.node.highlights;
    expect(highlight.html).toBe('Where do we rent bicycles? The <mark>café</mark> opens &lt;b&gt;<mark>early</mark>&lt;/b&gt; &amp; closes late.');
    expect(highlight.marks.map(({ start, end }: any) => highlight.text.slice(start, end))).toEqual(['café', 'early']);
    const [long] = (await search('budget "next year"')).edges;
    expect(long.node.highlights[0].text).toMatch(/^….*The budget for next year.*…$/);
    expect(long.node.highlights[0].html).toContain('The <mark>budget</mark> for <mark>next</mark> <mark>year</mark> is');
    expect(long.node.highlights[0].text.length).toBeLessThan(250);
    expect((await search('run', { types: ['MESSAGE'] })).edges[0].node.highlights[0].html).toContain('You are <mark>running</mark> late');
    expect((await search('budegt')).edges[0].node.highlights).toMatchObject([{ field: 'TITLE', html: '<mark>Budget</mark> planning' }]);
    expect((await search('regiao price')).edges[0].node.highlights).toMatchObject([
      { field: 'COLUMN', html: '<mark>região</mark>' },
      { field: 'COLUMN', html: '<mark>price</mark>_eur' },
    ]);
  });

  it('comes in pages that hold each hit once, also while messages are written', async () => {
    const other = await opened.person();
    const conversation = await startConversation(opened, other, 'Many');
    for (let index = 0; index < 23; index += 1) await say(opened, conversation, 'ASSISTANT', `needle ${index}${' and hay'.repeat(index % 4)}`);
    const seen: string[] = [];
    let page: any = null;
    do {
      page = await search('needle', { first: 5, after: page?.pageInfo.endCursor }, other);
      expect(page.pageInfo.hasPreviousPage).toBe(seen.length > 0);
      seen.push(...page.edges.map(({ node }: any) => node.subject.text));
      await say(opened, conversation, 'ASSISTANT', 'needle that came later');
    } while (page.pageInfo.hasNextPage);
    expect(new Set(seen).size).toBe(23);
    expect(seen).toHaveLength(23);
    await expect(search('needle', { after: 'nonsense' }, other)).rejects.toMatchObject({ message: expect.stringContaining('"nonsense" is not a cursor') });
    await expect(search('needle', { first: 101 }, other)).rejects.toMatchObject({ message: '"first" is 101; it must be from 1 to 100.' });
  });

  it('takes a number of statements that does not grow with the hits', async () => {
    const other = await opened.person();
    const conversation = await startConversation(opened, other, 'needle');
    for (let index = 0; index < 12; index += 1) await say(opened, conversation, 'ASSISTANT', `needle ${index}`);
    await opened.services.search.find(other, { query: 'x', first: 1 }, { isHighlighted: false });
    const plain = 'query ($first: Int) { search(query: "needle", first: $first) { edges { node { type } } } }';
    // BEGIN, the search, COMMIT.
    expect((await opened.execute(other, plain, { first: 10 })).statements).toHaveLength(3);
    const [few, many] = [
      await opened.execute(other, document, { query: 'needle', first: 3 }),
      await opened.execute(other, document, { query: 'needle', first: 13 }),
    ];
    expect(many.result.search.edges).toHaveLength(13);
    // Besides: the texts of two kinds, the words that match, the conversations, the messages and their parts.
    expect([few.statements.length, many.statements.length]).toEqual([9, 9]);
  });
});

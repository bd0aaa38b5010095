import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWireServer, type WireReply, type WireServer } from '../engines/wire-server.ts';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { runSql } from '../kit/database.ts';
import { createBase, indexDocument, searchBase } from '../kit/knowledge.ts';
import { subscribeSse } from '../kit/sse-client.ts';
import { rowId } from '../kit/ids.ts';

/** What the fake model knows the meaning of. */
const meanings = [/cat|kitten|feline/i, /car|vehicle|engine/i, /tea|coffee|drink/i] as const;
const vectorOf = (text: string, size: number): readonly number[] => [
  ...meanings.map((meaning) => (meaning.test(text) ? 1 : 0.05)),
  ...Array.from({ length: size - 3 }, () => 0.01),
];

let app: TestApp;
let person: TestPerson;
let provider: WireServer;
let isAway = false;
let held: (() => void)[] | null = null;

/** Speaks OpenAI's embeddings: of four dimensions, or five of the model `wide`. */
const embed: WireReply = (response) => {
  const body: any = provider.requests.at(-1)?.body;
  const answer = (): void => {
    if (isAway) return void response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{"message":"away"}}');
    const data = body.input.map((text: string, index: number) => ({ index, embedding: vectorOf(text, body.model === 'wide' ? 5 : 4) }));
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
  };
  if (held !== null && body.model === 'wide' && body.input.length > 1) held.push(answer);
  else answer();
};

beforeAll(async () => {
  provider = await startWireServer(embed);
  const compatible = JSON.stringify([{ id: 'fake', name: 'Fake', baseUrl: `${provider.url}/v1`, models: ['small'] }]);
  app = await startTestApp({ environment: { OPENAI_COMPATIBLE: compatible, EMBEDDING_MODEL: 'fake:small' } });
  person = await app.person();
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

const namesOf = ({ hits }: any): readonly string[] => hits.map(({ documentName }: any) => documentName);

async function animals(): Promise<string> {
  const baseId = await createBase(person, { embeddingModel: 'fake:small' });
  await indexDocument(app, person, baseId, 'pets.txt', 'A kitten sleeps for twenty hours.');
  await indexDocument(app, person, baseId, 'garage.txt', 'The vehicle needs new brakes.');
  await indexDocument(app, person, baseId, 'kitchen.md', '# Drinks\n\nTea is served at five. The brakes of the trolley squeak.');
  return baseId;
}

describe('a search in knowledge', () => {
  it('finds by words, by meaning, and by both', async () => {
    const baseId = await animals();
    expect(namesOf(await searchBase(person, baseId, 'brakes', { mode: 'TEXT' }))).toEqual(expect.arrayContaining(['garage.txt', 'kitchen.md']));
    const given = provider.requests.flatMap(({ body }: any) => body.input);
    expect(given, 'the name and the headings say what a passage is about').toContain(
      'kitchen: Drinks\nTea is served at five. The brakes of the trolley squeak.',
    );
    const meant = await searchBase(person, baseId, 'feline', { mode: 'VECTOR' });
    expect(meant).toMatchObject({ mode: 'VECTOR', problem: null });
    expect(meant.hits[0]).toMatchObject({ documentName: 'pets.txt', textRank: null, vectorRank: 1 });
    const both = await searchBase(person, baseId, 'car brakes');
    expect(both.hits[0]).toMatchObject({ documentName: 'garage.txt', vectorRank: 1, score: expect.closeTo(2 / 61, 2) });
    expect(both.hits[0].excerpt.marks).toHaveLength(1);
    expect(namesOf(await searchBase(person, baseId, 'slept', { mode: 'TEXT' })), 'a form of a word').toEqual([]);
    expect(namesOf(await searchBase(person, baseId, 'sleeping', { mode: 'TEXT' })), 'another form').toEqual(['pets.txt']);
  });

  it('understands quotes and excluded words, counts rare words more, and names of documents', async () => {
    const baseId = await animals();
    const text = async (query: string) => namesOf(await searchBase(person, baseId, query, { mode: 'TEXT' }));
    expect(await text('"new brakes"')).toEqual(['garage.txt']);
    expect(await text('brakes -trolley')).toEqual(['garage.txt']);
    expect((await text('squeak of brakes'))[0]).toBe('kitchen.md');
    expect(await text('garage')).toEqual(['garage.txt']);
    for (const strange of ["'; DROP TABLE chunks; --", ':*', '& | !', '\\', '"', 'a'.repeat(1_000)]) expect(await text(strange)).toEqual([]);
  });

  it('is limited by filters, and to the best', async () => {
    const baseId = await animals();
    const by = async (filter: unknown) => namesOf(await searchBase(person, baseId, 'brakes of the car and kitten', { filter }));
    const { documents } = (
      await person.client.request('query ($id: ID!) { knowledgeBase(id: $id) { documents { edges { node { id name } } } } }', { id: baseId })
    ).knowledgeBase;
    const pets = documents.edges.find(({ node }: any) => node.name === 'pets.txt').node.id;
    expect(await by({ documentIds: [pets] })).toEqual(['pets.txt']);
    expect(await by({ mediaTypes: ['text/markdown'] })).toEqual(['kitchen.md']);
    expect(await by({ addedBefore: '2020-01-01T00:00:00Z' })).toEqual([]);
    expect((await searchBase(person, baseId, 'brakes', { first: 1 })).hits).toHaveLength(1);
    const stranger = await app.person();
    const theirs = await indexDocument(app, stranger, await createBase(stranger), 'secret.txt', 'brakes');
    const document = 'query ($input: SearchKnowledgeInput!) { searchKnowledge(input: $input) { hits { text } } }';
    const { body } = await person.client.ask(document, { input: { query: 'brakes', knowledgeBaseIds: [baseId], filter: { documentIds: [theirs.id] } } });
    expect(JSON.stringify(body)).toContain('NOT_FOUND');
    expect(await by({ documentIds: [theirs.id], mediaTypes: ['text/plain'] })).toEqual([]);
  });

  it('goes on by words when the provider of the model is away, and says so', async () => {
    const baseId = await animals();
    isAway = true;
    try {
      const found = await searchBase(person, baseId, 'brakes of vehicles');
      expect(found).toMatchObject({ mode: 'TEXT', problem: expect.stringContaining('Fake refuses') });
      expect(namesOf(found)[0]).toBe('garage.txt');
      const document = 'query ($input: SearchKnowledgeInput!) { searchKnowledge(input: $input) { hits { text } } }';
      const { body } = await person.client.ask(document, { input: { query: 'other vehicles', knowledgeBaseIds: [baseId], mode: 'VECTOR' } });
      expect(JSON.stringify(body)).toContain('ENGINE_BAD_KEY');
      expect(await indexDocument(app, person, baseId, 'new.txt', 'A new text about cats.')).toMatchObject({
        status: 'FAILED',
        error: { code: 'ENGINE_BAD_KEY' },
      });
    } finally {
      isAway = false;
    }
    const { reindexKnowledgeBase } = await person.client.request(
      'mutation ($id: ID!) { reindexKnowledgeBase(input: { id: $id, onlyFailed: true }) { queuedCount } }',
      { id: baseId },
    );
    expect(reindexKnowledgeBase.queuedCount).toBe(1);
    await expect.poll(async () => namesOf(await searchBase(person, baseId, 'new cats'))).toContain('new.txt');
  });

  it('refuses what is no search, by name', async () => {
    const baseId = await createBase(person);
    const document = 'query ($input: SearchKnowledgeInput!) { searchKnowledge(input: $input) { hits { text } } }';
    for (const [input, reason] of [
      [{ query: ' ' }, 'say what to look for'],
      [{ query: 'x'.repeat(1_001) }, 'at most 1,000 characters'],
      [{ query: 'x', knowledgeBaseIds: [] }, 'at least one knowledge base'],
      [{ query: 'x', first: 51 }, 'must be from 1 to 50'],
      [{ query: 'x', mode: 'VECTOR' }, 'has vectors yet'],
    ] as const) {
      const { body } = await person.client.ask(document, { input: { knowledgeBaseIds: [baseId], ...input } });
      expect(JSON.stringify(body)).toContain(reason);
    }
  });
});

describe('another embedding model', () => {
  it('embeds the passages anew in the background, while the old vectors are searched', async () => {
    const baseId = await animals();
    held = [];
    const update =
      'mutation ($id: ID!, $model: String) { updateKnowledgeBase(input: { id: $id, embeddingModel: $model }) { knowledgeBase { embeddingModel searchedModel isEmbedding } } }';
    const changed = await person.client.request(update, { id: baseId, model: 'fake:wide' });
    expect(changed.updateKnowledgeBase.knowledgeBase).toEqual({ embeddingModel: 'fake:wide', searchedModel: 'fake:small', isEmbedding: true });
    await expect.poll(() => held?.length).toBe(1);
    expect((await searchBase(person, baseId, 'feline friends', { mode: 'VECTOR' })).hits[0].documentName).toBe('pets.txt');
    const events = await subscribeSse(app.url, {
      query: 'subscription ($id: ID!) { knowledgeBaseProgress(knowledgeBaseId: $id) { isEmbedding searchedModel embeddingProgress } }',
      variables: { id: baseId },
      token: person.token,
    });
    const first: any = await events.nextEvent();
    expect(first.result.data.knowledgeBaseProgress).toMatchObject({ isEmbedding: true, searchedModel: 'fake:small' });
    const waiting = held;
    held = null;
    for (const answer of waiting) answer();
    let last: any = null;
    while (last?.isEmbedding !== false) last = ((await events.nextEvent()) as any).result.data.knowledgeBaseProgress;
    expect(last).toEqual({ isEmbedding: false, searchedModel: 'fake:wide', embeddingProgress: 1 });
    events.close();
    expect((await searchBase(person, baseId, 'feline friends', { mode: 'VECTOR' })).hits[0].documentName).toBe('pets.txt');
    const models = `SELECT DISTINCT v.model, v.dimensions FROM chunk_vectors v JOIN chunks c ON c.id = v.chunk_id WHERE c.knowledge_base_id = '${rowId(baseId)}'`;
    expect(await runSql(app.connectionString, models)).toEqual([{ model: 'fake:wide', dimensions: 5 }]);
    await person.client.request(update, { id: baseId, model: null });
    expect(await runSql(app.connectionString, models)).toEqual([]);
    expect(await searchBase(person, baseId, 'vehicle')).toMatchObject({ mode: 'TEXT', hits: [{ documentName: 'garage.txt' }] });
  });

  it('is refused when there is no such provider', async () => {
    const create = 'mutation ($input: CreateKnowledgeBaseInput!) { createKnowledgeBase(input: $input) { knowledgeBase { id } } }';
    for (const [embeddingModel, reason] of [
      ['nobody:model', 'No such provider of embedding models: \\"nobody\\" (available: embedded, fake)'],
      ['nonsense', 'names no embedding model'],
    ]) {
      const { body } = await person.client.ask(create, { input: { name: 'A', embeddingModel } });
      expect(JSON.stringify(body)).toContain(reason);
    }
  });
});

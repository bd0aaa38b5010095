import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp } from '../../src/app.ts';
import { parseConfig } from '../../src/base/config.ts';
import { createLogger } from '../../src/base/logger.ts';
import { startWireServer, type WireReply, type WireServer } from '../engines/wire-server.ts';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { createBase, indexDocument, searchBase } from '../kit/knowledge.ts';
import { letIn, openRoom, sendTo } from '../kit/rooms.ts';
import { createScriptedEngine, type ScriptedEngine } from '../kit/scripted-engine.ts';
import { wideLimits } from '../kit/wide-limits.ts';

/** As the fake provider counts. */
const tokensOfText = 1_000;

let app: TestApp;
let admin: TestPerson;
let provider: WireServer;
let engine: ScriptedEngine;
let answered: 'vectors' | 'nothing' | 'refusal' = 'vectors';

/** Speaks OpenAI's embeddings, and says what it has read. */
const embed: WireReply = (response) => {
  const body: any = provider.requests.at(-1)?.body;
  const json = (status: number, value: unknown): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  if (answered === 'refusal') return json(401, { error: { message: 'no such key', code: 'invalid_api_key' } });
  const data = body.input.map((text: string, index: number) => ({ index, embedding: [1, text.length % 7, 1] }));
  json(200, answered === 'nothing' ? { data: [] } : { data, usage: { prompt_tokens: tokensOfText * data.length, total_tokens: tokensOfText * data.length } });
};

const environment = () => ({ OPENAI_API_KEY: 'sk-server', OPENAI_BASE_URL: `${provider.url}/v1`, ENGINE_ALLOWED_PRIVATE_HOSTS: '127.0.0.1' });
const embeddingModel = 'openai:text-embedding-3-small';

beforeAll(async () => {
  provider = await startWireServer(embed);
  engine = createScriptedEngine();
  app = await startTestApp({ environment: environment(), overrides: { engines: [engine] } });
  admin = await app.person({ setupToken: app.setupToken ?? '' });
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

const usage =
  '{ usage(groupBy: PURPOSE) { rows { key calls inputTokens outputTokens costMicros ownKeyCostMicros estimatedCalls } } viewer { quota { day { tokens { used reserved } } } } }';
/** What embedding has used. The entry of a call is closed behind its answer. */
const usedBy = async (person: TestPerson) => {
  const found = await person.client.request(usage);
  return { row: found.usage.rows.find(({ key }: any) => key === 'EMBEDDING'), counted: found.viewer.quota.day.tokens };
};

async function limit({ userId }: TestPerson, maxTokens: number | null): Promise<void> {
  const set = 'mutation ($input: SetQuotaInput!) { setQuota(input: $input) { quota { maxTokens } } }';
  await admin.client.request(set, { input: { scope: 'USER', userId, period: 'DAY', maxTokens } });
}

const state = `query ($id: ID!) { knowledgeBase(id: $id) {
  isEmbedding embeddingProgress embeddingError { code message } documents(first: 9) { edges { node { name status error { code message } } } } } }`;
const stateOf = async (person: TestPerson, id: string): Promise<any> => (await person.client.request(state, { id })).knowledgeBase;

describe('calls of embedding models', () => {
  it('are usage of whoever has a document indexed and whoever searches, with the tokens and the price of the provider, and count in quotas', async () => {
    const person = await app.person();
    const baseId = await createBase(person, { embeddingModel });
    await indexDocument(app, person, baseId, 'a.md', '# One\n\nGoods come back.\n\n# Two\n\nParcels take twelve days.');
    await searchBase(person, baseId, 'how long do parcels take');
    await searchBase(person, baseId, 'how long do parcels take');
    // The same question is not embedded twice.
    await expect
      .poll(() => usedBy(person))
      .toMatchObject({
        row: { calls: 2, inputTokens: 3_000, outputTokens: 0, costMicros: 60, ownKeyCostMicros: 0, estimatedCalls: 0 },
        counted: { used: 3_000, reserved: 0 },
      });
  });

  it('that the provider refused cost nothing, and those that it answered with nonsense are estimated', async () => {
    const person = await app.person();
    const baseId = await createBase(person, { embeddingModel });
    answered = 'refusal';
    expect(await indexDocument(app, person, baseId, 'a.md', 'Goods come back.')).toMatchObject({ status: 'FAILED', error: { code: 'ENGINE_BAD_KEY' } });
    await expect.poll(async () => (await usedBy(person)).row).toMatchObject({ calls: 1, estimatedCalls: 0, inputTokens: 0 });
    answered = 'nothing';
    expect(await indexDocument(app, person, baseId, 'b.md', 'Parcels take days.')).toMatchObject({ status: 'FAILED', error: { code: 'ENGINE_PROTOCOL' } });
    answered = 'vectors';
    await expect.poll(async () => (await usedBy(person)).row).toMatchObject({ calls: 2, estimatedCalls: 1 });
    expect((await usedBy(person)).row.inputTokens).toBeGreaterThan(2);
  });

  it('of the embedded model cost nobody anything, and are no usage', async () => {
    const person = await app.person();
    await limit(person, 0);
    const baseId = await createBase(person, { embeddingModel: 'embedded:english' });
    expect(await indexDocument(app, person, baseId, 'a.md', 'Goods come back.')).toMatchObject({ status: 'READY', error: null });
    expect(await searchBase(person, baseId, 'returning goods')).toMatchObject({ mode: 'HYBRID', problem: null });
    expect((await usedBy(person)).row).toBeUndefined();
  });

  it('with a key of one’s own are usage that no quota counts', async () => {
    const person = await app.person();
    const save = 'mutation ($input: SaveProviderKeyInput!) { saveProviderKey(input: $input) { providerKey { id } } }';
    await person.client.request(save, {
      input: { kind: 'OPENAI_COMPATIBLE', provider: 'mine', baseUrl: `${provider.url}/v1`, apiKey: 'sk-mine', models: ['small'] },
    });
    await limit(person, 0);
    const baseId = await createBase(person, { embeddingModel: 'mine:small' });
    expect(await indexDocument(app, person, baseId, 'a.md', 'Goods come back.')).toMatchObject({ status: 'READY', error: null });
    expect(provider.requests.at(-1)?.headers['authorization']).toBe('Bearer sk-mine');
    await expect.poll(() => usedBy(person)).toMatchObject({ row: { calls: 1 }, counted: { used: 0 } });
  });
});

describe('calls for a persona’s base in the run of somebody else', () => {
  const rows = '{ purposes: usage(groupBy: PURPOSE) { rows { key calls } } rooms: usage(groupBy: CONVERSATION) { rows { key calls } } }';

  /** A guest asks a persona of the owner, which searches a base with vectors of a model. */
  async function asked(model: string, prepare: (owner: TestPerson) => Promise<void>) {
    const owner = await app.person();
    const guest = await app.person();
    await prepare(owner);
    const baseId = await createBase(owner, { embeddingModel: model });
    const conversationId = await openRoom(owner);
    await letIn(owner, conversationId, 'EDITOR', guest);
    const create = 'mutation ($input: CreatePersonaInput!) { createPersona(input: $input) { persona { id } } }';
    const { persona } = (await owner.client.request(create, { input: { name: 'Ada', handle: 'ada', model: 'scripted', knowledgeBaseIds: [baseId] } }))
      .createPersona;
    const add = 'mutation ($input: AddPersonaInput!) { addPersona(input: $input) { conversation { id } } }';
    await owner.client.request(add, { input: { conversationId, personaId: persona.id } });
    await sendTo(guest, conversationId, '@ada what is new?');
    const call = await engine.nextCall();
    call.toolCall('call-1', 'search_knowledge', { query: 'news' });
    call.finish('TOOL_CALLS');
    const second = await engine.nextCall();
    second.text('Nothing.');
    second.finish();
    const embeddings = async (person: TestPerson) => {
      const { purposes, rooms } = await person.client.request(rows);
      return { calls: purposes.rows.find(({ key }: any) => key === 'EMBEDDING')?.calls ?? 0, rooms: rooms.rows.map(({ key }: any) => key !== null) };
    };
    return { owner, guest, embeddings };
  }

  it('are of whoever asks, where the server pays', async () => {
    const { owner, guest, embeddings } = await asked(embeddingModel, async () => {});
    await expect.poll(() => embeddings(guest)).toMatchObject({ calls: 1 });
    expect(await embeddings(owner)).toEqual({ calls: 0, rooms: [] });
  });

  it('are of the owner of the base, where they are made with their key, and name no conversation of others', async () => {
    const save = 'mutation ($input: SaveProviderKeyInput!) { saveProviderKey(input: $input) { providerKey { id } } }';
    const key = { kind: 'OPENAI_COMPATIBLE', provider: 'mine', baseUrl: `${provider.url}/v1`, apiKey: 'sk-mine', models: ['small'] };
    const { owner, guest, embeddings } = await asked('mine:small', async (person) => void (await person.client.request(save, { input: key })));
    await expect.poll(() => embeddings(owner)).toEqual({ calls: 1, rooms: [false] });
    expect(await embeddings(guest)).toMatchObject({ calls: 0 });
    expect(provider.requests.at(-1)?.headers['authorization']).toBe('Bearer sk-mine');
  });
});

describe('N07 a quota that has no room for vectors', () => {
  it('leaves a document found by its words, says so, and has it embedded by any node once there is room', async () => {
    const person = await app.person();
    await limit(person, 10);
    const baseId = await createBase(person, { embeddingModel });
    const requests = provider.requests.length;
    const words = 'Goods may be returned within thirty days after the day on which they came, by whoever has bought them.';
    const indexed = await indexDocument(app, person, baseId, 'returns.md', words);
    expect(indexed).toMatchObject({
      status: 'READY',
      passageCount: 1,
      error: { code: 'QUOTA_EXCEEDED', message: expect.stringContaining('Your quota of 10 tokens a day') },
    });
    expect(await stateOf(person, baseId)).toMatchObject({ isEmbedding: true, embeddingProgress: 0, embeddingError: { code: 'QUOTA_EXCEEDED' } });
    const found = await searchBase(person, baseId, 'within how many days may the goods that somebody has bought be returned to the shop');
    expect(found).toMatchObject({ mode: 'TEXT', problem: expect.stringContaining('Your quota of 10 tokens a day'), hits: [{ documentName: 'returns.md' }] });
    const [error] = await person.client.expectErrors('query ($input: SearchKnowledgeInput!) { searchKnowledge(input: $input) { mode } }', {
      input: { query: 'within how many days may the goods that somebody has bought be returned', knowledgeBaseIds: [baseId], mode: 'VECTOR' },
    });
    expect(error?.extensions.code).toBe('QUOTA_EXCEEDED');
    expect(provider.requests, 'nothing was asked').toHaveLength(requests);
    await limit(person, null);
    const config = parseConfig({ ...wideLimits, PORT: '0', DATABASE_URL: app.connectionString, DATA_FOLDER: app.dataFolder, ...environment() });
    const other = await startApp(config, createLogger({ level: 'silent' }));
    await expect
      .poll(() => stateOf(person, baseId))
      .toEqual({
        isEmbedding: false,
        embeddingProgress: 1,
        embeddingError: null,
        documents: { edges: [{ node: { name: 'returns.md', status: 'READY', error: null } }] },
      });
    await other.stop();
    expect(await searchBase(person, baseId, 'returned goods')).toMatchObject({ mode: 'HYBRID', problem: null, hits: [{ vectorRank: 1 }] });
    await expect.poll(async () => (await usedBy(person)).row).toMatchObject({ calls: 2 });
  });
});

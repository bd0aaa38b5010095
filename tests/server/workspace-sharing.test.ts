import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWireServer, type WireReply, type WireServer } from '../engines/wire-server.ts';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { runSql } from '../kit/database.ts';
import { createBase, followDocument, indexDocument, searchBase, sendDocument } from '../kit/knowledge.ts';
import { openRoom, sendTo } from '../kit/rooms.ts';
import { createScriptedEngine, type ScriptedEngine } from '../kit/scripted-engine.ts';
import { subscribeSse } from '../kit/sse-client.ts';
import { mutationOf, openWorkspace } from '../kit/workspace.ts';
import { rowId } from '../kit/ids.ts';

let app: TestApp;
let engine: ScriptedEngine;
let provider: WireServer;
let owner: TestPerson;
let editor: TestPerson;
let reader: TestPerson;
let stranger: TestPerson;
let workspaceId: string;

/** Speaks OpenAI's embeddings. */
const embed: WireReply = (response) => {
  const body: any = provider.requests.at(-1)?.body;
  const data = body.input.map((text: string, index: number) => ({ index, embedding: [/cat|kitten/i.test(text) ? 1 : 0.1, 0.2, 0.1] }));
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
};

beforeAll(async () => {
  provider = await startWireServer(embed);
  engine = createScriptedEngine({ hasTools: true });
  app = await startTestApp({ environment: { ENGINE_ALLOWED_PRIVATE_HOSTS: '127.0.0.1' }, overrides: { engines: [engine] } });
  [owner, editor, reader, stranger] = [await app.person(), await app.person(), await app.person(), await app.person()];
  ({ workspaceId } = await openWorkspace(app, [
    [owner, 'OWNER'],
    [editor, 'EDITOR'],
    [reader, 'READER'],
  ]));
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

const make = async (person: TestPerson, field: string, selection: string, input: object): Promise<any> =>
  (await person.client.request(mutationOf(field, selection), { input }))[field];
const ended = async (person: TestPerson, id: string): Promise<any> => {
  const events = await subscribeSse(app.url, { query: 'subscription ($id: ID!) { runEvents(runId: $id) { seq } }', variables: { id }, token: person.token });
  while ((await events.nextEvent()).kind === 'next');
  return (await person.client.request('query ($id: ID!) { run(id: $id) { status error { code message } message { authorName } } }', { id })).run;
};

describe('a shared knowledge base', () => {
  it('W01 W02 is filled by EDITORs for its owner, and by nobody else', async () => {
    const base = await createBase(owner, { workspaceId });
    expect(await sendDocument(app, stranger, base, 'a.txt', 'Of a stranger.')).toMatchObject({ status: 404 });
    expect(await sendDocument(app, reader, base, 'a.txt', 'Of a reader.')).toMatchObject({ status: 403 });
    const { id } = await indexDocument(app, editor, base, 'cats.txt', 'Cats sleep all day.');
    expect(await followDocument(app, reader, id)).toMatchObject([{ status: 'READY' }]);
    expect(await searchBase(reader, base, 'cats')).toMatchObject({ hits: [{ text: 'Cats sleep all day.' }] });
    await expect(searchBase(stranger, base, 'cats')).rejects.toThrow('NOT_FOUND');
    // It is of the owner of the base: nothing of it goes with who sent it.
    expect(await runSql(app.connectionString, `SELECT owner_id FROM documents WHERE id = '${rowId(id)}'`)).toEqual([{ owner_id: rowId(owner.userId) }]);
    const weigh = (bytes: number) => runSql(app.connectionString, `UPDATE documents SET byte_size = ${bytes} WHERE id = '${rowId(id)}'`);
    await weigh(10 ** 13);
    const refused = await sendDocument(app, editor, base, 'dogs.txt', 'Dogs do not.');
    expect(refused).toMatchObject({ status: 413 });
    expect(JSON.stringify(refused.answer)).toContain('The owner of the knowledge base has no room');
    await weigh(19);
  });

  it('W03 is searched no more for whoever is removed, in the middle of a run as well', async () => {
    const member = await app.person();
    const team = await openWorkspace(app, [
      [owner, 'OWNER'],
      [member, 'READER'],
    ]);
    const base = await createBase(owner, { workspaceId: team.workspaceId });
    await indexDocument(app, owner, base, 'cats.txt', 'Cats sleep all day.');
    const conversationId = await openRoom(member);
    await make(member, 'attachKnowledge', 'conversation { id }', { conversationId, knowledgeBaseIds: [base] });
    const { id } = await sendTo(member, conversationId, 'And cats?');
    const call = await engine.nextCall();
    expect(call.request.tools.map(({ name }) => name)).toEqual(['search_knowledge']);
    await team.remove(member);
    call.toolCall('call-1', 'search_knowledge', { query: 'cats' });
    call.finish('TOOL_CALLS');
    const next = await engine.nextCall();
    expect(next.request.messages.at(-1)).toMatchObject({ role: 'tool', content: expect.stringContaining('no knowledge base any more'), isError: true });
    next.text('I do not know.');
    next.finish();
    await ended(member, id);
    await expect(searchBase(member, base, 'cats')).rejects.toThrow('NOT_FOUND');
  });

  it('W03 is followed by its members, and tells whoever is removed nothing more', async () => {
    const member = await app.person();
    const team = await openWorkspace(app, [
      [owner, 'OWNER'],
      [member, 'READER'],
    ]);
    const base = await createBase(owner, { workspaceId: team.workspaceId });
    const query = 'subscription ($id: ID!) { knowledgeBaseProgress(knowledgeBaseId: $id) { name } }';
    const events = await subscribeSse(app.url, { query, variables: { id: base }, token: member.token });
    const rename = (name: string) => make(owner, 'updateKnowledgeBase', 'knowledgeBase { id }', { id: base, name });
    // It may be told twice how it is.
    const namesUntil = async (last: string): Promise<readonly string[]> => {
      const names: string[] = [];
      for (let event = await events.nextEvent(); event.kind === 'next'; event = await events.nextEvent()) {
        names.push(event.result.data.knowledgeBaseProgress.name);
        if (names.at(-1) === last) break;
      }
      return names;
    };
    await namesUntil('Handbook');
    await rename('Rules');
    expect(await namesUntil('Rules')).toContain('Rules');
    await team.remove(member);
    await rename('Secrets');
    expect(await namesUntil('Secrets')).not.toContain('Secrets');
  });

  it('W06 is not asked for with the key of its owner by others, who find by words and are told why', async () => {
    const key = { provider: 'mine', kind: 'OPENAI_COMPATIBLE', apiKey: 'ownKeyOfTheTests0123456789', baseUrl: `${provider.url}/v1`, models: ['small'] };
    await make(owner, 'saveProviderKey', 'providerKey { id }', key);
    const base = await createBase(owner, { workspaceId, embeddingModel: 'mine:small' });
    await indexDocument(app, editor, base, 'cats.txt', 'Cats sleep all day.');
    const asked = provider.requests.length;
    expect(asked, 'a document is embedded as its owner’s').toBeGreaterThan(0);
    expect(await searchBase(reader, base, 'cats')).toMatchObject({
      mode: 'TEXT',
      problem: expect.stringContaining('key of the owner'),
      hits: [{ vectorRank: null }],
    });
    await expect(searchBase(reader, base, 'cats', { mode: 'VECTOR' })).rejects.toThrow('key of the owner');
    expect(provider.requests).toHaveLength(asked);
    expect(await searchBase(owner, base, 'kitten')).toMatchObject({ mode: 'HYBRID', problem: null, hits: [{ vectorRank: 1 }] });
    expect(provider.requests).toHaveLength(asked + 1);
    // Beside one of their own, whose model they may ask, that one is found by meaning still.
    const own = await createBase(reader, { embeddingModel: null });
    await indexDocument(app, reader, own, 'kittens.txt', 'Kittens play.');
    expect(await searchBase(reader, base, 'cats', { knowledgeBaseIds: [base, own] })).toMatchObject({
      mode: 'TEXT',
      problem: expect.stringContaining('"Handbook"'),
    });
    expect(provider.requests).toHaveLength(asked + 1);
  });
});

describe('a shared persona', () => {
  const share = async (to: string, handle: string): Promise<string> =>
    (await make(owner, 'createPersona', 'persona { id }', { name: 'Owl', handle, systemPrompt: 'Hoot like an owl.', workspaceId: to })).persona.id;

  it('answers its members, and hides from READERs in traces how it is told to', async () => {
    const personaId = await share(workspaceId, 'trace');
    for (const [person, system] of [
      [editor, expect.stringContaining('Hoot like an owl.')],
      [reader, null],
    ] as const) {
      const conversationId = await openRoom(person);
      await make(person, 'addPersona', 'conversation { id }', { conversationId, personaId });
      const { id } = await sendTo(person, conversationId, '@trace Who?');
      const call = await engine.nextCall();
      expect(call.request.system).toContain('Hoot like an owl.');
      call.text('Hoot.');
      call.finish();
      await ended(person, id);
      const { runTrace } = await person.client.request('query ($id: ID!) { runTrace(runId: $id) { input } }', { id });
      expect(runTrace[0].input.system).toEqual(system);
    }
  });

  it('W03 speaks no more for whoever is removed, not even in a run that waits for its turn', async () => {
    const member = await app.person();
    const team = await openWorkspace(app, [
      [owner, 'OWNER'],
      [member, 'EDITOR'],
    ]);
    const personaId = await share(team.workspaceId, 'gone');
    const conversationId = await openRoom(member);
    await make(member, 'addPersona', 'conversation { id }', { conversationId, personaId });
    const first = await sendTo(member, conversationId, '@gone One');
    const call = await engine.nextCall();
    const waiting = await sendTo(member, conversationId, '@gone Two', { ifBusy: 'ENQUEUE' });
    await team.remove(member);
    call.text('Hoot.');
    call.finish();
    expect(await ended(member, first.id)).toMatchObject({ status: 'COMPLETED', message: { authorName: 'Owl' } });
    expect(await ended(member, waiting.id)).toMatchObject({
      status: 'FAILED',
      error: { code: 'CONFLICT', message: expect.stringContaining('may not be used here') },
    });
    // The assistant answers in its place, and an answer of the persona is not made anew in its name.
    for (const start of [
      () => sendTo(member, conversationId, '@gone Three'),
      async () => (await make(member, 'regenerate', 'run { id }', { messageId: first.message.id })).run,
    ]) {
      const { id } = await start();
      expect((await member.client.request('query ($id: ID!) { run(id: $id) { persona { name } } }', { id })).run).toEqual({ persona: null });
      const other = await engine.nextCall();
      expect(other.request.system).not.toContain('Hoot');
      other.text('Yes.');
      other.finish();
      expect((await ended(member, id)).message).toEqual({ authorName: null });
    }
  });
});

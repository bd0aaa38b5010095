import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { createBase, indexDocument } from '../kit/knowledge.ts';
import { letIn } from '../kit/rooms.ts';
import { createScriptedEngine, type ScriptedEngine } from '../kit/scripted-engine.ts';
import { subscribeSse } from '../kit/sse-client.ts';

let app: TestApp;
let engine: ScriptedEngine;
let owner: TestPerson;
let guest: TestPerson;
let baseId: string;
let conversationId: string;
beforeAll(async () => {
  engine = createScriptedEngine();
  app = await startTestApp({ overrides: { engines: [engine] } });
  owner = await app.person();
  guest = await app.person();
  baseId = await createBase(owner, { name: 'Rules of the owner' });
  await indexDocument(app, owner, baseId, 'returns.md', '# Returns\n\nGoods may be returned within thirty days.');
  conversationId = await createConversation(owner);
  await letIn(owner, conversationId, 'EDITOR', guest);
});
afterAll(() => app[Symbol.asyncDispose]());

async function createConversation(who: TestPerson): Promise<string> {
  return (await who.client.request('mutation { createConversation(input: {}) { conversation { id } } }')).createConversation.conversation.id;
}

const create = 'mutation ($input: CreatePersonaInput!) { createPersona(input: $input) { persona { id knowledgeBases { name } } } }';
const update = 'mutation ($input: UpdatePersonaInput!) { updatePersona(input: $input) { persona { knowledgeBases { name } } } }';

async function persona(handle: string, input: Readonly<Record<string, unknown>>, conversation = conversationId): Promise<string> {
  const { id } = (await owner.client.request(create, { input: { name: handle, handle, ...input } })).createPersona.persona;
  const add = 'mutation ($input: AddPersonaInput!) { addPersona(input: $input) { conversation { id } } }';
  await owner.client.request(add, { input: { conversationId: conversation, personaId: id } });
  return id;
}

const send = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }';
const watch = `subscription ($id: ID!) { runEvents(runId: $id) { __typename
  ... on RunFinished { run { message { id parts { __typename ... on CitationPart { number documentName excerpt document { name } } } } } } } }`;

async function ask(who: TestPerson, text: string, conversation = conversationId) {
  const { sendMessage } = await who.client.request(send, { input: { conversationId: conversation, text } });
  const events = await subscribeSse(app.url, { query: watch, variables: { id: sendMessage.run.id }, token: who.token });
  const finished = async (): Promise<any> => {
    for (;;) {
      const event: any = await events.nextEvent();
      if (event.kind !== 'next') throw new Error('the run had no end');
      if (event.result.data.runEvents.__typename === 'RunFinished') return event.result.data.runEvents.run.message;
    }
  };
  return { call: await engine.nextCall(), finished };
}

/** What the engine is told and may do in the answer to a text. */
async function seen(who: TestPerson, text: string, conversation = conversationId) {
  const { call, finished } = await ask(who, text, conversation);
  call.text('Yes.');
  call.finish();
  await finished();
  return { tools: call.request.tools.map(({ name }) => name), system: call.request.system ?? '' };
}

describe('N09 the knowledge of a persona', () => {
  it('reaches whoever talks to it, who may read what is cited and open nothing', async () => {
    await persona('ada', { knowledgeBaseIds: [baseId] });
    const { call, finished } = await ask(guest, '@ada how long may goods be returned?');
    expect(call.request.system).toContain('Rules of the owner');
    call.toolCall('call-1', 'search_knowledge', { query: 'return goods' });
    call.finish('TOOL_CALLS');
    const second = await engine.nextCall();
    const shown = second.request.messages.at(-1);
    expect(shown?.role === 'tool' ? shown.content : '').toContain('within thirty days');
    second.text('Within thirty days [1].');
    second.finish();
    const message = await finished();
    const cited = { number: 1, documentName: 'returns.md', excerpt: 'Goods may be returned within thirty days.' };
    expect(message.parts.at(-1)).toMatchObject({ ...cited, document: null });
    const read = 'query ($id: ID!) { node(id: $id) { ... on Message { parts { ... on CitationPart { number document { name } } } } } }';
    expect((await owner.client.request(read, { id: message.id })).node.parts.at(-1)).toEqual({ number: 1, document: { name: 'returns.md' } });
    const base = 'query ($id: ID!) { conversation(id: $id) { knowledgeBases { id } personas { handle knowledgeBases { id } } contextPreview { text } } }';
    expect((await guest.client.request(base, { id: conversationId })).conversation).toMatchObject({ knowledgeBases: [], personas: [{ knowledgeBases: null }] });
    const [error] = await guest.client.expectErrors('query ($id: ID!) { knowledgeBase(id: $id) { id } }', { id: baseId });
    expect(error?.extensions.code).toBe('NOT_FOUND');
  });

  it('reaches no run in which it does not answer, and none when it is taken away', async () => {
    const plain = await persona('bob', {});
    const bob = await seen(owner, '@bob hello');
    expect(bob.tools).toEqual([]);
    expect(bob.system).not.toContain('Rules of the owner');
    const elsewhere = await createConversation(guest);
    const nobody = await seen(guest, '@ada hello', elsewhere);
    expect(nobody.tools).toEqual([]);
    const given = await owner.client.request(update, { input: { id: plain, knowledgeBaseIds: [baseId] } });
    expect(given.updatePersona.persona.knowledgeBases).toEqual([{ name: 'Rules of the owner' }]);
    expect((await seen(guest, '@bob hello')).tools).toEqual(['search_knowledge']);
    await owner.client.request(update, { input: { id: plain, name: 'Bob' } });
    expect((await seen(guest, '@bob hello')).tools, 'what is absent stays').toEqual(['search_knowledge']);
    await owner.client.request(update, { input: { id: plain, knowledgeBaseIds: [] } });
    expect((await seen(guest, '@bob hello')).tools).toEqual([]);
  });

  it('is searched beside that of the conversation, of which a persona without the tool gets nothing', async () => {
    const room = await createConversation(owner);
    const other = await createBase(owner, { name: 'Of the room' });
    const attach = 'mutation ($input: AttachKnowledgeInput!) { attachKnowledge(input: $input) { conversation { id } } }';
    await owner.client.request(attach, { input: { conversationId: room, knowledgeBaseIds: [other, baseId] } });
    await persona('cleo', { knowledgeBaseIds: [baseId] }, room);
    await persona('dora', { knowledgeBaseIds: [baseId], tools: [] }, room);
    await persona('emil', { tools: [] }, room);
    const cleo = await seen(owner, '@cleo hello', room);
    expect(cleo.system.split('\n').filter((line) => line.startsWith('- "'))).toEqual(['- "Rules of the owner"', '- "Of the room"']);
    const dora = await seen(owner, '@dora hello', room);
    expect([dora.tools, dora.system.includes('Rules of the owner'), dora.system.includes('Of the room')]).toEqual([['search_knowledge'], true, false]);
    const emil = await seen(owner, '@emil hello', room);
    expect([emil.tools, emil.system.includes('search_knowledge')]).toEqual([[], false]);
  });

  it('is its owner’s to give: a stranger’s base is nothing, and there are at most ten', async () => {
    const theirs = await createBase(guest);
    const input = (knowledgeBaseIds: readonly string[]) => ({
      input: { name: 'Eve', handle: `eve${Math.random().toString(36).slice(2, 8)}`, knowledgeBaseIds },
    });
    const [error] = await owner.client.expectErrors(create, input([baseId, theirs]));
    const [nothing] = await owner.client.expectErrors(
      create,
      input([baseId, Buffer.from('KnowledgeBase:0198aaaa-0000-7000-8000-000000000000').toString('base64')]),
    );
    expect(error?.extensions.code).toBe('NOT_FOUND');
    expect(error?.message).toBe(nothing?.message);
    const many = await Promise.all(Array.from({ length: 11 }, () => createBase(owner)));
    const [tooMany] = await owner.client.expectErrors(create, input(many));
    expect(tooMany?.message).toContain('at most 10 knowledge bases');
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../src/base/id.ts';
import { say, startConversation } from '../kit/conversations.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { openServices } from '../kit/services.ts';
import { globalId, rowId } from '../kit/ids.ts';

type Opened = Awaited<ReturnType<typeof openServices>>;

let opened: Opened;
beforeAll(async () => {
  opened = await openServices([createScriptedEngine(), createScriptedEngine({ id: 'other' })]);
});
afterAll(() => opened[Symbol.asyncDispose]());

const fields = 'id name handle description emoji color systemPrompt model fallbacks temperature tools visibility isMine displayName';
const create = `mutation ($input: CreatePersonaInput!) { createPersona(input: $input) { persona { ${fields} } } }`;
const update = `mutation ($input: UpdatePersonaInput!) { updatePersona(input: $input) { persona { ${fields} } } }`;

const whole = {
  name: 'Ada Lovelace',
  handle: '@Ada',
  description: 'Knows engines.',
  emoji: '👩🏽‍🔬',
  color: '#3366CC',
  systemPrompt: 'You are Ada.',
  model: 'scripted',
  fallbacks: ['other'],
  temperature: 0.2,
  tools: ['run_sql', 'run_sql'],
};
const stored = { ...whole, handle: 'ada', color: '#3366cc', model: 'scripted:one', fallbacks: ['other:one'], tools: ['run_sql'] };

describe('a persona', () => {
  it('is stored as it is given, with whole names of models', async () => {
    const { result } = await opened.execute(await opened.person(), create, { input: whole });
    expect(result.createPersona.persona).toEqual({ ...stored, id: expect.any(String), visibility: 'PRIVATE', isMine: true, displayName: 'Ada Lovelace' });
  });

  it.each([
    ['name', 'Grace', 'cannot be empty'],
    ['handle', 'grace', 'cannot be empty'],
    ['description', 'Other', null],
    ['emoji', '🦉', null],
    ['color', '#000000', null],
    ['systemPrompt', 'Be brief.', null],
    ['model', 'other:one', null],
    ['fallbacks', [], 'cannot be empty'],
    ['temperature', 1, null],
    ['tools', [], null],
  ] as const)('keeps its %s where an update has none, changes it, and is cleared or refused by null', async (field, value, refused) => {
    const viewer = await opened.person();
    const { id } = (await opened.execute(viewer, create, { input: whole })).result.createPersona.persona;
    const change = async (input: object) => (await opened.execute(viewer, update, { input: { id, ...input } })).result.updatePersona.persona;
    expect((await change({}))[field]).toEqual(stored[field]);
    expect((await change({ [field]: value }))[field]).toEqual(value);
    if (refused === null) expect((await change({ [field]: null }))[field]).toBeNull();
    else await expect(change({ [field]: null })).rejects.toThrow(refused);
  });

  it.each([
    [{ name: ' ' }, 'must not be empty'],
    [{ name: 'x'.repeat(81) }, 'at most 80'],
    [{ handle: 'a b' }, 'letters, digits'],
    [{ handle: '' }, 'letters, digits'],
    [{ emoji: 'ab' }, 'one character'],
    [{ emoji: '<' }, 'one character'],
    [{ color: 'red' }, 'colour'],
    [{ temperature: 2.1 }, 'from 0 to 2'],
    [{ model: 'nobody:x' }, 'nobody'],
    [{ fallbacks: ['other', 'other', 'other', 'other'] }, 'at most 3'],
    [{ tools: ['rm -rf'] }, 'name of a tool'],
    [{ systemPrompt: 'a\u0000b' }, 'U+0000'],
  ])('is refused with %j', async (input, message) => {
    const viewer = await opened.person();
    await expect(opened.execute(viewer, create, { input: { name: 'Ada', handle: 'ada', ...input } })).rejects.toThrow(message);
  });

  it('has a handle that no other one of the same person has', async () => {
    const [one, other] = [await opened.person(), await opened.person()];
    await opened.execute(one, create, { input: { name: 'Ada', handle: 'ada' } });
    await expect(opened.execute(one, create, { input: { name: 'Another', handle: 'ADA' } })).rejects.toThrow('"ada" already');
    await opened.execute(other, create, { input: { name: 'Ada', handle: 'ada' } });
  });

  it('is found in a list by name, in an order, page by page', async () => {
    const viewer = await opened.person();
    for (const name of ['Grace', 'ada', 'Bob', 'Adam']) await opened.execute(viewer, create, { input: { name, handle: `h-${name}` } });
    const list = `query ($first: Int, $after: String, $filter: PersonaFilter, $orderBy: PersonaOrder) {
      personas(first: $first, after: $after, filter: $filter, orderBy: $orderBy) { edges { cursor node { name } } pageInfo { hasNextPage endCursor } }
    }`;
    const names = async (variables: object) => (await opened.execute(viewer, list, { ...variables })).result.personas.edges.map((edge: any) => edge.node.name);
    expect(await names({})).toEqual(['Adam', 'Bob', 'ada', 'Grace']);
    expect(await names({ filter: { text: 'AD' } })).toEqual(['Adam', 'ada']);
    expect(await names({ filter: { handle: '@H-bob' } })).toEqual(['Bob']);
    const orderBy = { field: 'NAME' };
    expect(await names({ orderBy })).toEqual(['ada', 'Adam', 'Bob', 'Grace']);
    const first = await opened.execute(viewer, list, { first: 2, orderBy });
    expect(first.statements).toHaveLength(1);
    expect(await names({ first: 2, after: first.result.personas.pageInfo.endCursor, orderBy })).toEqual(['Bob', 'Grace']);
    expect(await names({ filter: { text: 'nobody' } })).toEqual([]);
    const other = await opened.person();
    expect((await opened.execute(other, list)).result.personas.edges).toEqual([]);
  });
});

describe('the servers of personas', () => {
  it('are read in one statement for a whole list', async () => {
    const viewer = await opened.person();
    for (const handle of ['a', 'b', 'c']) {
      const { id } = (await opened.execute(viewer, create, { input: { name: handle, handle } })).result.createPersona.persona;
      const at = new Date();
      const server = await opened.prisma.mcpServer.create({
        data: { id: uuidv7(), ownerId: viewer.userId, name: handle, transport: 'STDIO', command: 'x', createdAt: at, updatedAt: at },
      });
      await opened.prisma.personaMcpServer.create({ data: { personaId: rowId(id), serverId: server.id } });
    }
    const { result, statements } = await opened.execute(viewer, '{ personas { edges { node { mcpServers { name } } } } }');
    expect(result.personas.edges.map(({ node }: any) => node.mcpServers)).toEqual([[{ name: 'c' }], [{ name: 'b' }], [{ name: 'a' }]]);
    expect(statements).toHaveLength(2);
    const key = { ...viewer, apiKeyId: uuidv7(), scopes: ['read'] };
    const hidden = await opened.execute(key, '{ personas { edges { node { mcpServers { name } } } } }');
    expect(
      hidden.result.personas.edges.map(({ node }: any) => node.mcpServers),
      'a key whose scopes do not name them',
    ).toEqual([null, null, null]);
  });
});

describe('a persona in a conversation', () => {
  const add = 'mutation ($input: AddPersonaInput!) { addPersona(input: $input) { conversation { personas { name } } } }';
  const remove = 'mutation ($input: RemovePersonaInput!) { removePersona(input: $input) { conversation { personas { name } } } }';

  const personaOf = async (viewer: any, name: string): Promise<string> =>
    (await opened.execute(viewer, create, { input: { name, handle: name, systemPrompt: 'A secret.', model: 'other' } })).result.createPersona.persona.id;

  it('is one of few, each once, and no two have the same handle', async () => {
    const viewer = await opened.person();
    const conversationId = globalId('Conversation', await startConversation(opened, viewer));
    const ids = [];
    for (let place = 0; place < 11; place += 1) ids.push(await personaOf(viewer, `p${place}`));
    for (const personaId of [...ids.slice(0, 10), ids[0]]) await opened.execute(viewer, add, { input: { conversationId, personaId } });
    await expect(opened.execute(viewer, add, { input: { conversationId, personaId: ids[10] } })).rejects.toThrow('as many as are allowed');
    const { result } = await opened.execute(viewer, remove, { input: { conversationId, personaId: ids[3] } });
    expect(result.removePersona.conversation.personas.map(({ name }: any) => name)).toEqual(['p0', 'p1', 'p2', 'p4', 'p5', 'p6', 'p7', 'p8', 'p9']);
    await expect(opened.execute(viewer, remove, { input: { conversationId, personaId: ids[3] } })).rejects.toThrow('No Persona');
  });

  it('cannot be brought in by somebody else, into their conversation or into that of its owner (A03)', async () => {
    const [owner, stranger] = [await opened.person(), await opened.person()];
    const personaId = await personaOf(owner, 'mine');
    const own = globalId('Conversation', await startConversation(opened, stranger));
    const foreign = globalId('Conversation', await startConversation(opened, owner));
    await expect(opened.execute(stranger, add, { input: { conversationId: own, personaId } })).rejects.toThrow('No Persona');
    await expect(opened.execute(stranger, add, { input: { conversationId: foreign, personaId } })).rejects.toThrow('No Conversation');
  });

  it('is seen by whoever takes part, but not how it is told to answer (T02)', async () => {
    const [owner, guest] = [await opened.person(), await opened.person()];
    const id = await startConversation(opened, owner);
    const conversationId = globalId('Conversation', id);
    const personaId = await personaOf(owner, 'shared');
    const read = `query ($id: ID!) { persona(id: $id) { ${fields} } }`;
    await expect(opened.execute(guest, read, { id: personaId })).rejects.toThrow('No Persona');
    await opened.execute(owner, add, { input: { conversationId, personaId } });
    await opened.prisma.participant.create({ data: { conversationId: id, userId: guest.userId, joinedAt: new Date() } });
    const seen = (await opened.execute(guest, read, { id: personaId })).result.persona;
    expect(seen).toMatchObject({ name: 'shared', isMine: false, systemPrompt: null, model: null, fallbacks: null, tools: null, temperature: null });
    await expect(opened.execute(guest, update, { input: { id: personaId, name: 'Mine' } })).rejects.toThrow('No Persona');
  });

  it('is read with all conversations of a list in one statement, and with all messages in one more', async () => {
    const viewer = await opened.person();
    const personaId = await personaOf(viewer, 'often');
    const fill = async (count: number): Promise<void> => {
      for (let place = 0; place < count; place += 1) {
        const id = await startConversation(opened, viewer);
        await opened.execute(viewer, add, { input: { conversationId: globalId('Conversation', id), personaId } });
        const message = await say(opened, id, 'ASSISTANT', 'Hello');
        const personaRowId = rowId(personaId);
        await opened.prisma.message.update({ where: { id: message }, data: { personaId: personaRowId, personaName: 'often' } });
      }
    };
    const list = `{ conversations(first: 100) { edges { node { personas { name owner { id } } turnPolicy
      messages { edges { node { authorName author { displayName ... on Persona { handle } } } } } } } } }`;
    await fill(2);
    const few = await opened.execute(viewer, list);
    await fill(6);
    const many = await opened.execute(viewer, list);
    expect(many.result.conversations.edges).toHaveLength(8);
    expect(many.result.conversations.edges[0].node.messages.edges[0].node).toEqual({ authorName: 'often', author: { displayName: 'often', handle: 'often' } });
    expect([few.statements.length, many.statements.length]).toEqual([5, 5]);
  });

  it('comes along into a fork of its owner, with the way in which turns are taken, and not into that of somebody else', async () => {
    const [owner, guest] = [await opened.person(), await opened.person()];
    const id = await startConversation(opened, owner);
    await opened.execute(owner, add, { input: { conversationId: globalId('Conversation', id), personaId: await personaOf(owner, 'along') } });
    await opened.prisma.conversation.update({ where: { id }, data: { turnPolicy: 'ROUND_ROBIN', maxTurns: 3 } });
    await opened.prisma.participant.create({ data: { conversationId: id, userId: guest.userId, joinedAt: new Date() } });
    const messageId = globalId('Message', await say(opened, id, 'USER', 'Hello', owner.userId));
    const fork = 'mutation ($id: ID!) { forkConversation(input: { messageId: $id }) { conversation { id turnPolicy } } }';
    const read = 'query ($id: ID!) { conversation(id: $id) { personas { name } turnPolicy maxTurns } }';
    for (const [viewer, personas] of [
      [owner, [{ name: 'along' }]],
      [guest, []],
    ] as const) {
      const { id: forked, turnPolicy } = (await opened.execute(viewer, fork, { id: messageId })).result.forkConversation.conversation;
      expect(turnPolicy).toBe('ROUND_ROBIN');
      expect((await opened.execute(viewer, read, { id: forked })).result.conversation).toEqual({ personas, turnPolicy: 'ROUND_ROBIN', maxTurns: 3 });
    }
  });

  it('leaves its name on what it said when it is deleted', async () => {
    const viewer = await opened.person();
    const personaId = await personaOf(viewer, 'gone');
    const id = await startConversation(opened, viewer);
    await opened.execute(viewer, add, { input: { conversationId: globalId('Conversation', id), personaId } });
    const message = await say(opened, id, 'ASSISTANT', 'Hello');
    const personaRowId = rowId(personaId);
    await opened.prisma.message.update({ where: { id: message }, data: { personaId: personaRowId, personaName: 'Gone' } });
    await opened.execute(viewer, 'mutation ($id: ID!) { deletePersona(input: { id: $id }) { deletedPersonaId } }', { id: personaId });
    const read = 'query ($id: ID!) { node(id: $id) { ... on Message { authorName author { id } conversation { personas { id } } } } }';
    const { result } = await opened.execute(viewer, read, { id: globalId('Message', message) });
    expect(result.node).toEqual({ authorName: 'Gone', author: null, conversation: { personas: [] } });
  });
});

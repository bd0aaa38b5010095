import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { say, startConversation } from '../kit/conversations.ts';
import { openServices } from '../kit/services.ts';
import { asking, mutationOf, openTeam } from '../kit/workspace.ts';
import { globalId, rowId } from '../kit/ids.ts';

let opened: Awaited<ReturnType<typeof openServices>>;
let said: ReturnType<typeof asking>['said'];
let refusal: ReturnType<typeof asking>['refusal'];
beforeAll(async () => {
  opened = await openServices();
  ({ said, refusal } = asking(opened));
});
afterAll(() => opened[Symbol.asyncDispose]());

let ada: Viewer;
let owner: Viewer;
let editor: Viewer;
let reader: Viewer;
let stranger: Viewer;
let workspaceId: string;
beforeEach(async () => void ({ ada, owner, editor, reader, stranger, workspaceId } = await openTeam(opened)));

describe('a persona that is shared with a workspace', () => {
  const create = mutationOf('createPersona', 'persona { id }');
  const update = mutationOf('updatePersona', 'persona { id systemPrompt template { name } }');
  const fields = 'systemPrompt model fallbacks temperature tools approvals mayAsk templateVariables mcpServers { name }';
  const share = async (more: object = {}): Promise<string> => {
    const values = { name: 'Owl', handle: 'owl', systemPrompt: 'A secret.', temperature: 1, tools: ['run_sql'], workspaceId, ...more };
    return (await said(ada, create, { input: values })).createPersona.persona.id;
  };
  const add = mutationOf('addPersona', 'conversation { id }');
  const conversationOf = async (viewer: Viewer): Promise<string> => globalId('Conversation', await startConversation(opened, viewer));
  const personasIn = async (viewer: Viewer, id: string): Promise<readonly string[]> =>
    (await said(viewer, 'query ($id: ID!) { conversation(id: $id) { personas { name } } }', { id })).conversation.personas.map(({ name }: any) => name);

  it('W02 shows how it is told to answer to those who may change it', async () => {
    const id = await share();
    const read = `query ($id: ID!) { persona(id: $id) { ${fields} } }`;
    expect((await said(editor, read, { id })).persona).toMatchObject({ systemPrompt: 'A secret.', temperature: 1, tools: ['run_sql'], mcpServers: null });
    const hidden = Object.fromEntries(
      ['systemPrompt', 'model', 'fallbacks', 'temperature', 'tools', 'approvals', 'mayAsk', 'mcpServers'].map((name) => [name, null]),
    );
    expect((await said(reader, read, { id })).persona).toMatchObject(hidden);
  });

  it('W04 gets servers from its owner alone, and an EDITOR sees none', async () => {
    const id = await share();
    const server = async (viewer: Viewer, name: string): Promise<string> => {
      const times = { createdAt: new Date(), updatedAt: new Date() };
      await opened.prisma.mcpServer.create({ data: { id: uuidv7(), ownerId: viewer.userId, name, transport: 'STDIO', command: 'x', ...times } });
      const { id: serverId } = await opened.prisma.mcpServer.findFirstOrThrow({ where: { ownerId: viewer.userId, name } });
      return globalId('McpServer', serverId);
    };
    const [ofAda, ofEditor] = [await server(ada, 'hers'), await server(editor, 'theirs')];
    await said(ada, update, { input: { id, mcpServerIds: [ofAda] } });
    for (const mcpServerIds of [[ofEditor], [ofAda], []]) {
      expect(await refusal(editor, update, { input: { id, mcpServerIds } })).toMatchObject({
        code: 'FORBIDDEN',
        message: expect.stringContaining('gives it servers and knowledge bases'),
      });
    }
    const seen = await said(editor, 'query ($id: ID!, $server: ID!) { persona(id: $id) { mcpServers { name } } node(id: $server) { id } }', {
      id,
      server: ofAda,
    });
    expect(seen).toEqual({ persona: { mcpServers: null }, node: null });
    expect(await opened.prisma.personaMcpServer.findMany({ where: { personaId: rowId(id) } })).toHaveLength(1);
  });

  it('W04 is made of a template that both may use, and of no text that who changes it may not read', async () => {
    const id = await share({ systemPrompt: null });
    const make = async (viewer: Viewer, more: object = {}): Promise<string> => {
      const made = await said(viewer, mutationOf('createPromptTemplate', 'promptTemplate { id }'), { input: { name: 'T', text: 'Of {{who}}', ...more } });
      return made.createPromptTemplate.promptTemplate.id;
    };
    const [ofAda, ofEditor, shared] = [await make(ada), await make(editor), await make(editor, { workspaceId })];
    const templateVariables = { who: 'us' };
    for (const templateId of [ofAda, ofEditor]) {
      expect(await refusal(editor, update, { input: { id, templateId, templateVariables } })).toMatchObject({ code: 'NOT_FOUND' });
    }
    const changed = (await said(editor, update, { input: { id, templateId: shared, templateVariables } })).updatePersona.persona;
    expect(changed).toMatchObject({ template: { name: 'T' } });
    await said(ada, update, { input: { id, templateId: ofAda } });
    // One that the owner has chosen stays, unseen, when something else is changed.
    const renamed = (await said(editor, mutationOf('updatePersona', 'persona { name template { name } }'), { input: { id, name: 'Eagle' } })).updatePersona
      .persona;
    expect(renamed).toEqual({ name: 'Eagle', template: null });
  });

  it('takes part in the conversations of its members, one of a handle, and is taken out by them', async () => {
    const id = await share();
    const own = (await said(reader, create, { input: { name: 'Own', handle: 'owl' } })).createPersona.persona.id;
    const conversationId = await conversationOf(reader);
    await said(reader, add, { input: { conversationId, personaId: id } });
    expect(await personasIn(reader, conversationId)).toEqual(['Owl']);
    expect(await refusal(reader, add, { input: { conversationId, personaId: own } })).toMatchObject({ code: 'CONFLICT' });
    expect(await refusal(stranger, add, { input: { conversationId: await conversationOf(stranger), personaId: id } })).toMatchObject({ code: 'NOT_FOUND' });
    await said(reader, mutationOf('removePersona', 'conversation { id }'), { input: { conversationId, personaId: id } });
    expect(await personasIn(reader, conversationId)).toEqual([]);
  });

  it('W06 leaves the conversations in which nobody may use it once it is taken back, which those who watch are told', async () => {
    const id = await share();
    const [alone, together] = [await conversationOf(reader), await conversationOf(reader)];
    await opened.prisma.participant.create({ data: { conversationId: rowId(together), userId: ada.userId, role: 'EDITOR', joinedAt: new Date() } });
    for (const conversationId of [alone, together]) await said(reader, add, { input: { conversationId, personaId: id } });
    await said(owner, update, { input: { id, workspaceId: null } });
    expect(await personasIn(reader, alone)).toEqual([]);
    expect(await personasIn(reader, together)).toEqual(['Owl']);
    const events = await opened.prisma.conversationEvent.findMany({ where: { conversationId: rowId(alone) }, orderBy: { seq: 'asc' } });
    expect(events.map(({ data }: any) => data.type)).toEqual(['PersonasChanged', 'PersonasChanged']);
  });

  it('stays when its owner leaves a conversation in which another member goes on, and goes with the last one', async () => {
    const id = await share();
    const conversationId = await conversationOf(ada);
    for (const { userId } of [reader, stranger]) {
      await opened.prisma.participant.create({ data: { conversationId: rowId(conversationId), userId, role: 'OWNER', joinedAt: new Date() } });
    }
    await said(ada, add, { input: { conversationId, personaId: id } });
    const leave = 'mutation ($id: ID!) { leaveConversation(input: { conversationId: $id }) { leftConversationId } }';
    await said(ada, leave, { id: conversationId });
    expect(await personasIn(reader, conversationId)).toEqual(['Owl']);
    await said(reader, leave, { id: conversationId });
    expect(await personasIn(stranger, conversationId)).toEqual([]);
  });

  it('comes along into the fork of a member, with the knowledge that they may read, and not into that of others', async () => {
    const id = await share();
    const conversationId = await conversationOf(ada);
    for (const { userId } of [reader, stranger]) {
      await opened.prisma.participant.create({ data: { conversationId: rowId(conversationId), userId, role: 'EDITOR', joinedAt: new Date() } });
    }
    const made = await said(ada, mutationOf('createKnowledgeBase', 'knowledgeBase { id }'), { input: { name: 'Rules', embeddingModel: null, workspaceId } });
    await said(ada, mutationOf('attachKnowledge', 'conversation { id }'), {
      input: { conversationId, knowledgeBaseIds: [made.createKnowledgeBase.knowledgeBase.id] },
    });
    await said(ada, add, { input: { conversationId, personaId: id } });
    const messageId = globalId('Message', await say(opened, rowId(conversationId), 'USER', 'Hello', ada.userId));
    const fork = 'mutation ($id: ID!) { forkConversation(input: { messageId: $id }) { conversation { id personas { name } } } }';
    const forkOf = async (viewer: Viewer) => {
      const { conversation } = (await said(viewer, fork, { id: messageId })).forkConversation;
      const bases = await opened.prisma.conversationKnowledge.count({ where: { conversationId: rowId(conversation.id) } });
      return { personas: conversation.personas.length, bases };
    };
    expect(await forkOf(reader)).toEqual({ personas: 1, bases: 1 });
    expect(await forkOf(stranger)).toEqual({ personas: 0, bases: 0 });
  });
});

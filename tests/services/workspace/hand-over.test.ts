import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../../src/base/id.ts';
import { createConversationLog } from '../../../src/events/conversation-log.ts';
import { dissolveWorkspace, endMembership, lockWorkspace } from '../../../src/services/workspace/end-membership.ts';
import { startConversation } from '../../kit/conversations.ts';
import { writeWorkspace } from '../../kit/workspace-rows.ts';
import { device, openPeople, password, type OpenPeople } from '../people-kit.ts';

let kit: OpenPeople;
beforeAll(async () => void (kit = await openPeople()));
afterAll(() => kit.close());

const join = async () => {
  const { accessToken, user } = await kit.join();
  return { userId: user.id, viewer: await kit.people.authenticate(accessToken) };
};
type Person = Awaited<ReturnType<typeof join>>;

const log = () => createConversationLog({ pool: kit.pool, clock: kit.clock, pollIntervalMs: 15_000 });
const times = () => ({ createdAt: new Date(), updatedAt: new Date() });

const persona = async (owner: Person, handle: string, more: object = {}): Promise<string> => {
  const { id } = await kit.prisma.persona.create({ data: { id: uuidv7(), ownerId: owner.userId, name: handle, handle, fallbacks: [], ...times(), ...more } });
  return id;
};
const template = async (owner: Person, text: string, workspaceId: string | null = null): Promise<string> => {
  const variables = [{ name: 'who', type: 'TEXT', description: null, defaultValue: null, choices: [] }];
  const versions = { create: { id: uuidv7(), version: 1, text, variables, createdAt: new Date() } };
  const data = { id: uuidv7(), ownerId: owner.userId, workspaceId, name: 'A template', version: 1, versions, ...times() };
  return (await kit.prisma.promptTemplate.create({ data })).id;
};
const base = async (owner: Person, workspaceId: string): Promise<string> => {
  const documents = { create: { id: uuidv7(), ownerId: owner.userId, name: 'rules.txt', source: 'UPLOAD', status: 'READY', ...times() } } as const;
  const data = { id: uuidv7(), ownerId: owner.userId, workspaceId, name: 'Rules', language: 'english', documents, ...times() };
  return (await kit.prisma.knowledgeBase.create({ data })).id;
};
const server = async (owner: Person, personaId: string): Promise<void> => {
  const data = { id: uuidv7(), ownerId: owner.userId, name: personaId.slice(-12), transport: 'STDIO', command: 'x', ...times() } as const;
  await kit.prisma.mcpServer.create({ data });
  await kit.prisma.personaMcpServer.create({ data: { personaId, serverId: data.id } });
};
/** A conversation with a persona and a base in it. */
const room = async (people: readonly [Person, ...Person[]], personaId: string, knowledgeBaseId: string): Promise<string> => {
  const conversationId = await startConversation(kit, people[0]);
  for (const { userId } of people.slice(1)) await kit.prisma.participant.create({ data: { conversationId, userId, role: 'EDITOR', joinedAt: new Date() } });
  await kit.prisma.conversationPersona.create({ data: { conversationId, personaId, addedAt: new Date() } });
  await kit.prisma.conversationKnowledge.create({ data: { conversationId, knowledgeBaseId, createdAt: new Date() } });
  return conversationId;
};
const inRoom = async (id: string) => {
  const { personas, knowledge, events } = await kit.prisma.conversation.findUniqueOrThrow({
    where: { id },
    include: { personas: true, knowledge: true, events: { orderBy: { seq: 'asc' } } },
  });
  return { personas: personas.length, bases: knowledge.length, told: events.map(({ data }: any) => data.type) };
};
const end = (workspaceId: string, { userId }: Person) =>
  kit.prisma.$transaction(async (transaction) => {
    const locked = await lockWorkspace(transaction, workspaceId, userId);
    await endMembership(transaction, log(), { ...locked, userId });
  });

describe('the end of a membership', () => {
  it('hands what was shared to the OWNER who has been there longest, with documents, without servers, and with handles that are free', async () => {
    const [ada, bob, cleo, dan] = [await join(), await join(), await join(), await join()];
    const { id: workspaceId } = await writeWorkspace(kit.prisma, {
      members: [
        { userId: bob.userId, role: 'EDITOR' },
        { userId: cleo.userId, role: 'OWNER' },
        { userId: ada.userId, role: 'OWNER' },
        { userId: dan.userId, role: 'OWNER' },
      ],
    });
    await persona(cleo, 'owl');
    await persona(cleo, 'owl-2');
    const [shared, own] = [await persona(ada, 'owl', { workspaceId }), await persona(ada, 'mine')];
    await server(ada, shared);
    await server(ada, own);
    const [templateId, baseId] = [await template(ada, 'Hello {{who}}', workspaceId), await base(ada, workspaceId)];
    const filled = await persona(ada, 'filled', { workspaceId, templateId, templateVariables: { who: 'you' } });

    await end(workspaceId, ada);

    const read = { ownerId: true, handle: true, workspaceId: true, templateId: true, mcpServers: true } as const;
    const found = await kit.prisma.persona.findMany({ where: { id: { in: [shared, own, filled] } }, orderBy: { handle: 'asc' }, select: read });
    expect(found).toEqual([
      { ownerId: cleo.userId, handle: 'filled', workspaceId, templateId, mcpServers: [] },
      { ownerId: ada.userId, handle: 'mine', workspaceId: null, templateId: null, mcpServers: [expect.objectContaining({ personaId: own })] },
      { ownerId: cleo.userId, handle: 'owl-3', workspaceId, templateId: null, mcpServers: [] },
    ]);
    expect(await kit.prisma.promptTemplate.findUnique({ where: { id: templateId } })).toMatchObject({ ownerId: cleo.userId, workspaceId });
    expect(await kit.prisma.knowledgeBase.findUnique({ where: { id: baseId }, include: { documents: true } })).toMatchObject({
      ownerId: cleo.userId,
      workspaceId,
      documents: [{ ownerId: cleo.userId }],
    });
    expect(await kit.prisma.workspaceMember.count({ where: { workspaceId, userId: ada.userId } })).toBe(0);
  });

  it('fills in a template that the next owner may not use, and tells nothing of one that the owner before could not use either', async () => {
    const [ada, bob, cleo] = [await join(), await join(), await join()];
    const members = [
      { userId: bob.userId, role: 'OWNER' },
      { userId: ada.userId, role: 'EDITOR' },
    ] as const;
    const { id: workspaceId } = await writeWorkspace(kit.prisma, { members });
    const secret = await template(ada, 'You are a friend of {{who}}.');
    const [whole, broken, foreign] = [
      await persona(ada, 'whole', { workspaceId, templateId: secret, templateVariables: { who: 'Bob' } }),
      await persona(ada, 'broken', { workspaceId, templateId: secret }),
      await persona(ada, 'foreign', { workspaceId, templateId: await template(cleo, 'Of Cleo alone'), systemPrompt: null }),
    ];
    await end(workspaceId, ada);
    const read = { systemPrompt: true, templateId: true, templateVariables: true } as const;
    const of = (id: string) => kit.prisma.persona.findUnique({ where: { id }, select: read });
    expect(await of(whole)).toEqual({ systemPrompt: 'You are a friend of Bob.', templateId: null, templateVariables: null });
    expect(await of(broken)).toEqual({ systemPrompt: 'You are a friend of {{who}}.', templateId: null, templateVariables: null });
    expect(await of(foreign)).toEqual({ systemPrompt: null, templateId: null, templateVariables: null });
  });

  it('W03 takes what is shared out of the conversations in which nobody may use it any more, and tells so', async () => {
    const [ada, bob, guest] = [await join(), await join(), await join()];
    const members = [
      { userId: ada.userId, role: 'OWNER' },
      { userId: bob.userId, role: 'READER' },
    ] as const;
    const { id: workspaceId } = await writeWorkspace(kit.prisma, { members });
    const [personaId, baseId] = [await persona(ada, 'shared', { workspaceId }), await base(ada, workspaceId)];
    const alone = await room([bob], personaId, baseId);
    const withGuest = await room([bob, guest], personaId, baseId);
    const withOwner = await room([bob, ada], personaId, baseId);
    const without = await room([ada, guest], personaId, baseId);

    await end(workspaceId, bob);

    expect(await inRoom(alone)).toEqual({ personas: 0, bases: 0, told: ['PersonasChanged'] });
    expect(await inRoom(withGuest)).toEqual({ personas: 0, bases: 0, told: ['PersonasChanged'] });
    expect(await inRoom(withOwner)).toEqual({ personas: 1, bases: 1, told: [] });
    expect(await inRoom(without)).toEqual({ personas: 1, bases: 1, told: [] });
  });

  it('gives all back to its owners when the workspace is deleted, and takes it out of the conversations of others', async () => {
    const [ada, bob] = [await join(), await join()];
    const members = [
      { userId: ada.userId, role: 'OWNER' },
      { userId: bob.userId, role: 'EDITOR' },
    ] as const;
    const { id: workspaceId } = await writeWorkspace(kit.prisma, { members });
    const [personaId, baseId] = [await persona(ada, 'back', { workspaceId }), await base(ada, workspaceId)];
    const [ofBob, ofAda] = [await room([bob], personaId, baseId), await room([ada, bob], personaId, baseId)];
    await kit.prisma.$transaction(async (transaction) => {
      await dissolveWorkspace(transaction, log(), await lockWorkspace(transaction, workspaceId, null));
    });
    expect(await inRoom(ofBob)).toEqual({ personas: 0, bases: 0, told: ['PersonasChanged'] });
    expect(await inRoom(ofAda)).toEqual({ personas: 1, bases: 1, told: [] });
    expect(await kit.prisma.persona.findUnique({ where: { id: personaId } })).toMatchObject({ ownerId: ada.userId, workspaceId: null });
  });
});

describe('a deleted account', () => {
  it('leaves what it shared to the workspace, which has an OWNER after it: the EDITOR who has been there longest, else the READER', async () => {
    const [ada, bob, cleo, dan] = [await join(), await join(), await join(), await join()];
    const { id: edited } = await writeWorkspace(kit.prisma, {
      members: [
        { userId: dan.userId, role: 'READER' },
        { userId: ada.userId, role: 'OWNER' },
        { userId: bob.userId, role: 'EDITOR' },
        { userId: cleo.userId, role: 'EDITOR' },
      ],
    });
    const { id: read } = await writeWorkspace(kit.prisma, {
      members: [
        { userId: ada.userId, role: 'OWNER' },
        { userId: dan.userId, role: 'READER' },
      ],
    });
    const { id: alone } = await writeWorkspace(kit.prisma, { members: [{ userId: ada.userId, role: 'OWNER' }] });
    // Each workspace's template is the prompt of a persona in the other one.
    const [one, other] = [await template(ada, 'One for {{who}}', edited), await template(ada, 'Other for {{who}}', read)];
    const [first, second, third] = [
      await persona(ada, 'first', { workspaceId: edited, templateId: other, templateVariables: { who: 'all' } }),
      await persona(ada, 'second', { workspaceId: read, templateId: one, templateVariables: { who: 'all' } }),
      await persona(ada, 'third', { workspaceId: alone }),
    ];
    const baseId = await base(ada, edited);
    const [document] = await kit.prisma.document.findMany({ where: { knowledgeBaseId: baseId } });
    const [ofCleo, ofAda] = [await room([cleo], first, baseId), await room([dan, ada], second, baseId)];

    await kit.people.deleteAccount(ada.viewer, password, device);

    const rolesIn = async (workspaceId: string) =>
      (await kit.prisma.workspaceMember.findMany({ where: { workspaceId }, orderBy: { joinedAt: 'asc' } })).map(({ role }) => role);
    expect(await rolesIn(edited)).toEqual(['READER', 'OWNER', 'EDITOR']);
    expect(await rolesIn(read)).toEqual(['OWNER']);
    expect(await kit.prisma.workspace.count({ where: { id: alone } })).toBe(0);
    expect(await kit.prisma.persona.count({ where: { id: third } })).toBe(0);
    const select = { ownerId: true, systemPrompt: true, templateId: true } as const;
    expect(await kit.prisma.persona.findUnique({ where: { id: first }, select })).toEqual({
      ownerId: bob.userId,
      systemPrompt: 'Other for all',
      templateId: null,
    });
    expect(await kit.prisma.persona.findUnique({ where: { id: second }, select })).toEqual({ ownerId: dan.userId, systemPrompt: null, templateId: one });
    expect(await kit.prisma.document.findUnique({ where: { id: document?.id ?? '' } })).toMatchObject({ ownerId: bob.userId });
    expect(await inRoom(ofCleo)).toMatchObject({ personas: 1, bases: 1 });
    expect(await inRoom(ofAda)).toEqual({ personas: 1, bases: 1, told: ['ParticipantLeft'] });
  });
});

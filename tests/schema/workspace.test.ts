import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { openServices } from '../kit/services.ts';
import { globalId } from '../kit/ids.ts';

type Opened = Awaited<ReturnType<typeof openServices>>;

const device = { userAgent: null, address: '192.0.2.1' };
const page = { after: null, before: null, limit: 20, isReversed: false };
let opened: Opened;
let ada: Viewer;
let bob: Viewer;
let cleo: Viewer;
let team: string;
let made = 0;
beforeAll(async () => {
  opened = await openServices([createScriptedEngine()], { environment: { MAX_WORKSPACES_PER_OWNER: '30', MAX_WORKSPACE_MEMBERS: '4' } });
});
afterAll(() => opened[Symbol.asyncDispose]());
beforeEach(async () => {
  [ada, bob, cleo] = [await opened.person(), await opened.person(), await opened.person()];
  team = (await create(ada)).id;
});

const create = (viewer: Viewer, handle = `team-${(made += 1)}`) => opened.services.workspaces.create(viewer, { name: 'Kitchen', handle }, device);
const linkBy = async (viewer: Viewer, role: 'EDITOR' | 'READER' = 'READER') =>
  (await opened.services.invitations.createLink(viewer, { to: { kind: 'workspace', id: team }, role }, device)).token;
const join = async (viewer: Viewer, role: 'EDITOR' | 'READER' = 'READER') =>
  opened.services.invitations.accept(viewer, { token: await linkBy(ada, role) }, device);
const promote = (viewer: Viewer, role: 'OWNER' | 'EDITOR' | 'READER') =>
  opened.services.workspaceMembers.update(ada, { workspaceId: team, userId: viewer.userId, role }, device);
const rolesIn = async (): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries((await opened.prisma.workspaceMember.findMany({ where: { workspaceId: team } })).map(({ userId, role }) => [userId, role]));

describe('a workspace', () => {
  it('is made by anybody, who owns it, and is seen by its members alone', async () => {
    const document =
      'query ($id: ID!) { workspaces { edges { node { id name viewerRole } } } node(id: $id) { ... on Workspace { handle members { edges { node { role user { id } } } } } } }';
    const variables = { id: globalId('Workspace', team) };
    const own = await opened.execute(ada, document, variables);
    expect(own.result.workspaces.edges).toEqual([{ node: { id: variables.id, name: 'Kitchen', viewerRole: 'OWNER' } }]);
    expect(own.result.node.members.edges).toEqual([{ node: { role: 'OWNER', user: { id: globalId('User', ada.userId) } } }]);
    const foreign = await opened.execute(bob, document, variables);
    expect(foreign.result).toEqual({ workspaces: { edges: [] }, node: null });
    await join(bob);
    const shared = await opened.execute(bob, document, variables);
    expect(shared.result.node.members.edges).toHaveLength(2);
  });

  it.each(['', '-acme', 'a/b', 'a:b', 'über', 'a'.repeat(33), 'acme.io'])('has no handle like "%s"', async (handle) => {
    await expect(create(ada, handle)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('for example') });
  });

  it('has a handle that no other one has, in capitals or not', async () => {
    await create(ada, `Acme-${team.slice(-4)}`);
    await expect(create(bob, `ACME-${team.slice(-4)}`)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('is owned so often by one person and no more, also when they make several at once', async () => {
    const tried = await Promise.allSettled(Array.from({ length: 33 }, () => create(bob)));
    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(30);
    const [refused] = tried.filter((result) => result.status === 'rejected');
    expect(refused?.reason).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('deleteWorkspace') });
  });

  it('is renamed and deleted by its OWNERs alone', async () => {
    await join(bob, 'EDITOR');
    const { workspaces } = opened.services;
    await expect(workspaces.update(bob, team, { name: 'Mine' })).rejects.toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('OWNER') });
    await expect(workspaces.delete(bob, team, device)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(workspaces.update(cleo, team, { name: 'Mine' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await workspaces.update(ada, team, { name: 'Bakery', description: 'Bread' })).toMatchObject({ name: 'Bakery', description: 'Bread' });
    expect(await workspaces.update(ada, team, { description: null })).toMatchObject({ name: 'Bakery', description: null });
    await workspaces.delete(ada, team, device);
    expect(await workspaces.byIds(ada, [team])).toEqual(new Map());
    const kinds = (await opened.prisma.auditEvent.findMany({ where: { actorId: ada.userId }, orderBy: { id: 'asc' } })).map(({ kind }) => kind);
    expect(kinds).toEqual(['WORKSPACE_CREATED', 'INVITATION_CREATED', 'WORKSPACE_DELETED']);
  });
});

describe('the members of a workspace', () => {
  it('W07 come by an invitation for their address, which waits beside those to conversations', async () => {
    const { invitations } = opened.services;
    const { id } = await invitations.invite(ada, { to: { kind: 'workspace', id: team }, email: `${bob.userId}@example.org`, role: 'EDITOR' }, device);
    const document = '{ viewer { invitations { edges { node { id role workspaceName conversationTitle workspace { id } conversation { id } } } } } }';
    const { result } = await opened.execute(bob, document);
    const shown = { id: globalId('Invitation', id), role: 'EDITOR', workspaceName: 'Kitchen', conversationTitle: null, workspace: null, conversation: null };
    expect(result.viewer.invitations.edges).toEqual([{ node: shown }]);
    await expect(invitations.accept(cleo, { id }, device)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const accept = 'mutation ($id: ID!) { acceptInvitation(input: { id: $id }) { workspace { id viewerRole } conversation { id } } }';
    const accepted = await opened.execute(bob, accept, { id: globalId('Invitation', id) });
    expect(accepted.result.acceptInvitation).toEqual({ workspace: { id: globalId('Workspace', team), viewerRole: 'EDITOR' }, conversation: null });
    expect(await invitations.received(bob, bob.userId, page)).toEqual([]);
  });

  it('W07 are invited by OWNERs alone, who alone see the invitations', async () => {
    await join(bob, 'EDITOR');
    const { invitations } = opened.services;
    await expect(linkBy(bob)).rejects.toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('OWNER') });
    await expect(linkBy(cleo)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await linkBy(ada);
    expect((await invitations.listMany(ada, 'workspace', [team], page)).get(team)).toHaveLength(1);
    expect((await invitations.listMany(bob, 'workspace', [team], page)).get(team)).toBeUndefined();
  });

  it('are as many as are allowed and no more', async () => {
    const guests = await Promise.all([1, 2, 3, 4, 5].map(() => opened.person()));
    const tokens: string[] = [];
    for (const _guest of guests) tokens.push(await linkBy(ada));
    const tried = await Promise.allSettled(guests.map((guest, index) => opened.services.invitations.accept(guest, { token: tokens[index] }, device)));
    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(tried.find((result) => result.status === 'rejected')?.reason).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('4 members') });
  });

  it('W08 keep an OWNER: the last one neither leaves nor takes a lesser role', async () => {
    await join(bob, 'EDITOR');
    const { workspaceMembers } = opened.services;
    await expect(workspaceMembers.leave(ada, team)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(promote(ada, 'READER')).rejects.toMatchObject({ code: 'CONFLICT' });
    await promote(bob, 'OWNER');
    const both = await Promise.allSettled([workspaceMembers.leave(ada, team), workspaceMembers.leave(bob, team)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(Object.values(await rolesIn())).toEqual(['OWNER']);
  });

  it('W08 are changed and removed by OWNERs alone', async () => {
    await join(bob, 'EDITOR');
    await join(cleo);
    const { workspaceMembers } = opened.services;
    const place = { workspaceId: team, userId: cleo.userId };
    await expect(workspaceMembers.remove(bob, place, device)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(workspaceMembers.update(bob, { ...place, userId: bob.userId, role: 'OWNER' }, device)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(workspaceMembers.remove(await opened.person(), place, device)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(workspaceMembers.remove(ada, { ...place, userId: ada.userId }, device)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await promote(cleo, 'EDITOR');
    expect(await rolesIn()).toEqual({ [ada.userId]: 'OWNER', [bob.userId]: 'EDITOR', [cleo.userId]: 'EDITOR' });
  });

  it('W07 who are removed cannot come back by a link that they know, nor by an invitation that they made', async () => {
    await join(bob);
    await promote(bob, 'OWNER');
    const known = await linkBy(ada);
    const own = await linkBy(bob);
    await opened.services.workspaceMembers.remove(ada, { workspaceId: team, userId: bob.userId }, device);
    for (const token of [known, own]) await expect(opened.services.invitations.accept(bob, { token }, device)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await rolesIn()).toEqual({ [ada.userId]: 'OWNER' });
  });

  it('see who the others are as long as both are in it', async () => {
    await join(bob);
    const nameOf = async (viewer: Viewer, other: Viewer) => (await opened.services.people.byIds(viewer, [other.userId])).size;
    expect([await nameOf(bob, ada), await nameOf(ada, bob), await nameOf(cleo, ada)]).toEqual([1, 1, 0]);
    await opened.services.workspaceMembers.leave(bob, team);
    expect(await nameOf(bob, ada)).toBe(0);
  });
});

describe('the lists of workspaces', () => {
  it('take as many statements for ten workspaces of four as for one of two', async () => {
    const [few, many] = [await opened.person(), await opened.person()];
    const fill = async (viewer: Viewer, teams: number, others: number) => {
      for (let index = 0; index < teams; index += 1) {
        const { id } = await create(viewer);
        for (let other = 0; other < others; other += 1) {
          const { userId } = await opened.person();
          await opened.prisma.workspaceMember.create({ data: { workspaceId: id, userId, role: 'READER', joinedAt: new Date() } });
        }
        await opened.services.invitations.createLink(viewer, { to: { kind: 'workspace', id } }, device);
      }
    };
    await fill(few, 1, 1);
    await fill(many, 10, 3);
    const document = `{ workspaces { edges { node { name viewerRole
      members { edges { node { role user { displayName avatarUrl } } } }
      invitations { edges { node { role workspaceName workspace { id } } } } } } } }`;
    const [small, large] = [await opened.execute(few, document), await opened.execute(many, document)];
    expect(large.result.workspaces.edges).toHaveLength(10);
    expect(large.statements.length).toBe(small.statements.length);
  });
});

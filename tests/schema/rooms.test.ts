import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { say, startConversation } from '../kit/conversations.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { openServices } from '../kit/services.ts';
import { globalId } from '../kit/ids.ts';

type Opened = Awaited<ReturnType<typeof openServices>>;

const engine = createScriptedEngine();
const device = { userAgent: null, address: '192.0.2.1' };
let opened: Opened;
let ada: Viewer;
let bob: Viewer;
let cleo: Viewer;
let room: string;
beforeAll(async () => {
  opened = await openServices([engine]);
  [ada, bob, cleo] = [await opened.person(), await opened.person(), await opened.person()];
});
afterAll(() => opened[Symbol.asyncDispose]());
beforeEach(async () => {
  room = await startConversation(opened, ada, 'Kitchen');
});

const join = (viewer: Viewer, role: 'OWNER' | 'EDITOR' | 'READER', conversationId = room) =>
  opened.prisma.participant.create({ data: { conversationId, userId: viewer.userId, role, joinedAt: new Date() } });
const rolesIn = async (conversationId = room): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries((await opened.prisma.participant.findMany({ where: { conversationId } })).map(({ userId, role }) => [userId, role]));
const emailOf = ({ userId }: Viewer): string => `${userId}@example.org`;
const receivedBy = async (viewer: Viewer) =>
  opened.services.invitations.received(viewer, viewer.userId, { after: null, before: null, limit: 10, isReversed: false });

describe('an invitation', () => {
  it('K05 for an address answers the same whether or not there is an account, and waits for whoever has one', async () => {
    const { invitations } = opened.services;
    const [known, unknown] = [
      await invitations.invite(ada, { to: { kind: 'conversation', id: room }, email: emailOf(bob).toUpperCase(), role: 'EDITOR' }, device),
      await invitations.invite(ada, { to: { kind: 'conversation', id: room }, email: 'nobody-here@example.org', role: 'EDITOR' }, device),
    ];
    const shape = (invitation: typeof known) => ({
      ...invitation,
      id: typeof invitation.id,
      email: typeof invitation.email,
      createdAt: null,
      // In minutes: between the two moments lies some work.
      expiresAt: Math.round((invitation.expiresAt.getTime() - invitation.createdAt.getTime()) / 60_000),
    });
    expect(shape(known)).toEqual(shape(unknown));
    expect(known.email).toBe(emailOf(bob));
    expect(await receivedBy(bob)).toMatchObject([{ id: known.id, conversationTitle: 'Kitchen', role: 'EDITOR' }]);
    expect(await receivedBy(cleo)).toEqual([]);
    // It opens nothing before it is accepted.
    await expect(opened.services.conversations.get(bob, room)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await invitations.accept(bob, { id: known.id }, device)).toEqual({ kind: 'conversation', id: room });
    expect(await rolesIn()).toMatchObject({ [bob.userId]: 'EDITOR' });
    expect(await receivedBy(bob)).toEqual([]);
  });

  it('K05 that is declined looks to those who invite as it did, and does not show who takes part already', async () => {
    const { invitations } = opened.services;
    const page = { after: null, before: null, limit: 10, isReversed: false };
    const open = async () => (await invitations.listMany(ada, 'conversation', [room], page)).get(room);
    const { id } = await invitations.invite(ada, { to: { kind: 'conversation', id: room }, email: emailOf(bob) }, device);
    const before = await open();
    await invitations.decline(bob, id);
    expect(await receivedBy(bob)).toEqual([]);
    expect(await open()).toEqual(before);
    await expect(invitations.accept(bob, { id }, device)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await join(cleo, 'READER');
    const again = await invitations.invite(ada, { to: { kind: 'conversation', id: room }, email: emailOf(cleo), role: 'EDITOR' }, device);
    expect(again).toMatchObject({ email: emailOf(cleo), useCount: 0 });
    expect(await receivedBy(cleo)).toEqual([]);
    await expect(invitations.accept(cleo, { id: again.id }, device)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await rolesIn()).toMatchObject({ [cleo.userId]: 'READER' });
  });

  it('K06 by a link is kept as a hash, holds for so many and so long, and is refused alike when it does not', async () => {
    const { invitations } = opened.services;
    const { token, invitation } = await invitations.createLink(ada, { to: { kind: 'conversation', id: room }, role: 'READER', maxUses: 1 }, device);
    expect(token).toMatch(/^clq_i_[\w-]{43}$/);
    expect(JSON.stringify(await opened.prisma.invitation.findMany())).not.toContain(token.slice(6));
    expect(await invitations.accept(bob, { token }, device)).toEqual({ kind: 'conversation', id: room });
    expect(
      await invitations.accept(ada, { token: (await invitations.createLink(ada, { to: { kind: 'conversation', id: room } }, device)).token }, device),
      'whoever is there',
    ).toEqual({ kind: 'conversation', id: room });
    expect(await rolesIn()).toEqual({ [ada.userId]: 'OWNER', [bob.userId]: 'READER' });
    const revoked = await invitations.createLink(ada, { to: { kind: 'conversation', id: room } }, device);
    await invitations.revoke(ada, revoked.invitation.id);
    const over = await invitations.createLink(ada, { to: { kind: 'conversation', id: room } }, device);
    await opened.prisma.invitation.update({ where: { id: over.invitation.id }, data: { expiresAt: new Date(Date.now() - 1) } });
    const refusals = await Promise.all(
      [token, revoked.token, over.token, 'clq_i_guessed', invitation.id].map((tried) =>
        invitations.accept(cleo, { token: tried }, device).catch((error: unknown) => String(error)),
      ),
    );
    expect(new Set(refusals).size).toBe(1);
    expect(refusals[0]).toContain('does not hold');
    await expect(
      invitations.createLink(ada, { to: { kind: 'conversation', id: room }, expiresAt: new Date(Date.now() + 91 * 86_400_000) }, device),
    ).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });

  it('K06 of one use lets in one of two who come at once', async () => {
    const { token } = await opened.services.invitations.createLink(ada, { to: { kind: 'conversation', id: room } }, device);
    const tried = await Promise.allSettled([bob, cleo].map((viewer) => opened.services.invitations.accept(viewer, { token }, device)));
    expect(tried.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(Object.keys(await rolesIn())).toHaveLength(2);
  });

  it('K04 goes with the role of whoever made it', async () => {
    await join(bob, 'OWNER');
    const { token } = await opened.services.invitations.createLink(bob, { to: { kind: 'conversation', id: room } }, device);
    await opened.services.participants.update(ada, { conversationId: room, userId: bob.userId, role: 'EDITOR' }, device);
    await expect(opened.services.invitations.accept(cleo, { token }, device)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('K04 opens nothing while the account of whoever made it is disabled', async () => {
    const { token } = await opened.services.invitations.createLink(ada, { to: { kind: 'conversation', id: room } }, device);
    await opened.prisma.user.update({ where: { id: ada.userId }, data: { disabledAt: new Date() } });
    await expect(opened.services.invitations.accept(cleo, { token }, device)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await opened.prisma.user.update({ where: { id: ada.userId }, data: { disabledAt: null } });
    expect(await opened.services.invitations.accept(cleo, { token }, device)).toEqual({ kind: 'conversation', id: room });
  });
});

describe('the OWNERs of a conversation', () => {
  it('K07 are never none: the last one stays, and a conversation passes to the one who has been there longest, without what it was about', async () => {
    const { participants } = opened.services;
    const goal = await opened.services.goals.create(ada, { title: 'Cook' });
    await opened.prisma.conversation.update({ where: { id: room }, data: { goalId: goal.id } });
    await join(bob, 'EDITOR');
    await expect(participants.leave(ada, room)).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('last OWNER') });
    await expect(participants.update(ada, { conversationId: room, userId: ada.userId, role: 'READER' }, device)).rejects.toMatchObject({ code: 'CONFLICT' });
    await join(cleo, 'OWNER');
    await expect(participants.remove(cleo, { conversationId: room, userId: ada.userId }, device), 'who holds it').rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(participants.update(cleo, { conversationId: room, userId: ada.userId, role: 'EDITOR' }, device)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await participants.leave(ada, room);
    expect(await opened.prisma.conversation.findUniqueOrThrow({ where: { id: room } })).toMatchObject({ ownerId: cleo.userId, goalId: null });
    expect(await rolesIn()).toEqual({ [bob.userId]: 'EDITOR', [cleo.userId]: 'OWNER' });
  });

  it('K07 keep the conversation of a data session with its session', async () => {
    const session = await opened.services.sessions.create(ada, { title: 'Data', fileIds: [] });
    const conversation = await opened.prisma.conversation.findUniqueOrThrow({ where: { sessionId: session.id } });
    await join(bob, 'OWNER', conversation.id);
    await expect(opened.services.participants.leave(ada, conversation.id)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('deleteSession'),
    });
    await opened.services.participants.leave(bob, conversation.id);
  });

  it('find whoever is not there missing', async () => {
    await expect(opened.services.participants.remove(ada, { conversationId: room, userId: bob.userId }, device)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('what an EDITOR deletes', () => {
  it('K01 is what they said themselves, as long as nobody else has gone on from it', async () => {
    await join(bob, 'EDITOR');
    await join(cleo, 'EDITOR');
    const question = await say(opened, room, 'USER', 'What is it?', bob.userId);
    const reply = await say(opened, room, 'ASSISTANT', 'It is this.');
    const { branches } = opened.services;
    await expect(branches.delete(cleo, question)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(branches.delete(cleo, reply)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const more = await say(opened, room, 'USER', 'And that?', cleo.userId);
    await expect(branches.delete(bob, question)).rejects.toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('OWNER') });
    expect((await branches.delete(cleo, more)).count).toBe(1);
    expect((await branches.delete(bob, question)).count).toBe(2);
  });
});

describe('a fork', () => {
  it('K08 of somebody else’s conversation is about nothing of theirs', async () => {
    const goal = await opened.services.goals.create(ada, { title: 'Secret' });
    await opened.prisma.conversation.update({ where: { id: room }, data: { goalId: goal.id } });
    await join(bob, 'READER');
    const message = await say(opened, room, 'USER', 'Hello', ada.userId);
    expect(await opened.services.branches.fork(bob, { messageId: message })).toMatchObject({ ownerId: bob.userId, goalId: null });
    expect(await opened.services.branches.fork(ada, { messageId: message })).toMatchObject({ ownerId: ada.userId, goalId: goal.id });
  });
});

describe('a run of somebody else', () => {
  it('K08 gets neither the tools nor the knowledge of the plans and the data that the conversation is about', async () => {
    const goal = await opened.services.goals.create(ada, { title: 'Learn to juggle' });
    await opened.prisma.conversation.update({ where: { id: room }, data: { goalId: goal.id } });
    const session = await opened.services.sessions.create(ada, { title: 'Data', fileIds: [] });
    const data = await opened.prisma.conversation.findUniqueOrThrow({ where: { sessionId: session.id } });
    for (const id of [room, data.id]) {
      await join(bob, 'EDITOR', id);
      await opened.services.runs.send(bob, { conversationId: id, text: 'What do you know?', model: 'scripted' });
      const call = await engine.nextCall();
      expect(call.request.tools).toEqual([]);
      expect(call.request.system).not.toMatch(/juggle|tables|run_sql/i);
      call.finish();
    }
  });
});

describe('mentions', () => {
  it('are kept with a message, counted until they are read, and read in one statement for a whole list', async () => {
    await opened.services.profiles.update(bob, { username: 'bob', fullName: 'Bob Baker' });
    await join(bob, 'EDITOR');
    await join(cleo, 'EDITOR');
    const { run } = (
      await opened.execute(
        ada,
        'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id question { id mentions { displayName email } } } } }',
        {
          input: { conversationId: globalId('Conversation', room), text: 'Ask @Bob Baker, or @bob; not nobody@bob.org', model: 'scripted' },
        },
      )
    ).result.sendMessage;
    expect(run.question.mentions).toEqual([{ displayName: 'Bob Baker', email: null }]);
    const answering = await engine.nextCall();
    const count = 'query ($id: ID!) { conversation(id: $id) { unreadMentionCount unreadCount } }';
    const unread = async (viewer: Viewer) => (await opened.execute(viewer, count, { id: globalId('Conversation', room) })).result.conversation;
    const counted = async (viewer: Viewer) => (await unread(viewer)).unreadMentionCount;
    expect([await counted(bob), await counted(cleo), await counted(ada)]).toEqual([1, 0, 0]);
    await opened.services.organising.markRead(bob, { conversationId: room });
    // The answer that is being written can be read later; the question is read now.
    expect(await unread(bob)).toEqual({ unreadMentionCount: 0, unreadCount: 1 });
    answering.finish();
  });
});

describe('the lists of a room', () => {
  it('take as many statements for ten conversations of five as for one of two', async () => {
    const [few, many] = [await opened.person(), await opened.person()];
    const fill = async (viewer: Viewer, rooms: number, others: number) => {
      for (let index = 0; index < rooms; index += 1) {
        const id = await startConversation(opened, viewer, `${index}`);
        for (let other = 0; other < others; other += 1) {
          const guest = await opened.person();
          await join(guest, 'EDITOR', id);
          await say(opened, id, 'USER', 'Hello', guest.userId);
        }
        await opened.services.invitations.createLink(viewer, { to: { kind: 'conversation', id: id } }, device);
      }
    };
    await fill(few, 1, 1);
    await fill(many, 10, 4);
    const document = `{ conversations { edges { node { viewerRole unreadMentionCount
      participants { edges { node { role isPresent user { displayName avatarUrl } } } }
      invitations { edges { node { role inviterName conversation { id } } } }
      messages(first: 5) { edges { node { author { displayName } mentions { id } } } } } } } }`;
    const [small, large] = [await opened.execute(few, document), await opened.execute(many, document)];
    expect(large.result.conversations.edges).toHaveLength(10);
    expect(large.statements.length).toBe(small.statements.length);
    expect(large.statements.length).toBeLessThanOrEqual(11);
  });
});

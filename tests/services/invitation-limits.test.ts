import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createInvitationTokens } from '../../src/auth/opaque-tokens.ts';
import type { Viewer } from '../../src/auth/viewer.ts';
import { systemClock } from '../../src/base/clock.ts';
import { parseConfig } from '../../src/base/config.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { createConversationLog } from '../../src/events/conversation-log.ts';
import { createMemoryLimiter } from '../../src/limits/memory-limiter.ts';
import { createRoomDoor } from '../../src/services/room/room-door.ts';
import { createWorkspaceDoor } from '../../src/services/workspace/workspace-door.ts';
import { createInvitations, type Invitations } from '../../src/services/invitation/invitations.ts';
import { createStatements } from '../../src/stores/statements.ts';
import { startConversation } from '../kit/conversations.ts';
import { openServices } from '../kit/services.ts';

const device = { userAgent: null, address: '192.0.2.1' };
let opened: Awaited<ReturnType<typeof openServices>>;
let invitations: Invitations;
let ada: Viewer;
let room: string;
beforeAll(async () => void (opened = await openServices()));
beforeEach(async () => {
  const { pool, prisma } = opened;
  const { audit } = opened.services;
  ada = await opened.person();
  room = await startConversation(opened, ada, 'Small');
  const limiter = (name: string, points: number) => createMemoryLimiter({ name, points, windowMs: 60_000 });
  invitations = createInvitations({
    prisma,
    statements: createStatements({ pool }),
    clock: systemClock,
    newId: uuidv7,
    tokens: createInvitationTokens(),
    doors: {
      conversation: createRoomDoor({
        clock: systemClock,
        conversationLog: createConversationLog({ pool, clock: systemClock, pollIntervalMs: 60_000 }),
        audit,
        config: { maxParticipants: 2 },
      }),
      workspace: createWorkspaceDoor({ clock: systemClock, audit, forget: () => {}, config: { maxMembers: 2 } }),
    },
    audit,
    limits: { invitationsPerUser: limiter('invite', 5), acceptancesPerUser: limiter('accept', 3) },
    config: { ...parseConfig({}).rooms, maxInvitations: 2 },
  });
});
afterAll(() => opened[Symbol.asyncDispose]());

describe('invitations', () => {
  it('K05 are sent so often by a person and no more', async () => {
    const invite = () => invitations.invite(ada, { to: { kind: 'conversation', id: room }, email: 'grace@example.org' }, device);
    for (let times = 0; times < 5; times += 1) await invite();
    await expect(invite()).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) });
  });

  it('K06 are tried so often by a person and no more, so that nobody guesses', async () => {
    const bob = await opened.person();
    const { token } = await invitations.createLink(ada, { to: { kind: 'conversation', id: room } }, device);
    for (let times = 0; times < 3; times += 1)
      await expect(invitations.accept(bob, { token: `clq_i_${times}` }, device)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(invitations.accept(bob, { token }, device)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('are open for as many at a time, and a conversation has as many participants, as are allowed', async () => {
    const [bob, cleo] = [await opened.person(), await opened.person()];
    const { token } = await invitations.createLink(ada, { to: { kind: 'conversation', id: room }, maxUses: 5 }, device);
    await invitations.createLink(ada, { to: { kind: 'conversation', id: room } }, device);
    await expect(invitations.createLink(ada, { to: { kind: 'conversation', id: room } }, device)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('revokeInvitation'),
    });
    await invitations.accept(bob, { token }, device);
    await expect(invitations.accept(cleo, { token }, device)).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('2 participants') });
    expect(
      (await opened.prisma.invitation.findMany({ where: { conversationId: room }, orderBy: { maxUses: 'desc' } })).map(({ useCount }) => useCount),
    ).toEqual([1, 0]);
  });

  it('leave a trace in the audit log, without the address', async () => {
    const bob = await opened.person();
    const { id } = await invitations.invite(ada, { to: { kind: 'conversation', id: room }, email: `${bob.userId}@example.org`, role: 'EDITOR' }, device);
    await invitations.accept(bob, { id }, device);
    await opened.services.participants.update(ada, { conversationId: room, userId: bob.userId, role: 'READER' }, device);
    await opened.services.participants.remove(ada, { conversationId: room, userId: bob.userId }, device);
    const events = await opened.prisma.auditEvent.findMany({ where: { data: { path: ['conversationId'], equals: room } }, orderBy: { id: 'asc' } });
    expect(events.map(({ kind, actorId, subjectId, data }) => ({ kind, actorId, subjectId, data }))).toEqual([
      { kind: 'INVITATION_CREATED', actorId: ada.userId, subjectId: ada.userId, data: { conversationId: room, role: 'EDITOR', isLink: false } },
      { kind: 'PARTICIPANT_JOINED', actorId: bob.userId, subjectId: bob.userId, data: { conversationId: room, role: 'EDITOR', invitationId: id } },
      { kind: 'PARTICIPANT_ROLE_CHANGED', actorId: ada.userId, subjectId: bob.userId, data: { conversationId: room, from: 'EDITOR', to: 'READER' } },
      { kind: 'PARTICIPANT_REMOVED', actorId: ada.userId, subjectId: bob.userId, data: { conversationId: room, role: 'READER' } },
    ]);
    expect(JSON.stringify(events)).not.toContain('@');
  });

  it('whose time is over are removed', async () => {
    const { invitation } = await invitations.createLink(ada, { to: { kind: 'conversation', id: room } }, device);
    await opened.prisma.invitation.update({ where: { id: invitation.id }, data: { expiresAt: new Date(0) } });
    expect(await invitations.removeExpired()).toBeGreaterThanOrEqual(1);
    expect(await opened.prisma.invitation.count({ where: { conversationId: room } })).toBe(0);
  });
});

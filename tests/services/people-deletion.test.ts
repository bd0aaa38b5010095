import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireLogin, type Viewer } from '../../src/auth/viewer.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { device, openPeople, password, type OpenPeople } from './people-kit.ts';

let kit: OpenPeople;
beforeEach(async () => void (kit = await openPeople()));
afterEach(() => kit.close());

/** Somebody with one of everything, by rows alone. */
async function joinWithBelongings(): Promise<{ readonly viewer: Viewer; readonly email: string }> {
  const { accessToken, user } = await kit.join();
  const { prisma, clock } = kit;
  const viewer = await kit.people.authenticate(accessToken);
  const now = clock.now();
  const ids = { session: uuidv7(), conversation: uuidv7(), message: uuidv7(), run: uuidv7() };
  const moments = { createdAt: now, updatedAt: now };
  const owned = { ownerId: user.id };
  await prisma.session.create({ data: { id: ids.session, ...owned, ...moments } });
  await prisma.conversation.create({ data: { id: ids.conversation, ...owned, ...moments, sessionId: ids.session } });
  await prisma.participant.create({ data: { conversationId: ids.conversation, userId: user.id, joinedAt: now } });
  await prisma.message.create({ data: { id: ids.message, conversationId: ids.conversation, role: 'USER', authorId: user.id, createdAt: now } });
  await prisma.part.create({ data: { id: uuidv7(), messageId: ids.message, position: 0, kind: 'TEXT', text: 'Hello' } });
  const run = { id: ids.run, conversationId: ids.conversation, userId: user.id, questionId: ids.message, createdAt: now };
  await prisma.run.create({ data: { ...run, kind: 'CHAT', status: 'COMPLETED', model: 'a:b', options: {} } });
  await prisma.runEvent.create({ data: { runId: ids.run, seq: 1, data: {} } });
  await prisma.conversationEvent.create({ data: { conversationId: ids.conversation, seq: 1, data: {} } });
  const file = { name: 'a.csv', format: 'CSV' as const, byteSize: 1n, tableName: 'a', rowCount: 1n, columnCount: 1, columns: [], preview: [], ingest: {} };
  await prisma.apiKey.create({ data: { id: uuidv7(), userId: user.id, name: 'a', tokenHash: uuidv7(), lastFour: 'abcd', scopes: ['read'], createdAt: now } });
  await prisma.identity.create({ data: { id: uuidv7(), userId: user.id, issuer: 'https://id.example.org', subject: user.id, createdAt: now } });
  await prisma.file.create({ data: { id: uuidv7(), ...owned, sessionId: ids.session, ...file, createdAt: now } });
  return { viewer, email: user.email ?? '' };
}

/** What is of no person, or is to outlast them under a pseudonym. */
const kept = ['_prisma_migrations', 'settings', 'rate_limits', 'audit_events'];

/** How many rows every table has; a new one is among them by itself. */
async function countRows(): Promise<Readonly<Record<string, number>>> {
  const { rows: tables } = await kit.pool.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_name <> ALL($1)`,
    [kept],
  );
  const { rows } = await kit.pool.query<Record<string, number>>(
    `SELECT ${tables.map(({ name }) => `(SELECT count(*)::int FROM ${name}) AS ${name}`).join(', ')}`,
  );
  return rows[0] ?? {};
}

describe('deleteAccount', () => {
  it('removes every row of the person and none of anybody else', async () => {
    await joinWithBelongings();
    const before = await countRows();
    expect(Object.values(before), 'somebody has one of everything').not.toContain(0);
    const { viewer, email } = await joinWithBelongings();
    expect(await kit.people.deleteAccount(viewer, password, device)).toBe(viewer.userId);
    expect(await countRows()).toEqual(before);
    await expect(kit.people.login({ login: email, password }, device)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await kit.people.isLoginActive(requireLogin(viewer).loginId)).toBe(false);
    await expect(kit.people.register({ email, password }, device), 'the address is free again').resolves.toBeDefined();
  });

  it('changes nothing when the password is wrong', async () => {
    const { viewer } = await joinWithBelongings();
    const before = await countRows();
    await expect(kit.people.deleteAccount(viewer, 'wrong', device)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      issues: [{ path: ['input', 'password'], message: 'The password is wrong; nothing was deleted.' }],
    });
    await expect(kit.people.deleteAccount(null, password, device)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await countRows()).toEqual(before);
  });

  it('leaves the audit log without the name, and with the ids', async () => {
    const { viewer, email } = await joinWithBelongings();
    await kit.people.login({ login: email, password: 'wrong' }, device).catch(() => undefined);
    const failure = () => kit.prisma.auditEvent.findFirst({ where: { kind: 'LOGIN_FAILED', subjectId: viewer.userId } });
    expect((await failure())?.data).toHaveProperty('nameHash');
    await kit.people.deleteAccount(viewer, password, device);
    expect((await failure())?.data).toEqual({ reason: 'mismatch' });
    expect(await kit.prisma.auditEvent.findFirst({ where: { kind: 'USER_DELETED' } })).toMatchObject({ actorId: viewer.userId, subjectId: viewer.userId });
    expect(JSON.stringify(await kit.prisma.auditEvent.findMany())).not.toContain(email);
  });

  it('is done while messages are sent, whatever is locked when', async () => {
    const { viewer } = await joinWithBelongings();
    const conversations = await kit.prisma.conversation.findMany({ where: { ownerId: viewer.userId }, select: { id: true } });
    const conversationId = conversations[0]?.id ?? '';
    const send = () =>
      kit.prisma.$transaction(async (transaction) => {
        await transaction.$queryRaw`SELECT 1 FROM conversations WHERE id = ${conversationId}::uuid FOR UPDATE`;
        await transaction.message.create({ data: { id: uuidv7(), conversationId, role: 'USER', authorId: viewer.userId, createdAt: kit.clock.now() } });
      });
    await Promise.allSettled([send(), send(), kit.people.deleteAccount(viewer, password, device), send(), send()]);
    expect(await kit.prisma.user.count({ where: { id: viewer.userId } })).toBe(0);
    expect(await kit.prisma.message.count({ where: { conversationId } })).toBe(0);
  });
});

describe('a deletion that was left half way', () => {
  it('leaves an account that is dead to everybody, until house-keeping finishes it', async () => {
    const { viewer, email } = await joinWithBelongings();
    await kit.prisma.user.update({ where: { id: viewer.userId }, data: { deletingSince: kit.clock.now() } });
    await expect(kit.people.login({ login: email, password }, device)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: 'The e-mail address, the username or the password is wrong.',
    });
    expect(await kit.people.isLoginActive(requireLogin(viewer).loginId)).toBe(false);
    expect(await kit.people.viewer(viewer)).toBeNull();
    expect(await kit.people.finishDeletions(), 'somebody may still be at it').toBe(0);
    kit.clock.advance(300_001);
    expect(await kit.people.finishDeletions()).toBe(1);
    expect(Object.values(await countRows()).filter((count) => count > 0)).toEqual([]);
  });
});

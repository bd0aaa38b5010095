import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireLogin } from '../../src/auth/viewer.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { device, openPeople, password, type OpenPeople } from './people-kit.ts';
import { joinWithEverything } from './people-belongings.ts';

let kit: OpenPeople;
beforeEach(async () => void (kit = await openPeople()));
afterEach(() => kit.close());

/** What is of no person, or is to outlast them under a pseudonym. */
const kept = ['_prisma_migrations', 'settings', 'rate_limits', 'audit_events', 'quota_totals', 'workspaces'];

/** How many rows every table has; a new one is among them by itself. */
async function countRows(): Promise<Readonly<Record<string, number>>> {
  const { rows: tables } = await kit.pool.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> ALL($1)`,
    [kept],
  );
  const { rows } = await kit.pool.query<Record<string, number>>(
    `SELECT ${tables.map(({ name }) => `(SELECT count(*)::int FROM ${name}) AS ${name}`).join(', ')}`,
  );
  return rows[0] ?? {};
}

describe('deleteAccount', () => {
  it('ends the logins, and frees the address', async () => {
    const { viewer, email } = await joinWithEverything(kit);
    expect(await kit.people.deleteAccount(viewer, password, device)).toBe(viewer.userId);
    await expect(kit.people.login({ login: email, password }, device)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await kit.people.isLoginActive(requireLogin(viewer).loginId)).toBe(false);
    await expect(kit.people.register({ email, password }, device), 'the address is free again').resolves.toBeDefined();
  });

  it('removes what came of uploads that were never finished', async () => {
    const { viewer } = await joinWithEverything(kit);
    const { id, paths } = await kit.fileStore.prepare();
    const now = new Date();
    const row = { name: 'a.csv', status: 'RECEIVING', isResumable: true, createdAt: now, updatedAt: now, expiresAt: now } as const;
    await kit.prisma.upload.create({ data: { ...row, id, ownerId: viewer.userId } });
    await kit.people.deleteAccount(viewer, password, device);
    expect(existsSync(dirname(paths.original))).toBe(false);
  });

  it('changes nothing when the password is wrong', async () => {
    const { viewer } = await joinWithEverything(kit);
    const before = await countRows();
    await expect(kit.people.deleteAccount(viewer, 'wrong', device)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      issues: [{ path: ['input', 'password'], message: 'The password is wrong; nothing was deleted.' }],
    });
    await expect(kit.people.deleteAccount(null, password, device)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await countRows()).toEqual(before);
  });

  it('leaves the audit log without the name, and with the ids', async () => {
    const { viewer, email } = await joinWithEverything(kit);
    await kit.people.login({ login: email, password: 'wrong' }, device).catch(() => undefined);
    const failure = () => kit.prisma.auditEvent.findFirst({ where: { kind: 'LOGIN_FAILED', subjectId: viewer.userId } });
    expect((await failure())?.data).toHaveProperty('nameHash');
    await kit.people.deleteAccount(viewer, password, device);
    expect((await failure())?.data).toEqual({ reason: 'mismatch' });
    expect(await kit.prisma.auditEvent.findFirst({ where: { kind: 'USER_DELETED' } })).toMatchObject({ actorId: viewer.userId, subjectId: viewer.userId });
    expect(JSON.stringify(await kit.prisma.auditEvent.findMany())).not.toContain(email);
  });

  it('is done while messages are sent, whatever is locked when', async () => {
    const { viewer } = await joinWithEverything(kit);
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
    const { viewer, email } = await joinWithEverything(kit);
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

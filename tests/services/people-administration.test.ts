import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import type { Page } from '../../src/base/page.ts';
import { countStatements } from '../kit/statements.ts';
import { device, openPeople, password, reasonsOf, type OpenPeople } from './people-kit.ts';

let kit: OpenPeople;
let admin: Viewer;
beforeEach(async () => {
  kit = await openPeople();
  admin = await newAdmin();
});
afterEach(() => kit.close());

const page: Page = { after: null, before: null, limit: 21, isReversed: false };
const unauthenticated = { code: 'UNAUTHENTICATED' };
const lastAdmin = { code: 'CONFLICT', message: 'This is the last administrator; make somebody else one first, with "setUserRole".' };

async function newAdmin(): Promise<Viewer> {
  const { user, accessToken } = await kit.join();
  await kit.prisma.user.update({ where: { id: user.id }, data: { role: 'ADMIN' } });
  return kit.people.authenticate(accessToken);
}

describe('the list of people', () => {
  it('finds a part of an address, a username or a full name in any case, and takes no letter for a wildcard', async () => {
    await kit.people.register({ email: 'ada_l@example.org', username: 'Countess', fullName: 'Ada Lovelace', password }, device);
    await kit.people.register({ email: 'adaxl@example.org', password }, device);
    const found = async (search: string) => (await kit.people.list(admin, search, page)).map(({ email }) => email);
    expect(await found('ADA_L@')).toEqual(['ada_l@example.org']);
    expect(await found('countess')).toEqual(['ada_l@example.org']);
    expect(await found('love')).toEqual(['ada_l@example.org']);
    expect(await found('%')).toEqual([]);
    expect(await found('@example.org')).toHaveLength(3);
    await expect(kit.people.list(admin, ' ', page)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: ['search'] }] });
  });

  it('shows an administrator the address and the state of everybody, in one statement', async () => {
    const { user } = await kit.join({ email: 'seen@example.org' });
    await kit.people.disable(admin, { id: user.id, reason: 'On leave' }, device);
    const { result, statements } = await countStatements(kit.pool, () => kit.people.list(admin, null, page));
    expect(statements).toHaveLength(1);
    expect(result.find(({ id }) => id === user.id)).toMatchObject({ email: 'seen@example.org', disabledReason: 'On leave', disabledAt: kit.clock.now() });
    expect(await kit.people.get(admin, user.id)).toMatchObject({ email: 'seen@example.org' });
  });
});

describe('a role', () => {
  it('counts at once on this node, and is told by the answer', async () => {
    const { user, accessToken } = await kit.join();
    expect((await kit.people.authenticate(accessToken)).role).toBe('MEMBER');
    expect(await kit.people.setRole(admin, { id: user.id, role: 'ADMIN' }, device)).toMatchObject({ role: 'ADMIN' });
    expect((await kit.people.authenticate(accessToken)).role).toBe('ADMIN');
    expect(await kit.people.setRole(admin, { id: user.id, role: 'MEMBER' }, device)).toMatchObject({ role: 'MEMBER' });
    expect((await kit.people.authenticate(accessToken)).role).toBe('MEMBER');
  });

  it('cannot be given by somebody who lost theirs a moment ago on another node', async () => {
    const other = await newAdmin();
    const { user } = await kit.join();
    await kit.another().setRole(other, { id: admin.userId, role: 'MEMBER' }, device);
    await expect(kit.people.setRole(admin, { id: user.id, role: 'ADMIN' }, device)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('of somebody who does not exist is NOT_FOUND', async () => {
    for (const id of ['01890000-0000-7000-8000-000000000000', 'no uuid']) {
      await expect(kit.people.setRole(admin, { id, role: 'ADMIN' }, device)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
  });
});

describe('A19 the last administrator', () => {
  it('cannot be demoted or deleted, and disables nobody else into being the last', async () => {
    await expect(kit.people.setRole(admin, { id: admin.userId, role: 'MEMBER' }, device)).rejects.toMatchObject(lastAdmin);
    await expect(kit.people.deleteAccount(admin, password, device)).rejects.toMatchObject(lastAdmin);
    await expect(kit.people.disable(admin, { id: admin.userId, reason: 'Me' }, device)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await expect(kit.people.delete(admin, admin.userId, device)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect((await kit.people.get(admin, admin.userId)).role).toBe('ADMIN');
  });

  it('is not one whose fellow is disabled', async () => {
    const other = await newAdmin();
    await kit.people.disable(admin, { id: other.userId, reason: 'Away' }, device);
    await expect(kit.people.setRole(admin, { id: admin.userId, role: 'MEMBER' }, device)).rejects.toMatchObject(lastAdmin);
  });

  it.each([
    ['demote', (by: Viewer, whom: Viewer) => kit.people.setRole(by, { id: whom.userId, role: 'MEMBER' }, device)],
    ['demote themselves', (by: Viewer) => kit.people.setRole(by, { id: by.userId, role: 'MEMBER' }, device)],
    ['disable', (by: Viewer, whom: Viewer) => kit.people.disable(by, { id: whom.userId, reason: 'Race' }, device)],
    ['delete', (by: Viewer, whom: Viewer) => kit.people.delete(by, whom.userId, device)],
    ['delete themselves', (by: Viewer) => kit.people.deleteAccount(by, password, device)],
  ])('remains when two administrators %s at the same moment', async (_, act) => {
    for (let round = 0; round < 4; round += 1) {
      const other = await newAdmin();
      const attempts = await Promise.allSettled([act(admin, other), act(other, admin)]);
      expect(reasonsOf(attempts)).toHaveLength(1);
      const left = await kit.prisma.user.findMany({ where: { role: 'ADMIN', disabledAt: null, deletingSince: null }, select: { id: true } });
      expect(left).toHaveLength(1);
      if (left[0]?.id !== admin.userId) admin = other;
    }
  });
});

describe('a disabled account', () => {
  it('cannot sign in, refresh or use a token, and says why to the right password alone', async () => {
    const { user, accessToken, refreshToken } = await kit.join({ email: 'off@example.org' });
    const viewer = await kit.people.authenticate(accessToken);
    await kit.people.disable(admin, { id: user.id, reason: 'Left the company' }, device);
    await expect(kit.people.authenticate(accessToken)).rejects.toMatchObject(unauthenticated);
    await expect(kit.people.refreshAuth(refreshToken, device)).rejects.toMatchObject(unauthenticated);
    expect(await kit.people.isLoginActive(viewer.loginId)).toBe(false);
    await expect(kit.people.login({ login: 'off@example.org', password }, device)).rejects.toMatchObject({
      code: 'ACCOUNT_DISABLED',
      message: 'This account is disabled; ask an administrator to enable it again.',
    });
    const refusal = (login: string) => kit.people.login({ login, password: 'wrong' }, device).catch((error: unknown) => String(error));
    expect(await refusal('off@example.org')).toBe(await refusal('unknown@example.org'));
  });

  it('is dead even where its logins were not revoked', async () => {
    const { user, accessToken, refreshToken } = await kit.join();
    const { loginId } = await kit.people.authenticate(accessToken);
    await kit.prisma.user.update({ where: { id: user.id }, data: { disabledAt: kit.clock.now() } });
    kit.clock.advance(2_001);
    await expect(kit.people.authenticate(accessToken)).rejects.toMatchObject(unauthenticated);
    await expect(kit.people.refreshAuth(refreshToken, device)).rejects.toMatchObject(unauthenticated);
    expect(await kit.people.isLoginActive(loginId)).toBe(false);
  });

  it('can sign in anew when it is enabled, with nothing of before', async () => {
    const { user, accessToken, refreshToken } = await kit.join({ email: 'back@example.org' });
    await kit.people.disable(admin, { id: user.id, reason: 'By mistake' }, device);
    expect(await kit.people.enable(admin, user.id, device)).toMatchObject({ disabledAt: null, disabledReason: null });
    await expect(kit.people.login({ login: 'back@example.org', password }, device)).resolves.toBeDefined();
    await expect(kit.people.refreshAuth(refreshToken, device)).rejects.toMatchObject(unauthenticated);
    await expect(kit.people.authenticate(accessToken)).rejects.toMatchObject(unauthenticated);
  });

  it('keeps no login that was started in the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { user } = await kit.join();
      await Promise.allSettled([
        kit.people.disable(admin, { id: user.id, reason: 'Race' }, device),
        kit.people.login({ login: user.email ?? '', password }, device),
      ]);
      expect(await kit.prisma.login.count({ where: { userId: user.id, revokedAt: null } })).toBe(0);
    }
  });

  it('needs a reason', async () => {
    const { user } = await kit.join();
    await expect(kit.people.disable(admin, { id: user.id, reason: ' ' }, device)).rejects.toMatchObject({ issues: [{ path: ['input', 'reason'] }] });
  });
});

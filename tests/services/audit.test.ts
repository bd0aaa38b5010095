import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import type { Page } from '../../src/base/page.ts';
import { auditKinds } from '../../src/services/audit-kinds.ts';
import { countStatements } from '../kit/statements.ts';
import { device, graceSeconds, openPeople, password, type OpenPeople } from './people-kit.ts';

let kit: OpenPeople;
beforeEach(async () => void (kit = await openPeople()));
afterEach(() => kit.close());

const page: Page = { after: null, before: null, limit: 21, isReversed: false };
const eventsOf = (userId: string) => kit.prisma.auditEvent.findMany({ where: { subjectId: userId }, orderBy: { id: 'asc' } });

async function newAdmin(): Promise<Viewer> {
  const setupToken = (await kit.people.prepareSetupToken()) ?? '';
  return kit.people.authenticate((await kit.join({ setupToken })).accessToken);
}

describe('the audit log', () => {
  it('tells the life of an account with who did what from where, and holds no name, password or token', async () => {
    const admin = await newAdmin();
    const joined = await kit.join({ email: 'watched@example.org', username: 'watched' });
    const { id } = joined.user;
    const login = () => kit.people.login({ login: 'watched', password }, device);
    const viewer = await kit.people.authenticate(joined.accessToken);
    await kit.people.login({ login: 'watched', password: 'a wrong password' }, device).catch(() => undefined);
    const second = await login();
    const third = await kit.people.authenticate((await login()).accessToken);
    await kit.people.logout(null, second.refreshToken, device);
    await kit.people.revokeLogin(viewer, third.loginId, device);
    await kit.people.refreshAuth(joined.refreshToken, device);
    kit.clock.advance(graceSeconds * 1_000 + 1);
    await kit.people.refreshAuth(joined.refreshToken, device).catch(() => undefined);
    const again = await kit.people.authenticate((await login()).accessToken);
    await kit.people.changePassword(again, { currentPassword: 'not it', newPassword: password }, device).catch(() => undefined);
    await kit.people.changePassword(again, { currentPassword: password, newPassword: 'staple battery horse' }, device);
    await kit.people.claimAdmin(again, 'clq_setup_wrong', device).catch(() => undefined);
    await kit.people.setRole(admin, { id, role: 'ADMIN' }, device);
    await kit.people.setRole(admin, { id, role: 'ADMIN' }, device);
    await kit.people.disable(admin, { id, reason: 'A test' }, device);
    await kit.people.login({ login: 'watched', password: 'staple battery horse' }, device).catch(() => undefined);
    await kit.people.enable(admin, id, device);
    await kit.people.delete(admin, id, device);

    const events = await eventsOf(id);
    expect(events.map(({ kind }) => kind)).toEqual([
      'REGISTERED',
      'LOGIN_FAILED',
      'LOGIN_SUCCEEDED',
      'LOGIN_SUCCEEDED',
      'LOGGED_OUT',
      'LOGIN_REVOKED',
      'TOKEN_REUSED',
      'LOGIN_SUCCEEDED',
      'PASSWORD_CHECK_FAILED',
      'PASSWORD_CHANGED',
      'SETUP_TOKEN_REFUSED',
      'ROLE_CHANGED',
      'USER_DISABLED',
      'LOGIN_FAILED',
      'USER_ENABLED',
      'USER_DELETED',
    ]);
    for (const event of events) expect(event).toMatchObject({ ...device, subjectId: id });
    const actors = Object.fromEntries(events.map(({ kind, actorId }) => [kind, actorId]));
    expect(actors).toMatchObject({ LOGIN_FAILED: null, TOKEN_REUSED: null, LOGGED_OUT: id, PASSWORD_CHANGED: id, ROLE_CHANGED: admin.userId });
    expect(events.find(({ kind }) => kind === 'ROLE_CHANGED')?.data).toEqual({ from: 'MEMBER', to: 'ADMIN' });
    expect(JSON.stringify(events)).not.toMatch(/watched|battery|wrong|clq_|eyJ/);
    expect((await eventsOf(admin.userId)).map(({ kind }) => kind)).toEqual(['REGISTERED', 'SETUP_TOKEN_USED']);
    for (const { kind } of events) expect(Object.keys(auditKinds)).toContain(kind);
  });

  it('holds an entry exactly when its change was made', async () => {
    const { user } = await kit.join();
    const change = kit.prisma.$transaction(async (transaction) => {
      await kit.audit.record(transaction, { kind: 'ROLE_CHANGED', actorId: user.id, device });
      throw new Error('undone');
    });
    await expect(change).rejects.toThrow('undone');
    expect((await eventsOf(user.id)).map(({ kind }) => kind)).toEqual(['REGISTERED']);
  });

  it('tells failed attempts at the same name apart from others, without the name', async () => {
    for (const login of ['one@example.org', ' ONE@example.org', 'two@example.org']) {
      await kit.people.login({ login, password: 'wrong' }, device).catch(() => undefined);
    }
    const events = await kit.prisma.auditEvent.findMany({ orderBy: { id: 'asc' } });
    const [first, second, third] = events.map(({ data }) => JSON.stringify(data));
    expect(first).toMatch(/^\{"reason":"mismatch","nameHash":"[\w-]{16}"\}$|^\{"nameHash":"[\w-]{16}","reason":"mismatch"\}$/);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  it('is listed for administrators alone, by kind, actor, subject and time, in one statement', async () => {
    const admin = await newAdmin();
    const { user, accessToken } = await kit.join();
    const since = kit.clock.now();
    kit.clock.advance(1_000);
    await kit.people.setRole(admin, { id: user.id, role: 'ADMIN' }, device);
    kit.clock.advance(1_000);
    await kit.people.setRole(admin, { id: user.id, role: 'MEMBER' }, device);
    const kindsOf = async (filter: Parameters<typeof kit.audit.list>[1]) => (await kit.audit.list(admin, filter, page)).map(({ kind }) => kind);
    expect(await kindsOf({ kinds: ['ROLE_CHANGED'] })).toHaveLength(2);
    expect(await kindsOf({ actorId: user.id })).toEqual(['REGISTERED']);
    expect(await kindsOf({ subjectId: user.id })).toEqual(['ROLE_CHANGED', 'ROLE_CHANGED', 'REGISTERED']);
    expect(await kindsOf({ since: new Date(since.getTime() + 1_500) })).toEqual(['ROLE_CHANGED']);
    expect((await countStatements(kit.pool, () => kit.audit.list(admin, {}, page))).statements).toHaveLength(1);
    const [newest] = await kit.audit.list(admin, {}, { ...page, limit: 1 });
    const rest = await kit.audit.list(admin, {}, { ...page, after: { at: newest?.createdAt ?? since, id: newest?.id ?? '' } });
    expect(rest).toHaveLength(4);
    const member = await kit.people.authenticate(accessToken);
    await expect(kit.audit.list(member, {}, page)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(kit.audit.list(null, {}, page)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('forgets what is older than its time', async () => {
    const { user } = await kit.join();
    kit.clock.advance(1_000);
    expect(await kit.audit.removeOld(1_000)).toBe(0);
    kit.clock.advance(1);
    expect(await kit.audit.removeOld(1_000)).toBe(1);
    expect(await eventsOf(user.id)).toEqual([]);
  });
});

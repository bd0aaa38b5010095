import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countStatements } from '../kit/statements.ts';
import { accessTokenLifetimeSeconds, device, openPeople, password, type OpenPeople } from './people-kit.ts';

let kit: OpenPeople;
beforeAll(async () => void (kit = await openPeople()));
afterAll(() => kit.close());

const unauthenticated = { name: 'AppError', code: 'UNAUTHENTICATED' };
const cacheMs = 2_000;

describe('authenticate', () => {
  it('asks the database once for many requests, and again after two seconds', async () => {
    const { accessToken } = await kit.join();
    const twenty = () => Promise.all(Array.from({ length: 20 }, () => kit.people.authenticate(accessToken)));
    expect((await countStatements(kit.pool, twenty)).statements).toHaveLength(1);
    kit.clock.advance(cacheMs);
    expect((await countStatements(kit.pool, twenty)).statements, 'still remembered').toHaveLength(0);
    kit.clock.advance(1);
    expect((await countStatements(kit.pool, twenty)).statements).toHaveLength(1);
  });

  it('notices within two seconds that another process ended the login', async () => {
    const { accessToken, refreshToken } = await kit.join();
    await kit.people.authenticate(accessToken);
    await kit.another().logout(null, refreshToken, device);
    kit.clock.advance(cacheMs + 1);
    await expect(kit.people.authenticate(accessToken)).rejects.toMatchObject(unauthenticated);
  });

  it('reads the role from the database and not from the token', async () => {
    const { accessToken, user } = await kit.join();
    const { loginId } = await kit.people.authenticate(accessToken);
    await kit.prisma.user.update({ where: { id: user.id }, data: { role: 'ADMIN' } });
    kit.clock.advance(cacheMs + 1);
    expect((await kit.people.authenticate(accessToken)).role).toBe('ADMIN');
    expect((await kit.people.findViewer(loginId))?.role).toBe('ADMIN');
  });

  it('refuses the token of a deleted user', async () => {
    const { accessToken, user } = await kit.join();
    await kit.people.authenticate(accessToken);
    await kit.prisma.user.delete({ where: { id: user.id } });
    kit.clock.advance(cacheMs + 1);
    await expect(kit.people.authenticate(accessToken)).rejects.toMatchObject(unauthenticated);
  });

  it('refuses an expired token whose login goes on', async () => {
    const { accessToken, refreshToken } = await kit.join();
    kit.clock.advance(accessTokenLifetimeSeconds * 1_000);
    await expect(kit.people.authenticate(accessToken)).rejects.toMatchObject({ ...unauthenticated, message: expect.stringContaining('has expired') });
    await expect(kit.people.refreshAuth(refreshToken, device)).resolves.toBeDefined();
  });

  it('refuses a token that names one person and the login of another', async () => {
    const [first, second] = [await kit.join(), await kit.join()];
    const { loginId } = await kit.people.authenticate(first.accessToken);
    await expect(kit.people.authenticate(await kit.accessTokens.sign({ userId: second.user.id, loginId }))).rejects.toMatchObject(unauthenticated);
  });

  it('refuses a refresh token', async () => {
    const { refreshToken } = await kit.join();
    await expect(kit.people.authenticate(refreshToken)).rejects.toMatchObject(unauthenticated);
  });

  it('does not remember that the database was away', async () => {
    const { accessToken } = await kit.join();
    await kit.prisma.$executeRaw`ALTER TABLE logins RENAME TO logins_away`;
    await expect(kit.people.authenticate(accessToken)).rejects.toThrow('logins');
    await kit.prisma.$executeRaw`ALTER TABLE logins_away RENAME TO logins`;
    await expect(kit.people.authenticate(accessToken)).resolves.toBeDefined();
  });
});

describe('isLoginActive', () => {
  it('sees at once what this or another process revoked, and who was deleted', async () => {
    const [kept, loggedOut, elsewhere, deleted] = [await kit.join(), await kit.join(), await kit.join(), await kit.join()];
    const viewers = await Promise.all([kept, loggedOut, elsewhere, deleted].map(({ accessToken }) => kit.people.authenticate(accessToken)));
    const activity = () => Promise.all(viewers.map(({ loginId }) => kit.people.isLoginActive(loginId)));
    expect(await activity()).toEqual([true, true, true, true]);
    await kit.people.logout(null, loggedOut.refreshToken, device);
    await kit.another().logout(null, elsewhere.refreshToken, device);
    await kit.prisma.user.delete({ where: { id: deleted.user.id } });
    const { result, statements } = await countStatements(kit.pool, activity);
    expect(result).toEqual([true, false, false, false]);
    expect(statements, 'one for all').toHaveLength(1);
  });
});

describe('the number of SQL statements', () => {
  it('is one for any number of people', async () => {
    const own = await kit.join();
    const viewer = await kit.people.authenticate(own.accessToken);
    const others = [await kit.join(), await kit.join(), await kit.join()].map(({ user }) => user.id);
    expect((await countStatements(kit.pool, () => kit.people.byIds(viewer, [own.user.id, ...others]))).statements).toHaveLength(1);
    expect((await countStatements(kit.pool, () => kit.people.viewer(viewer))).statements).toHaveLength(1);
    expect((await countStatements(kit.pool, () => kit.people.viewer(null))).statements).toHaveLength(0);
  });

  it('A20 is the same for an unknown account and a wrong password, to the letter', async () => {
    const { user } = await kit.join();
    const refused = (login: string) => () => kit.people.login({ login, password: 'not the password' }, device).catch((error: unknown) => error);
    const wrong = await countStatements(kit.pool, refused(user.email ?? ''));
    const unknown = await countStatements(kit.pool, refused('unknown@example.org'));
    expect(wrong.result).toMatchObject(unauthenticated);
    expect(wrong.statements).toHaveLength(3);
    expect(unknown.statements).toEqual(wrong.statements);
  });

  it('stays small for signing in and refreshing', async () => {
    const { user, refreshToken } = await kit.join();
    const login = await countStatements(kit.pool, () => kit.people.login({ login: user.email ?? '', password }, device));
    const refresh = await countStatements(kit.pool, () => kit.people.refreshAuth(refreshToken, device));
    expect({ login: login.statements.length, refresh: refresh.statements.length }).toEqual({ login: 9, refresh: 8 });
  });
});

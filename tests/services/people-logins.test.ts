import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graceSeconds, device, openPeople, password, refreshTokenLifetimeSeconds, type OpenPeople } from './people-kit.ts';

let kit: OpenPeople;
beforeAll(async () => void (kit = await openPeople()));
afterAll(() => kit.close());

const unauthenticated = { name: 'AppError', code: 'UNAUTHENTICATED' };

describe('login', () => {
  it('takes the address or the username in any case', async () => {
    const { user } = await kit.join({ email: 'names@example.org', username: 'Names' });
    for (const login of ['names@example.org', ' NAMES@example.org', 'names', 'NAMES ']) {
      expect((await kit.people.login({ login, password }, device)).user).toEqual(user);
    }
  });

  it('A20 gives an unknown account the answer and the work of a wrong password: one compare with a hash of the same cost', async () => {
    await kit.join({ email: 'known@example.org', username: 'known' });
    const costOf = async (login: string, given: string) => {
      const before = { ...kit.work };
      kit.comparedCosts.length = 0;
      const error: unknown = await kit.people.login({ login, password: given }, device).catch((reason: unknown) => reason);
      expect(error).toMatchObject(unauthenticated);
      return { error: String(error), hashes: kit.work.hashes - before.hashes, compares: kit.work.compares - before.compares, costs: [...kit.comparedCosts] };
    };
    const wrongPassword = await costOf('known@example.org', 'not the password');
    expect(wrongPassword).toEqual({ error: 'AppError: The e-mail address, the username or the password is wrong.', hashes: 0, compares: 1, costs: [4] });
    expect(await costOf('unknown@example.org', 'not the password')).toEqual(wrongPassword);
    expect(await costOf('unknown', 'not the password')).toEqual(wrongPassword);
    expect(await costOf('known', 'not the password')).toEqual(wrongPassword);
    expect(await costOf('unknown', 'x'.repeat(100))).toEqual(wrongPassword);
    expect(await costOf('known', 'x'.repeat(100))).toEqual(wrongPassword);
  });

  it('A18 tells a password of 72 bytes from a longer one that begins with it', async () => {
    const longest = 'a'.repeat(72);
    await kit.people.register({ email: 'longest@example.org', password: longest }, device);
    await expect(kit.people.login({ login: 'longest@example.org', password: `${longest}b` }, device)).rejects.toMatchObject(unauthenticated);
    await expect(kit.people.login({ login: 'longest@example.org', password: longest }, device)).resolves.toBeDefined();
  });

  it('hashes the password anew when the configured cost has changed', async () => {
    const { user } = await kit.join({ email: 'older@example.org' });
    const costlier = kit.another({ bcryptCost: 5 });
    await costlier.login({ login: 'older@example.org', password }, device);
    expect((await kit.prisma.credential.findUniqueOrThrow({ where: { userId: user.id } })).passwordHash).toMatch(/^\$2b\$05\$/);
    await expect(costlier.login({ login: 'older@example.org', password }, device)).resolves.toBeDefined();
  });
});

describe('refreshAuth', () => {
  it('gives a new pair in the same login', async () => {
    const first = await kit.join();
    const second = await kit.people.refreshAuth(first.refreshToken, device);
    const third = await kit.people.refreshAuth(second.refreshToken, device);
    expect(new Set([first.refreshToken, second.refreshToken, third.refreshToken]).size).toBe(3);
    expect(third.user).toEqual(first.user);
    expect(await kit.people.authenticate(third.accessToken)).toEqual(await kit.people.authenticate(first.accessToken));
  });

  it('lets the same token come again within the grace interval, also at the same moment, in one login', async () => {
    const { refreshToken, user } = await kit.join();
    const pairs = await Promise.all(Array.from({ length: 5 }, () => kit.people.refreshAuth(refreshToken, device)));
    kit.clock.advance(graceSeconds * 1_000);
    pairs.push(await kit.people.refreshAuth(refreshToken, device));
    expect(new Set(pairs.map((pair) => pair.refreshToken)).size).toBe(6);
    for (const pair of pairs) {
      await expect(kit.people.authenticate(pair.accessToken)).resolves.toMatchObject({ userId: user.id });
      await expect(kit.people.refreshAuth(pair.refreshToken, device)).resolves.toBeDefined();
    }
    expect(await kit.prisma.login.count({ where: { userId: user.id } })).toBe(1);
  });

  it('A15 ends the login, newest tokens and all, when a token comes again after the grace interval', async () => {
    const stolen = await kit.join();
    const newest = await kit.people.refreshAuth(stolen.refreshToken, device);
    await kit.people.authenticate(newest.accessToken);
    kit.clock.advance(graceSeconds * 1_000 + 1);
    await expect(kit.people.refreshAuth(stolen.refreshToken, device)).rejects.toMatchObject({
      ...unauthenticated,
      message: expect.stringContaining('used before'),
    });
    await expect(kit.people.authenticate(newest.accessToken)).rejects.toMatchObject(unauthenticated);
    await expect(kit.people.refreshAuth(newest.refreshToken, device)).rejects.toMatchObject(unauthenticated);
    await expect(kit.people.login({ login: stolen.user.email ?? '', password }, device), 'the account itself is unharmed').resolves.toBeDefined();
  });

  it('ends with the lifetime of the token', async () => {
    const { refreshToken } = await kit.join();
    kit.clock.advance(refreshTokenLifetimeSeconds * 1_000 - 1);
    const next = await kit.people.refreshAuth(refreshToken, device);
    kit.clock.advance(refreshTokenLifetimeSeconds * 1_000);
    await expect(kit.people.refreshAuth(next.refreshToken, device)).rejects.toMatchObject(unauthenticated);
  });

  it.each(['', 'clq_r_unknown', 'x'.repeat(10_000), 'a\0b'])('refuses %j', async (token) => {
    await expect(kit.people.refreshAuth(token, device)).rejects.toMatchObject(unauthenticated);
  });
});

describe('logout', () => {
  it('ends the login of the viewer and no other', async () => {
    const first = await kit.join();
    const second = await kit.people.login({ login: first.user.email ?? '', password }, device);
    await kit.people.logout(await kit.people.authenticate(first.accessToken), null, device);
    await expect(kit.people.authenticate(first.accessToken)).rejects.toMatchObject({
      ...unauthenticated,
      message: 'This login has ended; sign in again with "login".',
    });
    await expect(kit.people.refreshAuth(first.refreshToken, device)).rejects.toMatchObject(unauthenticated);
    await expect(kit.people.authenticate(second.accessToken)).resolves.toBeDefined();
  });

  it('ends the login of a refresh token without an access token, and is content when there is none', async () => {
    const { refreshToken, accessToken } = await kit.join();
    await kit.people.logout(null, refreshToken, device);
    await expect(kit.people.authenticate(accessToken)).rejects.toMatchObject(unauthenticated);
    await expect(kit.people.logout(null, refreshToken, device)).resolves.toBeUndefined();
    await expect(kit.people.logout(null, 'clq_r_unknown', device)).resolves.toBeUndefined();
    await expect(kit.people.logout(null, null, device)).rejects.toMatchObject(unauthenticated);
  });
});

describe('removeExpiredLogins', () => {
  it('removes tokens that expired and logins without any, and keeps the rest', async () => {
    await kit.join();
    kit.clock.advance(refreshTokenLifetimeSeconds * 1_000);
    const fresh = await kit.join();
    const { tokenCount, loginCount } = await kit.people.removeExpiredLogins();
    expect(tokenCount).toBeGreaterThan(0);
    expect(loginCount).toBeGreaterThan(0);
    expect(await kit.prisma.login.findMany({ select: { userId: true } })).toEqual([{ userId: fresh.user.id }]);
    await expect(kit.people.refreshAuth(fresh.refreshToken, device)).resolves.toBeDefined();
  });
});

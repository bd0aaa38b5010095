import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSetupTokens } from '../../src/auth/opaque-tokens.ts';
import { device, openPeople, password, reasonsOf, type OpenPeople } from './people-kit.ts';

let kit: OpenPeople;
beforeEach(async () => void (kit = await openPeople()));
afterEach(() => kit.close());

const forbidden = { name: 'AppError', code: 'FORBIDDEN', message: expect.stringContaining('The set-up token is not valid') };

async function prepare(): Promise<string> {
  const token = await kit.people.prepareSetupToken();
  if (token === null) throw new Error('there is an admin already');
  return token;
}

const countOf = async () => ({ users: await kit.prisma.user.count(), logins: await kit.prisma.login.count() });

describe('the set-up token', () => {
  it('makes the account that registers with it the first admin, and then nobody else', async () => {
    const token = await prepare();
    const { user, accessToken } = await kit.join({ setupToken: token });
    expect(user.role).toBe('ADMIN');
    expect((await kit.people.authenticate(accessToken)).role).toBe('ADMIN');
    const before = await countOf();
    await expect(kit.join({ setupToken: token })).rejects.toMatchObject(forbidden);
    expect(await countOf()).toEqual(before);
  });

  it('is stored as a hash', async () => {
    const token = await prepare();
    const settings = await kit.prisma.setting.findMany();
    expect(settings).toMatchObject([{ key: 'setup-token', value: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect(JSON.stringify(settings)).not.toContain(token);
  });

  it('is made anew at every start until there is an admin; the older one stops working', async () => {
    const older = await prepare();
    const newer = await prepare();
    expect(newer).not.toBe(older);
    await expect(kit.join({ setupToken: older })).rejects.toMatchObject(forbidden);
    await kit.join({ setupToken: newer });
    expect(await kit.people.prepareSetupToken()).toBeNull();
  });

  it.each(['', 'clq_setup_wrong'])('leaves nothing behind when it is wrong: %j', async (setupToken) => {
    await prepare();
    await expect(kit.join({ setupToken })).rejects.toMatchObject(forbidden);
    expect(await countOf()).toEqual({ users: 0, logins: 0 });
    await expect(kit.join(), 'no token at all makes a member').resolves.toMatchObject({ user: { role: 'MEMBER' } });
  });

  it('is still good after a registration that failed for another reason', async () => {
    await kit.join({ email: 'taken@example.org' });
    const setupToken = await prepare();
    await expect(kit.join({ email: 'taken@example.org', setupToken })).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(kit.join({ setupToken })).resolves.toMatchObject({ user: { role: 'ADMIN' } });
  });

  it('makes one admin of many who use it at the same moment', async () => {
    const setupToken = await prepare();
    const attempts = await Promise.allSettled(Array.from({ length: 6 }, () => kit.join({ setupToken })));
    expect(attempts.filter((attempt) => attempt.status === 'fulfilled')).toHaveLength(1);
    expect(reasonsOf(attempts)).toMatchObject(Array.from({ length: 5 }, () => forbidden));
    expect(await countOf()).toEqual({ users: 1, logins: 1 });
  });

  it('can be claimed by an account that exists, whose role changes at once', async () => {
    const setupToken = await prepare();
    const { accessToken } = await kit.join();
    const viewer = await kit.people.authenticate(accessToken);
    expect(viewer.role).toBe('MEMBER');
    await expect(kit.people.claimAdmin(null, setupToken, device)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(kit.people.claimAdmin(viewer, 'clq_setup_wrong', device)).rejects.toMatchObject(forbidden);
    expect(await kit.people.claimAdmin(viewer, setupToken, device)).toMatchObject({ role: 'ADMIN' });
    expect((await kit.people.authenticate(accessToken)).role).toBe('ADMIN');
    await expect(kit.people.claimAdmin(viewer, setupToken, device)).rejects.toMatchObject(forbidden);
  });

  it('makes no second admin when another process left one behind', async () => {
    await kit.join({ setupToken: await prepare() });
    const { token, hash } = createSetupTokens().make();
    await kit.prisma.setting.create({ data: { key: 'setup-token', value: hash } });
    await expect(kit.people.register({ email: 'second@example.org', password, setupToken: token }, device)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: 'This installation has an administrator already; ask them to change your role.',
    });
    expect(await kit.prisma.user.count({ where: { role: 'ADMIN' } })).toBe(1);
    await kit.people.prepareSetupToken();
    expect(await kit.prisma.setting.count(), 'the next start removes it').toBe(0);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countStatements } from '../kit/statements.ts';
import { device, openPeople, password, type OpenPeople } from './people-kit.ts';

let kit: OpenPeople;
beforeAll(
  async () =>
    void (kit = await openPeople({
      rates: { loginsPerAccount: 10, loginsPerAddress: 30, registrationsPerAddress: 40, refreshesPerAddress: 5, checksPerUser: 3 },
    })),
);
afterAll(() => kit.close());

let lastHost = 0;
/** A device at an address of its own, so that the tests do not count against one another. */
const elsewhere = () => ({ ...device, address: `198.51.100.${(lastHost += 1)}` });
const join = async () => kit.people.register({ email: `limited${(lastHost += 1)}@example.org`, password }, elsewhere());
const limited = { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number), message: expect.stringMatching(/try again in 9\d\d|try again in 8\d\d/) };

/** The codes of so many attempts to sign in, one after the other. */
async function attempt(count: number, login: string, given: string, from: () => typeof device): Promise<readonly unknown[]> {
  const codes: unknown[] = [];
  for (let done = 0; done < count; done += 1) {
    codes.push(
      await kit.people.login({ login, password: given }, from()).then(
        () => 'OK',
        (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
      ),
    );
  }
  return codes;
}

describe('A13 wrong logins', () => {
  it('are ten an account; then the right password waits too, and other accounts are unaffected', async () => {
    const [{ user }, other] = [await join(), await join()];
    const login = user.email ?? '';
    const codes = await attempt(11, login, 'wrong', elsewhere);
    expect(codes).toEqual([...Array.from({ length: 10 }, () => 'UNAUTHENTICATED'), 'RATE_LIMITED']);
    await expect(kit.people.login({ login, password }, elsewhere())).rejects.toMatchObject(limited);
    await expect(kit.people.login({ login: ` ${login.toUpperCase()}`, password }, elsewhere()), 'in any spelling').rejects.toMatchObject(limited);
    expect(await attempt(1, other.user.email ?? '', password, elsewhere)).toEqual(['OK']);
  });

  it('of an account that does not exist are limited alike', async () => {
    const codes = await attempt(11, 'nobody@example.org', 'wrong', elsewhere);
    expect(codes).toEqual([...Array.from({ length: 10 }, () => 'UNAUTHENTICATED'), 'RATE_LIMITED']);
  });

  it('cost neither a statement about the account nor a compare once they are refused', async () => {
    const { user } = await join();
    const login = user.email ?? '';
    await attempt(11, login, 'wrong', elsewhere);
    const before = kit.work.compares;
    const { statements } = await countStatements(kit.pool, () => attempt(1, login, password, elsewhere));
    expect(statements, 'that of the address alone').toHaveLength(1);
    expect(kit.work.compares).toBe(before);
  });

  it('are thirty an address, whatever the account, and an IPv6 address counts with its network', async () => {
    const codes: unknown[] = [];
    for (let round = 0; round < 4; round += 1) {
      const from = () => ({ ...device, address: `2001:db8:0:1::${(lastHost += 1)}` });
      codes.push(...(await attempt(8, `somebody${round}@example.org`, 'wrong', from)));
    }
    expect(codes).toEqual([...Array.from({ length: 30 }, () => 'UNAUTHENTICATED'), 'RATE_LIMITED', 'RATE_LIMITED']);
    const { user } = await join();
    await expect(kit.people.login({ login: user.email ?? '', password }, { ...device, address: '2001:db8:0:1::ffff' })).rejects.toMatchObject({
      ...limited,
      message: expect.stringContaining('from your address'),
    });
    expect(await attempt(1, user.email ?? '', password, () => ({ ...device, address: '2001:db8:0:2::1' }))).toEqual(['OK']);
  });

  it('are not forgotten when the owner signs in between them, who may do so any number of times', async () => {
    const { user } = await join();
    const login = user.email ?? '';
    expect(await attempt(9, login, 'wrong', elsewhere)).not.toContain('RATE_LIMITED');
    expect(await attempt(12, login, password, elsewhere)).toEqual(Array.from({ length: 12 }, () => 'OK'));
    expect(await attempt(2, login, 'wrong', elsewhere)).toEqual(['UNAUTHENTICATED', 'RATE_LIMITED']);
  });

  it('stand in the audit log until the limit, which stands there once', async () => {
    const name = 'audited@example.org';
    await attempt(14, name, 'wrong', elsewhere);
    const nameHash = kit.audit.hashOfName(name);
    const events = await kit.prisma.auditEvent.findMany({ where: { data: { path: ['nameHash'], equals: nameHash } }, orderBy: { id: 'asc' } });
    expect(events.map(({ kind }) => kind)).toEqual([...Array.from({ length: 10 }, () => 'LOGIN_FAILED'), 'LOGIN_LIMITED']);
  });

  it('leave no name in the counts', async () => {
    await attempt(1, 'secret-name@example.org', 'wrong', elsewhere);
    const { rows } = await kit.pool.query<{ key: string }>('SELECT key FROM rate_limits');
    expect(JSON.stringify(rows)).not.toContain('secret-name');
  });
});

describe('the other limits', () => {
  it('hold for registrations of an address', async () => {
    const from = elsewhere();
    const register = (count: number) => kit.people.register({ email: `many${count}@example.org`, password: 'short' }, from);
    // What is not acceptable at first sight costs nothing and does not count.
    await expect(register(0)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    for (let count = 0; count < 40; count += 1) {
      await expect(kit.people.register({ email: 'many@example.org', password, setupToken: 'clq_setup_wrong' }, from)).rejects.toMatchObject({
        code: 'FORBIDDEN',
      });
    }
    await expect(kit.people.register({ email: 'many@example.org', password }, from)).rejects.toMatchObject(limited);
  });

  it('hold for refreshes of an address, before the database is asked', async () => {
    const from = elsewhere();
    for (let count = 0; count < 5; count += 1) await expect(kit.people.refreshAuth('clq_r_x', from)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const { statements } = await countStatements(kit.pool, () => expect(kit.people.refreshAuth('clq_r_x', from)).rejects.toMatchObject(limited));
    expect(statements).toEqual([]);
  });

  it('hold for passwords and set-up tokens that somebody signed in gives, together', async () => {
    const viewer = await kit.people.authenticate((await join()).accessToken);
    const newPassword = 'staple battery horse';
    await expect(kit.people.changePassword(viewer, { currentPassword: 'wrong', newPassword }, device)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await expect(kit.people.deleteAccount(viewer, 'wrong', device)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await expect(kit.people.claimAdmin(viewer, 'clq_setup_wrong', device)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(kit.people.changePassword(viewer, { currentPassword: password, newPassword }, device)).rejects.toMatchObject(limited);
    await expect(kit.people.deleteAccount(viewer, password, device)).rejects.toMatchObject(limited);
    await expect(kit.people.claimAdmin(viewer, 'clq_setup_wrong', device)).rejects.toMatchObject(limited);
    const other = await kit.people.authenticate((await join()).accessToken);
    await expect(kit.people.changePassword(other, { currentPassword: password, newPassword }, device)).resolves.toBeDefined();
  });
});

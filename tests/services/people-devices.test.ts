import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noDevice } from '../../src/base/device.ts';
import type { Page } from '../../src/base/page.ts';
import { countStatements } from '../kit/statements.ts';
import { device, openPeople, password, refreshTokenLifetimeSeconds, type OpenPeople } from './people-kit.ts';

let kit: OpenPeople;
beforeAll(async () => void (kit = await openPeople()));
afterAll(() => kit.close());

const page: Page = { after: null, before: null, limit: 21, isReversed: false };

/** Somebody on a phone and a laptop, seen from the laptop. */
async function twoDevices() {
  const phone = await kit.join();
  const login = phone.user.email ?? '';
  kit.clock.advance(1_000);
  const laptop = await kit.people.login({ login, password }, { address: '2001:db8::7', userAgent: 'Laptop' });
  return { phone, laptop, login, viewer: await kit.people.authenticate(laptop.accessToken), onPhone: await kit.people.authenticate(phone.accessToken) };
}

describe('the list of logins', () => {
  it('shows each signed-in device of the viewer with what is known of it, the newest first, in one statement', async () => {
    const { viewer, onPhone } = await twoDevices();
    await kit.join();
    const { result, statements } = await countStatements(kit.pool, () => kit.people.logins(viewer, page));
    expect(result).toMatchObject([
      { id: viewer.loginId, userAgent: 'Laptop', address: '2001:db8::7', isCurrent: true },
      { id: onPhone.loginId, userAgent: 'test device', address: '192.0.2.1', isCurrent: false },
    ]);
    expect(statements).toHaveLength(1);
    expect((await kit.people.loginsByIds(onPhone, [viewer.loginId, onPhone.loginId])).get(viewer.loginId)).toMatchObject({ isCurrent: false });
  });

  it('shows what is not known as null', async () => {
    const { user } = await kit.join();
    const { accessToken } = await kit.people.login({ login: user.email ?? '', password }, noDevice);
    const viewer = await kit.people.authenticate(accessToken);
    expect((await kit.people.loginsByIds(viewer, [viewer.loginId])).get(viewer.loginId)).toMatchObject({ userAgent: null, address: null });
  });

  it('keeps 300 characters of what a program calls itself, in the list and in the audit log', async () => {
    const { user } = await kit.join();
    const { accessToken } = await kit.people.login({ login: user.email ?? '', password }, { ...device, userAgent: `${'x'.repeat(300)}y` });
    const viewer = await kit.people.authenticate(accessToken);
    const kept = { userAgent: 'x'.repeat(300) };
    expect((await kit.people.loginsByIds(viewer, [viewer.loginId])).get(viewer.loginId)).toMatchObject(kept);
    expect(await kit.prisma.auditEvent.findFirst({ where: { actorId: user.id, kind: 'LOGIN_SUCCEEDED' } })).toMatchObject(kept);
  });

  it('leaves out what was ended or has expired', async () => {
    const { viewer, phone } = await twoDevices();
    await kit.people.logout(null, phone.refreshToken, device);
    expect(await kit.people.logins(viewer, page)).toHaveLength(1);
    kit.clock.advance(refreshTokenLifetimeSeconds * 1_000);
    expect(await kit.people.logins(viewer, page)).toHaveLength(0);
  });

  it('is of nobody else', async () => {
    const { viewer } = await twoDevices();
    const stranger = await kit.people.authenticate((await kit.join()).accessToken);
    expect((await kit.people.loginsByIds(stranger, [viewer.loginId, 'no uuid'])).size).toBe(0);
    await expect(kit.people.logins(null, page)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('revokeLogin', () => {
  it('ends one login, and answers the same when it comes again', async () => {
    const { viewer, onPhone, phone, laptop } = await twoDevices();
    expect(await kit.people.revokeLogin(viewer, onPhone.loginId, device)).toBe(onPhone.loginId);
    expect(await kit.people.revokeLogin(viewer, onPhone.loginId, device)).toBe(onPhone.loginId);
    await expect(kit.people.authenticate(phone.accessToken)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(kit.people.refreshAuth(phone.refreshToken, device)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(kit.people.authenticate(laptop.accessToken)).resolves.toBeDefined();
  });

  it('does not find the login of somebody else', async () => {
    const { viewer } = await twoDevices();
    const stranger = await kit.people.authenticate((await kit.join()).accessToken);
    for (const id of [viewer.loginId, 'no uuid']) {
      await expect(kit.people.revokeLogin(stranger, id, device)).rejects.toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining('No Login') });
    }
    expect(await kit.people.isLoginActive(viewer.loginId)).toBe(true);
  });
});

describe('logoutEverywhere', () => {
  it('ends all logins but the current one, or all of them', async () => {
    const { viewer, onPhone } = await twoDevices();
    const activity = () => Promise.all([viewer, onPhone].map(({ loginId }) => kit.people.isLoginActive(loginId)));
    expect(await kit.people.logoutEverywhere(viewer, true, device)).toEqual([onPhone.loginId]);
    expect(await activity()).toEqual([true, false]);
    expect(await kit.people.logoutEverywhere(viewer, false, device)).toEqual([viewer.loginId]);
    expect(await activity()).toEqual([false, false]);
  });
});

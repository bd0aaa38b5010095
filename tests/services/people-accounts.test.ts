import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { device, openPeople, password, reasonsOf, type OpenPeople } from './people-kit.ts';

let kit: OpenPeople;
beforeAll(async () => void (kit = await openPeople()));
afterAll(() => kit.close());

describe('register', () => {
  it('makes a member and signs them in', async () => {
    const result = await kit.people.register(
      { email: 'ada@example.org', username: 'Ada', fullName: ' Ada Lovelace ', password },
      { ...device, userAgent: 'Firefox' },
    );
    expect(result).toMatchObject({
      tokenType: 'Bearer',
      expiresIn: 900,
      user: { email: 'ada@example.org', username: 'Ada', fullName: 'Ada Lovelace', displayName: 'Ada Lovelace', role: 'MEMBER', createdAt: kit.clock.now() },
    });
    const viewer = await kit.people.authenticate(result.accessToken);
    expect(viewer).toEqual({ userId: result.user.id, loginId: viewer.loginId, role: 'MEMBER' });
    expect(await kit.prisma.login.findUnique({ where: { id: viewer.loginId } })).toMatchObject({ userAgent: 'Firefox', revokedAt: null });
  });

  it('stores a hash of the password and of the refresh token, and neither of them', async () => {
    const { user, refreshToken } = await kit.join();
    const credential = await kit.prisma.credential.findUniqueOrThrow({ where: { userId: user.id } });
    expect(credential.passwordHash).toMatch(/^\$2b\$04\$/);
    const stored = JSON.stringify([await kit.prisma.refreshToken.findMany(), await kit.prisma.login.findMany(), await kit.prisma.credential.findMany()]);
    expect(stored).not.toContain(refreshToken.slice(6));
    expect(stored).not.toContain(password);
  });

  it('takes addresses and usernames that differ in case alone for the same', async () => {
    await kit.join({ email: ' Grace@Example.ORG ', username: 'Grace' });
    await expect(kit.join({ email: 'grace@example.org', username: 'gRACE' })).rejects.toMatchObject({
      code: 'CONFLICT',
      issues: [
        { path: ['input', 'email'], message: 'The e-mail address "grace@example.org" has an account already; log in, or use another address.' },
        { path: ['input', 'username'], message: 'The username "gRACE" is taken; choose another.' },
      ],
    });
  });

  it('gives an address to one of those who want it at the same time', async () => {
    const attempts = await Promise.allSettled(Array.from({ length: 6 }, () => kit.join({ email: 'race@example.org' })));
    expect(attempts.filter((attempt) => attempt.status === 'fulfilled')).toHaveLength(1);
    expect(reasonsOf(attempts)).toMatchObject(Array.from({ length: 5 }, () => ({ code: 'CONFLICT', issues: [{ path: ['input', 'email'] }] })));
    expect(await kit.prisma.user.count({ where: { email: 'race@example.org' } })).toBe(1);
  });

  it.each([
    ['an address without a host', { email: 'ada@' }, 'email', '"ada@" is not an e-mail address; write it like ada@example.org'],
    ['an address with a NUL', { email: 'a\0@example.org' }, 'email', '"a\\u0000@example.org" is not an e-mail address; write it like ada@example.org'],
    ['a very long address', { email: `${'a'.repeat(250)}@example.org` }, 'email', 'an e-mail address has at most 254 characters'],
    ['a short username', { username: 'ab' }, 'username', '"ab" is not a username; use 3 to 32 letters (a to z), digits, "_", "." or "-"'],
    ['a long username', { username: 'a'.repeat(33) }, 'username', 'is not a username'],
    ['a username that could be an address', { username: 'ada@example.org' }, 'username', '"ada@example.org" is not a username'],
    ['a username with look-alike letters', { username: 'аdа' }, 'username', 'is not a username'],
    ['an empty full name', { fullName: '  ' }, 'fullName', 'a full name must not be empty; give null to remove it'],
    ['a full name with a line break', { fullName: 'Ada\nLovelace' }, 'fullName', 'a full name must not contain control characters'],
    ['a long full name', { fullName: 'a'.repeat(121) }, 'fullName', 'a full name has at most 120 characters'],
    ['a short password', { password: '1234567' }, 'password', 'has 7 characters; choose a password of at least 8.'],
    ['A18: a password of 73 bytes', { password: 'a'.repeat(73) }, 'password', 'is 73 bytes long in UTF-8; at most 72 count, so choose a shorter password.'],
  ])('refuses %s and makes nothing', async (_, wrong, field, message) => {
    const before = { ...kit.work, users: await kit.prisma.user.count() };
    await expect(kit.people.register({ email: 'fine@example.org', password, ...wrong }, device)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      issues: expect.arrayContaining([{ path: ['input', field], message: expect.stringContaining(message) }]),
    });
    expect({ ...kit.work, users: await kit.prisma.user.count() }).toEqual(before);
  });
});

describe('updateProfile', () => {
  it('keeps what is absent and removes what is null', async () => {
    const { accessToken } = await kit.join({ username: 'changeable' });
    const viewer = await kit.people.authenticate(accessToken);
    expect(await kit.people.updateProfile(viewer, { fullName: 'First' })).toMatchObject({ username: 'changeable', fullName: 'First' });
    expect(await kit.people.updateProfile(viewer, {})).toMatchObject({ username: 'changeable', fullName: 'First' });
    expect(await kit.people.updateProfile(viewer, { username: null })).toMatchObject({ username: null, fullName: 'First', displayName: 'First' });
    expect(await kit.people.updateProfile(viewer, { fullName: null })).toMatchObject({ username: null, fullName: null });
    await expect(kit.join({ username: 'changeable' }), 'the name is free again').resolves.toBeDefined();
  });

  it('lets a person change the case of their own username, and take nobody else’s', async () => {
    await kit.join({ username: 'occupied' });
    const viewer = await kit.people.authenticate((await kit.join({ username: 'mine' })).accessToken);
    expect(await kit.people.updateProfile(viewer, { username: 'MINE' })).toMatchObject({ username: 'MINE' });
    await expect(kit.people.updateProfile(viewer, { username: 'Occupied' })).rejects.toMatchObject({
      code: 'CONFLICT',
      issues: [{ path: ['input', 'username'], message: 'The username "Occupied" is taken; choose another.' }],
    });
  });

  it('is for those who are signed in', async () => {
    await expect(kit.people.updateProfile(null, {})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('changePassword', () => {
  const newPassword = 'staple battery horse';

  it('ends every other login and keeps this one', async () => {
    const first = await kit.join({ email: 'changer@example.org' });
    const other = await kit.people.login({ login: 'changer@example.org', password }, device);
    const viewer = await kit.people.authenticate(first.accessToken);
    await kit.people.authenticate(other.accessToken);

    expect(await kit.people.changePassword(viewer, { currentPassword: password, newPassword }, device)).toMatchObject({ email: 'changer@example.org' });

    await expect(kit.people.authenticate(other.accessToken)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(kit.people.refreshAuth(other.refreshToken, device)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await kit.people.authenticate(first.accessToken)).toEqual(viewer);
    await expect(kit.people.refreshAuth(first.refreshToken, device)).resolves.toBeDefined();
    await expect(kit.people.login({ login: 'changer@example.org', password }, device)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(kit.people.login({ login: 'changer@example.org', password: newPassword }, device)).resolves.toBeDefined();
  });

  it('changes nothing when the current password is wrong or the new one is not acceptable', async () => {
    const { accessToken, user } = await kit.join();
    const viewer = await kit.people.authenticate(accessToken);
    await expect(kit.people.changePassword(viewer, { currentPassword: 'wrong', newPassword }, device)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      issues: [{ path: ['input', 'currentPassword'], message: 'The current password is wrong; nothing was changed.' }],
    });
    await expect(kit.people.changePassword(viewer, { currentPassword: password, newPassword: 'é'.repeat(37) }, device)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      issues: [{ path: ['input', 'newPassword'], message: expect.stringContaining('is 74 bytes long') }],
    });
    await expect(kit.people.login({ login: user.email ?? '', password }, device)).resolves.toBeDefined();
  });

  it('leaves no login that a log-in with the old password started at the same time', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { accessToken, user } = await kit.join();
      const viewer = await kit.people.authenticate(accessToken);
      const [change, entry] = await Promise.allSettled([
        kit.people.changePassword(viewer, { currentPassword: password, newPassword }, device),
        kit.people.login({ login: user.email ?? '', password }, device),
      ]);
      expect(change.status).toBe('fulfilled');
      expect(await kit.prisma.login.count({ where: { userId: user.id, revokedAt: null } }), `round ${round}, the log-in was ${entry.status}`).toBe(1);
    }
  });
});

describe('people', () => {
  it('see themselves whole, a companion without the address, and nobody else', async () => {
    const [own, companion, stranger] = [await kit.join(), await kit.join({ username: 'companion' }), await kit.join()];
    const viewer = await kit.people.authenticate(own.accessToken);
    const now = kit.clock.now();
    const conversationId = '019a9f5e-0000-7000-8000-00000000000a';
    await kit.prisma.conversation.create({ data: { id: conversationId, ownerId: own.user.id, createdAt: now, updatedAt: now } });
    await kit.prisma.participant.createMany({ data: [own, companion].map(({ user }) => ({ conversationId, userId: user.id, joinedAt: now })) });
    const ids = [own.user.id, companion.user.id, stranger.user.id];

    const seen = await kit.people.byIds(viewer, ids);
    expect([...seen.keys()].toSorted()).toEqual([own.user.id, companion.user.id].toSorted());
    expect(seen.get(own.user.id)?.email).toBe(own.user.email);
    expect(seen.get(companion.user.id)).toMatchObject({ email: null, username: 'companion', displayName: 'companion' });
    await expect(kit.people.byIds(null, ids)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await kit.people.viewer(viewer)).toEqual(own.user);
    expect(await kit.people.viewer(null)).toBeNull();
  });
});

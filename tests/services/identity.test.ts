import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { startIdentityProvider, type IdentityProvider } from '../kit/identity-provider.ts';
import { countStatements } from '../kit/statements.ts';
import { device, openCredentials, type OpenCredentials } from './credentials-kit.ts';

let provider: IdentityProvider;
let kit: OpenCredentials;
beforeAll(async () => {
  provider = await startIdentityProvider();
  kit = await openCredentials({ OIDC_ISSUERS: JSON.stringify([{ issuer: provider.issuer, audience: provider.audience }]) });
});
afterAll(async () => {
  await kit.close();
  await provider[Symbol.asyncDispose]();
});

let lastSubject = 0;
const newSubject = (): string => `subject-${(lastSubject += 1)}`;
const wholeList = { after: null, before: null, limit: 100, isReversed: false };
const verified = (email: string) => ({ claims: { email, email_verified: true, name: 'Grace Hopper' } });
const signIn = async (subject: string, changes = {}) => kit.identities.authenticate(await provider.token(subject, changes));
const link = async (viewer: Viewer | null, subject: string) => kit.identities.link(viewer, await provider.token(subject), device);
const unauthenticated = { name: 'AppError', code: 'UNAUTHENTICATED' };

describe('somebody who comes with an outside token for the first time', () => {
  it('gets an account with the checked address and the name, once, and keeps it', async () => {
    const subject = newSubject();
    const email = `${subject}@example.org`;
    const token = await provider.token(subject, verified(email));
    const viewers = await Promise.all(Array.from({ length: 10 }, () => kit.identities.authenticate(token)));
    expect(new Set(viewers.map(({ userId }) => userId)).size).toBe(1);
    const [viewer] = viewers;
    expect(viewer).toMatchObject({ role: 'MEMBER', identityId: expect.any(String), expiresAt: expect.any(Date) });
    expect(await kit.prisma.user.findUnique({ where: { email }, select: { id: true, fullName: true } })).toEqual({
      id: viewer?.userId,
      fullName: 'Grace Hopper',
    });
    expect((await signIn(subject)).userId).toBe(viewer?.userId);
    expect(await kit.auditOf(viewer?.userId ?? '')).toMatchObject([{ kind: 'IDENTITY_LINKED', data: { issuer: provider.issuer } }]);
  });

  it('gets no address by one that nobody has checked', async () => {
    const { userId } = await signIn(newSubject(), { claims: { email: 'unchecked@example.org' } });
    expect((await kit.prisma.user.findUnique({ where: { id: userId } }))?.email).toBe(null);
  });

  it('never gets the account of whoever has the address, checked or not', async () => {
    const victim = await kit.person({ email: 'victim@example.org' });
    const subject = newSubject();
    const conflict = { code: 'CONFLICT', message: expect.stringContaining('linkIdentity') };
    await expect(signIn(subject, verified('Victim@Example.org'))).rejects.toMatchObject(conflict);
    expect((await signIn(newSubject(), { claims: { email: 'victim@example.org' } })).userId).not.toBe(victim.userId);
    expect(await kit.identities.list(victim, wholeList)).toEqual([]);
    await link(victim, subject);
    expect((await signIn(subject, verified('victim@example.org'))).userId).toBe(victim.userId);
  });

  it('is somebody else than the same subject of another issuer', async () => {
    const other = await kit.person();
    const subject = newSubject();
    await kit.pool.query(
      "INSERT INTO identities (id, user_id, issuer, subject, created_at) VALUES (gen_random_uuid(), $1, 'https://other.example', $2, now())",
      [other.userId, subject],
    );
    expect((await signIn(subject)).userId).not.toBe(other.userId);
  });

  it('is refused where there are no new accounts, and nothing is made', async () => {
    const closed = await openCredentials({
      OIDC_ISSUERS: JSON.stringify([{ issuer: provider.issuer, audience: provider.audience }]),
      OIDC_SIGN_UP: 'false',
    });
    try {
      const refusal = { ...unauthenticated, message: expect.stringContaining('linkIdentity') };
      await expect(closed.identities.authenticate(await provider.token('new'))).rejects.toMatchObject(refusal);
      expect(await closed.prisma.user.count()).toBe(0);
    } finally {
      await closed.close();
    }
  });
});

describe('a linked identity', () => {
  it('signs in its person, with the role of the database, until it is unlinked', async () => {
    const ada = await kit.person({ role: 'ADMIN' });
    const subject = newSubject();
    const identity = await link(ada, subject);
    const viewer = await signIn(subject);
    expect(viewer).toMatchObject({ userId: ada.userId, role: 'ADMIN' });
    expect(await kit.identities.isActive(viewer)).toBe(true);
    await kit.identities.unlink(ada, identity.id, device);
    expect(await kit.identities.isActive(viewer)).toBe(false);
    expect(await kit.identities.findViewer(viewer)).toBe(null);
    expect((await signIn(subject)).userId, 'a stranger now').not.toBe(ada.userId);
    expect((await kit.auditOf(ada.userId)).map(({ kind }) => kind)).toEqual(['IDENTITY_LINKED', 'IDENTITY_UNLINKED']);
  });

  it('may be linked again by its person, and by nobody else', async () => {
    const [ada, grace] = [await kit.person(), await kit.person()];
    const subject = newSubject();
    const identity = await link(ada, subject);
    expect(await link(ada, subject)).toEqual(identity);
    await expect(link(grace, subject)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(kit.identities.unlink(grace, identity.id, device)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('takes somebody signed in and a good token', async () => {
    await expect(link(null, newSubject())).rejects.toMatchObject(unauthenticated);
    const expired = await provider.token('ada', { claims: { exp: 1 } });
    await expect(kit.identities.link(await kit.person(), expired, device)).rejects.toMatchObject(unauthenticated);
  });

  it('is not unlinked when it is the only way in, also of two at once', async () => {
    const ada = await kit.person({ hasPassword: false });
    const first = await link(ada, newSubject());
    await expect(kit.identities.unlink(ada, first.id, device)).rejects.toMatchObject({ code: 'CONFLICT' });
    const second = await link(ada, newSubject());
    const attempts = await Promise.allSettled([first, second].map(({ id }) => kit.identities.unlink(ada, id, device)));
    expect(attempts.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('of somebody disabled or being deleted is refused', async () => {
    for (const column of ['disabled_at', 'deleting_since']) {
      const subject = newSubject();
      const viewer = await signIn(subject);
      await kit.pool.query(`UPDATE users SET ${column} = now() WHERE id = $1`, [viewer.userId]);
      expect(await kit.identities.isActive(viewer)).toBe(false);
      kit.advance(999);
      await expect(signIn(subject)).rejects.toMatchObject(unauthenticated);
      expect(await kit.identities.findViewer(viewer)).toBe(null);
    }
  });

  it('keeps streams open no longer than its token is good', async () => {
    const viewer = await signIn(newSubject());
    const expired = { ...viewer, expiresAt: kit.now() };
    expect(await kit.identities.isActive(expired)).toBe(false);
    expect(await kit.identities.findViewer(expired)).toBe(null);
  });
});

describe('the number of SQL statements', () => {
  it('is one for any number of requests in half a second, and one for a list', async () => {
    const subject = newSubject();
    const viewer = await signIn(subject);
    const token = await provider.token(subject);
    const twenty = () => Promise.all(Array.from({ length: 20 }, () => kit.identities.authenticate(token)));
    kit.advance(501);
    expect((await countStatements(kit.pool, twenty)).statements).toHaveLength(1);
    expect((await countStatements(kit.pool, twenty)).statements).toHaveLength(0);
    expect((await countStatements(kit.pool, () => kit.identities.list(viewer, wholeList))).statements).toHaveLength(1);
  });
});

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import type { ApiKeyInput } from '../../src/services/api-key/api-keys.ts';
import { countStatements } from '../kit/statements.ts';
import { device, openCredentials, rootFields, type OpenCredentials } from './credentials-kit.ts';

let kit: OpenCredentials;
beforeAll(async () => void (kit = await openCredentials({ MAX_API_KEYS_PER_USER: '5' })));
afterAll(() => kit.close());

const create = (viewer: Viewer | null, changes: Partial<ApiKeyInput> = {}) =>
  kit.apiKeys.create(viewer, { name: 'a program', scopes: ['read'], ...changes }, rootFields, device);
const minute = 60_000;
const wholeList = { after: null, before: null, limit: 100, isReversed: false };
const unauthenticated = { name: 'AppError', code: 'UNAUTHENTICATED' };

describe('A14: an API key', () => {
  it('is 256 random bits behind a prefix, and speaks for whoever made it', async () => {
    const ada = await kit.person();
    const { token, apiKey } = await create(ada, { scopes: ['read', 'Mutation.sendMessage', 'read'] });
    expect(token).toMatch(/^clq_k_[A-Za-z0-9_-]{43}$/);
    expect(await kit.apiKeys.authenticate(token)).toEqual({
      apiKeyId: apiKey.id,
      userId: ada.userId,
      role: 'MEMBER',
      scopes: ['read', 'Mutation.sendMessage'],
      expiresAt: null,
    });
  });

  it('is nowhere in the database, and in no list but for its last four characters', async () => {
    const ada = await kit.person();
    const { token, apiKey } = await create(ada);
    await kit.apiKeys.authenticate(token);
    const { rows: tables } = await kit.pool.query<{ name: string }>("SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'");
    const dump = await Promise.all(tables.map(async ({ name }) => JSON.stringify((await kit.pool.query(`SELECT * FROM ${name}`)).rows)));
    expect(dump.join('')).toContain(createHash('sha256').update(token).digest('hex'));
    expect(dump.join('')).not.toContain(token);
    expect(dump.join('')).not.toContain(token.slice(6));
    const [listed] = await kit.apiKeys.list(ada, wholeList);
    expect(listed).toMatchObject({ id: apiKey.id, lastFour: token.slice(-4) });
    expect(JSON.stringify(listed)).not.toContain(token.slice(6, -4));
    expect(Object.keys(listed ?? {})).not.toContain('tokenHash');
  });

  it('is dead at once after its revocation here, and within a second on another node', async () => {
    const ada = await kit.person();
    const { token, apiKey } = await create(ada);
    const elsewhere = kit.another().apiKeys;
    const viewer = await elsewhere.authenticate(token);
    await kit.apiKeys.authenticate(token);
    expect(await kit.apiKeys.revoke(ada, apiKey.id, device)).toBe(apiKey.id);
    await expect(kit.apiKeys.authenticate(token)).rejects.toMatchObject({ ...unauthenticated, message: expect.stringContaining('revoked') });
    expect(await elsewhere.isActive(viewer), 'for its streams').toBe(false);
    kit.advance(999);
    await expect(elsewhere.authenticate(token)).rejects.toMatchObject(unauthenticated);
    expect(await elsewhere.findViewer(viewer)).toBe(null);
    await expect(kit.apiKeys.revoke(ada, apiKey.id, device)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each(['clq_k_', `clq_k_${'x'.repeat(43)}`, `clq_k_${'x'.repeat(10_000)}`, "clq_k_' OR true"])('that was never made is refused: %.30s', async (token) => {
    expect(kit.apiKeys.accepts(token)).toBe(true);
    await expect(kit.apiKeys.authenticate(token)).rejects.toMatchObject(unauthenticated);
  });

  it('expires to the millisecond, also while it is remembered', async () => {
    const ada = await kit.person();
    const { token } = await create(ada, { expiresAt: new Date(kit.now().getTime() + 300) });
    const viewer = await kit.apiKeys.authenticate(token);
    kit.advance(299);
    expect(await kit.apiKeys.isActive(viewer)).toBe(true);
    await kit.apiKeys.authenticate(token);
    kit.advance(1);
    await expect(kit.apiKeys.authenticate(token)).rejects.toMatchObject({ ...unauthenticated, message: expect.stringContaining('expired') });
    expect(await kit.apiKeys.findViewer(viewer)).toBe(null);
    expect(await kit.apiKeys.isActive(viewer)).toBe(false);
  });

  it('of somebody who is disabled or deleted is dead within a second', async () => {
    for (const end of ['UPDATE users SET disabled_at = now()', 'UPDATE users SET deleting_since = now()', 'DELETE FROM users']) {
      const ada = await kit.person();
      const { token } = await create(ada);
      const viewer = await kit.apiKeys.authenticate(token);
      await kit.pool.query(`${end} WHERE id = $1`, [ada.userId]);
      expect(await kit.apiKeys.isActive(viewer), end).toBe(false);
      kit.advance(999);
      await expect(kit.apiKeys.authenticate(token), end).rejects.toMatchObject(unauthenticated);
    }
  });

  it('of an administrator has the power of a member, unless its scopes name each field', async () => {
    const root = await kit.person({ role: 'ADMIN' });
    const roleOf = async (scopes: readonly string[]) => (await kit.apiKeys.authenticate((await create(root, { scopes })).token)).role;
    expect(await roleOf(['*', 'Mutation.setUserRole'])).toBe('MEMBER');
    expect(await roleOf(['Mutation.setUserRole', 'Query.users'])).toBe('ADMIN');
  });
});

describe('to make an API key', () => {
  it.each([
    ['no name', { name: ' ' }, ['input', 'name']],
    ['a long name', { name: 'x'.repeat(101) }, ['input', 'name']],
    ['a name with a control character', { name: 'a\u0007b' }, ['input', 'name']],
    ['no scope', { scopes: [] }, ['input', 'scopes']],
    ['101 scopes', { scopes: Array.from({ length: 101 }, () => 'read') }, ['input', 'scopes']],
    ['an unknown field', { scopes: ['Query.conversation'] }, ['input', 'scopes']],
    ['another word', { scopes: ['admin'] }, ['input', 'scopes']],
    ['an expiry that is past', { expiresAt: new Date(0) }, ['input', 'expiresAt']],
  ])('with %s is bad input', async (_title, changes, path) => {
    await expect(create(await kit.person(), changes)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path }] });
  });

  it('takes somebody who is signed in', async () => {
    await expect(create(null)).rejects.toMatchObject(unauthenticated);
  });

  it('is possible up to the limit, also for many at once', async () => {
    const ada = await kit.person();
    const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => create(ada)));
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    await expect(create(ada)).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('You have 5 API keys') });
    const [oldest] = await kit.apiKeys.list(ada, wholeList);
    await kit.apiKeys.revoke(ada, oldest?.id ?? '', device);
    await expect(create(ada)).resolves.toBeDefined();
  });

  it('by a key gives no more than that key has', async () => {
    const ada = await kit.person();
    const expiresAt = new Date(kit.now().getTime() + minute);
    const key = await kit.apiKeys.authenticate((await create(ada, { scopes: ['Mutation.createApiKey', 'read'], expiresAt })).token);
    await expect(create(key, { scopes: ['*'], expiresAt })).rejects.toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('"*"') });
    await expect(create(key, { scopes: ['Mutation.sendMessage'], expiresAt })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(create(key, { scopes: ['read'] })).rejects.toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('lives longer') });
    await expect(create(key, { scopes: ['Query.conversations'], expiresAt })).resolves.toBeDefined();
  });

  it('and to revoke it stands in the audit log, without the key', async () => {
    const ada = await kit.person();
    const { apiKey } = await create(ada);
    await kit.apiKeys.revoke(ada, apiKey.id, device);
    expect(await kit.auditOf(ada.userId)).toEqual([
      { kind: 'API_KEY_CREATED', ...device, data: { apiKeyId: apiKey.id, scopes: ['read'] } },
      { kind: 'API_KEY_REVOKED', ...device, data: { apiKeyId: apiKey.id } },
    ]);
  });
});

describe('the last use of an API key', () => {
  const lastUsedAt = async (ada: Viewer) => (await kit.apiKeys.list(ada, wholeList))[0]?.lastUsedAt?.getTime() ?? null;

  it('is noted at most once a minute, and nobody waits for it', async () => {
    const ada = await kit.person();
    const { token } = await create(ada);
    const firstAt = kit.now().getTime();
    await kit.apiKeys.authenticate(token);
    await expect.poll(() => lastUsedAt(ada)).toBe(firstAt);
    kit.advance(minute - 1);
    const { statements } = await countStatements(kit.pool, () => kit.apiKeys.authenticate(token));
    expect(statements.filter((sql) => sql.startsWith('UPDATE'))).toEqual([]);
    kit.advance(minute);
    await kit.apiKeys.authenticate(token);
    await expect.poll(() => lastUsedAt(ada)).toBe(firstAt + 2 * minute - 1);
  });
});

describe('the number of SQL statements', () => {
  it('is one for any number of uses in half a second, one for a list, one for the keys of all open streams', async () => {
    const ada = await kit.person();
    const tokens = [(await create(ada)).token, (await create(ada)).token];
    const viewers = await Promise.all(tokens.map((token) => kit.apiKeys.authenticate(token)));
    const twenty = () => Promise.all(Array.from({ length: 20 }, () => kit.apiKeys.authenticate(tokens[0] ?? '')));
    // The first use is noted in the background.
    await expect.poll(async () => (await kit.apiKeys.list(ada, wholeList)).every((key) => key.lastUsedAt !== null)).toBe(true);
    kit.advance(501);
    expect((await countStatements(kit.pool, twenty)).statements).toHaveLength(1);
    expect((await countStatements(kit.pool, twenty)).statements).toHaveLength(0);
    expect((await countStatements(kit.pool, () => kit.apiKeys.list(ada, wholeList))).statements).toHaveLength(1);
    expect((await countStatements(kit.pool, () => Promise.all(viewers.map((viewer) => kit.apiKeys.isActive(viewer))))).statements).toHaveLength(1);
  });
});

describe('expired API keys', () => {
  it('stay in the list for a month, and are removed then', async () => {
    const ada = await kit.person();
    await create(ada, { expiresAt: new Date(kit.now().getTime() + 1) });
    kit.advance(30 * 86_400_000);
    expect(await kit.apiKeys.list(ada, wholeList)).toHaveLength(1);
    kit.advance(1);
    await kit.apiKeys.removeExpired();
    expect(await kit.apiKeys.list(ada, wholeList)).toEqual([]);
  });
});

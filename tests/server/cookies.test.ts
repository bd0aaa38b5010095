import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer, type TestServer } from './test-server.ts';

let server: TestServer;
let production: TestServer;
beforeAll(async () => {
  server = await startServer();
  production = await startServer({}, { isProduction: true });
});
afterAll(() => Promise.all([server.stop(), production.stop()]));

const ask = (url: string, query: string, cookie?: string) =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(cookie === undefined ? {} : { cookie }) },
    body: JSON.stringify({ query }),
  });

/** The attributes of the only cookie that an answer sets. */
async function cookieOf(url: string, query: string): Promise<ReadonlyMap<string, string>> {
  const cookies = (await ask(url, query)).headers.getSetCookie();
  expect(cookies).toHaveLength(1);
  return new Map((cookies[0] ?? '').split('; ').map((pair) => [pair.split('=')[0] ?? '', pair.split('=')[1] ?? '']));
}

describe('the flags of the cookie', () => {
  test('keep it from scripts, from other sites and, in production, from connections without TLS', async () => {
    const expected = { 'auth-token': 'token-of-ada', 'Max-Age': '900', Path: '/', HttpOnly: '', SameSite: 'Lax' };
    expect(Object.fromEntries(await cookieOf(server.url, 'mutation { signIn }'))).toEqual(expected);
    expect(Object.fromEntries(await cookieOf(production.url, 'mutation { signIn }'))).toEqual({ ...expected, Secure: '' });
  });

  test('name no domain, so that it is for this host alone', async () => {
    for (const { url } of [server, production]) expect((await cookieOf(url, 'mutation { signIn }')).has('Domain')).toBe(false);
  });

  test('are the same when it is cleared, or a browser would keep it', async () => {
    for (const { url } of [server, production]) {
      const [set, cleared] = [await cookieOf(url, 'mutation { signIn }'), await cookieOf(url, 'mutation { signOut }')];
      expect([...cleared.keys()]).toEqual([...set.keys()]);
      expect(cleared.get('Max-Age')).toBe('0');
      expect(cleared.get('auth-token')).toBe('');
    }
  });
});

describe('a cookie', () => {
  const viewerOf = async (cookie: string) => (await (await ask(server.url, '{ viewer }', cookie)).json()).data.viewer;

  test('that a neighbouring subdomain has planted beside ours decides nothing', async () => {
    expect(await viewerOf('auth-token=token-of-ada')).toBe('ada');
    expect(await viewerOf('auth-token=token-of-mallory; auth-token=token-of-ada')).toBe(null);
    expect(await viewerOf('auth-token=token-of-ada; auth-token=token-of-mallory')).toBe(null);
  });

  test.each(['auth-token=', 'auth-token=a b', 'auth-token="token-of-ada"', 'Auth-Token=token-of-ada', 'xauth-token=token-of-ada'])(
    'like %s means nobody',
    async (cookie) => {
      expect(await viewerOf(cookie)).toBe(null);
    },
  );

  test('with an API key or an outside token means nobody: we never set such a one', async () => {
    const expiresAt = new Date('2100-01-01T00:00:00Z');
    const authenticate = async (token: string) =>
      token === 'clq_k_x'
        ? ({ userId: 'ada', role: 'MEMBER', apiKeyId: 'key', scopes: ['*'], expiresAt: null } as const)
        : ({ userId: 'ada', role: 'MEMBER', identityId: 'identity', expiresAt } as const);
    await using other = await startServer({ services: { people: { authenticate, findViewer: async (viewer) => viewer, isActive: async () => true } } });
    for (const token of ['clq_k_x', 'outside']) {
      expect((await (await ask(other.url, '{ viewer }', `auth-token=${token}`)).json()).data.viewer).toBe(null);
    }
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGraphqlClient } from '../kit/graphql-client.ts';
import { startServer, type TestServer } from './test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const cookie = 'other=1; auth-token=token-of-ada';
const ask = async (headers: Record<string, string>, query = '{ viewer }', path = '/graphql') =>
  await fetch(`${server.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ query }) });
const viewerOf = async (headers: Record<string, string>, path?: string) => (await (await ask(headers, '{ viewer }', path)).json()).data?.viewer;

test('the token travels in the Authorization header', async () => {
  expect(await viewerOf({ authorization: 'Bearer token-of-ada' })).toBe('ada');
  expect(await viewerOf({ authorization: 'bearer token-of-ada' })).toBe('ada');
});

test('nobody may ask too, and operations that need a viewer answer UNAUTHENTICATED', async () => {
  expect(await viewerOf({})).toBe(null);
  expect((await createGraphqlClient(server.url).expectErrors('{ needsViewer }'))[0]?.extensions.code).toBe('UNAUTHENTICATED');
});

test.each(['Bearer forged', 'Basic YTpi', 'Bearer', 'Bearer a b'])('the header "%s" answers 401, the same each time', async (authorization) => {
  const response = await ask({ authorization });
  expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
  expect((await response.json()).errors[0].extensions).toEqual({ code: 'UNAUTHENTICATED', requestId: response.headers.get('x-request-id') });
});

test('a database that is away is no bad token', async () => {
  const response = await ask({ authorization: 'Bearer token-of-nobase' });
  expect([response.status, (await response.json()).errors[0].extensions.code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
});

test('a token in the URL is ignored', async () => {
  expect(await viewerOf({}, '/graphql?token=token-of-ada&access_token=token-of-ada')).toBe(null);
});

describe('the cookie auth-token', () => {
  test.each([
    ['without an Origin', {}],
    ['with the Origin of the server itself', { origin: 'SELF' }],
    ['with a listed Origin', { origin: 'https://app.example.org' }],
  ])('counts %s', async (_title, headers: Record<string, string>) => {
    const origin = headers['origin'] === 'SELF' ? { origin: server.url } : headers;
    expect(await viewerOf({ cookie, ...origin })).toBe('ada');
  });

  test.each([
    ['with a foreign Origin', { origin: 'https://evil.example' }],
    ['with the Origin "null"', { origin: 'null' }],
    ['when the browser says that the request comes from another site', { 'sec-fetch-site': 'cross-site' }],
    ['when the browser says that it comes from a neighbouring site', { 'sec-fetch-site': 'same-site' }],
  ])('does not count %s', async (_title, headers) => {
    expect(await viewerOf({ cookie, ...headers })).toBe(null);
  });

  test('counts for an upload without an Origin only with a header that a foreign form cannot add', async () => {
    const upload = (headers: Record<string, string>) =>
      fetch(`${server.url}/uploads`, { method: 'POST', body: new FormData(), headers: { cookie, ...headers } });
    await upload({});
    await upload({ origin: 'https://evil.example', 'x-requested-with': 'fetch' });
    await upload({ 'x-requested-with': 'fetch' });
    await upload({ origin: server.url });
    expect(server.seen.uploads.map((viewer) => viewer?.userId ?? null)).toEqual([null, null, 'ada', 'ada']);
  });

  const viewerOfGet = async (headers: Record<string, string>) =>
    (await (await fetch(`${server.url}/graphql?query=%7Bviewer%7D`, { headers: { cookie, ...headers } })).json()).data.viewer;

  test.each([
    ['when the browser says that it comes from this site', { 'sec-fetch-site': 'same-origin' }],
    ['when a person typed the address', { 'sec-fetch-site': 'none' }],
    ['with X-Requested-With', { 'x-requested-with': 'fetch' }],
    ['with Apollo-Require-Preflight', { 'apollo-require-preflight': 'true' }],
    ['with a content type of JSON', { 'content-type': 'application/json' }],
    ['with a listed Origin', { origin: 'https://app.example.org' }],
  ])('counts for a GET %s (G08)', async (_title, headers) => {
    expect(await viewerOfGet(headers)).toBe('ada');
  });

  test.each([
    ['as an old browser sends it for an image of any page', {}],
    ['from another site', { 'sec-fetch-site': 'cross-site' }],
    ['from a neighbouring site', { 'sec-fetch-site': 'same-site' }],
    ['from another site, even with a custom header', { 'sec-fetch-site': 'cross-site', 'x-requested-with': 'fetch' }],
    ['with a foreign Origin', { origin: 'https://evil.example' }],
    ['with a content type of a form', { 'content-type': 'text/plain' }],
  ])('does not count for a GET %s (G08)', async (_title, headers) => {
    expect(await viewerOfGet(headers)).toBe(null);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'does not help a form of a foreign page, which may only be %s, to run anything (G08)',
    async (type) => {
      const before = server.seen.resolved;
      const headers = { cookie, origin: 'https://evil.example', 'content-type': type };
      const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: '{"query":"mutation { change }"}' });
      expect(response.status).toBe(415);
      expect(corsHeaders(response)).toEqual([]);
      expect(server.seen.resolved).toBe(before);
    },
  );

  test('means nobody when it is stale, so that its owner can sign in again', async () => {
    expect(await viewerOf({ cookie: 'auth-token=forged' })).toBe(null);
  });

  test('is set and cleared by a mutation', async () => {
    const set = (await ask({}, 'mutation { signIn }')).headers.get('set-cookie');
    expect(set).toBe('auth-token=token-of-ada; Max-Age=900; Path=/; HttpOnly; SameSite=Lax');
    expect((await ask({}, 'mutation { signOut }')).headers.get('set-cookie')).toBe('auth-token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax');
  });

  test('is Secure in production', async () => {
    await using production = await startServer({}, { isProduction: true });
    const response = await fetch(`${production.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"mutation { signIn }"}',
    });
    expect(response.headers.get('set-cookie')).toContain('; Secure');
  });
});

const corsHeaders = (response: Response) => [...response.headers.keys()].filter((name) => name.startsWith('access-control-'));

describe('CORS', () => {
  test.each(['/graphql', '/uploads'])('a listed origin may call %s with credentials (G09)', async (path) => {
    const headers = {
      origin: 'https://app.example.org',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,authorization',
    };
    const preflight = await fetch(`${server.url}${path}`, { method: 'OPTIONS', headers });
    expect(preflight.status).toBe(204);
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      'access-control-allow-origin': 'https://app.example.org',
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'content-type,authorization',
      vary: 'Origin',
    });
    const call = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: '{"query":"{ hello }"}',
    });
    expect(call.headers.get('access-control-allow-origin')).toBe('https://app.example.org');
  });

  test('holds for event streams too (G09)', async () => {
    const events = (origin: string) =>
      fetch(`${server.url}/graphql?query=${encodeURIComponent('subscription { count(to: 1) }')}`, { headers: { origin, accept: 'text/event-stream' } });
    expect((await events('https://app.example.org')).headers.get('access-control-allow-origin')).toBe('https://app.example.org');
    expect(corsHeaders(await events('https://evil.example'))).toEqual([]);
  });

  test.each(['https://evil.example', 'https://app.example.org.evil.example', 'http://app.example.org', 'null'])(
    '%s gets no CORS headers (G09)',
    async (origin) => {
      expect(corsHeaders(await ask({ origin }))).toEqual([]);
      expect(corsHeaders(await fetch(`${server.url}/graphql`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } }))).toEqual(
        [],
      );
    },
  );
});

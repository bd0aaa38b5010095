import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from './test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

/** A GET as it comes over the wire: fetch would decompress it. */
function get(
  path: string,
  headers: Record<string, string>,
): Promise<{ readonly status: number; readonly headers: Record<string, unknown>; readonly body: Buffer }> {
  return new Promise((resolve, reject) => {
    request(`${server.url}${path}`, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response
        .on('data', (chunk) => chunks.push(chunk))
        .on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }));
    })
      .on('error', reject)
      .end();
  });
}

const page = { accept: 'text/html,application/xhtml+xml', 'accept-encoding': 'gzip, deflate, br' };

test.each(['/graphql', '/graphiql'])('%s is the page, compressed, in one piece and without a network', async (path) => {
  const { status, headers, body } = await get(path, page);
  expect([status, headers['content-encoding'], headers['content-type']]).toEqual([200, 'br', 'text/html; charset=utf-8']);
  expect(body.length).toBeLessThan(4_000_000);
  const html = brotliDecompressSync(body).toString();
  expect(html).toContain('mutation Register');
  expect(html).not.toMatch(/<(script|link)[^>]+(src|href)="https?:/);
});

test('a browser that has the page gets 304', async () => {
  const { headers } = await get('/graphiql', page);
  const again = await get('/graphiql', { ...page, 'if-none-match': String(headers['etag']) });
  expect([again.status, again.body.length]).toEqual([304, 0]);
});

test('gzip and nothing are served too', async () => {
  const plain = (await get('/graphiql', { accept: 'text/html' })).body;
  expect(gunzipSync((await get('/graphiql', { accept: 'text/html', 'accept-encoding': 'gzip' })).body).equals(plain)).toBe(true);
});

const textOf = async (path: string) => (await get(path, { accept: 'text/html' })).body.toString();

test('the page says how subscriptions travel and links to the other way', async () => {
  const [sse, websocket] = [await textOf('/graphiql'), await textOf('/graphiql?transport=websocket')];
  expect(sse).toContain('href="/graphiql?transport=websocket"');
  expect(sse).toContain('"subscriptionsProtocol":"GRAPHQL_SSE"');
  expect(websocket).toContain('href="/graphiql"');
  expect(websocket).toContain('"subscriptionsProtocol":"WS"');
});

test('there is no page in production (G06)', async () => {
  await using production = await startServer({}, { isProduction: true });
  expect((await fetch(`${production.url}/graphiql`)).status).toBe(404);
  expect((await fetch(`${production.url}/graphql`, { headers: { accept: 'text/html' } })).headers.get('content-type') ?? '').not.toContain('html');
});

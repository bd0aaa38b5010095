import { request } from 'node:http';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBody } from '../../src/server/body.ts';
import { createGraphqlClient } from '../kit/graphql-client.ts';
import { startServer, type TestServer } from './test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const json = { 'content-type': 'application/json' };
const hello = JSON.stringify({ query: '{ hello }' });
const post = (body: RequestInit['body'], headers: Record<string, string> = json) =>
  fetch(`${server.url}/graphql`, { method: 'POST', headers, body: body ?? null });
const codeOf = async (response: Response) => (await response.json()).errors[0].extensions.code;

test('a query is answered over POST and GET', async () => {
  expect(await createGraphqlClient(server.url).request('{ hello }')).toEqual({ hello: 'world' });
  const response = await fetch(
    `${server.url}/graphql?query=${encodeURIComponent('query ($n: Even) { even(number: $n) }')}&variables=${encodeURIComponent('{"n":2}')}`,
  );
  expect(await response.json()).toEqual({ data: { even: '2' } });
});

test('the request id comes back, ours or a clean one of the client', async () => {
  expect((await post(hello)).headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
  expect((await post(hello, { ...json, 'x-request-id': 'trace_1-a' })).headers.get('x-request-id')).toBe('trace_1-a');
  for (const unclean of ['a b', 'x'.repeat(65), 'ä'.normalize('NFD').slice(0, 1) + '"']) {
    expect((await post(hello, { ...json, 'x-request-id': unclean })).headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
  }
});

test.each(['application/json', 'text/event-stream'])('a batch is refused before a resolver runs, for a client of %s (G01)', async (accept) => {
  const before = server.seen.resolved;
  const response = await post(`[${hello},${hello}]`, { ...json, accept });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain('"code":"BAD_REQUEST"');
  expect(server.seen.resolved).toBe(before);
});

test.each([
  ['mutation { change }', '*/*', ''],
  ['mutation { change }', 'text/event-stream', ''],
  ['query A { hello } mutation B { change }', '*/*', '&operationName=B'],
  ['query A { hello } mutation B { change }', '*/*', '&operationName=A'],
])('"%s" over GET is refused for %s %s before a resolver runs (G08)', async (query, accept, more) => {
  const before = server.seen.resolved;
  const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent(query)}${more}`, { headers: { accept } });
  expect(response.status).toBe(405);
  expect(server.seen.resolved).toBe(before);
});

test.each([
  ['text/plain', hello],
  ['application/x-www-form-urlencoded', 'query={hello}'],
  ['application/graphql', '{ hello }'],
  ['multipart/form-data; boundary=x', '--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{"query":"{ hello }"}\r\n--x--'],
  ['application/json; charset=utf-16', hello],
  ['', hello],
])('a body of type "%s" is refused (G08, G12)', async (type, body) => {
  const response = await post(Buffer.from(body), type === '' ? {} : { 'content-type': type });
  expect([response.status, await codeOf(response)]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
});

test.each(['gzip', 'br', 'deflate', 'zstd', 'gzip, identity'])('a body compressed by "%s" is refused and not decompressed (G12)', async (encoding) => {
  const before = server.seen.resolved;
  const response = await post(gzipSync(hello), { ...json, 'content-encoding': encoding });
  expect([response.status, await codeOf(response)]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  expect(server.seen.resolved).toBe(before);
});

test.each(['{"query":', '"text"', 'null', '{}', '{"query":1}', '{"query":"{ hello }","variables":[1]}'])('the body %s is a bad request', async (body) => {
  const response = await post(body, { ...json, accept: 'application/graphql-response+json' });
  expect([response.status, await codeOf(response)]).toEqual([400, 'BAD_REQUEST']);
});

/** Sends a body of two megabytes from one small buffer, so that the sender itself needs no memory. */
function sendBig(headers: Record<string, string | number>): Promise<{ readonly status: number; readonly text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const outgoing = request(`${server.url}/graphql`, { method: 'POST', agent: false, headers: { ...json, ...headers } }, (response) => {
    let text = '';
    response.on('data', (data) => (text += String(data))).on('end', () => resolve({ status: response.statusCode ?? 0, text }));
  });
  outgoing.on('error', reject);
  const piece = Buffer.alloc(16_384, ' ');
  let left = 128;
  const write = (): void => {
    while (left > 0) {
      left -= 1;
      if (!outgoing.write(piece)) return void outgoing.once('drain', write);
    }
    outgoing.end();
  };
  write();
  return promise;
}

test.each([
  ['with', { 'content-length': 2_097_152 }],
  ['without', { 'transfer-encoding': 'chunked' }],
])('a body of two megabytes %s a content length is refused and not kept (G11)', async (_title, headers) => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  const before = process.memoryUsage().arrayBuffers;
  for (let round = 0; round < 20; round += 1) {
    const { status, text } = await sendBig(headers);
    expect([status, JSON.parse(text).errors[0].extensions.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  }
  // Buffers are given back some time after they are collected.
  await expect.poll(() => (collect(), process.memoryUsage().arrayBuffers - before)).toBeLessThan(2 * 1024 * 1024);
});

test('the bytes of a body beyond the limit are dropped while they come (G11)', async () => {
  const incoming = Object.assign(new PassThrough(), { headers: {} });
  const reading = readBody(incoming as never, { maxBytes: 1_000, timeoutMs: 30_000 });
  const kept: WeakRef<Buffer>[] = [];
  for (let count = 0; count < 100; count += 1) {
    const piece = Buffer.alloc(100_000);
    kept.push(new WeakRef(piece));
    incoming.write(piece);
    await new Promise(setImmediate);
  }
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  expect(kept.filter((reference) => reference.deref() !== undefined).length).toBeLessThan(5);
  incoming.end();
  await expect(reading).rejects.toMatchObject({ extensions: { code: 'PAYLOAD_TOO_LARGE' } });
});

test('a body that does not come is given up, and so are headers', async () => {
  await using hasty = await startServer({ limits: { headersTimeoutMs: 2_000 } });
  const port = Number(new URL(hasty.url).port);
  const talk = (text: string) =>
    new Promise<string>((resolve) => {
      let answer = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      socket.on('data', (data) => (answer += String(data))).on('close', () => resolve(answer));
    });
  const [body, headers] = await Promise.all([
    talk('POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{'),
    talk('POST /graphql HTTP/1.1\r\nHost: x\r\n'),
  ]);
  expect(body).toContain('HTTP/1.1 400');
  expect(headers).toContain('HTTP/1.1 408');
});

test.each(['PUT', 'DELETE', 'PATCH'])('%s is not allowed', async (method) => {
  const response = await fetch(`${server.url}/graphql`, { method });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
});

test('an unknown path is a 404 that names the known ones', async () => {
  const response = await fetch(`${server.url}/nothing`);
  expect(response.status).toBe(404);
  expect((await response.json()).errors[0].message).toContain('/graphql');
});

test('a Host header that is no host does no harm', async () => {
  const port = Number(new URL(server.url).port);
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('GET /graphql?query=%7Bhello%7D HTTP/1.1\r\nHost: a b\\^\r\nConnection: close\r\n\r\n'));
    let text = '';
    socket.on('data', (data) => (text += String(data))).on('close', () => resolve(text));
  });
  expect(answer).toMatch(/^HTTP\/1\.1 (200|4\d\d|500)/);
  expect(answer).not.toContain('node_modules');
});

test('a request is one line in the log, without variables and tokens', async () => {
  const before = server.log.length;
  await createGraphqlClient(server.url, { token: 'token-of-ada', headers: { 'x-request-id': 'one-line' } }).request(
    'query Named($number: Even) { even(number: $number) }',
    { number: 424_242 },
  );
  await expect.poll(() => server.log.slice(before).filter((line) => line.requestId === 'one-line')).toHaveLength(1);
  const line = server.log.slice(before).find((candidate) => candidate.requestId === 'one-line');
  expect(line).toMatchObject({ operationName: 'Named', operationType: 'query', status: 200, durationMs: expect.any(Number), transport: 'http' });
  expect(JSON.stringify(line)).not.toMatch(/424242|token-of-ada/);
});

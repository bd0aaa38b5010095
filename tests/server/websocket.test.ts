import { createClient } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { parseConfig } from '../../src/base/config.ts';
import { openSocket, type SocketClient, type SocketOptions } from '../kit/websocket-client.ts';
import { startServer, type TestServer } from './test-server.ts';

let server: TestServer;
const opened: SocketClient[] = [];
beforeAll(async () => {
  server = await startServer({ pingIntervalMs: 40 });
});
afterEach(() => {
  for (const socket of opened.splice(0)) socket.cut();
});
afterAll(() => server.stop());

const open = async (options?: SocketOptions): Promise<SocketClient> => {
  const socket = await openSocket(server.url, options);
  opened.push(socket);
  return socket;
};
const forEver = 'subscription { count(to: 1000000, everyMs: 5) }';
const cookie = 'auth-token=token-of-ada';
const viewerOf = async (options: SocketOptions) => {
  const event = await (await open(options)).subscribe('{ viewer }').nextEvent();
  return event.kind === 'next' ? event.result.data.viewer : event;
};

test('a subscription is a stream of next messages and a complete', async () => {
  const events = await (await open()).subscribe('subscription { count(to: 2) }').events(3);
  expect(events).toEqual([{ kind: 'next', result: { data: { count: 1 } } }, { kind: 'next', result: { data: { count: 2 } } }, { kind: 'complete' }]);
});

test('queries and mutations are answered too', async () => {
  const socket = await open();
  expect(await socket.subscribe('{ hello }').events(2)).toEqual([{ kind: 'next', result: { data: { hello: 'world' } } }, { kind: 'complete' }]);
  expect(await socket.subscribe('mutation { signIn }').nextEvent()).toEqual({ kind: 'next', result: { data: { signIn: 'in' } } });
});

test('the graphql-ws client reads it', async () => {
  const client = createClient({
    url: `${server.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { token: 'token-of-ada' },
    retryAttempts: 0,
  });
  const results = [];
  for await (const result of client.iterate({ query: 'subscription { count(to: 3) }' })) results.push(result.data);
  expect(results).toEqual([{ count: 1 }, { count: 2 }, { count: 3 }]);
  await client.dispose();
});

describe('who is behind a socket', () => {
  test.each([
    ['token in connectionParams', { connectionParams: { token: 'token-of-ada' } }, 'ada'],
    ['authorization in connectionParams', { connectionParams: { authorization: 'Bearer token-of-ada' } }, 'ada'],
    ['Authorization in connectionParams', { connectionParams: { Authorization: 'Bearer token-of-ada' } }, 'ada'],
    ['a cookie without an Origin', { headers: { cookie } }, 'ada'],
    ['a cookie with a listed Origin', { headers: { cookie, origin: 'https://app.example.org' } }, 'ada'],
    ['a stale cookie', { headers: { cookie: 'auth-token=forged' } }, null],
    ['nothing', {}, null],
    ['a foreign Origin without a cookie', { headers: { origin: 'https://evil.example' } }, null],
  ])('%s', async (_title, options, viewer) => {
    expect(await viewerOf(options)).toBe(viewer);
  });

  test('the Origin of the server itself may use the cookie', async () => {
    expect(await viewerOf({ headers: { cookie, origin: server.url } })).toBe('ada');
  });
});

const askWithToken = async (socket: SocketClient, token: string) => {
  const subscription = socket.subscribe('{ viewer }', {}, { headers: { Authorization: `Bearer ${token}` } });
  return await subscription.nextEvent();
};

test('GraphiQL may send its Authorization header with an operation, but not in production', async () => {
  expect(await askWithToken(await open(), 'token-of-ada')).toMatchObject({ result: { data: { viewer: 'ada' } } });
  expect(await askWithToken(await open(), 'forged')).toMatchObject({ kind: 'error', errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  await using production = await startServer({}, { isProduction: true });
  const socket = await openSocket(production.url);
  expect(await askWithToken(socket, 'token-of-ada')).toMatchObject({ result: { data: { viewer: null } } });
  socket.cut();
});

describe('what is refused (A17)', () => {
  test('no connection_init closes with 4408', async () => {
    await using impatient = await startServer({ limits: { webSocketInitTimeoutMs: 300 } });
    expect(await (await openSocket(impatient.url, { isInitialised: false })).closed).toMatchObject({ code: 4408 });
  });

  test.each([{ token: 'forged' }, { authorization: 'Basic x' }, { token: 7 }])('the connectionParams %j close with 4403', async (connectionParams) => {
    await expect(open({ connectionParams })).rejects.toThrow('closed with 4403');
  });

  test('a subscribe before the acknowledgement closes with 4401', async () => {
    const socket = await open({ isInitialised: false });
    socket.subscribe('{ hello }');
    expect(await socket.closed).toMatchObject({ code: 4401 });
  });

  test('a foreign Origin with a cookie is refused at the upgrade', async () => {
    await expect(open({ headers: { cookie, origin: 'https://evil.example' } })).rejects.toThrow('HTTP 403');
  });

  test('another path is refused at the upgrade', async () => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/else`, 'graphql-transport-ws');
    const status = await new Promise((resolve) => socket.on('unexpected-response', (_request, response) => resolve(response.statusCode)).on('error', () => {}));
    expect(status).toBe(404);
  });

  test('a database that is away closes with 1013, so that the client comes again', async () => {
    await expect(open({ token: 'token-of-nobase' })).rejects.toThrow('closed with 1013');
  });

  test('a message above the limit closes with 1009 (G11)', async () => {
    const socket = await open();
    socket.send({ id: 'x', type: 'subscribe', payload: { query: `{ hello } #${'x'.repeat(20_000)}` } });
    expect(await socket.closed).toMatchObject({ code: 1009 });
  });

  const hello = { id: 'x', type: 'subscribe', payload: { query: '{ hello }' } };

  test.each([
    ['no JSON', '{"type":'],
    ['a batch (G01)', JSON.stringify([hello, { ...hello, id: 'y' }])],
    ['a payload that is a batch (G01)', JSON.stringify({ ...hello, payload: [hello.payload, hello.payload] })],
    ['an unknown type', '{"type":"start"}'],
    ['a query that is no string', '{"id":"x","type":"subscribe","payload":{"query":{}}}'],
  ])('%s closes with 4400 before a resolver runs', async (_title, text) => {
    const before = server.seen.resolved;
    const socket = await open();
    socket.send(text);
    expect(await socket.closed).toMatchObject({ code: 4400 });
    expect(server.seen.resolved).toBe(before);
  });

  test('a second connection_init closes with 4429, an id that is in use with 4409', async () => {
    const socket = await open();
    socket.send({ type: 'connection_init' });
    expect(await socket.closed).toMatchObject({ code: 4429 });
    const other = await open();
    other.send({ id: 'x', type: 'subscribe', payload: { query: forEver } });
    other.send({ id: 'x', type: 'subscribe', payload: { query: forEver } });
    expect(await other.closed).toMatchObject({ code: 4409 });
  });

  test('another subprotocol, or none, closes with 4406', async () => {
    for (const protocols of [['graphql-ws'], []]) {
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, protocols);
      expect(await new Promise((resolve) => socket.on('close', resolve).on('error', (error) => resolve(error.message)))).toSatisfy(
        (end) => end === 4406 || end === 'Server sent no subprotocol',
      );
    }
  });

  test('a client has three seconds for connection_init unless it is configured', () => {
    expect(parseConfig({}).limits.webSocketInitTimeoutMs).toBe(3_000);
  });
});

test.each([
  '{ hello',
  '{ helo }',
  'subscription { failing }',
  'subscription { count(failsAt: 1) }',
  'query ($n: Even) { even(number: $n) } #',
  'fragment F on Query { hello }',
])('"%s" fails by itself, and the socket and its neighbours go on', async (query) => {
  const socket = await open();
  const neighbour = socket.subscribe(forEver);
  const event = await socket.subscribe(query, { n: 1 }).nextEvent();
  expect(JSON.stringify(event)).toContain('"code"');
  const seenBefore = neighbour.pending().length;
  await expect.poll(() => neighbour.pending().length).toBeGreaterThan(seenBefore + 2);
  expect(await socket.subscribe('{ hello }').nextEvent()).toMatchObject({ kind: 'next' });
});

test.each([
  ['completes a subscription', (socket: SocketClient, subscription: { close(): void }) => void (subscription.close(), socket)],
  ['closes the socket', (socket: SocketClient) => socket.close()],
  ['is cut off', (socket: SocketClient) => socket.cut()],
])('a client that %s makes the source return', async (_title, leave) => {
  // Of the server that the others use, sources of tests before are left late.
  await using own = await startServer();
  for (const query of [forEver, 'subscription { count(to: 2, everyMs: 60000) }']) {
    const leftBefore = own.seen.left;
    const socket = await openSocket(own.url);
    opened.push(socket);
    const subscription = socket.subscribe(query);
    await subscription.nextEvent();
    leave(socket, subscription);
    await expect.poll(() => own.seen.left).toBe(leftBefore + 1);
  }
});

test('R09 a paused reader disturbs nobody and gets everything when it reads on', async () => {
  // With pings at their pace: a client that pauses answers none, and is cut when it has missed several.
  await using own = await startServer();
  const openOwn = async (): Promise<SocketClient> => {
    const socket = await openSocket(own.url);
    opened.push(socket);
    return socket;
  };
  const paused = await openOwn();
  const subscription = paused.subscribe('subscription { bulk(to: 300, bytes: 100000) }');
  paused.pause();
  const neighbour = (await openOwn()).subscribe('subscription { count(to: 100) }');
  expect(await neighbour.events(101)).toHaveLength(101);
  expect(own.seen.produced).toBeLessThan(250);
  paused.resume();
  const events = await subscription.events(301);
  expect(events.filter((event) => event.kind === 'next')).toHaveLength(300);
});

test('every operation is one line in the log', async () => {
  const before = server.log.length;
  const socket = await open({ token: 'token-of-ada' });
  await socket.subscribe('query First { hello }').events(2);
  await socket.subscribe('subscription Second { count(failsAt: 2) }').events(3);
  // Sockets of tests before may have been closed only now.
  const lines = server.log.slice(before).filter(({ transport, operationName }) => transport === 'websocket' && /^(First|Second)$/.test(operationName));
  expect(lines).toMatchObject([
    { operationName: 'First', operationType: 'query', codes: [] },
    { operationName: 'Second', operationType: 'subscription', codes: ['INTERNAL_SERVER_ERROR'] },
  ]);
});

test('the sockets of a revoked login are closed with 4403, those of others go on', async () => {
  const bob = await open({ token: 'token-of-bob' });
  const ada = await open({ token: 'token-of-ada' });
  const stream = ada.subscribe(forEver);
  server.revokeBob();
  expect(await bob.closed).toEqual({ code: 4403, reason: 'Login revoked' });
  const seenBefore = stream.pending().length;
  await expect.poll(() => stream.pending().length).toBeGreaterThan(seenBefore + 2);
});

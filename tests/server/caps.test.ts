import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/base/config.ts';
import type { GateConfig } from '../../src/base/gate-config.ts';
import { subscribeSse } from '../kit/sse-client.ts';
import { openSocket, type SocketClient } from '../kit/websocket-client.ts';
import { startServer } from './test-server.ts';

const { gate } = parseConfig({});
const waits = 'subscription { count(to: 2, everyMs: 60000) }';
const start = (changes: Partial<GateConfig> = {}) => startServer({}, { gate: { ...gate, ...changes }, trustedProxyHops: 1 });
const from = (address: string) => ({ 'x-forwarded-for': address });
const times = <T>(count: number, make: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: count }, make));
const cut = (sockets: readonly SocketClient[]): void => {
  for (const socket of sockets) socket.cut();
};

describe('event streams', () => {
  test('a user has twenty, from wherever; the next is 429 until one is closed, and others are unaffected', async () => {
    await using server = await start();
    const subscribe = (token: string) => subscribeSse(server.url, { query: waits, token, headers: from(`192.0.2.${Math.ceil(Math.random() * 200)}`) });
    const streams = await times(20, () => subscribe('token-of-ada'));
    await Promise.all(streams.map((stream) => stream.nextEvent()));
    const refused = await subscribe('token-of-ada');
    expect(refused.status).toBe(429);
    expect(await refused.nextEvent()).toMatchObject({ result: { errors: [{ extensions: { code: 'RATE_LIMITED', retryAfterMs: 5_000 } }] } });
    expect(server.seen.opened).toBe(20);
    expect((await subscribe('token-of-bob')).status).toBe(200);
    streams[0]?.close();
    await expect.poll(() => server.seen.left).toBe(1);
    expect((await subscribe('token-of-ada')).status).toBe(200);
  });

  test('nobody is counted by address, and queries are not counted', async () => {
    await using server = await start({ maxEventStreamsPerAddress: 2 });
    const subscribe = (address: string, query = waits) => subscribeSse(server.url, { query, headers: from(address) });
    await times(2, () => subscribe('192.0.2.1'));
    expect((await subscribe('192.0.2.1')).status).toBe(429);
    expect((await subscribe('192.0.2.1', '{ hello }')).status).toBe(200);
    expect((await subscribe('192.0.2.2')).status).toBe(200);
    await times(2, () => subscribe('2001:db8:1:2::1'));
    // The same customer.
    expect((await subscribe('2001:db8:1:2:ffff::2')).status).toBe(429);
    expect((await subscribe('2001:db8:1:3::1')).status).toBe(200);
  });

  test('a forged X-Forwarded-For gives nobody more when no proxy is trusted', async () => {
    await using server = await startServer({}, { gate: { ...gate, maxEventStreamsPerAddress: 1 } });
    await subscribeSse(server.url, { query: waits, headers: from('192.0.2.1') });
    expect((await subscribeSse(server.url, { query: waits, headers: from('192.0.2.2') })).status).toBe(429);
  });

  test('a subscription that fails or ends gives its place back', async () => {
    await using server = await start({ maxEventStreamsPerAddress: 1 });
    for (const query of ['subscription { failing }', 'subscription { count(to: 1) }', 'subscription { refused }']) {
      const stream = await subscribeSse(server.url, { query, headers: from('192.0.2.1') });
      await expect.poll(() => stream.pending().at(-1)?.kind).toBe('closed');
    }
    await expect.poll(async () => (await subscribeSse(server.url, { query: waits, headers: from('192.0.2.1') })).status).toBe(200);
  });
});

describe('sockets', () => {
  test('a user has twenty, from wherever; the next is closed with 4429 until one is closed, and others are unaffected', async () => {
    await using server = await start();
    const open = (token: string) => openSocket(server.url, { token, headers: from(`192.0.2.${Math.ceil(Math.random() * 200)}`) });
    const sockets = await times(20, () => open('token-of-ada'));
    await expect(open('token-of-ada')).rejects.toThrow('closed with 4429 Too many sockets');
    const bob = await open('token-of-bob');
    sockets[0]?.close();
    await sockets[0]?.closed;
    await expect.poll(() => open('token-of-ada').then((socket) => (socket.cut(), 'open'))).toBe('open');
    expect(await sockets[1]?.subscribe('{ viewer }').nextEvent()).toMatchObject({ result: { data: { viewer: 'ada' } } });
    cut([...sockets, bob]);
  });

  test('nobody is counted by address, with those who have not said who they are; a signed-in socket gives that place back', async () => {
    await using server = await start({ maxSocketsPerAddress: 2 });
    const open = (address: string, token?: string, isInitialised = true) =>
      openSocket(server.url, { headers: from(address), isInitialised, ...(token !== undefined && { token }) });
    const signedIn: SocketClient[] = [];
    for (let count = 0; count < 5; count += 1) signedIn.push(await open('192.0.2.1', 'token-of-ada'));
    const nobody = [await open('192.0.2.1'), await open('192.0.2.1', undefined, false)];
    await expect(open('192.0.2.1')).rejects.toThrow('HTTP 429');
    const elsewhere = await open('192.0.2.2');
    // One that never says who it is loses its place when its time is over.
    await nobody[1]?.closed;
    await expect.poll(() => open('192.0.2.1').then((socket) => (socket.cut(), 'open'))).toBe('open');
    cut([...signedIn, ...nobody, elsewhere]);
  });

  test('a socket whose upgrade or login fails gives its place back', async () => {
    await using server = await start({ maxSocketsPerAddress: 1 });
    const headers = from('192.0.2.1');
    for (const connectionParams of [{ token: 'forged' }, { token: 'token-of-nobase' }]) {
      await expect.poll(() => openSocket(server.url, { headers, connectionParams }).catch((error: Error) => error.message)).toMatch(/closed with (4403|1013)/);
    }
    const bad = await fetch(`${server.url}/graphql`, { headers: { ...headers, 'sec-websocket-version': '1' } });
    expect(bad.status).toBe(400);
    await expect.poll(() => openSocket(server.url, { headers }).then((socket) => (socket.cut(), 'open'))).toBe('open');
  });

  test('fifty operations run at once on a socket; the next is refused by itself, until one is over', async () => {
    await using server = await start();
    const socket = await openSocket(server.url);
    const subscriptions = Array.from({ length: 50 }, () => socket.subscribe(waits));
    await Promise.all(subscriptions.map((subscription) => subscription.nextEvent()));
    expect(await socket.subscribe('{ hello }').nextEvent()).toMatchObject({ kind: 'error', errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
    expect(server.seen.opened).toBe(50);
    subscriptions[0]?.close();
    await expect.poll(() => server.seen.left).toBe(1);
    expect(await socket.subscribe('{ hello }').nextEvent()).toMatchObject({ kind: 'next' });
    socket.cut();
  });
});

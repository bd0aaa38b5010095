import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { delay } from '../../src/base/async.ts';
import { patienceMs } from '../kit/patience.ts';
import { subscribeSse } from '../kit/sse-client.ts';
import { openSocket } from '../kit/websocket-client.ts';
import { startServer } from './test-server.ts';

const waits = 'subscription { count(to: 2, everyMs: 60000) }';
const ask = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

test('R06 a stop tells twenty event streams and twenty sockets, ends within its limit and leaves nothing', async () => {
  // Those who hear nothing are cut when the limit is over, which is far away.
  await using server = await startServer({ limits: { shutdownTimeoutMs: 40_000 } });
  const streams = await Promise.all(times(20, () => subscribeSse(server.url, { query: waits })));
  const sockets = await Promise.all(times(20, () => openSocket(server.url)));
  const subscriptions = sockets.map((socket) => socket.subscribe(waits));
  await Promise.all([...streams, ...subscriptions].map((subscription) => subscription.nextEvent()));
  const beganAtMs = performance.now();
  await server.stop();
  expect(performance.now() - beganAtMs).toBeLessThan(3_000 + patienceMs);
  for (const stream of streams) {
    expect(await stream.events(3)).toMatchObject([
      { kind: 'next', result: { errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE', retryAfterMs: 1_000 } }] } },
      { kind: 'complete' },
      { kind: 'closed' },
    ]);
  }
  for (const socket of sockets) expect(await socket.closed).toEqual({ code: 1001, reason: 'The server is stopping' });
  expect(server.seen.left).toBe(server.seen.opened);
  await expect(fetch(server.url)).rejects.toThrow('fetch failed');
});

test('R06 clients that do not read are cut within the limit', async () => {
  await using server = await startServer({ limits: { shutdownTimeoutMs: 1_500 } });
  const endless = 'subscription { bulk(to: 100000, bytes: 100000) }';
  const streams = await Promise.all(times(3, () => subscribeSse(server.url, { query: endless })));
  const sockets = await Promise.all(times(3, () => openSocket(server.url)));
  for (const socket of sockets) socket.subscribe(endless);
  await Promise.all(streams.map((stream) => stream.nextEvent()));
  for (const client of [...streams, ...sockets]) client.pause();
  const producedBefore = server.seen.produced;
  const beganAtMs = performance.now();
  await server.stop();
  expect(performance.now() - beganAtMs).toBeLessThan(1_500 + patienceMs);
  // What fits into the buffers of six sockets, and nothing for nobody.
  expect(server.seen.produced - producedBefore).toBeLessThan(1_000);
  expect(server.seen.left).toBe(server.seen.opened);
  for (const client of streams) client.close();
  for (const client of sockets) client.cut();
});

test('R06 a request that does not end is cut at the limit', async () => {
  await using server = await startServer({ limits: { shutdownTimeoutMs: 500 } });
  const client = connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => {});
  const closed = once(client, 'close');
  client.write(ask('/graphql?query=%7Bslow(milliseconds%3A30000)%7D'));
  await expect.poll(() => server.seen.resolved).toBe(1);
  const beganAtMs = performance.now();
  await server.stop();
  await closed;
  expect(performance.now() - beganAtMs).toBeLessThan(500 + patienceMs);
});

test('streams hear what happens while the work is drained', async () => {
  const drained = Promise.withResolvers<void>();
  await using server = await startServer({ onDrain: () => drained.promise, limits: { shutdownTimeoutMs: 40_000 } });
  const stream = await subscribeSse(server.url, { query: 'subscription { count(to: 1000000, everyMs: 10) }' });
  await stream.nextEvent();
  const stopped = server.stop();
  expect(await stream.events(10)).toSatisfy((events: { kind: string; result: object }[]) => events.every((event) => 'data' in event.result));
  drained.resolve();
  await stopped;
});

test('a drain that hangs is not waited for longer than half of the limit', async () => {
  const drained = Promise.withResolvers<void>();
  await using server = await startServer({ onDrain: () => drained.promise, limits: { shutdownTimeoutMs: 1_000 } });
  const beganAtMs = performance.now();
  const isGivenUp = delay(800).then(() => server.log.some(({ msg }) => msg === 'the runs could not be drained in time'));
  await server.stop();
  expect(performance.now() - beganAtMs).toBeGreaterThan(490);
  expect(performance.now() - beganAtMs).toBeLessThan(1_000 + patienceMs);
  // Timers fire in their order on the busiest machine: it was given up before most of the limit was over.
  expect(await isGivenUp).toBe(true);
});

test('a request under way is answered; then the connection hears that the server is not ready and takes no work', async () => {
  const drained = Promise.withResolvers<void>();
  await using server = await startServer({ onDrain: () => drained.promise, limits: { shutdownTimeoutMs: 40_000 } });
  // A load balancer keeps its connections: what it asks on one during the stop is answered, too.
  const kept = connect(Number(new URL(server.url).port), '127.0.0.1');
  let text = '';
  kept.on('data', (data) => (text += String(data)));
  // So long that the stop begins before it is over.
  kept.write(ask('/graphql?query=%7Bslow(milliseconds%3A5000)%7D'));
  await expect.poll(() => server.seen.resolved).toBe(1);
  const stopped = server.stop();
  kept.write(ask('/health/ready') + ask('/graphql?query=%7Bhello%7D'));
  await expect.poll(() => text.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 503']);
  expect(text).toContain('{"data":{"slow":"done"}}');
  expect(text).toContain('Connection: close');
  drained.resolve();
  await stopped;
  expect(server.seen.resolved).toBe(1);
});

test('a stop that is asked for twice is one stop', async () => {
  let drains = 0;
  await using server = await startServer({
    onDrain: async () => {
      drains += 1;
    },
  });
  await Promise.all([server.stop(), server.stop()]);
  await server.stop();
  expect(drains).toBe(1);
});

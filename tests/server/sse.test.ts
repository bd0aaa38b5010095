import { createClient } from 'graphql-sse';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { subscribeSse } from '../kit/sse-client.ts';
import { startServer, type TestServer } from './test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ pingIntervalMs: 40 });
});
afterAll(() => server.stop());

const forEver = 'subscription { count(to: 1000000, everyMs: 5) }';

test('a subscription is a stream of next events and a complete', async () => {
  const subscription = await subscribeSse(server.url, { query: 'subscription { count(to: 2) }' });
  expect(await subscription.events(4)).toEqual([
    { kind: 'next', result: { data: { count: 1 } } },
    { kind: 'next', result: { data: { count: 2 } } },
    { kind: 'complete' },
    { kind: 'closed' },
  ]);
});

test('the bytes on the wire are those of the protocol', async () => {
  // Without a ping in between, however long they take.
  await using quiet = await startServer();
  const response = await fetch(`${quiet.url}/graphql?query=${encodeURIComponent('subscription { count(to: 1) }')}`, {
    headers: { accept: 'text/event-stream' },
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(await response.text()).toBe(':\n\nevent: next\ndata: {"data":{"count":1}}\n\nevent: complete\ndata:\n\n');
});

test('the graphql-sse client reads it', async () => {
  const client = createClient({ url: `${server.url}/graphql`, retryAttempts: 0 });
  const results = [];
  for await (const result of client.iterate({ query: 'subscription { count(to: 3) }' })) results.push(result.data);
  expect(results).toEqual([{ count: 1 }, { count: 2 }, { count: 3 }]);
  client.dispose();
});

test('a query comes as one event when it is asked for as events', async () => {
  const subscription = await subscribeSse(server.url, { query: '{ hello }' });
  expect(await subscription.events(2)).toEqual([{ kind: 'next', result: { data: { hello: 'world' } } }, { kind: 'complete' }]);
});

test('a client of many media types, as urql, gets JSON for a query and events for a subscription', async () => {
  const accept = 'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed';
  const ask = (query: string) =>
    fetch(`${server.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', accept }, body: JSON.stringify({ query }) });
  expect((await ask('{ hello }')).headers.get('content-type')).toMatch(/json/);
  expect((await ask('subscription { count(to: 1) }')).headers.get('content-type')).toMatch(/event-stream/);
});

test('a subscription over a transport that cannot carry it is 406, and its source returns', async () => {
  const leftBefore = server.seen.left;
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query: forEver }),
  });
  expect(response.status).toBe(406);
  await expect.poll(() => server.seen.left).toBe(leftBefore + 1);
});

test('an idle stream is pinged', async () => {
  const subscription = await subscribeSse(server.url, { query: 'subscription { count(to: 2, everyMs: 60000) }' });
  await expect.poll(() => subscription.pings()).toBeGreaterThan(3);
  subscription.close();
});

test.each([
  ['while it streams', forEver],
  ['while its source waits', 'subscription { count(to: 2, everyMs: 60000) }'],
])('a client that leaves %s makes the source return', async (_title, query) => {
  const leftBefore = server.seen.left;
  const subscription = await subscribeSse(server.url, { query });
  await subscription.nextEvent();
  subscription.close();
  await expect.poll(() => server.seen.left).toBe(leftBefore + 1);
});

test('a client that leaves without reading makes the source return', async () => {
  const leftBefore = server.seen.left;
  const subscription = await subscribeSse(server.url, { query: 'subscription { bulk(to: 100000, bytes: 100000) }' });
  subscription.pause();
  await new Promise((resolve) => setTimeout(resolve, 50));
  subscription.close();
  await expect.poll(() => server.seen.left).toBe(leftBefore + 1);
});

test('R09 a paused reader costs little memory, disturbs nobody and gets everything when it reads on', async () => {
  const producedBefore = server.seen.produced;
  const paused = await subscribeSse(server.url, { query: 'subscription { bulk(to: 300, bytes: 100000) }' });
  paused.pause();
  const neighbour = await subscribeSse(server.url, { query: 'subscription { count(to: 100) }' });
  expect(await neighbour.events(101)).toHaveLength(101);
  expect(server.seen.produced - producedBefore).toBeLessThan(250);
  paused.resume();
  const events = await paused.events(301);
  expect(events.filter((event) => event.kind === 'next')).toHaveLength(300);
  expect(events.at(-1)).toEqual({ kind: 'complete' });
});

test('an error of one event is that of the event, and the stream goes on', async () => {
  const subscription = await subscribeSse(server.url, { query: 'subscription { brokenEvent }' });
  const events = await subscription.events(4);
  expect(events.map((event) => (event.kind === 'next' ? [event.result.data.brokenEvent, event.result.errors?.[0].extensions.code] : event.kind))).toEqual([
    [1, undefined],
    [null, 'INTERNAL_SERVER_ERROR'],
    [3, undefined],
    'complete',
  ]);
});

test('a source that throws in mid-stream ends its own stream with a masked error, and nothing else', async () => {
  const neighbour = await subscribeSse(server.url, { query: forEver });
  const subscription = await subscribeSse(server.url, { query: 'subscription { count(to: 5, failsAt: 3) }' });
  const events = await subscription.events(5);
  expect(events.map((event) => (event.kind === 'next' ? (event.result.data?.count ?? event.result.errors[0].extensions.code) : event.kind))).toEqual([
    1,
    2,
    'INTERNAL_SERVER_ERROR',
    'complete',
    'closed',
  ]);
  const seenBefore = neighbour.pending().length;
  await expect.poll(() => neighbour.pending().length).toBeGreaterThan(seenBefore + 3);
  neighbour.close();
});

test('the streams of a revoked login end with the reason, those of others go on', async () => {
  const bob = await subscribeSse(server.url, { query: 'subscription { count(to: 2, everyMs: 60000) }', token: 'token-of-bob' });
  const ada = await subscribeSse(server.url, { query: forEver, token: 'token-of-ada' });
  await bob.nextEvent();
  server.revokeBob();
  expect(await bob.events(3)).toMatchObject([
    { kind: 'next', result: { errors: [{ message: expect.stringContaining('Login revoked'), extensions: { code: 'UNAUTHENTICATED' } }] } },
    { kind: 'complete' },
    { kind: 'closed' },
  ]);
  const seenBefore = ada.pending().length;
  await expect.poll(() => ada.pending().length).toBeGreaterThan(seenBefore + 3);
  ada.close();
});

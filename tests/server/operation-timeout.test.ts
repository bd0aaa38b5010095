import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/base/config.ts';
import { patienceMs } from '../kit/patience.ts';
import { createTransports, transportNames } from '../kit/transports.ts';
import { openSocket } from '../kit/websocket-client.ts';
import { startServer, type TestServer } from './test-server.ts';

const { gate } = parseConfig({});

let server: TestServer;
beforeAll(async () => {
  server = await startServer({}, { gate: { ...gate, operationTimeoutMs: 150 }, runs: { askTimeoutMs: 1_500 } });
});
afterAll(() => server.stop());

describe.each(transportNames)('over %s', (name) => {
  const ask = (query: string, variables = {}) => createTransports(server.url)[name](query, variables);

  test.each([
    ['{ slow(milliseconds: 60000) }', 'Ask for less at once.'],
    ['mutation { slowChange(milliseconds: 60000) }', 'Read what it changed before you send it again.'],
    // Longer than all tests here take together: one counts the sources that come too late.
    ['subscription { slowStart(milliseconds: 600000) }', 'Ask for less at once.'],
  ])('%s is given up', async (query, remedy) => {
    const beganAtMs = performance.now();
    const answer = await ask(query);
    expect(performance.now() - beganAtMs).toBeLessThan(150 + patienceMs);
    expect(answer).toMatchObject({
      errors: [{ message: `The operation ran longer than 150 ms and was given up. ${remedy}`, extensions: { code: 'OPERATION_TIMEOUT' } }],
    });
    expect('data' in answer).toBe(false);
  });

  test('no further mutation is started after the time is over', async () => {
    const before = server.seen.resolved;
    await ask('mutation { a: slowChange(milliseconds: 200) b: change c: change }');
    // Answered later than the first mutation ends.
    await createTransports(server.url).http('mutation { ask(milliseconds: 300) }');
    expect(server.seen.resolved - before).toBe(2);
  });

  test('"ask" may take its own time, also by way of fragments', async () => {
    expect(await ask('mutation { ask(milliseconds: 300) }')).toEqual({ data: { ask: 'answered' } });
    expect(await ask('mutation { ... { ask(milliseconds: 200) } }')).toEqual({ data: { ask: 'answered' } });
    expect(await ask('mutation { ...F } fragment F on Mutation { ask(milliseconds: 200) }')).toEqual({ data: { ask: 'answered' } });
    expect((await ask('mutation { ask(milliseconds: 60000) }')).errors[0].message).toContain('longer than 1650 ms');
  });

  test('a source that comes too late is returned', async () => {
    const leftBefore = server.seen.left;
    expect((await ask('subscription { slowStart(milliseconds: 300) }')).errors[0].extensions.code).toBe('OPERATION_TIMEOUT');
    await expect.poll(() => server.seen.left).toBe(leftBefore + 1);
  });
});

test('it is 504 over HTTP', async () => {
  const body = JSON.stringify({ query: '{ slow(milliseconds: 60000) }' });
  const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(response.status).toBe(504);
});

test('a subscription that has started may last', async () => {
  const socket = await openSocket(server.url);
  const events = await socket.subscribe('subscription { count(to: 4, everyMs: 100) }').events(5);
  expect(events.at(-1)).toEqual({ kind: 'complete' });
  expect(events.map((event) => (event.kind === 'next' ? event.result.data.count : null))).toEqual([1, 2, 3, 4, null]);
  socket.cut();
});

test('a timeout on a socket disturbs none of its neighbours', async () => {
  const socket = await openSocket(server.url);
  const neighbour = socket.subscribe('subscription { count(to: 1000000, everyMs: 5) }');
  expect(await socket.subscribe('{ slow(milliseconds: 60000) }').nextEvent()).toMatchObject({
    kind: 'next',
    result: { errors: [{ extensions: { code: 'OPERATION_TIMEOUT' } }] },
  });
  const seenBefore = neighbour.pending().length;
  await expect.poll(() => neighbour.pending().length).toBeGreaterThan(seenBefore + 2);
  socket.cut();
});

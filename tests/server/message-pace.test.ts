import { afterEach, expect, test, vi } from 'vitest';
import { parseConfig } from '../../src/base/config.ts';
import { createMessagePace } from '../../src/server/message-pace.ts';
import { openSocket } from '../kit/websocket-client.ts';
import { startServer } from './test-server.ts';

afterEach(() => void vi.useRealTimers());

/** Time that passes when the test says so: a loop that is held up for some milliseconds would have more delivered at once. */
const holdTime = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });

test('one second of messages is delivered at once, the rest at the pace, in order, while nothing more is read', () => {
  holdTime();
  const delivered: string[] = [];
  let pauses = 0;
  let resumes = 0;
  const pace = createMessagePace({ perSecond: 100, deliver: (text) => delivered.push(text), pause: () => (pauses += 1), resume: () => (resumes += 1) });
  const messages = Array.from({ length: 130 }, (_, index) => `${index}`);
  for (const message of messages) pace.take(message);
  expect([delivered.length, pauses]).toEqual([100, 1]);
  vi.advanceTimersByTime(250);
  expect([delivered.length, resumes]).toEqual([125, 0]);
  vi.advanceTimersByTime(100);
  expect([delivered, resumes]).toEqual([messages, 1]);
});

test('what waits is forgotten when the connection is closed', () => {
  holdTime();
  const delivered: string[] = [];
  const pace = createMessagePace({ perSecond: 1, deliver: (text) => delivered.push(text), pause: () => {}, resume: () => {} });
  for (const message of ['a', 'b', 'c']) pace.take(message);
  pace.close();
  vi.advanceTimersByTime(60_000);
  expect(delivered).toEqual(['a']);
});

test('a socket that sends thousands of operations a second is slowed down and answered, and its neighbours do not notice', async () => {
  const { gate } = parseConfig({});
  await using server = await startServer({}, { gate: { ...gate, webSocketMessagesPerSecond: 500, maxOperationsPerSocket: 10_000 } });
  const neighbour = await openSocket(server.url);
  const timesOf = async (most: number): Promise<readonly number[]> => {
    const durations: number[] = [];
    for (let count = 0; count < most; count += 1) {
      const beganAtMs = performance.now();
      await neighbour.subscribe('{ hello }').nextEvent();
      durations.push(performance.now() - beganAtMs);
    }
    return durations;
  };
  const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length / 2] ?? Infinity;
  const usualMs = median(await timesOf(20));
  const flood = await openSocket(server.url);
  const resolvedBefore = server.seen.resolved;
  const answers = Array.from({ length: 2_000 }, () => flood.subscribe('{ hello }'));
  const durations = [...(await timesOf(5))];
  // So much of the neighbour was answered before all of the flood, which takes three seconds.
  expect(server.seen.resolved - resolvedBefore).toBeLessThan(2_000);
  durations.push(...(await timesOf(15)));
  expect(median(durations)).toBeLessThan(50 + 10 * usualMs);
  for (const answer of answers) expect(await answer.nextEvent()).toMatchObject({ kind: 'next', result: { data: { hello: 'world' } } });
  flood.cut();
  neighbour.cut();
});

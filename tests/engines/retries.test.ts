import { describe, expect, it } from 'vitest';
import { eventually } from '../kit/eventually.ts';
import { patienceMs } from '../kit/patience.ts';
import { delay } from '../../src/base/async.ts';
import { defaultRetryPolicy } from '../../src/engines/attempts.ts';
import { patientTimers, providers, question, quickRetry, read } from './providers.ts';
import { silence, startWireServer, status, stream } from './wire-server.ts';

describe.each(providers)('the engine $id', ({ create, errorBody, fixture }) => {
  it('answers at the second attempt as if there had been no first', async () => {
    await using server = await startWireServer(status(503, errorBody('server_error', 'busy')), stream(fixture('plain')));
    const { text, parts } = await read(create(server.url));
    expect(text).toBe('Grüße from 東京 🙂.');
    expect(parts.map((part) => part.type)).not.toContain('error');
    expect(server.requests).toHaveLength(2);
    expect(server.requests[1]?.body).toEqual(server.requests[0]?.body);
  });

  it('waits as long as the provider asks for, up to ten seconds', async () => {
    await using server = await startWireServer(status(429, errorBody('rate_limit_error', 'wait'), { 'retry-after': '1' }), stream(fixture('plain')));
    const startedAt = performance.now();
    expect((await read(create(server.url))).last?.type).toBe('finish');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
    expect(defaultRetryPolicy.longestRetryAfterMs).toBe(10_000);
  });

  it('hears an abort while it waits for another attempt', async () => {
    await using server = await startWireServer(status(429, errorBody('rate_limit_error', 'wait'), { 'retry-after': '9' }));
    const abort = new AbortController();
    const answer = read(create(server.url), question(), abort.signal);
    await eventually(() => expect(server.requests).toHaveLength(1));
    await server.requests[0]?.closed;
    const abortedAt = performance.now();
    abort.abort();
    expect((await answer).parts).toEqual([]);
    expect(performance.now() - abortedAt).toBeLessThan(1_000 + patienceMs);
    expect(server.requests).toHaveLength(1);
  });

  it('hears an abort while it waits for headers', async () => {
    await using server = await startWireServer(silence);
    const abort = new AbortController();
    const answer = read(create(server.url), question(), abort.signal);
    await eventually(() => expect(server.requests).toHaveLength(1));
    const abortedAt = performance.now();
    abort.abort();
    expect((await answer).parts).toEqual([]);
    expect(((await server.requests[0]?.closed) ?? Infinity) - abortedAt).toBeLessThan(1_000 + patienceMs);
  });

  it('ends all attempts together when the total time is over', async () => {
    await using server = await startWireServer(silence);
    const timers = { ...patientTimers, connectTimeoutMs: 120, totalTimeoutMs: 200 };
    const startedAt = performance.now();
    const { last } = await read(create(server.url, { timers, retry: { ...quickRetry, maxAttempts: 100 } }));
    expect(last).toMatchObject({ type: 'error', failure: { code: 'ENGINE_TIMEOUT' } });
    expect(performance.now() - startedAt).toBeLessThan(2_000 + patienceMs);
    expect(server.requests.length).toBeLessThanOrEqual(2);
  });

  it('does not take a slow reader for a slow provider', async () => {
    const [first = '', second = '', ...rest] = fixture('plain').split(/(?<=(?:Grüße|from) .*\n\n)/);
    const rested = Promise.withResolvers<void>();
    await using server = await startWireServer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(first);
      setTimeout(() => response.write(second), 20);
      void rested.promise.then(() => response.end(rest.join('')));
    });
    const types: string[] = [];
    for await (const part of create(server.url, { timers: { idleTimeoutMs: 1_000 } }).stream(question(), new AbortController().signal)) {
      types.push(part.type);
      // The second text was waited for; now the reader rests for longer than the provider may, and the third is yet to come.
      if (part.type !== 'text' || types.filter((type) => type === 'text').length !== 2) continue;
      await delay(1_200);
      rested.resolve();
    }
    expect(types.filter((type) => type === 'text')).toHaveLength(3);
    expect(types.at(-1)).toBe('finish');
  });
});

import { setTimeout as rest } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { waitBefore } from '../../src/engines/attempts.ts';
import { createOpenAiEngine } from '../../src/engines/openai.ts';
import { patienceMs } from '../kit/patience.ts';
import { patientTimers, providers, question, quickRetry, read, secretKey, type Provider } from './providers.ts';
import { startWireServer, status, stream, type WireReply } from './wire-server.ts';

/** Sends events one by one with a pause before each, then ends. */
function paced(events: readonly string[], pauseMs: number): WireReply {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (at: number): void => {
      if (response.destroyed) return;
      if (at === events.length) response.end();
      else response.write(`${events[at]}\n\n`, () => void setTimeout(send, pauseMs, at + 1));
    };
    send(0);
  };
}

/** The events of the recorded answer that writes two calls. The text before them is taken out, so that they are all there is. */
function callsAlone({ fixture }: Provider): readonly string[] {
  return fixture('tools')
    .split('\n\n')
    .filter((event) => event !== '' && !event.includes('Looking'));
}

// The others send whole calls.
describe.each(providers.filter(({ hasEarlyHeaders }) => hasEarlyHeaders))('the engine $id', (provider) => {
  it('takes the fragments of a call for tokens, however long the whole call takes', async () => {
    const events = callsAlone(provider);
    const limitMs = 3_000;
    const pauseMs = 450;
    expect(events.length * pauseMs).toBeGreaterThan(limitMs);
    await using server = await startWireServer(paced(events, pauseMs));
    const { parts, last } = await read(provider.create(server.url, { timers: { firstTokenTimeoutMs: limitMs, idleTimeoutMs: limitMs } }));
    expect(last).toEqual({ type: 'finish', reason: 'TOOL_CALLS' });
    expect(parts.filter((part) => part.type === 'toolCall')).toHaveLength(2);
  });

  it('R04 hears a stall inside of a call by the limit between tokens, and does not ask again', async () => {
    await using server = await startWireServer(stream(`${callsAlone(provider).slice(0, 4).join('\n\n')}\n\n`, 'hold'));
    const { parts, last } = await read(provider.create(server.url, { timers: { idleTimeoutMs: 600 } }));
    expect(last).toMatchObject({ type: 'error', failure: { code: 'ENGINE_TIMEOUT', message: expect.stringContaining('fell silent') } });
    expect(parts.filter((part) => part.type === 'toolCall')).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  it('does not ask again when the connection breaks inside of a call', async () => {
    await using server = await startWireServer(stream(`${callsAlone(provider).slice(0, 4).join('\n\n')}\n\n`, 'reset'));
    const { last } = await read(provider.create(server.url));
    expect(last).toMatchObject({ type: 'error', failure: { code: 'ENGINE_NETWORK' } });
    expect(server.requests).toHaveLength(1);
  });

  it('lets its reader rest between tokens that came apart', async () => {
    const events = provider
      .fixture('plain')
      .split('\n\n')
      .filter((event) => event !== '');
    await using server = await startWireServer(paced(events, 600));
    const types: string[] = [];
    for await (const part of provider.create(server.url, { timers: { idleTimeoutMs: 1_800 } }).stream(question(), new AbortController().signal)) {
      types.push(part.type);
      // Longer than the provider itself may be silent; more is still to come when the rest is over.
      if (types.filter((type) => type === 'text').length === 2 && part.type === 'text') await rest(2_100);
    }
    expect(types.at(-1)).toBe('finish');
  });
});

describe('the wait before another attempt', () => {
  it.each([
    { random: 0, least: 200, exactly: 200 },
    { random: 0.999, least: 395, exactly: 400 },
  ])('is between half and the whole of its ceiling, with chance $random', async ({ random, least, exactly }) => {
    await using server = await startWireServer(status(500));
    const retry = { ...quickRetry, maxAttempts: 2, firstWaitMs: 400, longestWaitMs: 400 };
    const engine = createOpenAiEngine({
      apiKey: secretKey,
      baseUrl: `${server.url}/v1`,
      fetch: globalThis.fetch,
      timers: patientTimers,
      retry,
      random: () => random,
    });
    await read(engine);
    const [first, second] = await Promise.all(server.requests.map((request) => request.closed));
    const waited = (second ?? 0) - (first ?? 0);
    expect(waited).toBeGreaterThanOrEqual(least - 10);
    expect(waited).toBeLessThan(exactly + patienceMs);
    // How much later a timer fires is up to the machine; what it is set to is not.
    const failure = { code: 'ENGINE_OVERLOADED', message: '', isRetryable: true, retryAfterMs: null } as const;
    expect(waitBefore(2, { failure, mayTryAgain: true }, { retry, random: () => random })).toBeCloseTo(exactly, 0);
  });
});

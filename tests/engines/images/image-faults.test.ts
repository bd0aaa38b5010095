import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineFailure } from '../../../src/engines/engine.ts';
import type { ImageTimers } from '../../../src/engines/images/stream-pictures.ts';
import { answered, cutOff, neverAnswered, stalled, startFakeMedia, type FakeMedia, type MediaReply } from '../../kit/fake-media.ts';
import { secretKey } from '../providers.ts';
import { drawn, imageEngineAt, imageProviders, pictureOf } from './image-engines.ts';

interface Fault {
  readonly fault: string;
  readonly reply: MediaReply;
  readonly code: EngineFailure['code'];
  readonly attempts: number;
  readonly isRetryable: boolean;
  readonly retryAfterMs?: number;
  readonly timers?: Partial<ImageTimers>;
}

const error = (message: string, type = 'server_error'): unknown => ({ error: { message, type, code: null } });

const faults: readonly Fault[] = [
  { fault: 'status 500', reply: answered(500, error('oops')), code: 'ENGINE_OVERLOADED', attempts: 3, isRetryable: true },
  { fault: 'status 502 with a web page', reply: answered(502, '<html>Bad gateway</html>'), code: 'ENGINE_OVERLOADED', attempts: 3, isRetryable: true },
  {
    fault: 'status 429 with a short wait',
    reply: answered(429, error('slow down', 'rate_limit_error'), { 'retry-after-ms': '20' }),
    code: 'ENGINE_RATE_LIMITED',
    attempts: 3,
    isRetryable: true,
    retryAfterMs: 20,
  },
  {
    fault: 'status 429 without a wait',
    reply: answered(429, error('slow down', 'rate_limit_error')),
    code: 'ENGINE_RATE_LIMITED',
    attempts: 3,
    isRetryable: true,
  },
  {
    fault: 'status 429 with an hour to wait',
    reply: answered(429, error('slow down', 'rate_limit_error'), { 'retry-after': '3600' }),
    code: 'ENGINE_RATE_LIMITED',
    attempts: 1,
    isRetryable: true,
    retryAfterMs: 3_600_000,
  },
  {
    fault: 'status 401',
    reply: answered(401, error(`Incorrect key ${secretKey}`, 'authentication_error')),
    code: 'ENGINE_BAD_KEY',
    attempts: 1,
    isRetryable: false,
  },
  {
    fault: 'a refusal',
    reply: answered(400, error('Your request was rejected by the safety system.', 'invalid_request_error')),
    code: 'ENGINE_REFUSED',
    attempts: 1,
    isRetryable: false,
  },
  {
    fault: 'no headers',
    reply: neverAnswered,
    code: 'ENGINE_TIMEOUT',
    attempts: 3,
    isRetryable: true,
    timers: { imageTimeoutMs: 400, connectTimeoutMs: 400 },
  },
  { fault: 'a stall', reply: stalled, code: 'ENGINE_TIMEOUT', attempts: 1, isRetryable: true, timers: { idleTimeoutMs: 60 } },
  { fault: 'a cut connection', reply: cutOff, code: 'ENGINE_NETWORK', attempts: 3, isRetryable: true },
  { fault: 'bad JSON', reply: answered(200, '{"half', { 'content-type': 'application/json' }), code: 'ENGINE_PROTOCOL', attempts: 1, isRetryable: true },
  { fault: 'a web page with status 200', reply: answered(200, '<!doctype html><p>Sign in</p>'), code: 'ENGINE_PROTOCOL', attempts: 1, isRetryable: true },
];

describe.each(imageProviders)('R04 the picture engine $kind', (provider) => {
  let media: FakeMedia;
  beforeAll(async () => {
    media = await startFakeMedia();
  });
  afterAll(() => media[Symbol.asyncDispose]());

  it.each(faults)('answers $fault with $code', async ({ reply, code, isRetryable, retryAfterMs = null, timers, ...fault }) => {
    // OpenAI begins to answer before the picture is made, and what has begun is not paid twice.
    const attempts = provider.kind === 'openai' && code === 'ENGINE_NETWORK' ? 1 : fault.attempts;
    const before = media.asked(provider.submit).length;
    media.reply(provider.submit, ...Array.from({ length: attempts }, () => reply));
    const engine = await imageEngineAt(media, provider, timers);
    const parts = await drawn(engine, pictureOf(provider.model));
    expect(parts.filter(({ type }) => type !== 'status')).toEqual([
      { type: 'error', failure: { code, message: expect.stringContaining(provider.name), isRetryable, retryAfterMs } },
    ]);
    expect(media.asked(provider.submit).length - before).toBe(attempts);
    const last = parts.at(-1);
    const message = last?.type === 'error' ? last.failure.message : '';
    expect(message).not.toMatch(/<html|<!doctype/);
    expect(message).not.toContain(secretKey);
  });

  it('tells what the provider said, whatever the shape', async () => {
    for (const said of [{ detail: 'the words' }, { error: 'the words' }, { message: 'the words' }, error('the words', 'invalid_request_error')]) {
      media.reply(provider.submit, answered(400, said));
      const last = (await drawn(await imageEngineAt(media, provider), pictureOf(provider.model))).at(-1);
      expect(last).toMatchObject({ type: 'error', failure: { code: 'ENGINE_BAD_REQUEST', message: expect.stringContaining('the words') } });
    }
  });

  it('goes on after a failure that passes', async () => {
    media.reply(provider.submit, answered(503, error('busy')));
    const parts = await drawn(await imageEngineAt(media, provider), pictureOf(provider.model));
    expect(parts.filter(({ type }) => type === 'image')).toHaveLength(1);
    expect(parts.at(-1)).toEqual({ type: 'finish' });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Engine, EngineFailure, EnginePart, EngineRequest } from '../../../src/engines/engine.ts';
import { createModalEngine } from '../../../src/engines/jobs/modal.ts';
import { createRunPodEngine } from '../../../src/engines/jobs/runpod.ts';
import { eventually } from '../../kit/eventually.ts';
import { answered, cutOff, neverAnswered, stalled, startFakeMedia, type FakeMedia, type MediaReply } from '../../kit/fake-media.ts';
import { giveUpMs } from '../../kit/patience.ts';
import { patientTimers, quickRetry, secretKey } from '../providers.ts';

const kinds = [
  { kind: 'runpod', submit: /runpod\/abc\/run$/, look: /runpod\/abc\/status/, header: ['authorization', `Bearer ${secretKey}`] },
  { kind: 'modal', submit: /modal\/submit$/, look: /modal\/result/, header: ['modal-secret', secretKey] },
] as const;

type Timers = Partial<typeof patientTimers & { readonly jobTimeoutMs: number }>;

const question: EngineRequest = {
  model: 'llama',
  task: 'CHAT',
  system: 'Be brief.',
  messages: [{ role: 'user', text: 'The question?' }],
  tools: [{ name: 'run_sql', description: 'SQL.', parameters: {} }],
  temperature: 0.5,
  topP: null,
  topK: null,
  maxTokens: 50,
};
const answer = { choices: [{ message: { content: 'Forty-two.' }, finish_reason: 'stop' }], usage: { prompt_tokens: 11, completion_tokens: 3 } };
const body = {
  model: 'llama',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'The question?' },
  ],
  stream: false,
  temperature: 0.5,
  max_tokens: 50,
};

describe.each(kinds)('the engine of jobs at $kind', ({ kind, submit, look, header }) => {
  let media: FakeMedia;
  beforeAll(async () => {
    media = await startFakeMedia();
  });
  beforeEach(() => {
    media.looksUntilDone = 2;
    media.output = kind === 'runpod' ? [answer] : answer;
  });
  afterAll(() => media[Symbol.asyncDispose]());

  const engineWith = (more: Timers = {}): Engine => {
    const timers = { ...patientTimers, jobTimeoutMs: giveUpMs, poll: { firstWaitMs: 2, longestWaitMs: 4 }, ...more };
    const common = { id: 'pod', name: 'My pod', models: ['llama'], apiKey: secretKey, fetch, timers, retry: quickRetry };
    if (kind === 'runpod') return createRunPodEngine({ ...common, baseUrl: `${media.url}/runpod/abc` });
    const { url } = media;
    return createModalEngine({
      ...common,
      submitUrl: `${url}/modal/submit`,
      resultUrl: `${url}/modal/result`,
      cancelUrl: `${url}/modal/cancel`,
      key: 'wk-1',
      secret: secretKey,
    });
  };
  const read = async (engine: Engine, more: Partial<EngineRequest> = {}, signal = new AbortController().signal): Promise<readonly EnginePart[]> => {
    const parts: EnginePart[] = [];
    for await (const part of engine.stream({ ...question, ...more }, signal)) parts.push(part);
    return parts;
  };

  it('submits once, asks until it is done, and answers whole', async () => {
    media.looksUntilDone = 4;
    const parts = await read(engineWith());
    const job = media.jobs.at(-1);
    expect(parts).toEqual([
      { type: 'job', id: `pod ${job?.id}` },
      { type: 'usage', usage: { inputTokens: 11, cachedInputTokens: 0, outputTokens: 3, reasoningTokens: 0 } },
      { type: 'text', text: 'Forty-two.' },
      { type: 'finish', reason: 'STOP' },
    ]);
    const sent = media.asked(submit).at(-1);
    expect(sent?.json).toEqual(kind === 'runpod' ? { input: { openai_route: '/v1/chat/completions', openai_input: body } } : body);
    expect(sent?.headers[header[0]]).toBe(header[1]);
    expect(media.asked(look).length).toBeGreaterThanOrEqual(4);
  });

  it('goes on with a job of its own, and begins another where the job is not', async () => {
    media.looksUntilDone = Infinity;
    const begun = new AbortController();
    const before = media.jobs.length;
    const first = read(engineWith(), {}, begun.signal);
    await eventually(() => expect(media.jobs[before]?.looks).toBeGreaterThan(0));
    begun.abort('SHUTDOWN');
    await first;
    const job = media.jobs[before];
    expect(job?.state).toBe('open');
    const submits = media.asked(submit).length;
    media.looksUntilDone = 1;
    expect((await read(engineWith(), { jobId: `pod ${job?.id}` })).map(({ type }) => type)).toEqual(['usage', 'text', 'finish']);
    expect(media.asked(submit)).toHaveLength(submits);
    await read(engineWith(), { jobId: `other ${job?.id}` });
    expect(media.asked(submit)).toHaveLength(submits + 1);
  });

  it('cancels the job when it is stopped, and when it takes too long', async () => {
    media.looksUntilDone = Infinity;
    const stop = new AbortController();
    const before = media.jobs.length;
    const stopped = read(engineWith(), {}, stop.signal);
    await eventually(() => expect(media.jobs[before]?.looks).toBeGreaterThan(0));
    stop.abort('STOP');
    await stopped;
    await eventually(() => expect(media.jobs[before]?.state).toBe('cancelled'));
    // Long enough for the job to be begun.
    const parts = await read(engineWith({ jobTimeoutMs: 1_000 }));
    expect(parts.at(-1)).toMatchObject({ type: 'error', failure: { code: 'ENGINE_TIMEOUT' } });
    await eventually(() => expect(media.jobs.at(-1)?.state).toBe('cancelled'));
  });

  it('is asked for answers alone', async () => {
    const before = media.requests.length;
    for (const task of ['TITLE', 'SENTIMENT', 'SUMMARY'] as const) {
      expect((await read(engineWith(), { task })).at(-1)).toMatchObject({ type: 'error', failure: { code: 'ENGINE_BAD_REQUEST', isRetryable: false } });
    }
    expect(media.requests).toHaveLength(before);
  });

  const error = (message: string, type = 'server_error'): unknown => ({ error: { message, type, code: null } });
  const faults: readonly {
    readonly fault: string;
    readonly reply: MediaReply;
    readonly code: EngineFailure['code'];
    readonly attempts: number;
    readonly timers?: Timers;
  }[] = [
    { fault: 'status 500', reply: answered(500, error('oops')), code: 'ENGINE_OVERLOADED', attempts: 3 },
    {
      fault: 'status 429 with a short wait',
      reply: answered(429, error('slow', 'rate_limit_error'), { 'retry-after-ms': '10' }),
      code: 'ENGINE_RATE_LIMITED',
      attempts: 3,
    },
    {
      fault: 'status 429 with an hour to wait',
      reply: answered(429, error('slow', 'rate_limit_error'), { 'retry-after': '3600' }),
      code: 'ENGINE_RATE_LIMITED',
      attempts: 1,
    },
    { fault: 'status 401', reply: answered(401, error(`Bad key ${secretKey}`)), code: 'ENGINE_BAD_KEY', attempts: 1 },
    { fault: 'no headers', reply: neverAnswered, code: 'ENGINE_TIMEOUT', attempts: 3, timers: { connectTimeoutMs: 400 } },
    { fault: 'a stall', reply: stalled, code: 'ENGINE_TIMEOUT', attempts: 1, timers: { idleTimeoutMs: 60 } },
    { fault: 'a cut connection', reply: cutOff, code: 'ENGINE_NETWORK', attempts: 3 },
    { fault: 'bad JSON', reply: answered(200, '{"half', { 'content-type': 'application/json' }), code: 'ENGINE_PROTOCOL', attempts: 1 },
    { fault: 'a web page with status 200', reply: answered(200, '<!doctype html>'), code: 'ENGINE_PROTOCOL', attempts: 1 },
  ];

  it.each(faults)('R04 answers $fault of the submission with $code', async ({ reply, code, attempts, timers }) => {
    const before = media.asked(submit).length;
    media.reply(submit, ...Array.from({ length: attempts }, () => reply));
    const parts = await read(engineWith(timers));
    expect(parts).toEqual([{ type: 'error', failure: expect.objectContaining({ code, message: expect.stringContaining('My pod') }) }]);
    expect(JSON.stringify(parts)).not.toContain(secretKey);
    expect(media.asked(submit).length - before).toBe(attempts);
  });

  it.each(faults)('R04 answers $fault of the asking with $code, and begins no other job', async ({ reply, code, attempts, timers }) => {
    const before = media.asked(submit).length;
    media.reply(look, ...Array.from({ length: attempts }, () => reply));
    const parts = await read(engineWith(timers));
    expect(parts.at(-1)).toMatchObject({ type: 'error', failure: { code } });
    expect(media.asked(submit).length - before).toBe(1);
  });

  it('tells a job that came to nothing', async () => {
    media.output = { unexpected: true };
    expect((await read(engineWith())).at(-1)).toMatchObject({ type: 'error', failure: { code: 'ENGINE_PROTOCOL' } });
    if (kind === 'modal') return;
    media.reply(look, answered(200, { id: 'x', status: 'FAILED', error: 'CUDA out of memory' }));
    expect((await read(engineWith())).at(-1)).toMatchObject({
      type: 'error',
      failure: { code: 'ENGINE_OVERLOADED', message: expect.stringContaining('CUDA') },
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineTimers } from '../../../src/base/engine-config.ts';
import { CallFailed } from '../../../src/engines/calls.ts';
import type { EngineFailure } from '../../../src/engines/engine.ts';
import { createSpeaker, createTranscriber } from '../../../src/engines/speech/create-speech.ts';
import type { Speaker } from '../../../src/engines/speech/speech-engine.ts';
import { answered, cutOff, mp3, neverAnswered, spokenText, stalled, startFakeMedia, type FakeMedia, type MediaReply } from '../../kit/fake-media.ts';
import { patientTimers, quickRetry, secretKey } from '../providers.ts';

const error = (message: string, type = 'server_error'): unknown => ({ error: { message, type, code: null } });

interface Fault {
  readonly fault: string;
  readonly reply: MediaReply;
  readonly code: EngineFailure['code'];
  readonly attempts: number;
  readonly timers?: Partial<EngineTimers>;
  readonly isLate?: boolean;
}

const impatient: Partial<EngineTimers> = { firstTokenTimeoutMs: 400, totalTimeoutMs: 400 };
const faults: readonly Fault[] = [
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
  { fault: 'status 401', reply: answered(401, error(`Incorrect key ${secretKey}`, 'authentication_error')), code: 'ENGINE_BAD_KEY', attempts: 1 },
  { fault: 'no headers', reply: neverAnswered, code: 'ENGINE_TIMEOUT', attempts: 3, timers: impatient },
  { fault: 'a web page with status 200', reply: answered(200, '<!doctype html><p>Sign in</p>'), code: 'ENGINE_PROTOCOL', attempts: 1 },
  {
    fault: 'JSON in place of sound, or that is none',
    reply: answered(200, '{"half', { 'content-type': 'application/json' }),
    code: 'ENGINE_PROTOCOL',
    attempts: 1,
  },
];
const cut: MediaReply = (response) => {
  response.writeHead(200, { 'content-type': 'audio/mpeg' });
  response.write(mp3(1), () => setImmediate(() => response.socket?.resetAndDestroy()));
};
const silent: MediaReply = (response) => void response.writeHead(200, { 'content-type': 'audio/mpeg' }).write(mp3(1));

describe('R04 speech', () => {
  let media: FakeMedia;
  beforeAll(async () => {
    media = await startFakeMedia();
  });
  afterAll(() => media[Symbol.asyncDispose]());

  const options = (base: string, timers: Partial<EngineTimers> = {}) => ({
    apiKey: secretKey,
    baseUrl: `${media.url}${base}`,
    fetch,
    timers: { ...patientTimers, ...timers },
    retry: quickRetry,
  });
  const transcriber = (timers?: Partial<EngineTimers>) => createTranscriber(options('/v1', timers));
  const recording = { model: 'whisper-1', bytes: mp3(), mediaType: 'audio/mpeg', fileName: 'recording.mp3', language: null };
  const signal = new AbortController().signal;
  const said = { text: 'The tide is low.', voice: null, format: 'MP3' } as const;
  const heard = async (speaker: Speaker, model: string): Promise<Uint8Array> => {
    const pieces: Uint8Array[] = [];
    for await (const piece of speaker.speak({ ...said, model }, signal)) pieces.push(piece);
    return Uint8Array.from(Buffer.concat(pieces));
  };
  const failureOf = async (work: Promise<unknown>): Promise<EngineFailure> => {
    const thrown: unknown = await work.then(
      () => null,
      (problem: unknown) => problem,
    );
    if (!(thrown instanceof CallFailed)) throw thrown;
    return thrown.failure;
  };
  const speakers = [
    { kind: 'openai', base: '/v1', name: 'OpenAI', model: 'tts-1', path: /audio\/speech$/ },
    { kind: 'cartesia', base: '/cartesia', name: 'Cartesia', model: 'sonic-2', path: /tts\/bytes$/ },
  ] as const;

  it('is written down with its times, by a form with the recording', async () => {
    const transcript = await (await transcriber()).transcribe({ ...recording, language: 'de' }, signal);
    expect(transcript).toEqual({
      text: spokenText,
      language: 'english',
      durationMs: 3_500,
      segments: [
        { startMs: 0, endMs: 1_250, text: 'Good morning.' },
        { startMs: 1_250, endMs: 3_500, text: 'The tide is low.' },
      ],
    });
    const request = media.asked(/transcriptions$/).at(-1);
    expect(request?.headers.authorization).toBe(`Bearer ${secretKey}`);
    const form = request?.bytes.toString('latin1') ?? '';
    for (const [field, value] of [
      ['model', 'whisper-1'],
      ['response_format', 'verbose_json'],
      ['timestamp_granularities[]', 'segment'],
      ['language', 'de'],
    ]) {
      expect(form).toContain(`name="${field}"\r\n\r\n${value}`);
    }
    expect(form).toContain('filename="recording.mp3"');
    await (await transcriber()).transcribe({ ...recording, model: 'gpt-4o-transcribe' }, signal);
    expect(
      media
        .asked(/transcriptions$/)
        .at(-1)
        ?.bytes.toString('latin1'),
    ).toContain('name="response_format"\r\n\r\njson');
  });

  it.each([
    ...faults,
    { fault: 'a stall', reply: stalled, code: 'ENGINE_TIMEOUT', attempts: 1, timers: { idleTimeoutMs: 60 } } as const,
    { fault: 'a cut connection', reply: cutOff, code: 'ENGINE_NETWORK', attempts: 3 } as const,
  ])('that cannot be written down because of $fault tells $code', async ({ reply, code, attempts, timers }: Fault) => {
    const before = media.asked(/transcriptions$/).length;
    media.reply(/transcriptions$/, ...Array.from({ length: attempts }, () => reply));
    const failure = await failureOf((await transcriber(timers)).transcribe(recording, signal));
    expect(failure).toMatchObject({ code, message: expect.stringContaining('OpenAI') });
    expect(failure.message).not.toContain(secretKey);
    expect(media.asked(/transcriptions$/).length - before).toBe(attempts);
  });

  it.each(speakers)('of $kind comes piece by piece, to the byte', async ({ kind, base, model, path }) => {
    const speaker = await createSpeaker(kind, options(base));
    expect(await heard(speaker, model)).toEqual(mp3());
    const request = media.asked(path).at(-1);
    expect(request?.headers.authorization).toBe(`Bearer ${secretKey}`);
    expect(request?.json).toEqual(
      kind === 'openai'
        ? { model, input: said.text, voice: 'alloy', response_format: 'mp3' }
        : {
            model_id: model,
            transcript: said.text,
            voice: { mode: 'id', id: expect.any(String) },
            output_format: { container: 'mp3', sample_rate: 44_100, bit_rate: 128_000 },
          },
    );
    if (kind === 'cartesia') expect(request?.headers['cartesia-version']).toBe('2025-04-16');
  });

  it.each(speakers)('of $kind gives its first piece before the last is made', async ({ kind, base, model }) => {
    media.isHeld = true;
    const pieces = (await createSpeaker(kind, options(base))).speak({ ...said, model }, signal);
    expect((await pieces.next()).done).toBe(false);
    media.isHeld = false;
    media.release();
    for await (const _piece of pieces);
  });

  it.each(
    speakers.flatMap((speaker) =>
      [
        ...faults,
        { fault: 'a stall', reply: silent, code: 'ENGINE_TIMEOUT', attempts: 1, timers: { idleTimeoutMs: 60 } } as const,
        { fault: 'a cut connection', reply: cut, code: 'ENGINE_NETWORK', attempts: 1 } as const,
      ].map((fault) => ({ ...fault, speaker, kind: speaker.kind })),
    ),
  )('of $kind tells $fault as $code', async ({ speaker, reply, code, timers, attempts, fault }) => {
    const before = media.asked(speaker.path).length;
    // What is no sound may be so only this time: nothing of it was heard, and it is asked for again where that may help.
    media.reply(speaker.path, ...Array.from({ length: attempts }, () => reply));
    const failure = await failureOf(heard(await createSpeaker(speaker.kind, options(speaker.base, timers)), speaker.model));
    expect(failure, fault).toMatchObject({ code, message: expect.stringContaining(speaker.name) });
    expect(failure.message).not.toContain(secretKey);
    expect(media.asked(speaker.path).length - before).toBe(attempts);
  });

  it('has voices', async () => {
    const openai = await (await createSpeaker('openai', options('/v1'))).voices(signal);
    expect(openai[0]).toMatchObject({ id: 'alloy', language: null });
    const cartesia = await (await createSpeaker('cartesia', options('/cartesia'))).voices(signal);
    expect(cartesia).toEqual([{ id: 'a0e99841-438c-4a64-b679-ae501e7d6091', name: 'Barbershop Man', description: 'Calm.', language: 'en' }]);
  });
});

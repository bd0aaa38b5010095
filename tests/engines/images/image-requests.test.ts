import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createGuardedFetch } from '../../../src/engines/guarded-fetch.ts';
import { createImageEngine } from '../../../src/engines/images/create-image-engine.ts';
import { createOutsideAddresses } from '../../../src/engines/outside-address.ts';
import { eventually } from '../../kit/eventually.ts';
import { answered, startFakeMedia, type FakeMedia } from '../../kit/fake-media.ts';
import { png } from '../../kit/pictures.ts';
import { giveUpMs } from '../../kit/patience.ts';
import { patientTimers, quickRetry, secretKey } from '../providers.ts';
import { drawn, imageEngineAt, imageProviders, pictureOf, reference, type ImageProvider } from './image-engines.ts';

const providerOf = (kind: string): ImageProvider => {
  const provider = imageProviders.find((candidate) => candidate.kind === kind);
  if (provider === undefined) throw new Error(kind);
  return provider;
};

describe('an engine of pictures', () => {
  let media: FakeMedia;
  beforeAll(async () => {
    media = await startFakeMedia();
  });
  beforeEach(() => {
    media.looksUntilDone = 2;
    media.resultAddress = null;
  });
  afterAll(() => media[Symbol.asyncDispose]());

  it.each(imageProviders)('of $kind sends the key in its header and gives the picture to the byte', async (provider) => {
    const parts = await drawn(await imageEngineAt(media, provider), pictureOf(provider.model));
    const [name, value] = provider.keyHeader;
    expect(media.asked(provider.submit).at(-1)?.headers[name]).toBe(value);
    const image = parts.find((part) => part.type === 'image');
    expect(image?.type === 'image' && Uint8Array.from(image.bytes)).toEqual(media.picture);
    expect(parts.at(-1)).toEqual({ type: 'finish' });
  });

  it('of OpenAI streams GPT Image, with previews and tokens, a request for each picture', async () => {
    const provider = providerOf('openai');
    const before = media.asked(provider.submit).length;
    const parts = await drawn(await imageEngineAt(media, provider), pictureOf('gpt-image-1', { size: 'LANDSCAPE', quality: 'HIGH', count: 2 }));
    const bodies = media
      .asked(provider.submit)
      .slice(before)
      .map(({ json }) => json);
    const body = {
      model: 'gpt-image-1',
      prompt: 'A lighthouse at dusk',
      n: 1,
      size: '1536x1024',
      quality: 'high',
      output_format: 'png',
      stream: true,
      partial_images: 2,
    };
    expect(bodies).toEqual([body, body]);
    expect(parts.map(({ type }) => type)).toEqual(['status', 'preview', 'usage', 'image', 'status', 'preview', 'usage', 'image', 'finish']);
    expect(parts[2]).toEqual({ type: 'usage', inputTokens: 12, outputTokens: 1056 });
  });

  it('of OpenAI asks DALL-E in its own words', async () => {
    const provider = providerOf('openai');
    await drawn(await imageEngineAt(media, provider), pictureOf('dall-e-3', { size: 'PORTRAIT', quality: 'HIGH' }));
    expect(media.asked(provider.submit).at(-1)?.json).toEqual({
      model: 'dall-e-3',
      prompt: 'A lighthouse at dusk',
      n: 1,
      size: '1024x1792',
      response_format: 'b64_json',
      quality: 'hd',
    });
  });

  it('of OpenAI sends pictures to go by as a form', async () => {
    await drawn(await imageEngineAt(media, providerOf('openai')), pictureOf('gpt-image-1', { references: [reference(png(3, 3)), reference(png(4, 4))] }));
    const form = media.asked(/images\/edits$/).at(-1);
    expect(form?.headers['content-type']).toContain('multipart/form-data');
    const text = form?.bytes.toString('latin1') ?? '';
    expect(text).toContain('filename="picture2.png"');
    expect(form?.bytes.includes(Buffer.from(png(4, 4)))).toBe(true);
  });

  it('of Google shows pictures to go by before the words', async () => {
    const engine = await imageEngineAt(media, providerOf('gemini'));
    await drawn(engine, pictureOf('gemini-2.5-flash-image', { size: 'PORTRAIT', references: [reference(png(3, 3))] }));
    const body = media.asked(/:generateContent/).at(-1)?.json;
    expect(body.contents[0].parts).toEqual([
      { inlineData: { mimeType: 'image/png', data: Buffer.from(png(3, 3)).toString('base64') } },
      { text: 'A lighthouse at dusk' },
    ]);
    expect(body.generationConfig).toMatchObject({ responseModalities: ['IMAGE'], imageConfig: { aspectRatio: '3:4' } });
  });

  it('of Google tells a refusal by a safety system', async () => {
    media.reply(/:generateContent/, answered(200, { candidates: [{ finishReason: 'IMAGE_SAFETY' }] }));
    const parts = await drawn(await imageEngineAt(media, providerOf('gemini')), pictureOf('gemini-2.5-flash-image'));
    expect(parts.at(-1)).toMatchObject({ type: 'error', failure: { code: 'ENGINE_REFUSED', isRetryable: false } });
  });

  it('of Replicate and FAL says what job it began before it asks for it', async () => {
    for (const provider of [providerOf('replicate'), providerOf('fal')]) {
      const parts = await drawn(await imageEngineAt(media, provider), pictureOf(provider.model, { size: 'LANDSCAPE' }));
      expect(parts.map(({ type }) => type)).toEqual(['job', 'status', 'image', 'finish']);
    }
    expect(media.asked(/replicate\/models/).at(-1)?.json).toEqual({
      input: { prompt: 'A lighthouse at dusk', aspect_ratio: '3:2', output_format: 'png', num_outputs: 1 },
    });
    expect(media.asked(/fal-ai\/flux\/schnell$/).at(-1)?.json).toEqual({
      prompt: 'A lighthouse at dusk',
      num_images: 1,
      output_format: 'png',
      image_size: 'landscape_4_3',
    });
    // The answer of FAL names other addresses, and the key goes to none of them.
    expect(media.requests.every(({ headers }) => headers.host === new URL(media.url).host)).toBe(true);
  });

  it.each(['replicate', 'fal'])('of %s goes on with a job that another process began, without a new one', async (kind) => {
    const provider = providerOf(kind);
    const engine = await imageEngineAt(media, provider);
    const begun = new AbortController();
    media.looksUntilDone = Infinity;
    const jobsBefore = media.jobs.length;
    let jobId = '';
    const first = (async () => {
      for await (const part of engine.generate(pictureOf(provider.model), begun.signal)) if (part.type === 'job') jobId = part.id;
    })();
    await eventually(() => expect(media.jobs[jobsBefore]?.looks).toBeGreaterThan(0));
    begun.abort('SHUTDOWN');
    await first;
    expect(media.jobs.at(-1)?.state).toBe('open');
    const submits = media.asked(provider.submit).length;
    media.looksUntilDone = 1;
    const parts = await drawn(engine, pictureOf(provider.model, { jobId }));
    expect(parts.map(({ type }) => type)).toEqual(['image', 'finish']);
    expect(media.asked(provider.submit)).toHaveLength(submits);
  });

  it.each(['replicate', 'fal'])('of %s cancels the job when it is stopped, and when it takes too long', async (kind) => {
    const provider = providerOf(kind);
    media.looksUntilDone = Infinity;
    const jobsBefore = media.jobs.length;
    const stop = new AbortController();
    const drawing = drawn(await imageEngineAt(media, provider), pictureOf(provider.model), stop.signal);
    await eventually(() => expect(media.jobs[jobsBefore]?.looks).toBeGreaterThan(0));
    stop.abort('STOP');
    await drawing;
    await eventually(() => expect(media.jobs.at(-1)?.state).toBe('cancelled'));
    // Long enough for the job to be begun.
    const parts = await drawn(await imageEngineAt(media, provider, { totalTimeoutMs: 1_000 }), pictureOf(provider.model));
    expect(parts.at(-1)).toMatchObject({ type: 'error', failure: { code: 'ENGINE_TIMEOUT' } });
    await eventually(() => expect(media.jobs.at(-1)?.state).toBe('cancelled'));
  });

  it('of Replicate passes over a failure to ask, and tells one of the job', async () => {
    const engine = await imageEngineAt(media, providerOf('replicate'));
    media.reply(/^\/replicate\/predictions\//, answered(500, { detail: 'oops' }));
    expect((await drawn(engine, pictureOf('black-forest-labs/flux-schnell'))).at(-1)).toEqual({ type: 'finish' });
    media.reply(/^\/replicate\/predictions\//, answered(200, { id: 'x', status: 'failed', error: 'NSFW content detected' }));
    const parts = await drawn(engine, pictureOf('black-forest-labs/flux-schnell'));
    expect(parts.at(-1)).toMatchObject({ type: 'error', failure: { code: 'ENGINE_REFUSED', isRetryable: false } });
  });

  it('V02 fetches no result from an address that is not of the internet', async () => {
    const addresses = createOutsideAddresses({ allowedPrivateHosts: [], timeoutMs: 10_000 });
    const fetchResult = createGuardedFetch({ addresses, connectTimeoutMs: giveUpMs });
    const access = { kind: 'replicate', id: 'replicate', name: 'Replicate', apiKey: secretKey, baseUrl: `${media.url}/replicate`, defaultModel: null } as const;
    const timers = { ...patientTimers, imageTimeoutMs: giveUpMs, poll: { firstWaitMs: 1, longestWaitMs: 2 } };
    const engine = await createImageEngine(access, { fetch, fetchResult, timers, retry: quickRetry });
    const before = media.asked(/^\/files\//).length;
    for (const address of [`${media.url}/files/x.png`, 'https://169.254.169.254/latest/meta-data/', 'https://localhost/x.png', 'file:///etc/passwd']) {
      media.resultAddress = address;
      const parts = await drawn(engine, pictureOf('black-forest-labs/flux-schnell'));
      expect(parts.at(-1)).toMatchObject({ type: 'error', failure: { code: 'ENGINE_BAD_REQUEST', isRetryable: false } });
    }
    expect(media.asked(/^\/files\//)).toHaveLength(before);
  });

  it('tells a result that is no picture', async () => {
    media.reply(/^\/files\//, answered(200, '<!doctype html>', { 'content-type': 'text/html' }));
    const parts = await drawn(await imageEngineAt(media, providerOf('fal')), pictureOf('fal-ai/flux/schnell'));
    expect(parts.at(-1)).toMatchObject({ type: 'error', failure: { code: 'ENGINE_PROTOCOL' } });
  });
});

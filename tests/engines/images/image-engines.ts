import type { EngineImage } from '../../../src/engines/engine.ts';
import { createImageEngine, type ImageKind } from '../../../src/engines/images/create-image-engine.ts';
import type { ImageEngine, ImageEnginePart, ImageRequest } from '../../../src/engines/images/image-engine.ts';
import type { ImageTimers } from '../../../src/engines/images/stream-pictures.ts';
import type { FakeMedia } from '../../kit/fake-media.ts';
import { giveUpMs } from '../../kit/patience.ts';
import { patientTimers, quickRetry, secretKey } from '../providers.ts';

/** A provider as the tests see it. */
export interface ImageProvider {
  readonly kind: Exclude<ImageKind, 'openai-compatible'>;
  readonly name: string;
  readonly model: string;
  /** Behind the address of the fake. */
  readonly base: string;
  /** The first request of a picture. */
  readonly submit: RegExp;
  readonly keyHeader: readonly [name: string, value: string];
}

/** All providers. */
export const imageProviders: readonly ImageProvider[] = [
  { kind: 'openai', name: 'OpenAI', model: 'gpt-image-1', base: '/v1', submit: /images\/generations$/, keyHeader: ['authorization', `Bearer ${secretKey}`] },
  { kind: 'gemini', name: 'Gemini', model: 'gemini-2.5-flash-image', base: '', submit: /:generateContent/, keyHeader: ['x-goog-api-key', secretKey] },
  {
    kind: 'replicate',
    name: 'Replicate',
    model: 'black-forest-labs/flux-schnell',
    base: '/replicate',
    submit: /models\/black-forest-labs\/flux-schnell\/predictions$/,
    keyHeader: ['authorization', `Bearer ${secretKey}`],
  },
  { kind: 'fal', name: 'FAL', model: 'fal-ai/flux/schnell', base: '/fal', submit: /fal-ai\/flux\/schnell$/, keyHeader: ['authorization', `Key ${secretKey}`] },
];

/** An engine that speaks to the fake. */
export async function imageEngineAt(
  media: Pick<FakeMedia, 'url'>,
  { kind, name, base }: ImageProvider,
  timers: Partial<ImageTimers> = {},
): Promise<ImageEngine> {
  const access = { kind, id: kind, name, apiKey: secretKey, baseUrl: `${media.url}${base}`, defaultModel: null };
  const all = { ...patientTimers, imageTimeoutMs: giveUpMs, poll: { firstWaitMs: 2, longestWaitMs: 4 }, ...timers };
  return createImageEngine(access, { fetch, fetchResult: fetch, timers: all, retry: quickRetry });
}

/** A request for one square picture. */
export function pictureOf(model: string, more: Partial<ImageRequest> = {}): ImageRequest {
  return { model, prompt: 'A lighthouse at dusk', size: 'SQUARE', quality: 'MEDIUM', count: 1, references: [], jobId: null, ...more };
}

/** A picture to go by. */
export function reference(bytes: Uint8Array): EngineImage {
  return { mediaType: 'image/png', bytes };
}

/** All parts that an engine sends. */
export async function drawn(engine: ImageEngine, request: ImageRequest, signal = new AbortController().signal): Promise<readonly ImageEnginePart[]> {
  const parts: ImageEnginePart[] = [];
  for await (const part of engine.generate(request, signal)) parts.push(part);
  return parts;
}

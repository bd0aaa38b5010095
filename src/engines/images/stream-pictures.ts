import type { EngineTimers } from '../../base/engine-config.ts';
import type { RetryPolicy } from '../attempts.ts';
import { failureOf, type AttemptPolicy, type CallLimits } from '../calls.ts';
import type { PollPolicy } from '../jobs/job.ts';
import { createStreamGuard } from '../stream-guard.ts';
import type { ImageEnginePart, ImageModel, ImageRequest } from './image-engine.ts';

/** What every engine of pictures is made of. */
export interface ImageEngineOptions {
  /** Null where the server asks for none. */
  readonly apiKey: string | null;
  /** Null is the provider's own address. */
  readonly baseUrl: string | null;
  readonly fetch: typeof globalThis.fetch;
  /** For addresses that a provider answers with: public ones alone. */
  readonly fetchResult: typeof globalThis.fetch;
  readonly timers: ImageTimers;
  /** The part before the colon of `provider:model`; the provider's own by default. */
  readonly id?: string;
  /** What people call the provider; its own name by default. */
  readonly name?: string;
  /** The model of requests that name only the provider; one that is known by default. */
  readonly defaultModel?: string;
  /** The models that are known; those of the provider by default. */
  readonly models?: readonly ImageModel[];
  readonly retry?: RetryPolicy;
  /** 0 up to, but not, 1; `Math.random` by default. */
  readonly random?: () => number;
}

/** How long pictures may take, in milliseconds. */
export interface ImageTimers extends EngineTimers {
  /** Until a provider that answers with the picture itself begins its answer. */
  readonly imageTimeoutMs: number;
  readonly poll: PollPolicy;
}

/** The most bytes of one picture, and of an answer that holds it as text in JSON, a third more. */
export const mostPictureBytes = 32 * 1024 * 1024;
const mostAnswerBytes = 48 * 1024 * 1024;

/** For answers that hold the picture. */
export function answerLimits({ imageTimeoutMs, idleTimeoutMs }: ImageTimers): CallLimits {
  return { headersTimeoutMs: imageTimeoutMs, idleTimeoutMs, maxBytes: mostAnswerBytes };
}

/** For answers that are short and come at once: those about jobs. */
export function jobLimits({ connectTimeoutMs, idleTimeoutMs }: EngineTimers): CallLimits {
  return { headersTimeoutMs: connectTimeoutMs, idleTimeoutMs, maxBytes: 4 * 1024 * 1024 };
}

/** The bytes of base64; what is none gives fewer bytes than it should, and is found out when the picture is looked at. */
export function bytesOfBase64(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'base64'));
}

/** A picture as it stands in JSON. */
export function dataUrlOf({ mediaType, bytes }: { readonly mediaType: string; readonly bytes: Uint8Array }): string {
  return `data:${mediaType};base64,${Buffer.from(bytes).toString('base64')}`;
}

async function* guarded(
  options: { readonly policy: AttemptPolicy; readonly totalTimeoutMs: number },
  signal: AbortSignal,
  make: (signal: AbortSignal) => AsyncGenerator<ImageEnginePart, void, undefined>,
): AsyncGenerator<ImageEnginePart, void, undefined> {
  const guard = createStreamGuard(signal);
  guard.limit('total', options.totalTimeoutMs);
  try {
    yield* make(guard.signal);
    yield { type: 'finish' };
  } catch (error) {
    if (signal.aborted) return;
    yield { type: 'error', failure: failureOf(guard.signal.aborted ? guard.signal.reason : error, options.policy.subject) };
  } finally {
    guard.close();
  }
}

/**
 * The machinery of every engine of pictures: it keeps the total time, makes an `error` part of what goes wrong, and ends in order.
 *
 * @param make gives the parts up to the `finish`; throws what goes wrong
 */
export function streamPictures(
  options: ImageEngineOptions,
  name: string,
  request: ImageRequest,
  signal: AbortSignal,
  make: (signal: AbortSignal, policy: AttemptPolicy) => AsyncGenerator<ImageEnginePart, void, undefined>,
): AsyncIterable<ImageEnginePart> {
  const { retry, random, timers } = options;
  const policy: AttemptPolicy = { subject: { provider: name, model: request.model, apiKey: options.apiKey ?? '' }, retry, random };
  return {
    [Symbol.asyncIterator]: () => guarded({ policy, totalTimeoutMs: timers.totalTimeoutMs }, signal, (limited) => make(limited, policy)),
  };
}

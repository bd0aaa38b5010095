import { abortable, delay } from '../base/async.ts';
import type { EngineTimers } from '../base/engine-config.ts';
import type { EnginePart, EngineRequest } from './engine.ts';
import { describeFailure, type DescribedFailure } from './failures.ts';
import { ProtocolError } from './faults.ts';
import { readEvents, type Framing, type SentEvent } from './server-sent-events.ts';
import { createStreamGuard } from './stream-guard.ts';

/** Turns the events of one answer into parts. */
export interface StreamDecoder {
  /**
   * The parts that an event brings; never the `finish`.
   *
   * @throws VendorError when the event tells of a failure, ProtocolError when it is not of the protocol
   */
  take(event: SentEvent): readonly EnginePart[];
  /**
   * Whether the model has begun to answer, be it with what is no part yet: a call is only one when it is whole, and its arguments may
   * take longer to write than a first token may take. From here on the limit is that between tokens, and nothing is asked again.
   */
  hasBegun(): boolean;
  /** Whether the last event of the protocol has come; what follows is not read. */
  isComplete(): boolean;
  /**
   * The last parts, once the stream has ended in order: the `finish`, and what is only known now.
   *
   * @throws ProtocolError when the terminal marker of the protocol has not come
   */
  end(): readonly EnginePart[];
}

/** How a provider is spoken to. */
export interface Dialect {
  /**
   * Sends the request.
   *
   * @returns the answer with a status of success
   * @throws VendorError, NetworkError, or anything when the request cannot be made
   */
  open(request: EngineRequest, signal: AbortSignal): Promise<Response>;
  /** How the body of an answer is cut into events; server-sent events by default. */
  readonly framing?: Framing;
  createDecoder(): StreamDecoder;
}

/** How often and after which waits a request is made again. */
export interface RetryPolicy {
  readonly maxAttempts: number;
  /** The wait before the second attempt; it doubles with each. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** A provider that asks to wait longer is not waited for. */
  readonly longestRetryAfterMs: number;
}

/** Three attempts, half a second and then one between them, at most 10 s where the provider asks for a wait. */
export const defaultRetryPolicy: RetryPolicy = { maxAttempts: 3, firstWaitMs: 500, longestWaitMs: 8_000, longestRetryAfterMs: 10_000 };

/** What the machinery works with. */
export interface AttemptOptions {
  readonly dialect: Dialect;
  /** The provider's name for people. */
  readonly provider: string;
  /** Kept out of every message. */
  readonly apiKey: string;
  readonly timers: EngineTimers;
  /** How long the headers of an answer may take; null where they come with the first token, so that its time is theirs too. */
  readonly headersTimeoutMs: number | null;
  readonly retry: RetryPolicy;
  /** 0 up to, but not, 1. */
  readonly random: () => number;
}

/** A page, or a whole answer, where a stream was asked for. Servers that name no type at all are given the benefit of the doubt. */
function checkContentType(response: Response): void {
  const type = response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'text/html') throw new ProtocolError('sent a web page in place of a stream');
  if (type === 'application/json') throw new ProtocolError('sent one JSON document in place of a stream');
}

/** One request and its answer; `onBegin` is called when the model begins to answer. */
async function* attempt(
  options: AttemptOptions,
  request: EngineRequest,
  parent: AbortSignal,
  onBegin: () => void,
): AsyncGenerator<EnginePart, void, undefined> {
  const { dialect, timers, headersTimeoutMs } = options;
  const guard = createStreamGuard(parent);
  const { signal } = guard;
  let hasBegun = false;
  // A slow reader of ours must not look like a slow provider, so between two tokens only the waiting counts.
  const pace = {
    onWait: () => hasBegun && guard.limit('next token', timers.idleTimeoutMs),
    onBytes: () => hasBegun && guard.rest(),
  };
  try {
    if (headersTimeoutMs === null) guard.limit('first token', timers.firstTokenTimeoutMs);
    else guard.limit('headers', headersTimeoutMs);
    const response = await abortable(dialect.open(request, signal), signal);
    if (headersTimeoutMs !== null) guard.limit('first token', timers.firstTokenTimeoutMs);
    try {
      checkContentType(response);
    } catch (error) {
      await response.body?.cancel();
      throw error;
    }
    const decoder = dialect.createDecoder();
    for await (const event of readEvents(response.body, dialect.framing ?? 'SERVER_SENT_EVENTS', pace, signal)) {
      const parts = decoder.take(event);
      if (!hasBegun && decoder.hasBegun()) {
        hasBegun = true;
        guard.rest();
        onBegin();
      }
      yield* parts;
      if (decoder.isComplete()) break;
    }
    guard.close();
    yield* decoder.end();
  } catch (error) {
    // What an aborted request throws depends on where it was; the reason of the abort is the truth.
    throw signal.aborted ? signal.reason : error;
  } finally {
    guard.close();
  }
}

/** How long to wait before the next attempt; null when there should be none. Exponential, with "equal jitter". */
export function waitBefore(
  nextAttempt: number,
  { failure, mayTryAgain }: DescribedFailure,
  { retry, random }: Pick<AttemptOptions, 'retry' | 'random'>,
): number | null {
  if (!mayTryAgain || nextAttempt > retry.maxAttempts) return null;
  const { retryAfterMs } = failure;
  if (retryAfterMs !== null && retryAfterMs > retry.longestRetryAfterMs) return null;
  const ceiling = Math.min(retry.longestWaitMs, retry.firstWaitMs * 2 ** (nextAttempt - 2));
  return Math.max(retryAfterMs ?? 0, ceiling * (0.5 + random() / 2));
}

async function* allAttempts(options: AttemptOptions, request: EngineRequest, signal: AbortSignal): AsyncGenerator<EnginePart, void, undefined> {
  const guard = createStreamGuard(signal);
  guard.limit('total', options.timers.totalTimeoutMs);
  try {
    for (let number = 1; ; number += 1) {
      let hasBegun = false;
      try {
        yield* attempt(options, request, guard.signal, () => {
          hasBegun = true;
        });
        return;
      } catch (error) {
        if (signal.aborted) return;
        const described = describeFailure(error, { provider: options.provider, model: request.model, apiKey: options.apiKey });
        const waitMs = hasBegun ? null : waitBefore(number + 1, described, options);
        const isWaitDone =
          waitMs !== null &&
          (await delay(waitMs, guard.signal).then(
            () => true,
            () => false,
          ));
        if (signal.aborted) return;
        if (!isWaitDone) {
          yield { type: 'error', failure: described.failure };
          return;
        }
      }
    }
  } finally {
    guard.close();
  }
}

/**
 * Answers a request: the machinery of every engine that speaks HTTP. It keeps the timers, asks again before the first token when that
 * may help, and turns what goes wrong into an `error` part. The request is made when the first part is asked for.
 *
 * Ends without a last part only when the signal aborts, or the reader leaves; either closes the request at once.
 *
 * @param request what to answer
 * @param signal aborts the request, also while it waits for another attempt
 */
export function streamAttempts(options: AttemptOptions, request: EngineRequest, signal: AbortSignal): AsyncIterable<EnginePart> {
  return {
    [Symbol.asyncIterator]: () => {
      const left = new AbortController();
      const parts = allAttempts(options, request, AbortSignal.any([signal, left.signal]));
      return {
        next: () => parts.next(),
        // A generator that waits hears `return` only when its wait is over, so the wait is ended first.
        return: () => {
          left.abort(new Error('the reader left'));
          return parts.return();
        },
      };
    },
  };
}

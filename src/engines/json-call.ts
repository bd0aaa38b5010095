import { delay } from '../base/async.ts';
import type { EngineTimers } from '../base/engine-config.ts';
import { AppError } from '../base/errors.ts';
import { defaultRetryPolicy, waitBefore, type RetryPolicy } from './attempts.ts';
import { sendCaptured } from './captured-request.ts';
import { describeFailure } from './failures.ts';
import { NetworkError, ProtocolError, VendorError } from './faults.ts';
import { createStreamGuard, StageTimeout } from './stream-guard.ts';

/** What such calls stand on. */
export interface JsonCallSurroundings {
  readonly fetch: typeof globalThis.fetch;
  readonly timers: EngineTimers;
  /** `defaultRetryPolicy` by default. */
  readonly retry?: RetryPolicy;
}

/** A question to a provider that is answered at once and whole, as JSON. */
export interface JsonCall<Answer> {
  /** Lets the provider's SDK build the request, which must use the given `fetch`; what it throws does not matter once it has called that. */
  build(fetch: typeof globalThis.fetch): Promise<unknown>;
  /** Reads an answer, already parsed. @throws ProtocolError when it is not what was asked for */
  read(answer: unknown): Answer;
  /** What the provider says went wrong. */
  failureOf(response: Response): Promise<Error>;
}

/** Of an answer: 100 vectors of 3,072 numbers have about 7 MB. */
const mostAnswerBytes = 32 * 1024 * 1024;

async function jsonOf(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > mostAnswerBytes) throw new ProtocolError(`sent more than ${mostAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new ProtocolError('sent something that is not JSON');
  }
}

async function attempt<Answer>(call: JsonCall<Answer>, { fetch, timers }: JsonCallSurroundings, parent: AbortSignal): Promise<Answer> {
  const guard = createStreamGuard(parent);
  guard.limit('headers', timers.firstTokenTimeoutMs);
  try {
    const response = await sendCaptured({ fetch, build: (by) => call.build(by), failureOf: (failed) => call.failureOf(failed) }, guard.signal);
    return call.read(await jsonOf(response));
  } catch (error) {
    // What an aborted request throws depends on where it was; the reason of the abort is the truth.
    if (guard.signal.aborted) throw guard.signal.reason;
    const isKnown = error instanceof VendorError || error instanceof ProtocolError || error instanceof NetworkError || error instanceof StageTimeout;
    throw isKnown || error instanceof AppError ? error : new NetworkError(error);
  } finally {
    guard.close();
  }
}

/**
 * Makes a call. It asks again where that may help, as engines do before their first token, and its failures are theirs.
 *
 * @param signal ends it
 * @throws AppError with one of the codes ENGINE_*; the reason of the signal
 */
export async function callForJson<Answer>(
  call: JsonCall<Answer>,
  asked: { readonly provider: string; readonly model: string; readonly apiKey: string },
  surroundings: JsonCallSurroundings,
  signal: AbortSignal,
): Promise<Answer> {
  const { retry = defaultRetryPolicy } = surroundings;
  for (let number = 1; ; number += 1) {
    try {
      return await attempt(call, surroundings, signal);
    } catch (error) {
      signal.throwIfAborted();
      const described = describeFailure(error, asked);
      const waitMs = waitBefore(number + 1, described, { retry, random: Math.random });
      if (waitMs === null) {
        const { code, message, retryAfterMs } = described.failure;
        throw new AppError(code, message, { cause: error, ...(retryAfterMs === null ? {} : { retryAfterMs }) });
      }
      await delay(waitMs, signal);
    }
  }
}

import { abortable } from '../../base/async.ts';
import type { EngineTimers } from '../../base/engine-config.ts';
import type { RetryPolicy } from '../attempts.ts';
import { CallFailed, failureOf, withAttempts, type AttemptPolicy } from '../calls.ts';
import { NetworkError, ProtocolError } from '../faults.ts';
import { createStreamGuard } from '../stream-guard.ts';

/** What every provider of speech is made of. */
export interface SpeechOptions {
  /** Null where the server asks for none. */
  readonly apiKey: string | null;
  /** Null is the provider's own address. */
  readonly baseUrl: string | null;
  readonly fetch: typeof globalThis.fetch;
  readonly timers: EngineTimers;
  readonly id?: string;
  readonly name?: string;
  readonly retry?: RetryPolicy;
}

/** The most bytes of one speech: an hour of MP3 at 128 kbit/s is less. */
const mostSoundBytes = 64 * 1024 * 1024;

/** What is no sound for sure. Some servers name no type, or only bytes. */
const noSound = /^(text|application\/(json|xml|xhtml))/i;

/**
 * The sound of an answer as it comes.
 *
 * @param open sends the request; it is sent again when it fails in a way that may pass, but not once sound has come
 * @throws CallFailed, or the reason of the signal
 */
export async function* streamSound(
  options: { readonly policy: AttemptPolicy; readonly timers: EngineTimers; readonly open: (signal: AbortSignal) => Promise<Response> },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { policy, timers, open } = options;
  const guard = createStreamGuard(signal);
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  try {
    const response = await withAttempts(
      policy,
      async (limited) => {
        const answer = await open(limited);
        const type = answer.headers.get('content-type') ?? '';
        if (!noSound.test(type)) return answer;
        await answer.body?.cancel();
        throw new ProtocolError(`sent ${type.slice(0, 60)} in place of sound`);
      },
      signal,
    );
    reader = response.body?.getReader();
    let bytes = 0;
    while (reader !== undefined) {
      guard.limit('next token', timers.idleTimeoutMs);
      const { done, value } = await abortable(reader.read(), guard.signal).catch((error: unknown) => {
        throw guard.signal.aborted ? guard.signal.reason : new NetworkError(error);
      });
      // A slow reader of ours must not look like a slow provider.
      guard.rest();
      if (done) break;
      bytes += value.length;
      if (bytes > mostSoundBytes) throw new ProtocolError(`sent more than ${mostSoundBytes} bytes`);
      yield value;
    }
    if (bytes === 0) throw new ProtocolError('sent no sound');
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error instanceof CallFailed ? error : new CallFailed(failureOf(guard.signal.aborted ? guard.signal.reason : error, policy.subject));
  } finally {
    guard.close();
    // The connection goes with it, also where whoever reads has left.
    void reader?.cancel().catch(() => {});
  }
}

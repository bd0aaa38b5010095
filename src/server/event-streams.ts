import type { ServerResponse } from 'node:http';
import { AppError } from '../base/errors.ts';
import type { Rounds } from '../base/rounds.ts';
import type { ErrorMask } from './error-masking.ts';
import type { EventStreamAnswer, Exchange } from './exchange.ts';
import { stoppingFailure } from './failure.ts';
import { failedResult } from './finish.ts';
import type { OpenStreams } from './open-streams.ts';
import { writeEventStream } from './sse.ts';

const lastWordsMs = 1_000;

/** The failure that ends the streams of a login. */
export function revokedFailure(): AppError {
  return new AppError('UNAUTHENTICATED', 'Login revoked: sign in again.');
}

/**
 * Writes an event stream as one of the open streams, so that it ends when its login is revoked or the server stops: with a last event that
 * says so, and by force a second later when the client does not read.
 *
 * @returns when the stream is over
 */
export async function serveEventStream(parts: {
  readonly response: ServerResponse;
  readonly answer: EventStreamAnswer;
  readonly exchange: Exchange;
  readonly mask: ErrorMask;
  readonly openStreams: OpenStreams;
  /** Calls the pings of idle streams. */
  readonly pings: Rounds;
}): Promise<void> {
  const { response, answer, exchange, mask, openStreams, pings } = parts;
  const remove = openStreams.add({
    viewer: () => exchange.origin.viewer,
    end(reason) {
      const failure = reason === 'LOGIN_REVOKED' ? revokedFailure() : stoppingFailure();
      answer.stream.end(JSON.stringify(failedResult(failure, mask, exchange)));
      const timer = setTimeout(() => response.destroy(), lastWordsMs);
      response.once('close', () => clearTimeout(timer));
    },
  });
  try {
    await writeEventStream(response, answer, pings);
  } finally {
    remove();
  }
}

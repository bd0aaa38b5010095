import type { ErrorMask } from './error-masking.ts';
import { failedOperationOf, recordErrors, type Exchange } from './exchange.ts';
import { maskResult, type Result } from './result-masking.ts';
import { isEventResults } from './compiled-events.ts';
import { createTextStream, textsOf, type TextStream } from './text-stream.ts';

/** A result as it is sent, the same on every transport: its errors masked, and noted for the log. */
export function finishResult<R extends Result>(result: R, mask: ErrorMask, exchange: Exchange): R {
  const masked = maskResult(result, mask, failedOperationOf(exchange));
  recordErrors(exchange, masked.errors);
  return masked;
}

/** What failed without a result, as a result. */
export function failedResult(error: unknown, mask: ErrorMask, exchange: Exchange): Result {
  const errors = mask([error], failedOperationOf(exchange));
  recordErrors(exchange, errors);
  return { errors };
}

/**
 * The results of a subscription as they are sent, as texts; what the source throws in mid-stream becomes a last result with that error.
 *
 * @param onEnd runs once when the stream is over
 */
export function finishTexts(results: AsyncIterable<Result>, mask: ErrorMask, exchange: Exchange, onEnd: () => void): TextStream {
  const textOf = (result: Result): string => JSON.stringify(finishResult(result, mask, exchange));
  const failure = (error: unknown): string => JSON.stringify(failedResult(error, mask, exchange));
  return createTextStream(isEventResults(results) ? results.texts(textOf, failure) : textsOf(results, { textOf, failure }), onEnd);
}

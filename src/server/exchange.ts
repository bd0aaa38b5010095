import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import type { FailedOperation } from './error-masking.ts';
import type { OperationRecorder } from './operation-record.ts';
import type { OperationOrigin } from './options.ts';
import type { TextStream } from './text-stream.ts';

/** A stream that goes out as server-sent events. */
export interface EventStreamAnswer {
  readonly stream: TextStream;
  readonly status: number;
}

/** What accompanies one operation through Yoga; over HTTP with the request, over WebSocket without. */
export interface Exchange {
  readonly origin: OperationOrigin;
  readonly recorder: OperationRecorder;
  readonly http: { readonly incoming: IncomingMessage; readonly outgoing: ServerResponse } | null;
}

/** The operation, as the error mask wants it. */
export function failedOperationOf(exchange: Exchange): FailedOperation {
  return exchange.recorder.current();
}

/** Notes the codes of the errors that go out, for the log, and says in the headers how long to wait where waiting helps. */
export function recordErrors(exchange: Exchange, errors: readonly GraphQLError[] | undefined): void {
  if (errors === undefined || errors.length === 0) return;
  const waits = errors.map((error) => error.extensions['retryAfterMs']).filter((wait) => typeof wait === 'number');
  const outgoing = exchange.http?.outgoing;
  if (waits.length > 0 && outgoing?.headersSent === false) outgoing.setHeader('Retry-After', String(Math.ceil(Math.max(...waits) / 1_000)));
  const codes = errors.map((error) => String(error.extensions['code']));
  exchange.recorder.add({ codes: [...new Set([...exchange.recorder.current().codes, ...codes])] });
}

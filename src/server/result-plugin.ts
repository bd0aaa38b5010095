import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { EventResults } from './compiled-events.ts';
import type { ErrorMask } from './error-masking.ts';
import type { Exchange } from './exchange.ts';
import { statusOf } from './failure.ts';
import { finishResult, finishStream, finishTexts } from './finish.ts';
import type { Result } from './result-masking.ts';

/** A stream of one result, for a query that is asked for as server-sent events. */
async function* once(result: Result): AsyncGenerator<Result, void> {
  yield result;
}

/** Codes for which clients that accept `application/json` get the status 200, as GraphQL over HTTP says. */
const graphqlCodes: readonly unknown[] = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'OPERATION_RESOLUTION_FAILURE', 'BAD_USER_INPUT'];

/** The HTTP part that Yoga reads from an error and takes away before it is sent. */
function httpOf(error: GraphQLError): { readonly status: number; readonly spec: boolean; readonly headers: Record<string, string> } {
  const { code, retryAfterMs } = error.extensions;
  const isOfGraphql = graphqlCodes.includes(code);
  const headers = {
    ...(typeof retryAfterMs === 'number' && { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) }),
    ...(code === 'METHOD_NOT_ALLOWED' && { allow: 'POST' }),
  };
  return { status: isOfGraphql ? 400 : statusOf(code), spec: isOfGraphql, headers };
}

/** A result without data decides the HTTP status by its errors. */
function withStatus<R extends Result>(result: R): R {
  if (result.errors === undefined || 'data' in result) return result;
  const errors = result.errors.map((error) => {
    const { message, nodes, source, positions, path } = error;
    return new GraphQLError(message, { nodes, source, positions, path, extensions: { ...error.extensions, http: httpOf(error) } });
  });
  return { ...result, errors };
}

function statusOfResult(result: Result): number {
  if ('data' in result) return 200;
  const statuses = (result.errors ?? []).map(httpOf).filter((http) => !http.spec);
  return Math.max(200, ...statuses.map((http) => http.status));
}

/**
 * Masks whatever Yoga is about to send, and takes what goes out as server-sent events out of its hands. Yoga's own writer keeps a timer for
 * every client that left while it was not reading, and takes several times as long for each event.
 */
export function useResults(mask: ErrorMask, compiled: WeakMap<Exchange, EventResults>): Plugin<object, { readonly exchange: Exchange }> {
  return {
    onResultProcess({ request, result, setResult, setResultProcessor, serverContext: { exchange } }) {
      if (Array.isArray(result)) return;
      const accepted = (request.headers.get('accept') ?? '*/*').toLowerCase();
      const acceptsEvents = accepted.includes('text/event-stream');
      const streamEvents = exchange.http?.streamEvents;
      if (Symbol.asyncIterator in result) {
        // A subscription goes out as events unless the client says that it does not take them; @defer and @stream when it asks for them.
        const isSubscription = exchange.recorder.current().operationType === 'subscription';
        if (streamEvents === undefined || !(acceptsEvents || (isSubscription && accepted.includes('*/*')))) {
          const stream = finishStream(result, mask, exchange, () => {});
          setResult(stream);
          // Yoga answers 406 and forgets the stream.
          if (isSubscription || !accepted.includes('multipart/mixed')) stream.end(null);
          return;
        }
        setResultProcessor((_result, fetchApi) => {
          streamEvents({ stream: finishTexts(compiled.get(exchange) ?? result, mask, exchange, () => {}), status: 200 });
          return new fetchApi.Response(null);
        }, 'text/event-stream');
        return;
      }
      const finished = finishResult(result, mask, exchange);
      setResult(withStatus(finished));
      if (streamEvents === undefined || !acceptsEvents || accepted.includes('json')) return;
      setResultProcessor((_result, fetchApi) => {
        streamEvents({ stream: finishTexts(once(finished), mask, exchange, () => {}), status: statusOfResult(finished) });
        return new fetchApi.Response(null);
      }, 'text/event-stream');
    },
  };
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { readAccept, type Accepted } from './accept.ts';
import type { BodyLimits } from './body.ts';
import type { Rounds } from '../base/rounds.ts';
import type { ErrorMask } from './error-masking.ts';
import { serveEventStream } from './event-streams.ts';
import type { Exchange } from './exchange.ts';
import { protocolFailure } from './failure.ts';
import { failedResult } from './finish.ts';
import { readGraphqlParams } from './graphql-params.ts';
import type { OpenStreams } from './open-streams.ts';
import { prepareOperation } from './operation.ts';
import { sendErrors, sendResult, statusOfResult } from './respond.ts';
import type { PersistedDocuments } from './persisted-documents.ts';
import { sendEvent } from './sse.ts';
import { isTextStream } from './text-stream.ts';
import type { Yoga } from './yoga.ts';

/** What the HTTP side of GraphQL works with. */
export interface GraphqlHttpParts {
  readonly yoga: Yoga;
  readonly mask: ErrorMask;
  readonly openStreams: OpenStreams;
  readonly bodyLimits: BodyLimits;
  readonly persistedDocuments: PersistedDocuments;
  readonly pings: Rounds;
}

/** A subscription goes out as events unless the client says that it does not take them; a stream of anything else when it asks for them. */
function takesStream({ namesEvents, takesAnything }: Accepted, { recorder }: Exchange): boolean {
  return namesEvents || (takesAnything && recorder.current().operationType === 'subscription');
}

/**
 * Answers a GraphQL request (https://graphql.github.io/graphql-over-http/) with JSON or server-sent events, as the client accepts them. Node's
 * request and response are used as they are: the objects of fetch cost more than most operations.
 *
 * @returns when the answer is written, or the client is gone
 * @throws what is wrong with the request itself
 */
export async function answerGraphql(request: IncomingMessage, response: ServerResponse, exchange: Exchange, parts: GraphqlHttpParts): Promise<void> {
  const { yoga, mask, openStreams, bodyLimits, persistedDocuments, pings } = parts;
  const accepted = readAccept(request.headers.accept);
  const params = await readGraphqlParams(request, bodyLimits, persistedDocuments);
  const prepared = await prepareOperation(yoga, params, exchange, mask, () => {});
  const result = prepared.isReady ? await prepared.run() : prepared.failed;
  const refuse = (): void => {
    const { errors = [] } = failedResult(protocolFailure('BAD_REQUEST', 'The answer cannot be had as "accept" says.'), mask, exchange);
    sendErrors(request, response, errors, 406);
  };

  if (isTextStream(result)) {
    if (!takesStream(accepted, exchange)) {
      result.end(null);
      return refuse();
    }
    exchange.recorder.add({ transport: 'sse' });
    return await serveEventStream({ response, answer: { stream: result, status: 200 }, exchange, mask, openStreams, pings });
  }
  if (accepted.namesEvents && !accepted.namesJson) {
    exchange.recorder.add({ transport: 'sse' });
    return sendEvent(response, statusOfResult(result, null), result);
  }
  return accepted.json === null ? refuse() : sendResult(request, response, result, accepted.json);
}

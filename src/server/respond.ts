import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { GraphQLError } from 'graphql';
import { statusOf } from './failure.ts';

/** What a client still sends of a body that nobody reads would be taken for its next request. */
function closeUnlessRead(request: IncomingMessage, response: ServerResponse): void {
  if (!request.complete) response.setHeader('Connection', 'close');
}

/** Ends a response with JSON that must not be kept by anyone on the way. */
export function sendJson(response: ServerResponse, status: number, body: object, contentType = 'application/json; charset=utf-8'): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(text), 'Cache-Control': 'no-store' }).end(text);
}

/**
 * Ends a response with errors and no data, in the shape of GraphQL on every path, so that clients read one shape.
 *
 * @param errors masked; the first one's code decides the HTTP status
 * @param status in place of the one that the code has
 */
export function sendErrors(request: IncomingMessage, response: ServerResponse, errors: readonly GraphQLError[], status?: number): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const [first] = errors;
  const code = first?.extensions['code'];
  const retryAfterMs = first?.extensions['retryAfterMs'];
  if (typeof retryAfterMs === 'number') response.setHeader('Retry-After', String(Math.ceil(retryAfterMs / 1_000)));
  // RFC 6750, section 3: a refused token is answered with the scheme that is expected.
  if (code === 'UNAUTHENTICATED') response.setHeader('WWW-Authenticate', 'Bearer error="invalid_token"');
  closeUnlessRead(request, response);
  const failureStatus = statusOf(code);
  const contentType = (request.headers.accept ?? '').includes('application/graphql-response+json')
    ? 'application/graphql-response+json; charset=utf-8'
    : undefined;
  sendJson(response, status ?? (failureStatus === 200 ? 400 : failureStatus), { errors }, contentType);
}

/** Writes a fetch response to Node's. Only `multipart/mixed`, that is, `@defer` and `@stream`, comes in pieces. */
export async function sendFetchResponse(request: IncomingMessage, answer: Response, response: ServerResponse): Promise<void> {
  closeUnlessRead(request, response);
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  if (answer.body !== null && (answer.headers.get('content-type') ?? '').startsWith('multipart/mixed')) {
    response.writeHead(answer.status);
    await pipeline(answer.body, response);
    return;
  }
  const body = await answer.text();
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.writeHead(answer.status).end(body);
}

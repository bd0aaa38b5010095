import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import { statusOf } from './failure.ts';
import type { Result } from './result-masking.ts';

type JsonType = 'application/json' | 'application/graphql-response+json';

/** What a client still sends of a body that nobody reads would be taken for its next request. */
function closeUnlessRead(request: IncomingMessage, response: ServerResponse): void {
  if (!request.complete) response.setHeader('Connection', 'close');
}

/** Ends a response with JSON that must not be kept by anyone on the way. */
export function sendJson(response: ServerResponse, status: number, body: object, contentType: JsonType = 'application/json'): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, { 'Content-Type': `${contentType}; charset=utf-8`, 'Content-Length': Buffer.byteLength(text), 'Cache-Control': 'no-store' })
    .end(text);
}

/** Codes for which clients that accept `application/json` get the status 200, as GraphQL over HTTP says. */
const graphqlCodes: readonly unknown[] = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'OPERATION_RESOLUTION_FAILURE', 'BAD_USER_INPUT'];

/**
 * The HTTP status of a result: 200 with data, also beside errors; without data the highest that an error has.
 *
 * @param contentType null for server-sent events, which go by the rules of `application/json`
 */
export function statusOfResult(result: Result, contentType: JsonType | null): number {
  if (result.errors === undefined || 'data' in result) return 200;
  const isStrict = contentType === 'application/graphql-response+json';
  const statuses = result.errors.map(({ extensions: { code } }) => (graphqlCodes.includes(code) ? (isStrict ? 400 : 200) : statusOf(code)));
  return Math.max(200, ...statuses);
}

/** The headers that tell a client what to do about errors. */
function setErrorHeaders(response: ServerResponse, errors: readonly GraphQLError[]): void {
  const waits = errors.map(({ extensions }) => extensions['retryAfterMs']).filter((wait) => typeof wait === 'number');
  if (waits.length > 0) response.setHeader('Retry-After', String(Math.ceil(Math.max(...waits) / 1_000)));
  const codes = errors.map(({ extensions }) => extensions['code']);
  if (codes.includes('METHOD_NOT_ALLOWED') && !response.hasHeader('Allow')) response.setHeader('Allow', 'POST');
  // RFC 6750, section 3: a refused token is answered with the scheme that is expected.
  if (codes.includes('UNAUTHENTICATED')) response.setHeader('WWW-Authenticate', 'Bearer error="invalid_token"');
}

/** Ends a response with the result of an operation. */
export function sendResult(request: IncomingMessage, response: ServerResponse, result: Result, contentType: JsonType): void {
  // The client may have left while the operation ran.
  if (response.destroyed) return;
  closeUnlessRead(request, response);
  if (result.errors !== undefined && !('data' in result)) setErrorHeaders(response, result.errors);
  sendJson(response, statusOfResult(result, contentType), result, contentType);
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
  setErrorHeaders(response, errors);
  closeUnlessRead(request, response);
  const failureStatus = statusOf(errors[0]?.extensions['code']);
  const isStrict = (request.headers.accept ?? '').includes('application/graphql-response+json');
  sendJson(response, status ?? (failureStatus === 200 ? 400 : failureStatus), { errors }, isStrict ? 'application/graphql-response+json' : 'application/json');
}

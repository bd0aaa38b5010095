import type { IncomingMessage } from 'node:http';

/** The header that carries the request id both ways. */
export const requestIdHeader = 'x-request-id';

const cleanRequestId = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * The id of a request: the one it brought, when that is short and clean enough to stand in a log, else a new one.
 *
 * @param newRequestId makes one
 */
export function requestIdOf(request: IncomingMessage, newRequestId: () => string): string {
  const brought = request.headers[requestIdHeader];
  return typeof brought === 'string' && cleanRequestId.test(brought) ? brought : newRequestId();
}

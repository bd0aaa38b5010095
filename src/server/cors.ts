import type { IncomingMessage, ServerResponse } from 'node:http';
import { isListedOrigin } from './origin.ts';
import { requestIdHeader } from './request-id.ts';

const preflightCacheSeconds = 600;

/**
 * The CORS headers (https://fetch.spec.whatwg.org/#http-cors-protocol): for listed origins, with credentials; for all others none.
 *
 * @param allowedOrigins the listed origins
 * @returns whether the request was a preflight, which is then answered
 */
export function answerCors(request: IncomingMessage, response: ServerResponse, allowedOrigins: readonly string[]): boolean {
  const origin = request.headers.origin;
  const isListed = origin !== undefined && isListedOrigin(origin, allowedOrigins);
  if (allowedOrigins.length > 0) response.setHeader('Vary', 'Origin');
  if (isListed) {
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    response.setHeader('Access-Control-Expose-Headers', `${requestIdHeader}, retry-after`);
  }
  if (request.method !== 'OPTIONS') return false;
  if (isListed) {
    response.setHeader('Access-Control-Allow-Methods', 'GET, POST');
    response.setHeader('Access-Control-Allow-Headers', request.headers['access-control-request-headers'] ?? 'content-type, authorization');
    response.setHeader('Access-Control-Max-Age', String(preflightCacheSeconds));
  }
  response.writeHead(204, { Allow: 'GET, POST, OPTIONS' }).end();
  return true;
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { isListedOrigin } from './origin.ts';
import { requestIdHeader } from './request-id.ts';

/** What pages of other origins may do at a path. */
export interface CorsOfPath {
  /** The methods, separated by commas. */
  readonly methods: string;
  /** Headers of the answer that they may read besides those of every path, separated by commas. */
  readonly exposed: string;
}

const preflightCacheSeconds = 600;

/**
 * The CORS headers (https://fetch.spec.whatwg.org/#http-cors-protocol): for listed origins, with credentials; for all others none.
 *
 * @param allowedOrigins the listed origins
 * @param ofPath what pages may do at this path; GET and POST by default
 * @returns whether the request was a preflight, which is then answered
 */
export function answerCors(
  request: IncomingMessage,
  response: ServerResponse,
  allowedOrigins: readonly string[],
  { methods, exposed }: CorsOfPath = { methods: 'GET, POST', exposed: '' },
): boolean {
  const origin = request.headers.origin;
  const isListed = origin !== undefined && isListedOrigin(origin, allowedOrigins);
  if (allowedOrigins.length > 0) response.setHeader('Vary', 'Origin');
  if (isListed) {
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    response.setHeader(
      'Access-Control-Expose-Headers',
      `${requestIdHeader}, retry-after, ratelimit, ratelimit-policy, content-disposition, content-range, accept-ranges, etag${exposed === '' ? '' : `, ${exposed}`}`,
    );
  }
  if (request.method !== 'OPTIONS') return false;
  if (isListed) {
    response.setHeader('Access-Control-Allow-Methods', methods);
    response.setHeader('Access-Control-Allow-Headers', request.headers['access-control-request-headers'] ?? 'content-type, authorization');
    response.setHeader('Access-Control-Max-Age', String(preflightCacheSeconds));
  }
  response.writeHead(204, { Allow: `${methods}, OPTIONS` }).end();
  return true;
}

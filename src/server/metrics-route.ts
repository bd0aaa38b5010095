import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../base/errors.ts';

/** Answers `GET /metrics`. */
export type MetricsRoute = (request: IncomingMessage, response: ServerResponse) => void;

const digest = (text: string): Uint8Array => createHash('sha256').update(text).digest();

/**
 * The numbers of this process in the text format of Prometheus, for whoever sends `Authorization: Bearer <METRICS_TOKEN>`.
 *
 * @param options.text makes them
 */
export function createMetricsRoute({ token, text }: { readonly token: string; readonly text: () => string }): MetricsRoute {
  const expected = digest(`Bearer ${token}`);
  return (request, response) => {
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) {
      throw new AppError('UNAUTHENTICATED', 'The metrics are for the operator: send "Authorization: Bearer <METRICS_TOKEN>".');
    }
    response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8', 'Cache-Control': 'no-store' }).end(text());
  };
}

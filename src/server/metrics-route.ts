import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../base/errors.ts';

/** Answers `GET /metrics`. */
export type MetricsRoute = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What the route needs. */
export interface MetricsRouteOptions {
  /** Whoever sends it is the operator. */
  readonly token: string;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
}

const digest = (text: string): Uint8Array => createHash('sha256').update(text).digest();

/**
 * The numbers of this process in the text format of Prometheus, for whoever sends `Authorization: Bearer <METRICS_TOKEN>`.
 */
export function createMetricsRoute({ token, metrics }: MetricsRouteOptions): MetricsRoute {
  const expected = digest(`Bearer ${token}`);
  return async (request, response) => {
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) {
      throw new AppError('UNAUTHENTICATED', 'The metrics are for the operator: send "Authorization: Bearer <METRICS_TOKEN>".');
    }
    const text = await metrics.text();
    response.writeHead(200, { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' }).end(text);
  };
}

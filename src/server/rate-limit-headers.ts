import type { ServerResponse } from 'node:http';
import type { RequestLimit } from './options.ts';

/** What the headers call the limit of operations a minute. */
const policy = '"general"';

/**
 * Tells in the headers how the limit of operations stands (draft-ietf-httpapi-ratelimit-headers-09): how many there may be in how many
 * seconds, how many there may still be, and after how many seconds the count starts anew.
 *
 * @param status null where there is no limit; then there are no headers
 */
export function announceLimit(response: ServerResponse, status: ReturnType<RequestLimit['status']>): void {
  if (status === null) return;
  const seconds = (milliseconds: number): number => Math.ceil(milliseconds / 1_000);
  response.setHeader('RateLimit-Policy', `${policy};q=${status.limit};w=${seconds(status.windowMs)}`);
  response.setHeader('RateLimit', `${policy};r=${status.remaining};t=${seconds(status.resetsInMs)}`);
}

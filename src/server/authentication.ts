import type { IncomingMessage } from 'node:http';
import type { Viewer } from '../auth/viewer.ts';
import { AppError } from '../base/errors.ts';
import { authCookieOf } from './cookies.ts';
import { mayUseCookie } from './origin.ts';
import type { People } from './options.ts';

const bearer = /^Bearer +([^\s]+)$/i;

/**
 * The token of an `Authorization` value, null for none.
 *
 * @throws AppError UNAUTHENTICATED for another scheme than Bearer
 */
export function bearerTokenOf(authorization: string | undefined): string | null {
  if (authorization === undefined || authorization === '') return null;
  const token = bearer.exec(authorization)?.[1];
  if (token === undefined) throw new AppError('UNAUTHENTICATED', 'The Authorization header must look like "Bearer <access token>".');
  return token;
}

/**
 * The viewer behind a cookie. A cookie is sent by the browser unasked, so a stale one means nobody and not an error; and so does one that
 * is no access token of ours, for we never set such a one.
 */
export async function viewerOfCookie(token: string | null, people: People): Promise<Viewer | null> {
  if (token === null) return null;
  try {
    const viewer = await people.authenticate(token);
    return 'loginId' in viewer ? viewer : null;
  } catch (error) {
    if (error instanceof AppError && error.code !== 'SERVICE_UNAVAILABLE') return null;
    throw error;
  }
}

/**
 * The viewer behind an HTTP request: by `Authorization: Bearer`, else by the cookie where it counts, else nobody. A token in the URL is
 * ignored.
 *
 * @throws AppError UNAUTHENTICATED for a bad token in the header
 */
export async function viewerOfRequest(request: IncomingMessage, people: People, allowedOrigins: readonly string[]): Promise<Viewer | null> {
  const token = bearerTokenOf(request.headers.authorization);
  if (token !== null) return await people.authenticate(token);
  const cookie = mayUseCookie(request, allowedOrigins) ? authCookieOf(request) : null;
  return await viewerOfCookie(cookie, people);
}

import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Viewer } from '../auth/viewer.ts';
import { AppError } from '../base/errors.ts';
import { bearerTokenOf, viewerOfCookie } from './authentication.ts';
import { authCookieOf } from './cookies.ts';
import { isTrustedOrigin } from './origin.ts';
import type { People } from './options.ts';

const paramsShape = z.object({ token: z.string().nullish(), authorization: z.string().nullish(), Authorization: z.string().nullish() });

const extensionsShape = z.object({ headers: z.object({ authorization: z.string().optional(), Authorization: z.string().optional() }) });

/**
 * The viewer whom GraphiQL means: it sends what stands under Headers with each operation, in its extensions, and not in
 * `connectionParams`. Null where it sends none.
 *
 * @throws AppError UNAUTHENTICATED for a bad token
 */
export async function viewerOfExtensions(extensions: unknown, people: People): Promise<Viewer | null> {
  const parsed = extensionsShape.safeParse(extensions);
  if (!parsed.success) return null;
  const token = bearerTokenOf(parsed.data.headers.authorization ?? parsed.data.headers.Authorization);
  return token === null ? null : await people.authenticate(token);
}

/** The token in `connectionParams`: `{ token }` or `{ authorization: "Bearer ..." }`; null for none. */
function tokenOfParams(params: Readonly<Record<string, unknown>> | undefined): string | null {
  const parsed = paramsShape.safeParse(params ?? {});
  if (!parsed.success) throw new AppError('UNAUTHENTICATED', 'The token in connectionParams must be a string.');
  const { token, authorization, Authorization: capitalised } = parsed.data;
  return token ?? bearerTokenOf(authorization ?? capitalised ?? undefined);
}

/**
 * Whether a page of a foreign origin tries to open a socket with the cookie of its visitor (cross-site WebSocket hijacking). Without an
 * `Origin` it is not a browser that asks.
 */
export function isHijack(request: IncomingMessage, allowedOrigins: readonly string[]): boolean {
  return request.headers.origin !== undefined && authCookieOf(request) !== null && !isTrustedOrigin(request, allowedOrigins);
}

/**
 * The viewer behind a socket: by `connectionParams`, else by the cookie of the request that opened it, else nobody.
 *
 * @throws AppError UNAUTHENTICATED for a bad token in `connectionParams`
 */
export async function viewerOfSocket(
  params: Readonly<Record<string, unknown>> | undefined,
  request: IncomingMessage,
  people: People,
  allowedOrigins: readonly string[],
): Promise<Viewer | null> {
  const token = tokenOfParams(params);
  if (token !== null) return await people.authenticate(token);
  return isHijack(request, allowedOrigins) ? null : await viewerOfCookie(authCookieOf(request), people);
}

/**
 * A viewer as of now.
 *
 * @throws AppError UNAUTHENTICATED when the login has ended, or the key or token is not good any more; its socket is closed within seconds
 */
export async function currentViewer(people: People, viewer: Viewer): Promise<Viewer> {
  const current = await people.findViewer(viewer);
  if (current === null) throw new AppError('UNAUTHENTICATED', 'What this socket was opened with has ended or expired; sign in again and open another.');
  return current;
}

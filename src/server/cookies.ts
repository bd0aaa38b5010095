import type { IncomingMessage } from 'node:http';

/** The cookie that carries the access token of a browser. */
export const authCookieName = 'auth-token';

/**
 * The value of the cookie `auth-token`, null where there is none.
 *
 * Only characters that an access token can have are accepted, so nothing needs to be decoded.
 */
export function authCookieOf(request: IncomingMessage): string | null {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === authCookieName && value !== undefined && /^[A-Za-z0-9._~-]+$/.test(value)) return value;
  }
  return null;
}

/**
 * A `Set-Cookie` value (RFC 6265) that sets `auth-token`, or clears it.
 *
 * @param token the access token; null clears the cookie
 * @param maxAgeSeconds how long it lives
 * @param isSecure whether the cookie may only travel over TLS; on in production
 */
export function authCookie(token: string | null, maxAgeSeconds: number, isSecure: boolean): string {
  const lifetime = token === null ? 0 : Math.max(0, Math.floor(maxAgeSeconds));
  return `${authCookieName}=${token ?? ''}; Max-Age=${lifetime}; Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
}

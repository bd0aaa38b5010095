import type { IncomingMessage } from 'node:http';

/** The cookie that carries the access token of a browser. */
export const authCookieName = 'auth-token';

/**
 * The value of the cookie `auth-token`, null where there is none.
 *
 * Only characters that an access token can have are accepted, so nothing needs to be decoded. Two of them count as none: we set one, and
 * the other was planted by a neighbouring subdomain (cookie tossing), which must not decide who is signed in.
 */
export function authCookieOf(request: IncomingMessage): string | null {
  const { cookie } = request.headers;
  if (cookie === undefined) return null;
  const values = cookie
    .split(';')
    .map((pair) => pair.trim().split('=', 2))
    .flatMap(([name, value]) => (name === authCookieName && value !== undefined ? [value] : []));
  const [value] = values;
  return value !== undefined && values.length === 1 && /^[A-Za-z0-9._~-]+$/.test(value) ? value : null;
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

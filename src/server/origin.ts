import type { IncomingMessage } from 'node:http';

/**
 * Whether the page behind a request is one of ours: it has an `Origin` and that is the host that was asked, or one that is listed.
 *
 * Only hosts are compared, not schemes: behind a proxy that ends TLS the page is on https and we are not.
 *
 * @param allowedOrigins origins such as `https://app.example.org`
 */
export function isTrustedOrigin(request: IncomingMessage, allowedOrigins: readonly string[]): boolean {
  const origin = request.headers.origin;
  if (origin === undefined) return false;
  if (isListedOrigin(origin, allowedOrigins)) return true;
  return URL.canParse(origin) && new URL(origin).host === request.headers.host;
}

/** Whether an origin is in the list, whatever the case of its letters or a slash at its end. */
export function isListedOrigin(origin: string, allowedOrigins: readonly string[]): boolean {
  return URL.canParse(origin) && allowedOrigins.some((allowed) => new URL(allowed).origin === new URL(origin).origin);
}

/** Headers that no page can add to a request for another site without asking first, by a CORS preflight. */
function hasCustomHeader({ headers }: IncomingMessage): boolean {
  if (['x-requested-with', 'apollo-require-preflight', 'tus-resumable'].some((name) => headers[name] !== undefined)) return true;
  return (headers['content-type'] ?? '').startsWith('application/json');
}

/**
 * Whether the cookie of a request counts, that is, whether the request cannot have been forged by a foreign page.
 *
 * Browsers send `Origin` with every POST. Without one it must have a custom header: `X-Requested-With`, `Apollo-Require-Preflight`, `Tus-Resumable`, or a
 * content type of JSON. A GET, which changes nothing, needs none where the browser says that it comes from this very site, as new ones do.
 */
export function mayUseCookie(request: IncomingMessage, allowedOrigins: readonly string[]): boolean {
  if (request.headers.origin !== undefined) return isTrustedOrigin(request, allowedOrigins);
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  if (request.method === 'GET' && site !== undefined) return true;
  return hasCustomHeader(request);
}

import { AppError } from '../base/errors.ts';

/** What is known of everybody who is signed in, by whatever means. */
interface SignedIn {
  readonly userId: string;
  /** Of this moment, from the database. With an API key it is MEMBER, unless every scope of the key names a field. */
  readonly role: 'MEMBER' | 'ADMIN';
}

/** Somebody who is signed in on a device, by an access token of ours. */
export interface LoginViewer extends SignedIn {
  /** The signed-in device. */
  readonly loginId: string;
}

/** A program that speaks for somebody by an API key. */
export interface KeyViewer extends SignedIn {
  readonly apiKeyId: string;
  /** What the key may be used for, see `scopes.ts`. */
  readonly scopes: readonly string[];
  /** Null is never. */
  readonly expiresAt: Date | null;
}

/** Somebody whom an outside identity provider vouches for, until its token expires. */
export interface OutsideViewer extends SignedIn {
  readonly identityId: string;
  /** The expiry of the token. */
  readonly expiresAt: Date;
}

/** Who is asking: the person behind the request, as every service method takes it first. The ids tell by what they are signed in. */
export type Viewer = LoginViewer | KeyViewer | OutsideViewer;

/**
 * The viewer, where one is needed.
 *
 * @throws AppError UNAUTHENTICATED when nobody is signed in
 */
export function requireViewer(viewer: Viewer | null): Viewer {
  if (viewer === null) {
    throw new AppError('UNAUTHENTICATED', 'Sign in first: send an access token as "Authorization: Bearer <token>", or as "token" in connectionParams.');
  }
  return viewer;
}

/**
 * The viewer, where it takes a signed-in device: for what is about that device, or about its password.
 *
 * @throws AppError UNAUTHENTICATED when nobody is signed in; FORBIDDEN for an API key and for the token of an identity provider
 */
export function requireLogin(viewer: Viewer | null): LoginViewer {
  const known = requireViewer(viewer);
  if ('loginId' in known) return known;
  const means = 'apiKeyId' in known ? 'an API key' : 'the token of an outside identity';
  throw new AppError('FORBIDDEN', `This takes a signed-in device, and you came with ${means}. Sign in with "login" and send its access token.`);
}

/** A name for what a viewer is signed in by, the same for all requests and streams that came with it. */
export function credentialOf(viewer: Viewer): string {
  if ('loginId' in viewer) return `login ${viewer.loginId}`;
  if ('apiKeyId' in viewer) return `key ${viewer.apiKeyId}`;
  return `identity ${viewer.identityId} until ${viewer.expiresAt.toISOString()}`;
}

import { AppError } from '../base/errors.ts';

/** Who is asking: the person behind the request, as every service method takes it first. */
export interface Viewer {
  readonly userId: string;
  /** The signed-in device. */
  readonly loginId: string;
  readonly role: 'MEMBER' | 'ADMIN';
}

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

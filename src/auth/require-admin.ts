import { AppError } from '../base/errors.ts';
import { requireViewer, type Viewer } from './viewer.ts';

/**
 * The viewer, where an administrator is needed.
 *
 * @throws AppError UNAUTHENTICATED when nobody is signed in; FORBIDDEN for a member, whatever was asked for, so that the answer tells
 *   nothing about what exists
 */
export function requireAdmin(viewer: Viewer | null): Viewer {
  const admin = requireViewer(viewer);
  if (admin.role !== 'ADMIN') throw new AppError('FORBIDDEN', 'This is for administrators; ask one of them.');
  return admin;
}

import type { Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { createRemembered } from '../remembered.ts';
import type { Person } from './person.ts';

/**
 * What people see of themselves, remembered for a moment: every page asks who is signed in. A change on this process is seen at once, one on
 * another after `cacheMs`.
 *
 * @param options.load reads the person
 */
export function createOwnProfiles(options: { readonly load: (viewer: Viewer) => Promise<Person | null>; readonly clock: Clock; readonly cacheMs: number }) {
  const { load, clock, cacheMs } = options;
  const remembered = createRemembered<Person | null>({ clock, forMs: cacheMs });

  // A role decides what is seen, and is always that of the moment.
  const nameOf = (userId: string, role: Viewer['role']): string => `${role} ${userId}`;

  return {
    /** The person behind a viewer; null when the account is gone. */
    find: (viewer: Viewer): Promise<Person | null> => remembered.find(nameOf(viewer.userId, viewer.role), () => load(viewer)),

    /** Forgets a person who was changed. */
    forget(userId: string): void {
      remembered.forget(nameOf(userId, 'MEMBER'));
      remembered.forget(nameOf(userId, 'ADMIN'));
    },
  };
}

import { LRUCache } from 'lru-cache';
import type { Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import type { Person } from './person.ts';

const mostCached = 10_000;

/**
 * What people see of themselves, remembered for a moment: every page asks who is signed in. A change on this process is seen at once, one on
 * another after `cacheMs`.
 *
 * @param options.load reads the person
 */
export function createOwnProfiles(options: { readonly load: (viewer: Viewer) => Promise<Person | null>; readonly clock: Clock; readonly cacheMs: number }) {
  const { load, clock, cacheMs } = options;
  const cache = new LRUCache<string, Promise<Person | null>>({ max: mostCached, ttl: cacheMs, ttlResolution: 0, perf: { now: () => clock.now().getTime() } });

  // A role decides what is seen, and is always that of the moment.
  const keyOf = (userId: string, role: Viewer['role']): string => `${role} ${userId}`;

  return {
    /** The person behind a viewer; null when the account is gone. */
    find(viewer: Viewer): Promise<Person | null> {
      const key = keyOf(viewer.userId, viewer.role);
      const cached = cache.get(key);
      if (cached !== undefined) return cached;
      const loading = load(viewer);
      cache.set(key, loading);
      // A failure is not an answer: the next one asks again.
      loading.catch(() => cache.peek(key) === loading && cache.delete(key));
      return loading;
    },

    /** Forgets a person who was changed. */
    forget(userId: string): void {
      cache.delete(keyOf(userId, 'MEMBER'));
      cache.delete(keyOf(userId, 'ADMIN'));
    },
  };
}

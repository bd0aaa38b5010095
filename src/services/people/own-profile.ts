import { LRUCache } from 'lru-cache';
import type { Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import type { Person } from './person.ts';

const mostCached = 10_000;

/**
 * What people see of themselves, remembered for a moment: every page asks who is signed in. A change on this process is seen at once, one on
 * another after `cacheMs`; the role is that of the viewer, which is looked up with the login.
 *
 * @param options.load reads the person
 */
export function createOwnProfiles(options: { readonly load: (viewer: Viewer) => Promise<Person | null>; readonly clock: Clock; readonly cacheMs: number }) {
  const { load, clock, cacheMs } = options;
  const cache = new LRUCache<string, Promise<Person | null>>({ max: mostCached, ttl: cacheMs, ttlResolution: 0, perf: { now: () => clock.now().getTime() } });

  const find = (viewer: Viewer): Promise<Person | null> => {
    const cached = cache.get(viewer.userId);
    if (cached !== undefined) return cached;
    const loading = load(viewer);
    cache.set(viewer.userId, loading);
    // A failure is not an answer: the next one asks again.
    loading.catch(() => cache.peek(viewer.userId) === loading && cache.delete(viewer.userId));
    return loading;
  };

  return {
    /** The person behind a viewer; null when the account is gone. */
    async find(viewer: Viewer): Promise<Person | null> {
      const person = await find(viewer);
      return person === null || person.role === viewer.role ? person : { ...person, role: viewer.role };
    },

    /** Forgets a person who was changed. */
    forget: (userId: string): void => void cache.delete(userId),
  };
}

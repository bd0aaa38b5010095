import DataLoader from 'dataloader';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import type { Clock } from '../../base/clock.ts';
import { livingUser } from '../living-user.ts';

/** Which outside identities are linked, and with whom. */
export type IdentityStates = ReturnType<typeof createIdentityStates>;

/** An identity with the person whom it signs in. */
export interface LinkedIdentity {
  readonly identityId: string;
  readonly userId: string;
  readonly role: 'MEMBER' | 'ADMIN';
  /** False for somebody who is disabled or being deleted. */
  readonly isLiving: boolean;
}

const mostCached = 10_000;

/**
 * The states of identities, remembered for a moment, as those of logins are.
 *
 * @param options.cacheMs how long an answer is good for
 */
export function createIdentityStates(options: { readonly pool: Pool; readonly clock: Clock; readonly cacheMs: number }) {
  const { pool, clock, cacheMs } = options;
  const cache = new LRUCache<string, Promise<LinkedIdentity | null>>({
    max: mostCached,
    ttl: cacheMs,
    ttlResolution: 0,
    perf: { now: () => clock.now().getTime() },
  });
  const nameOf = (issuer: string, subject: string): string => JSON.stringify([issuer, subject]);

  async function load(condition: string, values: readonly string[]): Promise<LinkedIdentity | null> {
    const { rows } = await pool.query<LinkedIdentity>(
      `SELECT i.id AS "identityId", i.user_id AS "userId", u.role::text AS role, (${livingUser}) AS "isLiving"
       FROM identities i JOIN users u ON u.id = i.user_id WHERE ${condition}`,
      [...values],
    );
    return rows[0] ?? null;
  }

  /** Only what is there is remembered: whoever comes for the first time is linked a moment later. */
  function remembered(name: string, condition: string, values: readonly string[]): Promise<LinkedIdentity | null> {
    const cached = cache.get(name);
    if (cached !== undefined) return cached;
    const loading = load(condition, values);
    cache.set(name, loading);
    const drop = (): unknown => cache.peek(name) === loading && cache.delete(name);
    loading.then((found) => found === null && drop(), drop);
    return loading;
  }

  const activity = new DataLoader<string, boolean>(
    async (ids) => {
      const { rows } = await pool.query<{ readonly id: string }>(
        `SELECT i.id FROM identities i JOIN users u ON u.id = i.user_id AND ${livingUser} WHERE i.id = ANY($1::uuid[])`,
        [ids],
      );
      const active = new Set(rows.map((row) => row.id));
      return ids.map((id) => active.has(id));
    },
    { cache: false },
  );

  return {
    /** Who is linked with a subject of an issuer; null for nobody. */
    bySubject: (issuer: string, subject: string): Promise<LinkedIdentity | null> =>
      remembered(nameOf(issuer, subject), 'i.issuer = $1 AND i.subject = $2', [issuer, subject]),

    /** The same by the id, for a socket that was opened earlier. */
    byId: (id: string): Promise<LinkedIdentity | null> => remembered(id, 'i.id = $1', [id]),

    /** Whether an identity signs somebody in, past the memory; all that are asked about in one moment are looked up by one statement. */
    isActive: (id: string): Promise<boolean> => activity.load(id),

    /** Forgets an identity, after it was unlinked. */
    forget(id: string, issuer: string, subject: string): void {
      cache.delete(id);
      cache.delete(nameOf(issuer, subject));
    },
  };
}

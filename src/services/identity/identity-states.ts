import type { Pool } from 'pg';
import type { Clock } from '../../base/clock.ts';
import { createActivity } from '../activity.ts';
import { livingUser } from '../living-user.ts';
import { createRemembered } from '../remembered.ts';

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

/**
 * The states of identities, remembered for a moment, as those of logins are.
 *
 * @param options.cacheMs how long an answer is good for
 */
export function createIdentityStates(options: { readonly pool: Pool; readonly clock: Clock; readonly cacheMs: number }) {
  const { pool, clock, cacheMs } = options;
  // Only what is there is remembered: whoever comes for the first time is linked a moment later.
  const remembered = createRemembered<LinkedIdentity | null>({ clock, forMs: cacheMs, isKept: (found) => found !== null });
  const nameOf = (issuer: string, subject: string): string => JSON.stringify([issuer, subject]);

  async function load(condition: string, values: readonly string[]): Promise<LinkedIdentity | null> {
    const { rows } = await pool.query<LinkedIdentity>(
      `SELECT i.id AS "identityId", i.user_id AS "userId", u.role::text AS role, (${livingUser}) AS "isLiving"
       FROM identities i JOIN users u ON u.id = i.user_id WHERE ${condition}`,
      [...values],
    );
    return rows[0] ?? null;
  }

  return {
    /** Who is linked with a subject of an issuer; null for nobody. */
    bySubject: (issuer: string, subject: string): Promise<LinkedIdentity | null> =>
      remembered.find(nameOf(issuer, subject), () => load('i.issuer = $1 AND i.subject = $2', [issuer, subject])),

    /** The same by the id, for a socket that was opened earlier. */
    byId: (id: string): Promise<LinkedIdentity | null> => remembered.find(id, () => load('i.id = $1', [id])),

    /** Whether an identity signs somebody in, past the memory; all that are asked about in one moment are looked up by one statement. */
    isActive: createActivity(async (ids) => {
      const { rows } = await pool.query<{ readonly id: string }>(
        `SELECT i.id FROM identities i JOIN users u ON u.id = i.user_id AND ${livingUser} WHERE i.id = ANY($1::uuid[])`,
        [ids],
      );
      return rows;
    }),

    /** Forgets an identity, after it was unlinked. */
    forget(id: string, issuer: string, subject: string): void {
      remembered.forget(id);
      remembered.forget(nameOf(issuer, subject));
    },
  };
}

import type { Pool } from 'pg';
import type { LoginViewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { createActivity } from '../activity.ts';
import { livingUser } from '../living-user.ts';
import { createRemembered } from '../remembered.ts';

/** Which logins are active, and whose they are. */
export type LoginStates = ReturnType<typeof createLoginStates>;

/**
 * The states of logins, remembered for a moment: a request need not ask the database, and a revocation on another process is still
 * noticed after `cacheMs`.
 *
 * @param options.cacheMs how long an answer is good for
 */
export function createLoginStates(options: { readonly pool: Pool; readonly clock: Clock; readonly cacheMs: number }) {
  const { pool, clock, cacheMs } = options;
  const remembered = createRemembered<LoginViewer | null>({ clock, forMs: cacheMs });

  const load = async (loginId: string): Promise<LoginViewer | null> => {
    const { rows } = await pool.query<LoginViewer>(
      `SELECT l.user_id AS "userId", l.id AS "loginId", u.role::text AS role
       FROM logins l JOIN users u ON u.id = l.user_id AND ${livingUser} WHERE l.id = $1 AND l.revoked_at IS NULL`,
      [loginId],
    );
    return rows[0] ?? null;
  };

  return {
    /** The viewer of a login with the role of this moment; null when it was revoked or its user disabled or deleted. */
    find: (loginId: string): Promise<LoginViewer | null> => remembered.find(loginId, () => load(loginId)),

    /** Whether a login is active, past the memory; all that are asked about in one moment are looked up by one statement. */
    isActive: createActivity(async (ids) => {
      const { rows } = await pool.query<{ readonly id: string }>(
        `SELECT l.id FROM logins l JOIN users u ON u.id = l.user_id AND ${livingUser} WHERE l.id = ANY($1::uuid[]) AND l.revoked_at IS NULL`,
        [ids],
      );
      return rows;
    }),

    /** Forgets logins, after they changed. */
    forget(loginIds: readonly string[]): void {
      for (const loginId of loginIds) remembered.forget(loginId);
    },
  };
}

import type { Pool } from 'pg';
import { roleOfKey } from '../../auth/scopes.ts';
import type { KeyViewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { createActivity } from '../activity.ts';
import { livingUser } from '../living-user.ts';
import { createRemembered } from '../remembered.ts';

/** Which API keys are good, and whom they speak for. */
export type KeyStates = ReturnType<typeof createKeyStates>;

interface KeyRow {
  readonly apiKeyId: string;
  readonly userId: string;
  readonly role: 'MEMBER' | 'ADMIN';
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

/** A moment on which nothing depends need not cost a write for every request. */
const lastUsedResolutionMs = 60_000;

/**
 * The states of API keys, remembered for a moment: a busy key costs one statement every `cacheMs`, and one that another process revoked
 * is dead after that time.
 *
 * @param options.cacheMs how long an answer is good for, counted from the question
 */
export function createKeyStates(options: { readonly pool: Pool; readonly clock: Clock; readonly logger: Logger; readonly cacheMs: number }) {
  const { pool, clock, logger, cacheMs } = options;
  const remembered = createRemembered<KeyViewer | null>({ clock, forMs: cacheMs });

  /** Notes that a key was used, in the background: whoever uses it does not wait. */
  function noteUse(row: KeyRow): void {
    const now = clock.now();
    const limit = new Date(now.getTime() - lastUsedResolutionMs);
    if (row.lastUsedAt !== null && row.lastUsedAt > limit) return;
    pool
      // Of several processes that notice at once, one writes.
      .query('UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)', [row.apiKeyId, now, limit])
      .catch((error: unknown) => logger.debug({ err: error, apiKeyId: row.apiKeyId }, 'the last use of an API key could not be noted'));
  }

  async function load(column: 'token_hash' | 'id', value: string): Promise<KeyViewer | null> {
    const { rows } = await pool.query<KeyRow>(
      `SELECT k.id AS "apiKeyId", k.user_id AS "userId", u.role::text AS role, k.scopes, k.expires_at AS "expiresAt", k.last_used_at AS "lastUsedAt"
       FROM api_keys k JOIN users u ON u.id = k.user_id AND ${livingUser} WHERE k.${column} = $1`,
      [value],
    );
    const [row] = rows;
    if (row === undefined) return null;
    noteUse(row);
    const { apiKeyId, userId, role, scopes, expiresAt } = row;
    return { apiKeyId, userId, role: roleOfKey(role, scopes), scopes, expiresAt };
  }

  return {
    /** Whom the key with this hash speaks for, also when it has expired; null when there is none. */
    byHash: (hash: string): Promise<KeyViewer | null> => remembered.find(hash, () => load('token_hash', hash)),

    /** The same by the id, for a socket that was opened earlier. */
    byId: (id: string): Promise<KeyViewer | null> => remembered.find(id, () => load('id', id)),

    /** Whether a key is good, past the memory; all that are asked about in one moment are looked up by one statement. */
    isActive: createActivity(async (ids) => {
      const { rows } = await pool.query<{ readonly id: string }>(
        `SELECT k.id FROM api_keys k JOIN users u ON u.id = k.user_id AND ${livingUser}
         WHERE k.id = ANY($1::uuid[]) AND (k.expires_at IS NULL OR k.expires_at > $2)`,
        [ids, clock.now()],
      );
      return rows;
    }),

    /** Forgets a key, after it was revoked. */
    forget(id: string, hash: string): void {
      remembered.forget(id);
      remembered.forget(hash);
    },
  };
}

import DataLoader from 'dataloader';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import { roleOfKey } from '../../auth/scopes.ts';
import type { KeyViewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { livingUser } from '../living-user.ts';

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

const mostCached = 10_000;
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
  const cache = new LRUCache<string, Promise<KeyViewer | null>>({
    max: mostCached,
    ttl: cacheMs,
    ttlResolution: 0,
    perf: { now: () => clock.now().getTime() },
  });

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

  const activity = new DataLoader<string, boolean>(
    async (ids) => {
      const { rows } = await pool.query<{ readonly id: string }>(
        `SELECT k.id FROM api_keys k JOIN users u ON u.id = k.user_id AND ${livingUser}
         WHERE k.id = ANY($1::uuid[]) AND (k.expires_at IS NULL OR k.expires_at > $2)`,
        [ids, clock.now()],
      );
      const active = new Set(rows.map((row) => row.id));
      return ids.map((id) => active.has(id));
    },
    { cache: false },
  );

  /** The key as remembered; of one that is there it may have expired since. */
  function remembered(name: string, column: 'token_hash' | 'id', value: string): Promise<KeyViewer | null> {
    const cached = cache.get(name);
    if (cached !== undefined) return cached;
    const loading = load(column, value);
    cache.set(name, loading);
    // A failure is not an answer: the next one asks again.
    loading.catch(() => cache.peek(name) === loading && cache.delete(name));
    return loading;
  }

  return {
    /** Whom the key with this hash speaks for, also when it has expired; null when there is none. */
    byHash: (hash: string): Promise<KeyViewer | null> => remembered(hash, 'token_hash', hash),

    /** The same by the id, for a socket that was opened earlier. */
    byId: (id: string): Promise<KeyViewer | null> => remembered(id, 'id', id),

    /** Whether a key is good, past the memory; all that are asked about in one moment are looked up by one statement. */
    isActive: (id: string): Promise<boolean> => activity.load(id),

    /** Forgets a key, after it was revoked. */
    forget(id: string, hash: string): void {
      cache.delete(id);
      cache.delete(hash);
    },
  };
}

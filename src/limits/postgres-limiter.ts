import type { Pool } from 'pg';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import { limiterOf, storeOptions } from './library.ts';
import { unlimited, type Limiter, type LimiterSettings } from './limiter.ts';

const tableName = 'rate_limits';

/** Counts in the database, so that the processes that share it count together. One statement each, until a key is refused. */
export function createPostgresLimiter(pool: Pool, settings: LimiterSettings): Limiter {
  if (settings.points === 0) return unlimited;
  const store = { storeClient: pool, storeType: 'pool', tableName, tableCreated: true, clearExpiredByTimeout: false };
  return limiterOf(new RateLimiterPostgres({ ...storeOptions(settings), ...store }));
}

/**
 * Removes counts whose window is over. To be called now and then.
 *
 * @returns how many
 */
export async function removeExpiredCounts(pool: Pool): Promise<number> {
  const { rowCount } = await pool.query(`DELETE FROM ${tableName} WHERE expire < $1`, [Date.now()]);
  return rowCount ?? 0;
}

import { Redis } from 'ioredis';
import type { Logger } from '../base/logger.ts';

const commandTimeoutMs = 100;
/** After a silence of this length the connection is cut, and until there is a new one nobody waits for it. */
const silenceTimeoutMs = 100;
const connectTimeoutMs = 1_000;
const longestBackoffMs = 2_000;

/**
 * Connects to Redis, and again whenever the connection is cut. A command that finds it away or frozen fails within `commandTimeoutMs`;
 * by default ioredis would let it wait for tens of seconds.
 *
 * @param options.url where it is; `?keyPrefix=...` in it takes the place of `colloquy:` before every key, for installations that share one
 * @returns at once; the first connection may not be there yet. Whoever gets it calls `disconnect()`
 */
export function connectRedis(options: { readonly url: string; readonly logger: Logger }): Redis {
  const { url, logger } = options;
  const redis = new Redis(url, {
    keyPrefix: 'colloquy:',
    connectionName: 'colloquy',
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
    socketTimeout: silenceTimeoutMs,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, longestBackoffMs),
  });
  let isAway = false;
  redis.on('error', (error: unknown) => {
    if (isAway) return;
    isAway = true;
    logger.warn({ reason: error instanceof Error ? error.message : String(error) }, 'Redis is away; limits are counted in memory until it is back');
  });
  redis.on('ready', () => {
    if (isAway) logger.info('Redis is back');
    isAway = false;
  });
  return redis;
}

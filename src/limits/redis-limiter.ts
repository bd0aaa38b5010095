import type { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { limiterOf, storeOptions } from './library.ts';
import { unlimited, type Limiter, type LimiterSettings } from './limiter.ts';

/**
 * Counts in Redis, so that the processes that share it count together.
 *
 * @param redis a connection that fails soon, see `connectRedis`
 */
export function createRedisLimiter(redis: Redis, settings: LimiterSettings): Limiter {
  if (settings.points === 0) return unlimited;
  return limiterOf(new RateLimiterRedis({ ...storeOptions(settings), storeClient: redis, rejectIfRedisNotReady: true }));
}

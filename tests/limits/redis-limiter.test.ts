import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/base/logger.ts';
import { connectRedis } from '../../src/limits/redis.ts';
import { createRedisLimiter } from '../../src/limits/redis-limiter.ts';
import { patienceMs } from '../kit/patience.ts';
import { openTestRedis, redisAbsence, type TestRedis } from '../kit/redis.ts';
import { describeLimiter } from './limiter-contract.ts';

let testRedis: TestRedis;
let redis: Redis;

describe.skipIf(redisAbsence !== null)(`with Redis${redisAbsence === null ? '' : ` (${redisAbsence})`}`, () => {
  beforeAll(async () => {
    testRedis = await openTestRedis();
    redis = connectRedis({ url: testRedis.url, logger: createLogger({ level: 'silent' }) });
    await once(redis, 'ready');
  });
  afterAll(async () => {
    redis.disconnect();
    await testRedis[Symbol.asyncDispose]();
  });

  describeLimiter('Redis', (settings) => createRedisLimiter(redis, settings), true);

  const settings = (name: string) => ({ name, points: 5, windowMs: 60_000 });

  /** Twenty attempts in a row: how many were allowed, and how long the slowest took. */
  async function attempt(limiter: ReturnType<typeof createRedisLimiter>): Promise<{ readonly allowed: number; readonly slowestMs: number }> {
    let allowed = 0;
    let slowestMs = 0;
    for (let count = 0; count < 20; count += 1) {
      const startedAt = performance.now();
      if ((await limiter.consume('somebody')).isAllowed) allowed += 1;
      slowestMs = Math.max(slowestMs, performance.now() - startedAt);
    }
    return { allowed, slowestMs };
  }

  it('R10 holds its limit while Redis is frozen, answers within 300 ms, and counts in Redis again when it is back', async () => {
    const limiter = createRedisLimiter(redis, settings('frozen'));
    expect((await limiter.consume('before')).isAllowed).toBe(true);
    testRedis.proxy.freeze();
    try {
      const { allowed, slowestMs } = await attempt(limiter);
      expect(allowed).toBe(5);
      expect(slowestMs).toBeLessThan(300 + patienceMs);
    } finally {
      const ready = once(redis, 'ready');
      testRedis.proxy.thaw();
      testRedis.proxy.cut();
      await ready;
    }
    for (let count = 0; count < 5; count += 1) await limiter.consume('after');
    expect((await createRedisLimiter(redis, settings('frozen')).consume('after')).isAllowed).toBe(false);
  });

  it('R10 holds its limit while Redis is stopped, and answers at once', async () => {
    await testRedis.proxy.close();
    try {
      const { allowed, slowestMs } = await attempt(createRedisLimiter(redis, settings('stopped')));
      expect(allowed).toBe(5);
      expect(slowestMs).toBeLessThan(300 + patienceMs);
    } finally {
      const ready = once(redis, 'ready');
      await testRedis.proxy.reopen();
      await ready;
    }
  });
});

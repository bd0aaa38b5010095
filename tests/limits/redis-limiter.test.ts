import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/base/logger.ts';
import { connectRedis } from '../../src/limits/redis.ts';
import { createRedisLimiter } from '../../src/limits/redis-limiter.ts';
import { eventually } from '../kit/eventually.ts';
import { giveUpMs, patienceMs } from '../kit/patience.ts';
import { openTestRedis, redisAbsence, type TestRedis } from '../kit/redis.ts';
import { describeLimiter } from './limiter-contract.ts';

let testRedis: TestRedis;
let redis: Redis;
/** A connection without the short limits of ours, which a busy machine may exceed. */
let patient: Redis;

describe.skipIf(redisAbsence !== null)(`with Redis${redisAbsence === null ? '' : ` (${redisAbsence})`}`, () => {
  beforeAll(async () => {
    testRedis = await openTestRedis();
    redis = connectRedis({ url: testRedis.url, logger: createLogger({ level: 'silent' }) });
    patient = new Redis(testRedis.url, { connectTimeout: giveUpMs });
    patient.on('error', () => undefined);
    await eventually(() => expect([redis.status, patient.status]).toEqual(['ready', 'ready']));
  });
  afterAll(async () => {
    redis.disconnect();
    patient.disconnect();
    await testRedis[Symbol.asyncDispose]();
  });

  describeLimiter('Redis', (settings) => createRedisLimiter(patient, settings), true);

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
      testRedis.proxy.thaw();
      testRedis.proxy.cut();
    }
    // Each of these knows only what is counted in Redis.
    await eventually(async () => expect((await createRedisLimiter(redis, settings('frozen')).consume('after')).isAllowed).toBe(false));
  });

  it('R10 holds its limit while Redis is stopped, and answers at once', async () => {
    await testRedis.proxy.close();
    try {
      const { allowed, slowestMs } = await attempt(createRedisLimiter(redis, settings('stopped')));
      expect(allowed).toBe(5);
      expect(slowestMs).toBeLessThan(300 + patienceMs);
    } finally {
      await testRedis.proxy.reopen();
      await eventually(() => expect(redis.status).toBe('ready'));
    }
  });
});

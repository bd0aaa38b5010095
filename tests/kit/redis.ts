import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { Redis } from 'ioredis';
import { giveUpMs } from './patience.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

const url = process.env['TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379';

/** Why there is no Redis to test on; null when there is one. */
export const redisAbsence: string | null = await absence();

async function absence(): Promise<string | null> {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: giveUpMs, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return null;
  } catch {
    const message = `Redis at ${new URL(url).host} cannot be reached; set TEST_REDIS_URL`;
    if (process.env['CI'] === 'true') throw new Error(message);
    return message;
  } finally {
    redis.disconnect();
  }
}

/** A part of Redis for one test file, behind a way that can be interrupted. */
export interface TestRedis {
  /** Sets a prefix before every key. */
  readonly url: string;
  readonly proxy: TcpProxy;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens it; removes its keys when it is disposed. */
export async function openTestRedis(): Promise<TestRedis> {
  const target = new URL(url);
  const proxy = await startTcpProxy(() => connect(Number(target.port || 6_379), target.hostname));
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String(proxy.port);
  const keyPrefix = `colloquy-test-${randomUUID()}:`;
  through.searchParams.set('keyPrefix', keyPrefix);
  return {
    url: through.href,
    proxy,
    async [Symbol.asyncDispose]() {
      await proxy.close();
      const redis = new Redis(url);
      try {
        const keys = await redis.keys(`${keyPrefix}*`);
        if (keys.length > 0) await redis.del(keys);
      } finally {
        redis.disconnect();
      }
    },
  };
}

import { RateLimiterMemory, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { Limiter, LimiterSettings } from './limiter.ts';

/** The settings in the words of the library. */
export function libraryOptions({ name, points, windowMs }: LimiterSettings) {
  return { keyPrefix: name, points, duration: windowMs / 1_000 };
}

/**
 * The settings of a limiter with a store: in whose place the memory counts while it is away, and what spares it those who knock on after
 * they were refused.
 */
export function storeOptions(settings: LimiterSettings) {
  const options = libraryOptions(settings);
  return { ...options, insuranceLimiter: new RateLimiterMemory(options), inMemoryBlockOnConsumed: settings.points + 1 };
}

/** A limiter of the library as one of ours. */
export function limiterOf(library: RateLimiterAbstract): Limiter {
  return {
    async consume(key) {
      try {
        await library.consume(key);
        return { isAllowed: true };
      } catch (refusal) {
        // The library throws both refusals and, without an insurance, failures.
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        return { isAllowed: false, retryAfterMs: Math.max(1, refusal.msBeforeNext), isFirstRefusal: refusal.consumedPoints === library.points + 1 };
      }
    },
    async giveBack(key) {
      await library.reward(key);
    },
    async status(key) {
      const windowMs = library.duration * 1_000;
      const count = await library.get(key);
      if (count === null) return { limit: library.points, windowMs, remaining: library.points, resetsInMs: windowMs };
      return { limit: library.points, windowMs, remaining: Math.max(0, library.points - count.consumedPoints), resetsInMs: Math.max(0, count.msBeforeNext) };
    },
  };
}

import type { LimitStatus } from './limiter.ts';

/** Counts requests without waiting for anything, for what is done at every operation. */
export interface RequestWindow {
  /** Counts once more; gives 0 when that is allowed, else after how many milliseconds the count starts anew. */
  consume(key: string): number;
  /** How the count stands, without counting. */
  status(key: string): LimitStatus;
}

interface Count {
  readonly startedAtMs: number;
  requests: number;
}

/**
 * Counts in the memory of this process, in a window a key that begins with its first request. Several processes allow several times as
 * much, which is what several processes are for.
 *
 * @param options.limit how many requests a window
 * @param options.windowMs how long it is
 * @param options.now milliseconds of a steady clock
 * @param options.maxKeys how many keys are remembered; beyond that the oldest is forgotten. 100,000 by default, about 20 MB
 */
export function createRequestWindow(options: {
  readonly limit: number;
  readonly windowMs: number;
  readonly now: () => number;
  readonly maxKeys?: number;
}): RequestWindow {
  const { limit, windowMs, now, maxKeys = 100_000 } = options;
  // In the order in which the windows began, for a key is put at the end again with each of them.
  const counts = new Map<string, Count>();

  const forgetOld = (time: number): void => {
    for (const [key, { startedAtMs }] of counts) {
      if (time - startedAtMs < windowMs && counts.size < maxKeys) return;
      counts.delete(key);
    }
  };

  return {
    consume(key) {
      const time = now();
      const count = counts.get(key);
      if (count !== undefined && time - count.startedAtMs < windowMs) {
        if (count.requests >= limit) return Math.ceil(count.startedAtMs + windowMs - time);
        count.requests += 1;
        return 0;
      }
      counts.delete(key);
      forgetOld(time);
      counts.set(key, { startedAtMs: time, requests: 1 });
      return 0;
    },
    status(key) {
      const count = counts.get(key);
      const passedMs = count === undefined ? windowMs : now() - count.startedAtMs;
      if (count === undefined || passedMs >= windowMs) return { limit, windowMs, remaining: limit, resetsInMs: windowMs };
      return { limit, windowMs, remaining: Math.max(0, limit - count.requests), resetsInMs: Math.ceil(windowMs - passedMs) };
    },
  };
}

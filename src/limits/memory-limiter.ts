import { RateLimiterMemory } from 'rate-limiter-flexible';
import { libraryOptions, limiterOf } from './library.ts';
import { unlimited, type Limiter, type LimiterSettings } from './limiter.ts';

/** Counts in the memory of this process. */
export function createMemoryLimiter(settings: LimiterSettings): Limiter {
  return settings.points === 0 ? unlimited : limiterOf(new RateLimiterMemory(libraryOptions(settings)));
}

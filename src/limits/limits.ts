import type { Pool } from 'pg';
import type { Redis } from 'ioredis';
import type { RateConfig } from '../base/rate-config.ts';
import type { Limiter, LimiterSettings } from './limiter.ts';
import { createMemoryLimiter } from './memory-limiter.ts';
import { createPostgresLimiter } from './postgres-limiter.ts';
import { createRedisLimiter } from './redis-limiter.ts';

/** The limits that services count against. */
export interface Limits {
  readonly loginsPerAccount: Limiter;
  readonly loginsPerAddress: Limiter;
  readonly registrationsPerAddress: Limiter;
  readonly refreshesPerAddress: Limiter;
  readonly checksPerUser: Limiter;
  readonly chatsPerUser: Limiter;
  readonly sharedPerAddress: Limiter;
  readonly invitationsPerUser: Limiter;
  readonly acceptancesPerUser: Limiter;
  readonly calendarReadsPerAddress: Limiter;
}

const minute = 60_000;

/**
 * The limits as they are configured.
 *
 * @param store where those are counted that all processes share
 */
export function createLimits(rates: RateConfig, store: { readonly pool: Pool; readonly redis: Redis | null }): Limits {
  const { pool, redis } = store;
  const shared = (name: string, points: number, windowMs: number): Limiter => {
    const settings: LimiterSettings = { name, points, windowMs };
    return redis === null ? createPostgresLimiter(pool, settings) : createRedisLimiter(redis, settings);
  };
  const { attemptWindowMs } = rates;
  return {
    loginsPerAccount: shared('login-account', rates.loginsPerAccount, attemptWindowMs),
    loginsPerAddress: shared('login-address', rates.loginsPerAddress, attemptWindowMs),
    registrationsPerAddress: shared('register-address', rates.registrationsPerAddress, attemptWindowMs),
    checksPerUser: shared('check-user', rates.checksPerUser, attemptWindowMs),
    chatsPerUser: shared('chat-user', rates.chatsPerMinute, minute),
    invitationsPerUser: shared('invite-user', rates.invitationsPerUser, attemptWindowMs),
    acceptancesPerUser: shared('accept-user', rates.acceptancesPerUser, attemptWindowMs),
    sharedPerAddress: createMemoryLimiter({ name: 'shared-address', points: rates.sharedPerAddress, windowMs: minute }),
    calendarReadsPerAddress: createMemoryLimiter({ name: 'calendar-address', points: rates.calendarReadsPerAddress, windowMs: minute }),
    // 256 random bits cannot be guessed: this only bounds the work, so each process counts for itself.
    refreshesPerAddress: createMemoryLimiter({ name: 'refresh-address', points: rates.refreshesPerAddress, windowMs: attemptWindowMs }),
  };
}

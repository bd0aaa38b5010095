import type { RateConfig } from '../base/rate-config.ts';
import { networkOf } from '../base/network.ts';
import type { LimitStatus } from './limiter.ts';
import { createRequestWindow } from './request-window.ts';

/** Bounds the operations of people, and of addresses where nobody is signed in. Counts in the memory of this process. */
export interface RequestLimit {
  /**
   * Counts one operation.
   *
   * @param userId null for nobody
   * @param address of the client; counts only for nobody
   * @returns 0 when it may run, else after how many milliseconds to come back
   */
  consume(userId: string | null, address: string): number;
  /** How the count stands, without counting; null where there is no limit. */
  status(userId: string | null, address: string): LimitStatus | null;
}

const windowMs = 60_000;

/**
 * The limit as it is configured.
 *
 * @param now milliseconds of a steady clock
 */
export function createRequestLimit(rates: Pick<RateConfig, 'requestsPerMinute' | 'anonymousRequestsPerMinute'>, now: () => number): RequestLimit {
  const windowOf = (limit: number) => (limit === 0 ? null : createRequestWindow({ limit, windowMs, now }));
  const people = windowOf(rates.requestsPerMinute);
  const addresses = windowOf(rates.anonymousRequestsPerMinute);
  return {
    consume(userId, address) {
      if (userId !== null) return people === null ? 0 : people.consume(userId);
      return addresses === null ? 0 : addresses.consume(networkOf(address));
    },
    status: (userId, address) => (userId === null ? addresses?.status(networkOf(address)) : people?.status(userId)) ?? null,
  };
}

import { z } from 'zod';
import { later } from '../../base/clock.ts';

const longestMinutes = 43_200;

/** For how many minutes a new conversation is to last. */
export const lifetimeMinutes = z
  .number()
  .int('must be a whole number of minutes')
  .min(1, 'is at least 1 minute')
  .max(longestMinutes, `is at most ${longestMinutes} minutes, which are 30 days`);

/** When a conversation that is made now is over; null for one that stays. */
export function expiryOf(now: Date, minutes: number | null | undefined): Date | null {
  return minutes == null ? null : later(now, minutes * 60_000);
}

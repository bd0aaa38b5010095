import { AppError } from '../base/errors.ts';
import type { Consumption } from '../limits/limiter.ts';

/**
 * Goes on only where a limit allows it.
 *
 * @param consumption what the limiter said
 * @param what is limited, as the beginning of a sentence, for example `Too many messages in a minute`
 * @throws AppError RATE_LIMITED, which says how long to wait
 */
export function requireAllowance(consumption: Consumption, what: string): void {
  if (consumption.isAllowed) return;
  const { retryAfterMs } = consumption;
  throw new AppError('RATE_LIMITED', `${what}; try again in ${Math.ceil(retryAfterMs / 1_000)} seconds.`, { retryAfterMs });
}

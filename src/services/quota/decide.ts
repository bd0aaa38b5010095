import { AppError, type QuotaFacts } from '../../base/errors.ts';
import { quotaPeriods, type PeriodLimits } from '../../base/quota-config.ts';
import type { Amounts, Standing } from './amounts.ts';
import { periodsOf } from './periods.ts';

/** A quota that does not allow something. */
export interface Refusal {
  readonly facts: QuotaFacts;
  /** After how long another attempt makes sense; null where it needs more than a whole period allows. */
  readonly retryAfterMs: number | null;
  readonly message: string;
}

/** Clients get waits as integers of 32 bits: about 25 days. */
const longestWaitMs = 2 ** 31 - 1;
/** When only what is under way stands in the way, its end may be near. */
const reservedWaitMs = 2_000;

const metrics = [
  { key: 'tokens', metric: 'TOKENS', unit: 'tokens' },
  { key: 'costMicros', metric: 'COST', unit: 'millionths of a US dollar' },
  { key: 'messages', metric: 'MESSAGES', unit: 'messages' },
] as const;

const words = { DAY: 'a day', MONTH: 'a month' } as const;

/** @param resetsAt null where it will not fit then either */
function remedyOf(limit: bigint, resetsAt: Date | null): string {
  if (limit === 0n) return 'An administrator can raise it.';
  return resetsAt === null
    ? 'Ask for less: shorten what you send or lower "maxTokens"; an administrator can raise it.'
    : `It starts anew at ${resetsAt.toISOString()}; an administrator can raise it.`;
}

/**
 * Whether something fits into a quota.
 *
 * @param needed what is 0 is not looked at
 * @returns null when it fits; else that limit of the exceeded ones for which one waits longest
 */
export function refusalOf(scope: QuotaFacts['scope'], limits: PeriodLimits, { used, reserved }: Standing, needed: Amounts, now: Date): Refusal | null {
  const periods = periodsOf(now);
  for (const period of quotaPeriods.toReversed()) {
    for (const { key, metric, unit } of metrics) {
      const limit = limits[period][key];
      const [have, kept, need] = [used[period][key], reserved[key], needed[key]];
      if (limit === null || need === 0n || have + kept + need <= limit) continue;
      const isOfPerson = scope === 'USER';
      const resetsAt = periods[period].resetsAt;
      const number = (value: bigint): number | null => (isOfPerson ? Number(value) : null);
      const facts: QuotaFacts = {
        scope,
        period,
        metric,
        limit: number(limit),
        used: number(have),
        reserved: number(kept),
        needed: Number(need),
        resetsAt: resetsAt.toISOString(),
      };
      const isEver = need <= limit;
      const waitMs = have + need <= limit ? reservedWaitMs : Math.min(longestWaitMs, resetsAt.getTime() - now.getTime());
      const [whose, numbers] = isOfPerson
        ? [`Your quota of ${limit} ${unit} ${words[period]}`, ` ${have} are used, ${kept} are kept free for what is under way, and this needs about ${need}.`]
        : [`The quota of this installation, in ${unit} ${words[period]},`, ` This needs about ${need}.`];
      const remedy = remedyOf(limit, isEver ? resetsAt : null);
      return { facts, retryAfterMs: isEver ? waitMs : null, message: `${whose} does not allow this now.${numbers} ${remedy}` };
    }
  }
  return null;
}

/** A refusal as an error. */
export function quotaExceeded({ facts, retryAfterMs, message }: Refusal): AppError {
  return new AppError('QUOTA_EXCEEDED', message, { quota: facts, retryAfterMs: retryAfterMs ?? undefined });
}

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

/** Whose quota it is. */
export type QuotaHolder =
  | { readonly scope: 'USER' | 'INSTALLATION' }
  | {
      readonly scope: 'WORKSPACE' | 'WORKSPACE_MEMBER';
      /** Of the workspace. */
      readonly name: string;
      /** Whether whoever asks may see the numbers of all of its members together. */
      readonly isOwner: boolean;
    };

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
function remedyOf(holder: QuotaHolder, limit: bigint, resetsAt: Date | null): string {
  const who = 'name' in holder ? 'n OWNER of the workspace' : 'n administrator';
  if (limit === 0n) return `A${who} can raise it.`;
  return resetsAt === null
    ? `Ask for less: shorten what you send or lower "maxTokens"; a${who} can raise it.`
    : `It starts anew at ${resetsAt.toISOString()}; a${who} can raise it.`;
}

/** Whether the numbers are for whoever asks. */
function isTold(holder: QuotaHolder): boolean {
  return holder.scope === 'USER' || holder.scope === 'WORKSPACE_MEMBER' || ('isOwner' in holder && holder.isOwner);
}

/** The quota at the beginning of a sentence. @param limit null where it is not told */
function subjectOf(holder: QuotaHolder, limit: bigint | null, unit: string, period: string): string {
  const what = limit === null ? `, in ${unit} ${period},` : ` of ${limit} ${unit} ${period}`;
  switch (holder.scope) {
    case 'USER':
      return `Your quota${what}`;
    case 'INSTALLATION':
      return `The quota of this installation${what}`;
    case 'WORKSPACE_MEMBER':
      return `Your quota${what} in the workspace "${holder.name}"`;
    case 'WORKSPACE':
      return `The quota of the workspace "${holder.name}"${what}`;
    default:
      return holder satisfies never;
  }
}

/**
 * Whether something fits into a quota.
 *
 * @param needed what is 0 is not looked at
 * @returns null when it fits; else that limit of the exceeded ones for which one waits longest
 */
export function refusalOf(holder: QuotaHolder, limits: PeriodLimits, { used, reserved }: Standing, needed: Amounts, now: Date): Refusal | null {
  const periods = periodsOf(now);
  for (const period of quotaPeriods.toReversed()) {
    for (const { key, metric, unit } of metrics) {
      const limit = limits[period][key];
      const [have, kept, need] = [used[period][key], reserved[key], needed[key]];
      if (limit === null || need === 0n || have + kept + need <= limit) continue;
      const hasNumbers = isTold(holder);
      const resetsAt = periods[period].resetsAt;
      const number = (value: bigint): number | null => (hasNumbers ? Number(value) : null);
      const facts: QuotaFacts = {
        scope: holder.scope,
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
      const subject = subjectOf(holder, hasNumbers ? limit : null, unit, words[period]);
      const numbers = hasNumbers ? ` ${have} are used, ${kept} are kept free for what is under way, and this needs` : ' This needs';
      const remedy = remedyOf(holder, limit, isEver ? resetsAt : null);
      return { facts, retryAfterMs: isEver ? waitMs : null, message: `${subject} does not allow this now.${numbers} about ${need}. ${remedy}` };
    }
  }
  return null;
}

/** A refusal as an error. */
export function quotaExceeded({ facts, retryAfterMs, message }: Refusal): AppError {
  return new AppError('QUOTA_EXCEEDED', message, { quota: facts, retryAfterMs: retryAfterMs ?? undefined });
}

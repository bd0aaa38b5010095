import { z } from 'zod';

/** Over which time a quota counts: days and months in UTC. */
export const quotaPeriods = ['DAY', 'MONTH'] as const;

/** One of `quotaPeriods`. */
export type QuotaPeriod = (typeof quotaPeriods)[number];

/** How much may be used in a period; null sets no limit, 0 allows nothing. */
export interface QuotaLimits {
  /** Read and written together. */
  readonly tokens: bigint | null;
  /** Millionths of a US dollar. */
  readonly costMicros: bigint | null;
  /** What starts an answer: messages, edits, other answers, analyses. */
  readonly messages: bigint | null;
}

/** The limits of each period. */
export type PeriodLimits = Readonly<Record<QuotaPeriod, QuotaLimits>>;

/** How much may be used where no administrator has said otherwise. */
export interface QuotaConfig {
  /** Of each person. */
  readonly user: PeriodLimits;
  /** Of all together. */
  readonly installation: PeriodLimits;
}

/** The most that a quota can be. */
export const largestQuota = 1_000_000_000_000_000;

const amount = z.coerce
  .number({ error: 'must be a whole number, or empty for no limit' })
  .int('must be a whole number, or empty for no limit')
  .min(0, 'must be 0 or more, or empty for no limit')
  .max(largestQuota, `must be at most ${largestQuota}`)
  .optional();

/** The variables of quotas. */
export const quotaVariables = {
  QUOTA_USER_TOKENS_PER_DAY: amount,
  QUOTA_USER_TOKENS_PER_MONTH: amount,
  QUOTA_USER_COST_MICROS_PER_DAY: amount,
  QUOTA_USER_COST_MICROS_PER_MONTH: amount,
  QUOTA_USER_MESSAGES_PER_DAY: amount,
  QUOTA_USER_MESSAGES_PER_MONTH: amount,
  QUOTA_INSTALLATION_TOKENS_PER_DAY: amount,
  QUOTA_INSTALLATION_TOKENS_PER_MONTH: amount,
  QUOTA_INSTALLATION_COST_MICROS_PER_DAY: amount,
  QUOTA_INSTALLATION_COST_MICROS_PER_MONTH: amount,
  QUOTA_INSTALLATION_MESSAGES_PER_DAY: amount,
  QUOTA_INSTALLATION_MESSAGES_PER_MONTH: amount,
};

const variables = z.object(quotaVariables);
type Values = z.infer<typeof variables>;

const limitOf = (value: number | undefined): bigint | null => (value === undefined ? null : BigInt(value));

const limitsOf = (values: Values, whose: 'USER' | 'INSTALLATION', period: QuotaPeriod): QuotaLimits => ({
  tokens: limitOf(values[`QUOTA_${whose}_TOKENS_PER_${period}`]),
  costMicros: limitOf(values[`QUOTA_${whose}_COST_MICROS_PER_${period}`]),
  messages: limitOf(values[`QUOTA_${whose}_MESSAGES_PER_${period}`]),
});

/** The variables in the product's words. */
export function shapeQuotas(values: Values): QuotaConfig {
  const both = (whose: 'USER' | 'INSTALLATION'): PeriodLimits => ({ DAY: limitsOf(values, whose, 'DAY'), MONTH: limitsOf(values, whose, 'MONTH') });
  return { user: both('USER'), installation: both('INSTALLATION') };
}

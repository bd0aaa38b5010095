import type { QuotaPeriod } from '../../base/quota-config.ts';

/** Tokens, millionths of a US dollar, and messages. */
export interface Amounts {
  readonly tokens: bigint;
  readonly costMicros: bigint;
  readonly messages: bigint;
}

/** None of anything. */
export const nothing: Amounts = { tokens: 0n, costMicros: 0n, messages: 0n };

/** How somebody, or all together, stand. */
export interface Standing {
  readonly used: Readonly<Record<QuotaPeriod, Amounts>>;
  /** Kept free for what is under way, whenever it began. */
  readonly reserved: Amounts;
}

import type { QuotaPeriod } from '../../base/quota-config.ts';

/** A period of a quota. */
export interface PeriodBounds {
  readonly startsAt: Date;
  /** The first moment of the next one. */
  readonly resetsAt: Date;
}

/** The periods that a moment lies in, in UTC. */
export type Periods = Readonly<Record<QuotaPeriod, PeriodBounds>>;

/** The day and the month of a moment. */
export function periodsOf(moment: Date): Periods {
  const [year, month, day] = [moment.getUTCFullYear(), moment.getUTCMonth(), moment.getUTCDate()];
  const at = (...parts: readonly [number, number, number]): Date => new Date(Date.UTC(...parts));
  return {
    DAY: { startsAt: at(year, month, day), resetsAt: at(year, month, day + 1) },
    MONTH: { startsAt: at(year, month, 1), resetsAt: at(year, month + 1, 1) },
  };
}

/** The calendar day of a moment in UTC, for example `2026-11-20`. */
export function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

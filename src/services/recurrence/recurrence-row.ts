import type { Prisma } from '../../../prisma/generated/client.ts';
import type { Priority } from '../goal/goal-row.ts';
import { dateSql, type CalendarDate } from '../planner/calendar.ts';
import { parseRule, type Rule, type RuleMode } from './rule.ts';

/** What the items of a series are made of. */
export interface RecurrenceTemplate {
  readonly title: string;
  readonly notes: string | null;
  readonly goalId: string | null;
  readonly priority: Priority;
  readonly estimateMinutes: number | null;
  /** As `09:30`, on the person's clock. */
  readonly startTime: string | null;
}

/** A series: a rule that makes items, and what they are made of. */
export interface RecurrenceRow extends RecurrenceTemplate {
  readonly id: string;
  /** As `formatRule` writes it. */
  readonly rule: string;
  readonly mode: RuleMode;
  /** The day of the first item, from which its intervals and its count count. */
  readonly startDate: CalendarDate;
  /** Days on which it makes none. */
  readonly excludedDates: readonly CalendarDate[];
  /** Up to which day its items were made. */
  readonly madeThrough: CalendarDate;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The columns of `RecurrenceRow`, of `recurrences r`. */
export const recurrenceColumns = `r.id, r.rule, r.mode, ${dateSql('r.start_date')} AS "startDate",
  ARRAY(SELECT ${dateSql('excluded')} FROM unnest(r.excluded_dates) AS excluded) AS "excludedDates",
  coalesce(${dateSql('r.made_through')}, ${dateSql('r.start_date')}) AS "madeThrough", r.title, r.notes, r.goal_id AS "goalId", r.priority,
  r.estimate_minutes AS "estimateMinutes", r.start_time AS "startTime", r.created_at AS "createdAt", r.updated_at AS "updatedAt"`;

/** Some series of a person as a transaction sees them; those that there are not are left out. */
export async function readRecurrences(transaction: Prisma.TransactionClient, userId: string, ids: readonly string[]): Promise<readonly RecurrenceRow[]> {
  const text = `SELECT ${recurrenceColumns} FROM recurrences r WHERE r.id = ANY($1::uuid[]) AND r.owner_id = $2::uuid ORDER BY r.id`;
  return transaction.$queryRawUnsafe<RecurrenceRow[]>(text, ids, userId);
}

/** The rule of a series. */
export function ruleOf({ rule, mode }: Pick<RecurrenceRow, 'rule' | 'mode'>): Rule {
  return parseRule(rule, mode, ['rule']);
}

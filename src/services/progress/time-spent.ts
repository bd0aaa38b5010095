import type { Statements } from '../../stores/statements.ts';
import { badInput } from '../../base/errors.ts';
import { addDays, dateSql, daysBetween, startOfDay, type CalendarDate } from '../planner/calendar.ts';
import type { Planner } from '../planner/planner-row.ts';

/** By what time is put together. */
export type TimeGroup = 'DAY' | 'WEEK' | 'GOAL';

/** Which time to tell of; the four weeks up to today where nothing is said. */
export interface TimeQuery {
  readonly groupBy: TimeGroup;
  readonly from?: CalendarDate | null | undefined;
  /** Included. */
  readonly to?: CalendarDate | null | undefined;
}

/** The time of one day, one week or one goal. */
export interface TimeRow {
  /** The day, or the first one of the week; null by goal. */
  readonly date: CalendarDate | null;
  /** Null by day and week, and for items without a goal. */
  readonly goalId: string | null;
  readonly minutes: number;
  /** What the same items were thought to take. */
  readonly estimatedMinutes: number;
  /** How many items the minutes were written to. */
  readonly itemCount: number;
}

/** What the time of a range was spent on. */
export interface TimeReport {
  readonly from: CalendarDate;
  readonly to: CalendarDate;
  readonly groupBy: TimeGroup;
  readonly rows: readonly TimeRow[];
  readonly minutes: number;
}

const defaultDays = 28;
const longestDays = 731;
const mostRows = 1_000;

const keys: Readonly<Record<TimeGroup, { readonly date: string; readonly goal: string; readonly order: string }>> = {
  DAY: { date: 'day', goal: 'NULL::uuid', order: '1' },
  WEEK: { date: '(day - (extract(isodow FROM day)::int - $5::int + 7) % 7)', goal: 'NULL::uuid', order: '1' },
  GOAL: { date: 'NULL::date', goal: 'goal_id', order: 'minutes DESC, 2' },
};

// The moments at which the days begin come from our calendar, so that the time zones of the database do not matter.
const statementOf = (groupBy: TimeGroup): string => `
  WITH spent AS (
    SELECT i.goal_id, i.actual_minutes, i.estimate_minutes, coalesce(d.date, CASE
      WHEN i.completed_at >= ($4::timestamptz[])[1] THEN $2::date + width_bucket(i.completed_at, $4::timestamptz[]) - 1
      WHEN i.completed_at IS NULL THEN w.week_start END) AS day
    FROM plan_items i LEFT JOIN daily_plans d ON d.id = i.daily_plan_id LEFT JOIN weekly_plans w ON w.id = i.weekly_plan_id
    WHERE i.owner_id = $1::uuid AND i.actual_minutes > 0
  )
  SELECT ${dateSql(keys[groupBy].date)} AS date, ${keys[groupBy].goal} AS "goalId", sum(actual_minutes)::int AS minutes,
    coalesce(sum(estimate_minutes), 0)::int AS "estimatedMinutes", count(*)::int AS "itemCount"
  FROM spent WHERE day BETWEEN $2::date AND $3::date GROUP BY 1, 2 ORDER BY ${keys[groupBy].order} LIMIT ${mostRows + 1}`;

const texts = { DAY: statementOf('DAY'), WEEK: statementOf('WEEK'), GOAL: statementOf('GOAL') } as const;

/**
 * What a person's time was spent on: the actual minutes of items, on the day that they stand on; of items without a day on the day on which they
 * were done, or else on the first day of their week.
 *
 * @throws AppError BAD_USER_INPUT for a range that is empty, too long, or has too many rows
 */
export async function readTimeSpent(statements: Statements, planner: Planner, { groupBy, from, to }: TimeQuery): Promise<TimeReport> {
  const last = to ?? planner.today;
  const first = from ?? addDays(last, 1 - defaultDays);
  const days = daysBetween(first, last) + 1;
  if (days < 1) throw badInput(['to'], `"to" is ${last}, before "from", which is ${first}.`);
  if (days > longestDays) throw badInput(['from'], `The range has ${days} days; at most ${longestDays} days are told of at once.`);
  const beginnings = Array.from({ length: days + 1 }, (_, index) => startOfDay(addDays(first, index), planner.timeZone));
  const values = [planner.userId, first, last, beginnings, ...(groupBy === 'WEEK' ? [planner.firstDayOfWeek] : [])];
  const { rows } = await statements.query<TimeRow>(texts[groupBy], values);
  if (rows.length > mostRows) throw badInput(['groupBy'], `There are more than ${mostRows} goals in that range; choose a shorter one.`);
  return { from: first, to: last, groupBy, rows, minutes: rows.reduce((sum, row) => sum + row.minutes, 0) };
}

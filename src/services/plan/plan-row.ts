import { calendarDate, dateSql, type CalendarDate } from '../planner/calendar.ts';

/** How far a plan is. */
export const planStatuses = ['DRAFT', 'ACTIVE', 'COMPLETED'] as const;

/** One of `planStatuses`. */
export type PlanStatus = (typeof planStatuses)[number];

/** What plans of both kinds have. */
interface PlanRow {
  readonly id: string;
  readonly summary: string | null;
  readonly status: PlanStatus;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The plan of a week. */
export interface WeeklyPlanRow extends PlanRow {
  /** Its first day. */
  readonly weekStart: CalendarDate;
  readonly focusAreas: readonly string[];
}

/** The plan of a day. */
export interface DailyPlanRow extends PlanRow {
  readonly date: CalendarDate;
  readonly weeklyPlanId: string | null;
}

/** The columns of `WeeklyPlanRow`, of `weekly_plans w`. */
export const weeklyPlanColumns = `w.id, ${dateSql('w.week_start')} AS "weekStart", w.summary, w.focus_areas AS "focusAreas", w.status, w.version,
  w.created_at AS "createdAt", w.updated_at AS "updatedAt"`;

/** The columns of `DailyPlanRow`, of `daily_plans d`. */
export const dailyPlanColumns = `d.id, ${dateSql('d.date')} AS date, d.weekly_plan_id AS "weeklyPlanId", d.summary, d.status, d.version,
  d.created_at AS "createdAt", d.updated_at AS "updatedAt"`;

/** The plan of the week that a day lies in: of those that hold it the latest, should weeks have begun on another day once. */
export const holdsDay = (date: string): string => `w.week_start BETWEEN ${date}::date - 6 AND ${date}::date ORDER BY w.week_start DESC LIMIT 1`;

/** A weekly plan from how Prisma reads it. */
export function weeklyPlanOf(stored: Omit<WeeklyPlanRow, 'weekStart'> & { readonly weekStart: Date }): WeeklyPlanRow {
  const { id, weekStart, summary, focusAreas, status, version, createdAt, updatedAt } = stored;
  return { id, weekStart: calendarDate(weekStart), summary, focusAreas, status, version, createdAt, updatedAt };
}

/** A daily plan from how Prisma reads it. */
export function dailyPlanOf(stored: Omit<DailyPlanRow, 'date'> & { readonly date: Date }): DailyPlanRow {
  const { id, date, weeklyPlanId, summary, status, version, createdAt, updatedAt } = stored;
  return { id, date: calendarDate(date), weeklyPlanId, summary, status, version, createdAt, updatedAt };
}

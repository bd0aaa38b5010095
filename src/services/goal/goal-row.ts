import { calendarDate, dateSql, type CalendarDate } from '../planner/calendar.ts';

/** How far away a goal is. */
export const goalHorizons = ['SHORT', 'MEDIUM', 'LONG'] as const;
/** What has become of a goal. */
export const goalStatuses = ['ACTIVE', 'COMPLETED', 'PAUSED', 'CANCELLED'] as const;
/** How much goals and items matter, in rising order. */
export const priorities = ['LOW', 'MEDIUM', 'HIGH', 'URGENT'] as const;

/** One of `goalHorizons`. */
export type GoalHorizon = (typeof goalHorizons)[number];
/** One of `goalStatuses`. */
export type GoalStatus = (typeof goalStatuses)[number];
/** One of `priorities`. */
export type Priority = (typeof priorities)[number];

/** What somebody wants to reach. */
export interface GoalRow {
  readonly id: string;
  readonly parentId: string | null;
  readonly title: string;
  readonly description: string | null;
  readonly horizon: GoalHorizon;
  readonly status: GoalStatus;
  readonly priority: Priority;
  readonly targetDate: CalendarDate | null;
  readonly completedAt: Date | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The columns of `GoalRow`, of `goals g`. */
export const goalColumns = `g.id, g.parent_id AS "parentId", g.title, g.description, g.horizon, g.status, g.priority, ${dateSql('g.target_date')} AS "targetDate",
  g.completed_at AS "completedAt", g.version, g.created_at AS "createdAt", g.updated_at AS "updatedAt"`;

/** A goal from how Prisma reads it. */
export function goalOf(stored: Omit<GoalRow, 'targetDate'> & { readonly targetDate: Date | null }): GoalRow {
  const { id, parentId, title, description, horizon, status, priority, targetDate, completedAt, version, createdAt, updatedAt } = stored;
  const date = targetDate === null ? null : calendarDate(targetDate);
  return { id, parentId, title, description, horizon, status, priority, targetDate: date, completedAt, version, createdAt, updatedAt };
}

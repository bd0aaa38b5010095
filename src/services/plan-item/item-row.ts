import type { Prisma } from '../../../prisma/generated/client.ts';
import { dateSql, type CalendarDate } from '../planner/calendar.ts';
import type { Priority } from '../goal/goal-row.ts';

/** How far an item is. */
export const itemStatuses = ['TODO', 'IN_PROGRESS', 'DONE', 'SKIPPED'] as const;

/** One of `itemStatuses`. */
export type ItemStatus = (typeof itemStatuses)[number];

/** Something to do. */
export interface PlanItemRow {
  readonly id: string;
  /** At most one of the two plans. */
  readonly dailyPlanId: string | null;
  readonly weeklyPlanId: string | null;
  /** The day of its daily plan. */
  readonly date: CalendarDate | null;
  /** The first day of the week of its weekly plan. */
  readonly weekStart: CalendarDate | null;
  readonly goalId: string | null;
  readonly title: string;
  readonly notes: string | null;
  readonly status: ItemStatus;
  readonly priority: Priority;
  readonly position: string;
  readonly estimateMinutes: number | null;
  readonly actualMinutes: number | null;
  /** As `09:30`, on the person's clock. */
  readonly startTime: string | null;
  readonly recurrenceId: string | null;
  readonly occurrenceDate: CalendarDate | null;
  readonly carriedCount: number;
  readonly originDate: CalendarDate | null;
  readonly originItemId: string | null;
  readonly completedAt: Date | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The columns of `PlanItemRow`, of `planItemSource`. */
export const planItemColumns = `i.id, i.daily_plan_id AS "dailyPlanId", i.weekly_plan_id AS "weeklyPlanId", ${dateSql('d.date')} AS date,
  ${dateSql('w.week_start')} AS "weekStart", i.goal_id AS "goalId", i.title, i.notes, i.status, i.priority, i.position,
  i.estimate_minutes AS "estimateMinutes", i.actual_minutes AS "actualMinutes", i.start_time AS "startTime", i.recurrence_id AS "recurrenceId",
  ${dateSql('i.occurrence_date')} AS "occurrenceDate", i.carried_count AS "carriedCount", ${dateSql('i.origin_date')} AS "originDate",
  i.origin_item_id AS "originItemId", i.completed_at AS "completedAt", i.version, i.created_at AS "createdAt", i.updated_at AS "updatedAt"`;

/** Items with the plans that they stand in. */
export const planItemSource = 'plan_items i LEFT JOIN daily_plans d ON d.id = i.daily_plan_id LEFT JOIN weekly_plans w ON w.id = i.weekly_plan_id';

/** Some items of a person as a transaction sees them, in the order of their ids in the list; those that there are not are left out. */
export async function readItems(transaction: Prisma.TransactionClient, userId: string, ids: readonly string[]): Promise<readonly PlanItemRow[]> {
  const text = `SELECT ${planItemColumns} FROM ${planItemSource} WHERE i.id = ANY($1::uuid[]) AND i.owner_id = $2::uuid ORDER BY array_position($1::uuid[], i.id)`;
  return transaction.$queryRawUnsafe<PlanItemRow[]>(text, ids, userId);
}

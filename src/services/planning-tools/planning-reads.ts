import type { Pool } from 'pg';
import type { Page, SortedPlace } from '../../base/page.ts';
import { goalListStatement, type GoalFilter } from '../goal/goal-list.ts';
import { goalColumns, type GoalRow } from '../goal/goal-row.ts';
import { planItemListStatement, type PlanItemFilter, type PlanItemOrder } from '../plan-item/item-list.ts';
import { planItemColumns, planItemSource, type PlanItemRow } from '../plan-item/item-row.ts';
import { dailyPlanColumns, holdsDay, weeklyPlanColumns, type DailyPlanRow, type WeeklyPlanRow } from '../plan/plan-row.ts';
import { addDays, type CalendarDate } from '../planner/calendar.ts';
import type { Planner } from '../planner/planner-row.ts';

/** A week with what is planned for it. */
export interface ReadWeek {
  readonly weekStart: CalendarDate;
  readonly plan: WeeklyPlanRow | null;
  readonly dailyPlans: readonly DailyPlanRow[];
  /** Of its days and of the week itself, by day and then in their order. */
  readonly items: readonly PlanItemRow[];
}

/** What assistants read of somebody's planning; each asks for the planner of the person whose run it is. */
export type PlanningReads = ReturnType<typeof createPlanningReads>;

const mostItemsOfWeek = 500;

const pageOf = (limit: number): Page<SortedPlace> => ({ after: null, before: null, limit, isReversed: false });

/** Creates them. */
export function createPlanningReads(pool: Pool) {
  return {
    /** Goals, those that matter most first. */
    goals: async ({ userId }: Planner, filter: GoalFilter, limit: number): Promise<readonly GoalRow[]> =>
      (await pool.query<GoalRow>(goalListStatement(userId, filter, { field: 'PRIORITY', direction: 'DESC' }, pageOf(limit)))).rows,

    /** Some goals by their ids. */
    goalsByIds: async ({ userId }: Planner, ids: readonly string[]): Promise<readonly GoalRow[]> =>
      (await pool.query<GoalRow>(`SELECT ${goalColumns} FROM goals g WHERE g.id = ANY($1::uuid[]) AND g.owner_id = $2::uuid ORDER BY g.id`, [ids, userId]))
        .rows,

    /** Items in an order. */
    items: async (planner: Planner, filter: PlanItemFilter, order: PlanItemOrder, limit: number): Promise<readonly PlanItemRow[]> =>
      (await pool.query<PlanItemRow>(planItemListStatement(planner, filter, order, pageOf(limit)))).rows,

    /** The week that a day lies in. */
    week: async (planner: Planner, date: CalendarDate): Promise<ReadWeek> => {
      const { userId } = planner;
      const { rows: plans } = await pool.query<WeeklyPlanRow>(
        `SELECT ${weeklyPlanColumns} FROM weekly_plans w WHERE w.owner_id = $1::uuid AND ${holdsDay('$2')}`,
        [userId, date],
      );
      const plan = plans[0] ?? null;
      const weekStart = plan?.weekStart ?? planner.weekStartOf(date);
      const [dailyPlans, items] = await Promise.all([
        pool.query<DailyPlanRow>(
          `SELECT ${dailyPlanColumns} FROM daily_plans d WHERE d.owner_id = $1::uuid AND d.date BETWEEN $2::date AND $3::date ORDER BY d.date`,
          [userId, weekStart, addDays(weekStart, 6)],
        ),
        pool.query<PlanItemRow>(
          `SELECT ${planItemColumns} FROM ${planItemSource}
           WHERE i.owner_id = $1::uuid AND (d.date BETWEEN $2::date AND $3::date OR w.id = $4::uuid)
           ORDER BY d.date NULLS LAST, i.position, i.id LIMIT ${mostItemsOfWeek}`,
          [userId, weekStart, addDays(weekStart, 6), plan?.id ?? null],
        ),
      ]);
      return { weekStart, plan, dailyPlans: dailyPlans.rows, items: items.rows };
    },

    /** The day of a daily plan, or a day of a weekly plan; null for a plan that is not the person's. */
    dayOfPlan: async ({ userId }: Planner, kind: 'WeeklyPlan' | 'DailyPlan', id: string): Promise<CalendarDate | null> => {
      const text =
        kind === 'DailyPlan'
          ? `SELECT ${dailyPlanColumns} FROM daily_plans d WHERE d.id = $1::uuid AND d.owner_id = $2::uuid`
          : `SELECT ${weeklyPlanColumns} FROM weekly_plans w WHERE w.id = $1::uuid AND w.owner_id = $2::uuid`;
      const { rows } = await pool.query<{ readonly date?: string; readonly weekStart?: string }>(text, [id, userId]);
      return rows[0]?.date ?? rows[0]?.weekStart ?? null;
    },

    /** What the person wrote about weeks and days that are over, the latest first. */
    reviews: async (
      { userId, today }: Planner,
      weeksBefore: CalendarDate,
      limit: number,
    ): Promise<readonly { readonly about: string; readonly date: CalendarDate; readonly summary: string }[]> =>
      (
        await pool.query<{ about: string; date: CalendarDate; summary: string }>(
          `SELECT * FROM (
             SELECT 'week' AS about, to_char(w.week_start, 'YYYY-MM-DD') AS date, w.summary FROM weekly_plans w
               WHERE w.owner_id = $1::uuid AND w.week_start < $3::date AND w.summary IS NOT NULL
             UNION ALL SELECT 'day', to_char(d.date, 'YYYY-MM-DD'), d.summary FROM daily_plans d
               WHERE d.owner_id = $1::uuid AND d.date < $2::date AND d.summary IS NOT NULL
           ) AS r ORDER BY date DESC, about DESC LIMIT $4`,
          [userId, today, weeksBefore, limit],
        )
      ).rows,
  };
}

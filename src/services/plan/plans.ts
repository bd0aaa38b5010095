import type { Pool, QueryResultRow } from 'pg';
import type { Prisma } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { badInput, notFound } from '../../base/errors.ts';
import { sortedCursors, type Page, type SortedPlace } from '../../base/page.ts';
import type { Statements } from '../../stores/statements.ts';
import type { Planners } from '../planner/planners.ts';
import type { PlannerLock } from '../planner/with-planner.ts';
import { dateKey, sortedSql, type SortDirection, type Sorted } from '../sorted-list.ts';
import { parseDay, type DailyPlanInput, type WeeklyPlanInput } from './plan-input.ts';
import { dailyPlanColumns, holdsDay, weeklyPlanColumns, type DailyPlanRow, type PlanStatus, type WeeklyPlanRow } from './plan-row.ts';
import {
  deleteDailyPlanIn,
  deleteWeeklyPlanIn,
  saveDailyPlanIn,
  saveWeeklyPlanIn,
  updateDailyPlanIn,
  updateWeeklyPlanIn,
  type DeletedPlan,
} from './write-plans.ts';

/** The weeks and days of people. A plan is one person's alone, and there is one for each week and day. */
export type Plans = ReturnType<typeof createPlans>;

/** What the service needs. */
export interface PlanDependencies {
  readonly pool: Pool;
  readonly statements: Statements;
  readonly planners: Pick<Planners, 'read'>;
  readonly withPlanner: PlannerLock['withPlanner'];
}

/** Which plans to list; what is absent or null does not matter. */
export interface PlanFilter {
  /** Those of this day or later ones, a week when it ends on it or later. */
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
  readonly status?: readonly PlanStatus[] | null | undefined;
}

/** The kinds of plans as the database has them. */
const kinds = {
  WeeklyPlan: { columns: weeklyPlanColumns, source: 'weekly_plans w', alias: 'w', day: 'w.week_start', length: 6 },
  DailyPlan: { columns: dailyPlanColumns, source: 'daily_plans d', alias: 'd', day: 'd.date', length: 0 },
} as const;

/** The cursors of lists of plans. */
export const planCursors = (kind: keyof typeof kinds, direction: SortDirection) => sortedCursors(`${kind} ${direction}`, dateKey(kinds[kind].day, false).shape);

/** The conversations about a plan, which must be locked before anything of its owner's planning. */
const lockConversations = (column: 'weekly_plan_id' | 'daily_plan_id', id: string) => (transaction: Prisma.TransactionClient) =>
  transaction.$queryRawUnsafe(`SELECT id FROM conversations WHERE ${column} = $1::uuid ORDER BY id FOR UPDATE`, id);

/** Creates the service. */
export function createPlans({ pool, statements, planners, withPlanner }: PlanDependencies) {
  /** What both kinds have in common for reading. */
  const readerOf = <Row extends QueryResultRow & { readonly id: string }>(kind: keyof typeof kinds) => {
    const { columns, source, alias, day, length } = kinds[kind];

    const byIds = async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, Row>> => {
      const { userId } = requireViewer(viewer);
      const text = `SELECT ${columns} FROM ${source} WHERE ${alias}.id = ANY($1::uuid[]) AND ${alias}.owner_id = $2::uuid`;
      const { rows } = await statements.query<Row>(text, [ids, userId]);
      return new Map(rows.map((plan) => [plan.id, plan]));
    };

    const list = async (viewer: Viewer | null, filter: PlanFilter, direction: SortDirection, page: Page<SortedPlace>): Promise<readonly Sorted<Row>[]> => {
      const { from, to, status } = filter;
      if (from != null && to != null && to < from) throw badInput(['filter', 'to'], `"to" is ${to}, before "from", which is ${from}.`);
      const values: unknown[] = [requireViewer(viewer).userId];
      const parameter = (value: unknown): string => `$${values.push(value)}`;
      const conditions = [`${alias}.owner_id = $1::uuid`];
      if (from != null) conditions.push(`${day} >= ${parameter(from)}::date - ${length}`);
      if (to != null) conditions.push(`${day} <= ${parameter(to)}::date`);
      if (status != null) conditions.push(`${alias}.status = ANY(${parameter(status)}::"PlanStatus"[])`);
      const sorted = sortedSql(page, dateKey(day, false), direction, `${alias}.id`, parameter);
      const text = `SELECT ${columns}, ${sorted.column} FROM ${source} WHERE ${[...conditions, ...sorted.conditions].join(' AND ')} ${sorted.tail}`;
      const { rows } = await pool.query<Sorted<Row>>(text, values);
      return rows;
    };

    return {
      byIds,
      list,
      /** @throws AppError NOT_FOUND */
      require: async (viewer: Viewer | null, id: string): Promise<void> => {
        if (!(await byIds(viewer, [id])).has(id)) throw notFound(kind);
      },
      /** The plan of a day, or of the week that it lies in; today's when null. Nothing is made. */
      on: async (viewer: Viewer | null, date: string | null): Promise<Row | null> => {
        const { userId, today } = await planners.read(viewer);
        const wanted = date === null ? today : parseDay(date, ['date']);
        const text = `SELECT ${columns} FROM ${source} WHERE ${alias}.owner_id = $1::uuid AND ${length === 0 ? 'd.date = $2::date' : holdsDay('$2')}`;
        const { rows } = await statements.query<Row>(text, [userId, wanted]);
        return rows[0] ?? null;
      },
    };
  };

  const weekly = readerOf<WeeklyPlanRow>('WeeklyPlan');
  const daily = readerOf<DailyPlanRow>('DailyPlan');

  return {
    /** The plan of the week that a day lies in, of this week when null; null when nothing was written for it. Nothing is made by reading. */
    weeklyPlan: weekly.on,

    /** The plan of a day, of today when null; null when nothing was written for it. */
    dailyPlan: daily.on,

    weeklyPlansByIds: weekly.byIds,
    dailyPlansByIds: daily.byIds,
    listWeeklyPlans: weekly.list,
    listDailyPlans: daily.list,

    /** The plans of the days of some weeks, at most seven each, in their order. */
    daysOf: async (viewer: Viewer | null, weeklyPlanIds: readonly string[]): Promise<ReadonlyMap<string, readonly DailyPlanRow[]>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<DailyPlanRow>(
        `SELECT ${dailyPlanColumns} FROM daily_plans d WHERE d.weekly_plan_id = ANY($1::uuid[]) AND d.owner_id = $2::uuid ORDER BY d.date`,
        [weeklyPlanIds, userId],
      );
      return Map.groupBy(rows, (plan) => plan.weeklyPlanId ?? '');
    },

    /** Writes the plan of a week, made by that. @throws AppError BAD_USER_INPUT; CONFLICT at the limit */
    saveWeeklyPlan: (
      viewer: Viewer | null,
      { date = null, ...input }: WeeklyPlanInput & { readonly date?: string | null | undefined },
    ): Promise<WeeklyPlanRow> => withPlanner(viewer, (transaction, planner) => saveWeeklyPlanIn(transaction, planner, date, input, ['input'])),

    /** Writes the plan of a day, made by that. @throws AppError BAD_USER_INPUT; CONFLICT at the limit */
    saveDailyPlan: (viewer: Viewer | null, { date = null, ...input }: DailyPlanInput & { readonly date?: string | null | undefined }): Promise<DailyPlanRow> =>
      withPlanner(viewer, (transaction, planner) => saveDailyPlanIn(transaction, planner, date, input, ['input'])),

    /** Changes a weekly plan. @throws AppError NOT_FOUND, BAD_USER_INPUT */
    updateWeeklyPlan: (viewer: Viewer | null, { id, ...input }: WeeklyPlanInput & { readonly id: string }): Promise<WeeklyPlanRow> =>
      withPlanner(viewer, (transaction, planner) => updateWeeklyPlanIn(transaction, planner, id, input, ['input'])),

    /** Changes a daily plan. @throws AppError NOT_FOUND, BAD_USER_INPUT */
    updateDailyPlan: (viewer: Viewer | null, { id, ...input }: DailyPlanInput & { readonly id: string }): Promise<DailyPlanRow> =>
      withPlanner(viewer, (transaction, planner) => updateDailyPlanIn(transaction, planner, id, input, ['input'])),

    /** Deletes a weekly plan, and its own items or not. @throws AppError NOT_FOUND */
    deleteWeeklyPlan: async (viewer: Viewer | null, id: string, deleteItems: boolean): Promise<DeletedPlan> => {
      await weekly.require(viewer, id);
      const first = lockConversations('weekly_plan_id', id);
      return withPlanner(viewer, (transaction, planner) => deleteWeeklyPlanIn(transaction, planner, id, deleteItems), { first });
    },

    /** Deletes a daily plan, and its items or not. @throws AppError NOT_FOUND */
    deleteDailyPlan: async (viewer: Viewer | null, id: string, deleteItems: boolean): Promise<DeletedPlan> => {
      await daily.require(viewer, id);
      const first = lockConversations('daily_plan_id', id);
      return withPlanner(viewer, (transaction, planner) => deleteDailyPlanIn(transaction, planner, id, deleteItems), { first });
    },
  };
}

import type { Pool } from 'pg';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { notFound } from '../../base/errors.ts';
import type { Page, SortedPlace } from '../../base/page.ts';
import type { Statements } from '../../stores/statements.ts';
import type { Goals } from '../goal/goals.ts';
import { keysetSql } from '../keyset.ts';
import type { Planners } from '../planner/planners.ts';
import type { PlannerLock } from '../planner/with-planner.ts';
import { sortedSql, type Sorted } from '../sorted-list.ts';
import { changeItemsIn, type ChangedItems, type PlanItemChange } from './change-items.ts';
import { planItemListStatement, planItemSorts, planOrder, type PlanItemFilter, type PlanItemOrder } from './item-list.ts';
import { planItemColumns, planItemSource, type PlanItemRow } from './item-row.ts';
import type { ItemTarget, NewPlanItem } from './item-input.ts';
import { createItemIn, moveItemIn, requireItem } from './write-items.ts';
import { requireRoomForItems } from './room.ts';

/** What people have to do. An item is one person's alone. */
export type PlanItems = ReturnType<typeof createPlanItems>;

/** What the service needs. */
export interface PlanItemDependencies {
  readonly pool: Pool;
  readonly statements: Statements;
  readonly goals: Pick<Goals, 'get'>;
  readonly planners: Pick<Planners, 'read'>;
  readonly withPlanner: PlannerLock['withPlanner'];
}

/** Creates the service. */
export function createPlanItems({ pool, statements, goals, planners, withPlanner }: PlanItemDependencies) {
  const byIds = async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, PlanItemRow>> => {
    const { userId } = requireViewer(viewer);
    const { rows } = await statements.query<PlanItemRow>(
      `SELECT ${planItemColumns} FROM ${planItemSource} WHERE i.id = ANY($1::uuid[]) AND i.owner_id = $2::uuid`,
      [ids, userId],
    );
    return new Map(rows.map((item) => [item.id, item]));
  };

  /** A page of the items of each plan in one statement, in their order. */
  const ofPlans =
    (column: 'daily_plan_id' | 'weekly_plan_id') =>
    async (viewer: Viewer | null, planIds: readonly string[], page: Page<SortedPlace>): Promise<ReadonlyMap<string, readonly Sorted<PlanItemRow>[]>> => {
      const values: unknown[] = [planIds, requireViewer(viewer).userId];
      const sorted = sortedSql(page, planItemSorts[planOrder.field], planOrder.direction, 'i.id', (value) => `$${values.push(value)}`);
      const conditions = [`i.${column} = p.id`, 'i.owner_id = $2::uuid', ...sorted.conditions];
      const { rows } = await statements.query<Sorted<PlanItemRow>>(
        `SELECT found.* FROM unnest($1::uuid[]) WITH ORDINALITY AS p (id, place) CROSS JOIN LATERAL (
           SELECT ${planItemColumns}, ${sorted.column} FROM ${planItemSource} WHERE ${conditions.join(' AND ')} ${sorted.tail}
         ) AS found ORDER BY p.place`,
        values,
      );
      return Map.groupBy(rows, (item) => item.dailyPlanId ?? item.weeklyPlanId ?? '');
    };

  return {
    /** Those of some items that are the viewer's. */
    byIds,

    /** One item. @throws AppError NOT_FOUND */
    get: async (viewer: Viewer | null, id: string): Promise<PlanItemRow> => {
      const found = (await byIds(viewer, [id])).get(id);
      if (found === undefined) throw notFound('PlanItem');
      return found;
    },

    /** Those of some items that are the viewer's, in the order of the ids. */
    inOrder: async (viewer: Viewer | null, ids: readonly string[]): Promise<PlanItemRow[]> => {
      const found = await byIds(viewer, ids);
      return ids.flatMap((id) => found.get(id) ?? []);
    },

    /** The viewer's items in an order. @throws AppError NOT_FOUND for a goal that is not the viewer's; BAD_USER_INPUT */
    list: async (viewer: Viewer | null, filter: PlanItemFilter, order: PlanItemOrder, page: Page<SortedPlace>): Promise<readonly Sorted<PlanItemRow>[]> => {
      const planner = await planners.read(viewer);
      if (filter.goalId != null) await goals.get(viewer, filter.goalId);
      // Not one of a few texts: it has a place for each filter that is given.
      const { rows } = await pool.query<Sorted<PlanItemRow>>(planItemListStatement(planner, filter, order, page));
      return rows;
    },

    ofDailyPlans: ofPlans('daily_plan_id'),
    ofWeeklyPlans: ofPlans('weekly_plan_id'),

    /** A page of the items of each goal in one statement, oldest first. */
    ofGoals: async (viewer: Viewer | null, goalIds: readonly string[], page: Page): Promise<ReadonlyMap<string, readonly PlanItemRow[]>> => {
      const { userId } = requireViewer(viewer);
      const keyset = keysetSql(page, 'ASC', 'i.created_at', 'i.id', 3);
      const { rows } = await statements.query<PlanItemRow>(
        `SELECT found.* FROM unnest($1::uuid[]) WITH ORDINALITY AS g (id, place) CROSS JOIN LATERAL (
           SELECT ${planItemColumns} FROM ${planItemSource} WHERE i.goal_id = g.id AND i.owner_id = $2::uuid${keyset.where} ${keyset.limit}
         ) AS found ORDER BY g.place`,
        [goalIds, userId, ...keyset.values],
      );
      return Map.groupBy(rows, (item) => item.goalId ?? '');
    },

    /** Makes an item at the end of its plan. @throws AppError BAD_USER_INPUT; NOT_FOUND for a goal that is not the viewer's; CONFLICT at a limit */
    create: (viewer: Viewer | null, input: NewPlanItem): Promise<PlanItemRow> =>
      withPlanner(viewer, async (transaction, planner) => {
        await requireRoomForItems(transaction, planner, 1);
        return requireItem(transaction, planner, await createItemIn(transaction, planner, input, ['input']));
      }),

    /** Moves an item. @throws AppError BAD_USER_INPUT; NOT_FOUND for anything that is not the viewer's; CONFLICT for a plan that is full */
    move: (viewer: Viewer | null, { id, ...target }: ItemTarget & { readonly id: string }): Promise<PlanItemRow> =>
      withPlanner(viewer, async (transaction, planner) => requireItem(transaction, planner, await moveItemIn(transaction, planner, id, target, ['input']))),

    /** Makes many changes, all or none. @throws AppError BAD_USER_INPUT; NOT_FOUND for anything that is not the viewer's; CONFLICT at a limit */
    change: (viewer: Viewer | null, changes: readonly PlanItemChange[]): Promise<ChangedItems> =>
      withPlanner(viewer, (transaction, planner) => changeItemsIn(transaction, planner, changes, ['input', 'changes'])),
  };
}

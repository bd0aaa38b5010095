import type { Pool } from 'pg';
import type { Prisma } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { notFound } from '../../base/errors.ts';
import type { Page, SortedPlace } from '../../base/page.ts';
import type { Statements } from '../../stores/statements.ts';
import { keysetSql } from '../keyset.ts';
import type { PlannerLock } from '../planner/with-planner.ts';
import type { Sorted } from '../sorted-list.ts';
import type { GoalInput } from './goal-input.ts';
import { goalListStatement, type GoalFilter, type GoalOrder } from './goal-list.ts';
import { goalColumns, type GoalRow } from './goal-row.ts';
import { createGoalIn, deleteGoalIn, updateGoalIn, type DeletedGoal } from './write-goals.ts';

/** What people want to reach. A goal is one person's alone. */
export type Goals = ReturnType<typeof createGoals>;

/** What the service needs. */
export interface GoalDependencies {
  readonly pool: Pool;
  readonly statements: Statements;
  readonly withPlanner: PlannerLock['withPlanner'];
}

/** The conversations about a goal, which must be locked before anything of its owner's planning. */
const lockConversations = (id: string) => (transaction: Prisma.TransactionClient) =>
  transaction.$queryRaw`SELECT id FROM conversations WHERE goal_id = ${id}::uuid ORDER BY id FOR UPDATE`;

/** Creates the service. */
export function createGoals({ pool, statements, withPlanner }: GoalDependencies) {
  const byIds = async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, GoalRow>> => {
    const { userId } = requireViewer(viewer);
    const { rows } = await statements.query<GoalRow>(`SELECT ${goalColumns} FROM goals g WHERE g.id = ANY($1::uuid[]) AND g.owner_id = $2::uuid`, [
      ids,
      userId,
    ]);
    return new Map(rows.map((goal) => [goal.id, goal]));
  };

  const get = async (viewer: Viewer | null, id: string): Promise<GoalRow> => {
    const found = (await byIds(viewer, [id])).get(id);
    if (found === undefined) throw notFound('Goal');
    return found;
  };

  return {
    /** Those of some goals that are the viewer's. */
    byIds,

    /** One goal. @throws AppError NOT_FOUND */
    get,

    /** The viewer's goals in an order. @throws AppError NOT_FOUND for a parent that is not the viewer's; BAD_USER_INPUT */
    list: async (viewer: Viewer | null, filter: GoalFilter, order: GoalOrder, page: Page<SortedPlace>): Promise<readonly Sorted<GoalRow>[]> => {
      const { userId } = requireViewer(viewer);
      if (filter.parentId != null) await get(viewer, filter.parentId);
      // Not one of a few texts: it has a place for each filter that is given.
      const { rows } = await pool.query<Sorted<GoalRow>>(goalListStatement(userId, filter, order, page));
      return rows;
    },

    /** A page of the parts of each goal in one statement, oldest first. */
    childrenOf: async (viewer: Viewer | null, goalIds: readonly string[], page: Page): Promise<ReadonlyMap<string, readonly GoalRow[]>> => {
      const { userId } = requireViewer(viewer);
      const keyset = keysetSql(page, 'ASC', 'g.created_at', 'g.id', 3);
      const { rows } = await statements.query<GoalRow>(
        `SELECT found.* FROM unnest($1::uuid[]) WITH ORDINALITY AS p (id, place) CROSS JOIN LATERAL (
           SELECT ${goalColumns} FROM goals g WHERE g.parent_id = p.id AND g.owner_id = $2::uuid${keyset.where} ${keyset.limit}
         ) AS found ORDER BY p.place`,
        [goalIds, userId, ...keyset.values],
      );
      return Map.groupBy(rows, (goal) => goal.parentId ?? '');
    },

    /** Makes a goal. @throws AppError BAD_USER_INPUT; NOT_FOUND for a parent that is not the viewer's; CONFLICT at a limit */
    create: (viewer: Viewer | null, input: GoalInput): Promise<GoalRow> =>
      withPlanner(viewer, (transaction, planner) => createGoalIn(transaction, planner, input, ['input'])),

    /** Changes a goal: what is absent stays, null clears. @throws AppError BAD_USER_INPUT, NOT_FOUND, CONFLICT */
    update: (viewer: Viewer | null, { id, ...input }: GoalInput & { readonly id: string }): Promise<GoalRow> =>
      withPlanner(viewer, (transaction, planner) => updateGoalIn(transaction, planner, id, input, ['input'])),

    /** Deletes a goal; its parts and items stay. @throws AppError NOT_FOUND */
    delete: async (viewer: Viewer | null, id: string): Promise<DeletedGoal> => {
      await get(viewer, id);
      return withPlanner(viewer, (transaction, planner) => deleteGoalIn(transaction, planner, id), { first: lockConversations(id) });
    },
  };
}

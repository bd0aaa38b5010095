import type { Statements } from '../../stores/statements.ts';
import { deepestGoal } from '../goal/goal-tree.ts';
import { isHandedOnSql, tallyColumns, tallySumSql, type ItemTally } from './tally.ts';

/** How far a goal is. */
export interface GoalProgress {
  /** Its own items. */
  readonly own: ItemTally;
  /** Those of its parts, and of their parts, as well. Parts that were given up are left out with theirs. */
  readonly whole: ItemTally;
  /** The goals below it, at all levels. */
  readonly partCount: number;
  readonly completedPartCount: number;
  /** From 0 to 1; null where there is nothing to count. */
  readonly ratio: number | null;
}

interface Row extends Omit<GoalProgress, 'ratio'> {
  readonly id: string;
  /** The goals without items and parts, the root included. Each counts like one item. */
  readonly steps: number;
  readonly completedSteps: number;
}

// The walk down ends a step beyond what may be, whatever is stored.
const statement = `
  WITH RECURSIVE tree AS (
    SELECT g.id AS root, g.id, g.status, 1 AS depth FROM goals g WHERE g.id = ANY($1::uuid[]) AND g.owner_id = $2::uuid
    UNION ALL SELECT t.root, g.id, g.status, t.depth + 1 FROM goals g JOIN tree t ON g.parent_id = t.id
      WHERE t.depth <= ${deepestGoal} AND g.owner_id = $2::uuid AND g.status <> 'CANCELLED'
  ), tallied AS (
    SELECT i.goal_id, ${tallyColumns} FROM plan_items i
    WHERE i.goal_id IN (SELECT id FROM tree) AND i.owner_id = $2::uuid AND NOT ${isHandedOnSql} GROUP BY i.goal_id
  ), counted AS (
    SELECT t.root, t.id, t.status, a.*,
      a.goal_id IS NULL AND t.status <> 'CANCELLED' AND NOT EXISTS (SELECT 1 FROM tree c JOIN goals g ON g.id = c.id WHERE c.root = t.root AND g.parent_id = t.id) AS "isStep"
    FROM tree t LEFT JOIN tallied a ON a.goal_id = t.id
  )
  SELECT c.root AS id, ${tallySumSql('c', ' FILTER (WHERE c.id = c.root)')} AS own, ${tallySumSql('c')} AS whole, (count(*) - 1)::int AS "partCount",
    (count(*) FILTER (WHERE c.id <> c.root AND c.status = 'COMPLETED'))::int AS "completedPartCount",
    (count(*) FILTER (WHERE c."isStep"))::int AS steps, (count(*) FILTER (WHERE c."isStep" AND c.status = 'COMPLETED'))::int AS "completedSteps"
  FROM counted c GROUP BY c.root`;

/** How far some goals of a person are, by their ids, in one statement. */
export async function readGoalProgress(statements: Statements, userId: string, goalIds: readonly string[]): Promise<ReadonlyMap<string, GoalProgress>> {
  const { rows } = await statements.query<Row>(statement, [goalIds, userId]);
  return new Map(
    rows.map(({ id, steps, completedSteps, ...progress }) => {
      const { todo, inProgress, done } = progress.whole;
      const counted = todo + inProgress + done + steps;
      return [id, { ...progress, ratio: counted === 0 ? null : (done + completedSteps) / counted }];
    }),
  );
}

import type { Statements } from '../../stores/statements.ts';
import { isHandedOnSql, noItems, tallyColumns, type ItemTally } from './tally.ts';

/** How far a week or a day is. */
export interface PlanProgress {
  readonly items: ItemTally;
  /** How many items were carried on from it to a later time. */
  readonly carriedCount: number;
}

/** The plans of a kind, as periods from their first day to their last. */
const periods = {
  WEEK: 'SELECT w.id, w.week_start AS first, w.week_start + 6 AS last, w.id AS week_id FROM weekly_plans w WHERE w.id = ANY($1::uuid[]) AND w.owner_id = $2::uuid',
  DAY: 'SELECT d.id, d.date AS first, d.date AS last, NULL::uuid AS week_id FROM daily_plans d WHERE d.id = ANY($1::uuid[]) AND d.owner_id = $2::uuid',
} as const;

const statementOf = (kind: keyof typeof periods): string => `
  WITH period AS (${periods[kind]}), placed AS (
    SELECT p.id, i.id AS item_id FROM period p JOIN plan_items i ON i.weekly_plan_id = p.week_id
    UNION ALL
    SELECT p.id, i.id FROM period p JOIN daily_plans d ON d.owner_id = $2::uuid AND d.date BETWEEN p.first AND p.last
      AND (p.week_id IS NULL OR d.weekly_plan_id = p.week_id) JOIN plan_items i ON i.daily_plan_id = d.id
  ), tallied AS (
    SELECT placed.id, ${tallyColumns} FROM placed JOIN plan_items i ON i.id = placed.item_id WHERE NOT ${isHandedOnSql} GROUP BY placed.id
  )
  SELECT p.id AS "planId", tallied.*, (
    SELECT count(DISTINCT c.item_id)::int FROM item_carries c WHERE c.owner_id = $2::uuid AND c.from_date BETWEEN p.first AND p.last AND c.to_date > p.last
  ) AS "carriedCount" FROM period p LEFT JOIN tallied ON tallied.id = p.id`;

const texts = { WEEK: statementOf('WEEK'), DAY: statementOf('DAY') } as const;

type Row = { readonly planId: string; readonly carriedCount: number } & { readonly [Name in keyof ItemTally]: number | null };

/** How far some plans of a person are, by their ids, in one statement. */
export async function readPlanProgress(
  statements: Statements,
  userId: string,
  kind: keyof typeof periods,
  planIds: readonly string[],
): Promise<ReadonlyMap<string, PlanProgress>> {
  const { rows } = await statements.query<Row>(texts[kind], [planIds, userId]);
  return new Map(
    rows.map((row) => {
      const items: ItemTally = {
        todo: row.todo ?? 0,
        inProgress: row.inProgress ?? 0,
        done: row.done ?? 0,
        skipped: row.skipped ?? 0,
        estimatedMinutes: row.estimatedMinutes ?? 0,
        actualMinutes: row.actualMinutes ?? 0,
        remainingMinutes: row.remainingMinutes ?? 0,
      };
      return [row.planId, { items: row.todo === null ? noItems : items, carriedCount: row.carriedCount }];
    }),
  );
}

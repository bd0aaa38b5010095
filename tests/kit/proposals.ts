import { uuidv7 } from '../../src/base/id.ts';
import { draftOperations } from '../../src/services/planning-tools/draft.ts';
import { operationInput } from '../../src/services/planning-tools/operation-input.ts';
import type { OpenPlanning, PlanningPerson } from './planning.ts';
import { globalId } from './ids.ts';

/** Proposes as an assistant would, and gives the global id of the proposal. */
export async function propose(
  { services }: OpenPlanning,
  person: PlanningPerson,
  operations: readonly object[],
  conversationId?: string,
): Promise<{ readonly id: string; readonly isApplied: boolean }> {
  const { userId } = person.viewer;
  const conversation = conversationId ?? (await services.conversations.create(person.viewer, {})).id;
  const inputs = operations.map((operation) => operationInput.parse({ reason: 'Because.', ...operation }));
  const { proposal, isApplied } = await services.proposals.propose(
    { userId, conversationId: conversation, partId: uuidv7(), summary: 'A better week' },
    (transaction, planner) => draftOperations(transaction, planner, inputs),
  );
  return { id: globalId('PlanProposal', proposal.id), isApplied };
}

/** All of somebody's planning, without versions and the times of changes. */
export async function planningOf({ pool }: OpenPlanning, { viewer }: PlanningPerson): Promise<Readonly<Record<string, readonly object[]>>> {
  const tables = ['goals', 'plan_items', 'weekly_plans', 'daily_plans', 'item_carries', 'recurrences'];
  const rows = await Promise.all(
    tables.map(async (table) => {
      const text = `SELECT to_jsonb(t) - 'version' - 'updated_at' AS row FROM ${table} t WHERE owner_id = $1 ORDER BY id`;
      return [table, (await pool.query<{ row: object }>(text, [viewer.userId])).rows.map(({ row }) => row)] as const;
    }),
  );
  const about = await pool.query<{ row: object }>(
    'SELECT json_build_object($2::text, id, $3::text, goal_id) AS row FROM conversations WHERE owner_id = $1 ORDER BY id',
    [viewer.userId, 'id', 'goal'],
  );
  return { ...Object.fromEntries(rows), about: about.rows.map(({ row }) => row) };
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { openPlanning, type OpenPlanning, type PlanningPerson } from '../kit/planning.ts';

let planning: OpenPlanning;
let person: PlanningPerson;
let viewer: Viewer;
beforeAll(async () => {
  planning = await openPlanning();
  person = await planning.planner();
  ({ viewer } = person);
  for (const number of [1, 2, 3, 4, 5, 6]) {
    const goalId = await person.goal(`goal ${number}`);
    await person.goal(`part ${number}`, { parentId: goalId });
    const date = `2026-11-${22 + number}`;
    await person.change('saveWeeklyPlan', { date: `2026-${String(5 + number).padStart(2, '0')}-15` }, 'weeklyPlan { id }');
    for (const title of ['a', 'b']) {
      await person.item(title, { date, goalId });
      await person.item(title, { week: `2026-${String(5 + number).padStart(2, '0')}-15`, goalId });
    }
  }
});
afterAll(() => planning[Symbol.asyncDispose]());

/** How many statements a document takes with few rows and with many. */
async function counts(document: string): Promise<{ readonly few: number; readonly many: number; readonly answer: any }> {
  const few = await planning.execute(viewer, document, { first: 2 });
  const many = await planning.execute(viewer, document, { first: 6 });
  return { few: few.statements.length, many: many.statements.length, answer: many.result };
}

describe('what is planned', () => {
  it.each([
    [
      'goals with parents, parts and items',
      'goals(first: $first) { edges { node { title parent { title } children { edges { node { title } } } items { edges { node { title goal { title } } } } } } }',
      5,
    ],
    [
      'items with their goals and plans',
      'planItems(first: $first) { edges { node { title date goal { title } dailyPlan { date weeklyPlan { weekStart } } weeklyPlan { weekStart } } } }',
      5,
    ],
    [
      'weeks with their days and items',
      'weeklyPlans(first: $first) { edges { node { weekStart dailyPlans { date items { edges { node { title } } } } items { edges { node { title } } } } } }',
      4,
    ],
    [
      'days with their weeks and items',
      'dailyPlans(first: $first) { edges { node { date weeklyPlan { weekStart } items(first: 1) { edges { node { title goal { title } } } } } } }',
      4,
    ],
  ])('is read in a number of statements that does not grow: %s', async (_title, selection, most) => {
    const { few, many, answer } = await counts(`query ($first: Int) { ${selection} }`);
    expect(many).toBe(few);
    expect(many).toBeLessThanOrEqual(most);
    expect(Object.values<any>(answer)[0].edges).toHaveLength(6);
  });

  it('is read whole, with both pages of what is inside', async () => {
    const { answer } = await counts(
      'query ($first: Int) { dailyPlans(first: $first) { edges { node { items(last: 1) { edges { node { title } } pageInfo { hasPreviousPage } } } } } }',
    );
    for (const { node } of answer.dailyPlans.edges) expect(node.items).toEqual({ edges: [{ node: { title: 'b' } }], pageInfo: { hasPreviousPage: true } });
  });

  it('is moved in a number of statements that does not depend on how much there is', async () => {
    const id = await person.item('moved', { date: '2026-12-24' });
    const [other] = [await person.item('other', { date: '2026-12-24' })];
    const move = 'mutation ($id: ID!, $other: ID!) { movePlanItem(input: { id: $id, after: $other }) { planItem { id } } }';
    const few = await planning.execute(viewer, move, { id, other });
    await planning.services.planItems.change(
      viewer,
      Array.from({ length: 150 }, () => ({ create: { title: 'x', date: '2026-12-24' } })),
    );
    const many = await planning.execute(viewer, move, { id, other });
    expect(many.statements.length).toBe(few.statements.length);
    expect(many.statements.length).toBeLessThanOrEqual(10);
  });

  it('finds the newest items, and the end of the unplanned ones, by an index', async () => {
    const { rows } = await planning.pool.query(
      `INSERT INTO plan_items (id, owner_id, title, position, created_at, updated_at)
       SELECT gen_random_uuid(), $1, 'x', 'd' || lpad(n::text, 4, '0'), now(), now() FROM generate_series(1, 3000) n RETURNING 1`,
      [viewer.userId],
    );
    expect(rows).toHaveLength(3_000);
    await planning.pool.query('ANALYZE plan_items');
    const { statements } = await planning.execute(viewer, 'mutation { createPlanItem(input: { title: "last" }) { planItem { id } } }');
    const newest = await planning.execute(viewer, '{ planItems(first: 20) { edges { node { title } } } }');
    const list = await planning.pool.query(`EXPLAIN (COSTS OFF) ${newest.statements.find((text) => text.includes('plan_items')) ?? ''}`, [viewer.userId, 21]);
    expect(JSON.stringify(list.rows)).toContain('plan_items_owner_id_created_at_id_idx');
    expect(JSON.stringify(list.rows)).not.toContain('Sort');
    const end = statements.find((text) => /ORDER BY.*position.* DESC/i.test(text)) ?? '';
    // Its parameters are the person, the limit and the offset.
    const plan = await planning.pool.query(`EXPLAIN (COSTS OFF) ${end}`, [viewer.userId, 1, 0]);
    expect(JSON.stringify(plan.rows)).toContain('plan_items_unplanned_idx');
    expect(JSON.stringify(plan.rows)).not.toContain('Sort');
  });
});

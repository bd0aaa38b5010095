import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/base/logger.ts';
import { migrate } from '../../../src/stores/migrate.ts';
import { readMigrations } from '../../../src/stores/migration-folder.ts';
import { createTestDatabase, runSql } from '../../kit/database.ts';
import { openPlanning, type OpenPlanning, type PlanningPerson } from '../../kit/planning.ts';

let planning: OpenPlanning;
beforeAll(async () => void (planning = await openPlanning()));
afterAll(() => planning[Symbol.asyncDispose]());

const document = `query ($query: String!, $types: [SearchType!]) {
  search(query: $query, types: $types) {
    edges { node { type subject { __typename ... on Goal { goal: title } ... on PlanItem { item: title } ... on WeeklyPlan { weekStart } ... on DailyPlan { date } } highlights { field html } } }
  }
}`;

/** What is found, as its type and what it is called. */
async function found(person: PlanningPerson, query: string, types?: readonly string[]): Promise<string[]> {
  const { search } = await person.ask(document, { query, types });
  return search.edges
    .map(({ node: { subject } }: any) => `${subject.__typename} ${subject.goal ?? subject.item ?? subject.weekStart ?? subject.date}`)
    .toSorted();
}

describe('the search', () => {
  it('finds goals, plans and items as they are written, changed and deleted', async () => {
    const person = await planning.planner();
    const goal = await person.goal('Grow apricots', { description: 'In the garden' });
    const item = await person.item('Buy apricot trees', { date: '2026-11-25', notes: 'Two of them' });
    await person.change('saveWeeklyPlan', { date: '2026-11-25', focusAreas: ['Apricots', 'Rest'], summary: 'Much digging' }, 'weeklyPlan { id }');
    await person.change('saveDailyPlan', { date: '2026-11-25', summary: 'It rained on the apricots' }, 'dailyPlan { id }');
    const all = ['DailyPlan 2026-11-25', 'Goal Grow apricots', 'PlanItem Buy apricot trees', 'WeeklyPlan 2026-11-23'];
    expect(await found(person, 'apricot')).toEqual(all);
    expect(await found(person, 'apricot', ['GOAL', 'DAILY_PLAN'])).toEqual([all[0], all[1]]);
    expect([await found(person, 'garden'), await found(person, 'two'), await found(person, 'digging')]).toEqual([[all[1]], [all[2]], [all[3]]]);
    expect(await found(person, 'aprictos'), 'names with a typing error').toEqual(all.slice(1));

    await person.change('updateGoal', { id: goal, title: 'Grow figs', description: null }, 'goal { id }');
    await person.change('updatePlanItem', { id: item, title: 'Buy fig trees' }, 'planItem { id }');
    await person.change('saveWeeklyPlan', { date: '2026-11-25', focusAreas: null }, 'weeklyPlan { id }');
    await person.change('saveDailyPlan', { date: '2026-11-25', summary: null }, 'dailyPlan { id }');
    expect([await found(person, 'apricot'), await found(person, 'garden')]).toEqual([[], []]);
    expect(await found(person, 'fig')).toEqual(['Goal Grow figs', 'PlanItem Buy fig trees']);
    expect(await found(person, 'digging')).toEqual([all[3]]);

    await person.change('deleteGoal', { id: goal }, 'deletedGoalId');
    const { dailyPlan, weeklyPlan } = await person.ask('{ dailyPlan(date: "2026-11-25") { id } weeklyPlan(date: "2026-11-25") { id } }');
    await person.change('deleteDailyPlan', { id: dailyPlan.id, deleteItems: true }, 'deletedDailyPlanId');
    await person.change('deleteWeeklyPlan', { id: weeklyPlan.id }, 'deletedWeeklyPlanId');
    const { rows } = await planning.pool.query('SELECT kind FROM search_entries WHERE user_id = $1', [person.viewer.userId]);
    expect(rows).toEqual([]);
  });

  it('shows where the words stand', async () => {
    const person = await planning.planner();
    await person.goal('Plant plums', { description: 'Plums & <more> plums' });
    await person.change('saveWeeklyPlan', { focusAreas: ['Rest', 'Plums'], summary: 'Digging' }, 'weeklyPlan { id }');
    await person.change('saveDailyPlan', { summary: 'Plums came' }, 'dailyPlan { id }');
    await person.item('Plum jam', { notes: 'No sugar' });
    const { search } = await person.ask(document, { query: 'plum' });
    expect(Object.fromEntries(search.edges.map(({ node }: any) => [node.type, node.highlights]))).toEqual({
      GOAL: [
        { field: 'TITLE', html: 'Plant <mark>plums</mark>' },
        { field: 'TEXT', html: '<mark>Plums</mark> &amp; &lt;more&gt; <mark>plums</mark>' },
      ],
      WEEKLY_PLAN: [{ field: 'FOCUS_AREA', html: '<mark>Plums</mark>' }],
      DAILY_PLAN: [{ field: 'TEXT', html: '<mark>Plums</mark> came' }],
      PLAN_ITEM: [{ field: 'TITLE', html: '<mark>Plum</mark> jam' }],
    });
  });

  it('finds what was planned before the search knew of it', async () => {
    await using database = await createTestDatabase({ isMigrated: false });
    const { connectionString } = database;
    const logger = createLogger({ level: 'silent' });
    const before = (await readMigrations()).filter(({ name }) => name <= '20261129034113_planning');
    await migrate({ connectionString, logger, migrations: before });
    await runSql(
      connectionString,
      `DO $$ DECLARE person uuid := gen_random_uuid(); BEGIN
         INSERT INTO users (id) VALUES (person);
         INSERT INTO goals (id, owner_id, title, created_at, updated_at) VALUES (gen_random_uuid(), person, 'Plums', '2025-01-01', '2025-02-01');
         INSERT INTO weekly_plans (id, owner_id, week_start, focus_areas, created_at, updated_at) VALUES (gen_random_uuid(), person, '2025-01-01', '{plums}', now(), now());
         INSERT INTO daily_plans (id, owner_id, date, summary, created_at, updated_at) VALUES (gen_random_uuid(), person, '2025-01-01', 'Plums', now(), now());
         INSERT INTO daily_plans (id, owner_id, date, created_at, updated_at) VALUES (gen_random_uuid(), person, '2025-01-02', now(), now());
         INSERT INTO plan_items (id, owner_id, title, position, created_at, updated_at) VALUES (gen_random_uuid(), person, 'Plums', 'a0', now(), now());
       END $$`,
    );
    await migrate({ connectionString, logger });
    expect(await runSql(connectionString, 'SELECT kind FROM search_entries ORDER BY kind')).toEqual(
      ['DAILY_PLAN', 'GOAL', 'PLAN_ITEM', 'WEEKLY_PLAN'].map((kind) => ({ kind })),
    );
  });
});

describe('O01 the plans of others', () => {
  it('are not found, not even by an entry that was left behind', async () => {
    const [owner, stranger] = [await planning.planner(), await planning.planner()];
    await owner.goal('Oranges');
    await owner.item('Oranges', { date: '2026-11-25' });
    await owner.change('saveWeeklyPlan', { summary: 'Oranges' }, 'weeklyPlan { id }');
    await owner.change('saveDailyPlan', { summary: 'Oranges' }, 'dailyPlan { id }');
    expect([(await found(owner, 'orange')).length, await found(stranger, 'orange')]).toEqual([4, []]);
    await planning.pool.query(
      'INSERT INTO search_entries SELECT subject_id, $2, kind, conversation_id, at, names, document FROM search_entries WHERE user_id = $1',
      [owner.viewer.userId, stranger.viewer.userId],
    );
    expect([await found(stranger, 'orange'), await found(stranger, 'ornages')]).toEqual([[], []]);
  });
});

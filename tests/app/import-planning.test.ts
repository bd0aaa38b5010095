import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { exportAccount } from '../kit/archives.ts';
import { runSql } from '../kit/database.ts';
import { fillPlans } from '../kit/full-plans.ts';
import { importFile, zipOf } from '../kit/imports.ts';
import { rowId } from '../kit/ids.ts';

let app: TestApp;
beforeAll(async () => void (app = await startTestApp()));
afterAll(() => app[Symbol.asyncDispose]());

const at = { createdAt: '2026-02-01T00:00:00.000Z', updatedAt: '2026-02-01T00:00:00.000Z' };
const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const goal = (id: number, parentId: number | null, more: object = {}) => ({
  id: idOf(id),
  parentId: parentId === null ? null : idOf(parentId),
  title: `Goal ${id}`,
  description: null,
  horizon: 'LONG',
  status: 'ACTIVE',
  priority: 'LOW',
  targetDate: null,
  completedAt: null,
  version: 1,
  ...at,
  ...more,
});
const item = (id: number, more: object = {}) => ({
  id: idOf(id),
  date: null,
  weekStart: null,
  title: `Item ${id}`,
  notes: null,
  status: 'TODO',
  priority: 'LOW',
  position: 'a0',
  goalId: null,
  estimateMinutes: null,
  actualMinutes: null,
  startTime: null,
  recurrenceId: null,
  occurrenceDate: null,
  carriedCount: 0,
  originDate: null,
  originItemId: null,
  completedAt: null,
  version: 1,
  ...at,
  ...more,
});
const series = (id: number, more: object = {}) => ({
  id: idOf(id),
  rule: 'FREQ=DAILY',
  mode: 'SCHEDULED',
  startDate: '2026-02-01',
  excludedDates: [],
  madeThrough: '2199-12-31',
  title: `Series ${id}`,
  notes: null,
  goalId: null,
  priority: 'LOW',
  estimateMinutes: null,
  startTime: null,
  ...at,
  ...more,
});

/** Imports an archive with these entries of planning. */
async function bring(person: TestPerson, entries: Readonly<Record<string, unknown>>): Promise<any> {
  const manifest = { format: 'colloquy-account/1', createdAt: at.createdAt, counts: {}, missing: [], entries: [] };
  const planning = Object.entries(entries).map(([name, value]) => [`planning/${name}.json`, JSON.stringify(value)]);
  return importFile(app, person, await zipOf({ 'manifest.json': JSON.stringify(manifest), ...Object.fromEntries(planning) }), 'planning.zip');
}

const rowsOf = (person: TestPerson, table: string, columns: string): Promise<readonly any[]> =>
  runSql(app.connectionString, `SELECT ${columns} FROM ${table} t WHERE owner_id = '${rowId(person.userId)}' ORDER BY 1`);

describe('an archive of somebody who plans here already', () => {
  it('puts its items into the plans that are there, and leaves those and the settings as they are', async () => {
    const [ada, grace] = [await app.person(), await app.person()];
    await fillPlans(ada);
    const { saveDailyPlan } = await grace.client.request(`mutation {
      saveDailyPlan(input: { date: "2026-11-25", summary: "Mine" }) { dailyPlan { id } }
      updatePlannerSettings(input: { timeZone: "Asia/Tokyo" }) { user { id } }
    }`);
    const done = await importFile(app, grace, (await exportAccount(app, ada)).bytes);
    expect(done).toMatchObject({ status: 'COMPLETED', problems: [], counts: { goals: 2, weeklyPlans: 1, dailyPlans: 0, planItems: 3 } });
    const { dailyPlan, viewer } = await grace.client.request(`{
      dailyPlan(date: "2026-11-25") { id summary weeklyPlan { weekStart } items(first: 5) { edges { node { title goal { title parent { title } } } } } }
      viewer { plannerSettings { timeZone } }
    }`);
    expect(dailyPlan).toEqual({
      id: saveDailyPlan.dailyPlan.id,
      summary: 'Mine',
      weeklyPlan: { weekStart: '2026-11-23' },
      items: { edges: [{ node: { title: 'Learn ten verbs', goal: { title: 'Verbs', parent: { title: 'Speak Italian' } } } }] },
    });
    expect(viewer.plannerSettings.timeZone).toBe('Asia/Tokyo');
  });
});

describe('I04 planning that no product wrote', () => {
  it('has goals in a ring, of nobody or too deep stand alone, and each once', async () => {
    const [ada, grace] = [await app.person(), await app.person()];
    const { createGoal } = await ada.client.request('mutation { createGoal(input: { title: "Ada’s" }) { goal { id } } }');
    const chain = Array.from({ length: 12 }, (_, index) => goal(10 + index, index === 0 ? null : 9 + index));
    const goals = [goal(1, 2), goal(2, 1), goal(3, null), goal(3, null), { ...goal(4, null), parentId: rowId(createGoal.goal.id) }, ...chain];
    const done = await bring(grace, { goals, items: [{ ...item(50), goalId: rowId(createGoal.goal.id) }] });
    expect(done).toMatchObject({ status: 'COMPLETED', counts: { goals: 16, planItems: 1 } });
    const rows = await rowsOf(grace, 'goals', 'title, (SELECT p.title FROM goals p WHERE p.id = t.parent_id) AS parent');
    const parents = Object.fromEntries(rows.map(({ title, parent }) => [title, parent]));
    expect(parents).toMatchObject({ 'Goal 1': null, 'Goal 2': 'Goal 1', 'Goal 4': null, 'Goal 19': 'Goal 18', 'Goal 20': null, 'Goal 21': 'Goal 20' });
    expect(await rowsOf(grace, 'plan_items', 'goal_id')).toEqual([{ goal_id: null }]);
    expect(done.problems.map(({ reason }: any) => reason)).toEqual([
      expect.stringContaining('larger goal is not in the archive'),
      expect.stringContaining('at most 10 levels'),
      expect.stringContaining('goal of an item is not here'),
    ]);
  });

  it('takes over no rule, position, day or number that cannot be', async () => {
    const person = await app.person();
    const recurrences = [series(1), series(2, { rule: 'FREQ=SECONDLY' }), series(3, { startDate: '1900-01-01' }), series(4, { madeThrough: '1999-01-01' })];
    const items = [
      item(10, { position: 'a0\u{1F600}', date: '2026-02-01' }),
      item(11, { position: `a0${'V'.repeat(100)}`, recurrenceId: idOf(2), title: 'Item\0\n11' }),
      item(15, { title: ' \0 ' }),
      item(12, { date: '2026-02-30' }),
      item(13, { estimateMinutes: -1 }),
      item(14, { status: 'TODO', completedAt: at.createdAt, createdAt: '2190-01-01T00:00:00.000Z', notes: 'x'.repeat(20_000) }),
      { nothing: true },
    ];
    const settings = { timeZone: 'Europe/Paris', firstDayOfWeek: 7, capacityMinutes: 60, rollover: null, autoApply: true, rolledOverThrough: '2199-12-31' };
    const done = await bring(person, { recurrences, items, settings });
    expect(done).toMatchObject({ status: 'COMPLETED', counts: { recurrences: 2, planItems: 3, dailyPlans: 0 } });
    expect(await rowsOf(person, 'recurrences', `title, made_through > now() - interval '2 years' AS "isNear"`)).toEqual([
      { title: 'Series 1', isNear: true },
      { title: 'Series 4', isNear: true },
    ]);
    const columns = `title, position, completed_at AS "completedAt", length(notes) AS length, created_at <= now() AS "isPast"`;
    expect(await rowsOf(person, 'plan_items', columns)).toMatchObject([
      { title: 'Item 10', position: 'a0', isPast: true },
      { title: 'Item 11', position: 'a0' },
      { title: 'Item 14', completedAt: null, length: 10_000, isPast: true },
    ]);
    const [planner] = await runSql(
      app.connectionString,
      `SELECT time_zone, first_day_of_week, rolled_over_through < now() AS past FROM planner_settings WHERE user_id = '${rowId(person.userId)}'`,
    );
    expect(planner).toEqual({ time_zone: 'Europe/Paris', first_day_of_week: 7, past: true });
    expect(done.problems.length, 'all of it is told').toBeGreaterThan(7);
  });

  it('never makes more of anything than there may be', async () => {
    const person = await app.person();
    const goals = Array.from({ length: 5_010 }, (_, index) => goal(index, null));
    const items = Array.from({ length: 510 }, (_, index) => item(10_000 + index, { date: '2026-02-01' }));
    const recurrences = Array.from({ length: 205 }, (_, index) => series(20_000 + index));
    const done = await bring(person, { goals, items, recurrences });
    expect(done).toMatchObject({ status: 'COMPLETED', counts: { goals: 5_000, recurrences: 200, planItems: 510 } });
    expect(done.problems).toEqual([
      { subject: 'planning/goals.json', reason: expect.stringContaining('5,000'), count: 10 },
      { subject: 'planning/recurrences.json', reason: expect.stringContaining('200'), count: 5 },
      { subject: 'planning/items.json', reason: expect.stringContaining('500 items'), count: 10 },
    ]);
    const [{ planned }] = await rowsOf(person, '(SELECT owner_id, count(daily_plan_id)::int AS planned FROM plan_items GROUP BY 1)', 'planned');
    expect(planned).toBe(500);
    const again = await bring(person, { goals, items, recurrences });
    expect(again.counts, 'nor a second time').toMatchObject({ goals: 0, recurrences: 0, planItems: 0 });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../src/base/id.ts';
import { carry, openPlanning, type OpenPlanning, type PlanningPerson } from '../kit/planning.ts';

let planning: OpenPlanning;
beforeAll(async () => void (planning = await openPlanning()));
afterAll(() => planning[Symbol.asyncDispose]());

const tally = 'total todo inProgress done skipped ratio estimatedMinutes actualMinutes remainingMinutes';
const nothing = { total: 0, todo: 0, inProgress: 0, done: 0, skipped: 0, ratio: null, estimatedMinutes: 0, actualMinutes: 0, remainingMinutes: 0 };

const progressOf = async (person: PlanningPerson, id: string): Promise<any> =>
  (
    await person.ask(`query ($id: ID!) { goal(id: $id) { progress { own { ${tally} } whole { total done ratio } partCount completedPartCount ratio } } }`, {
      id,
    })
  ).goal.progress;

describe('the progress of a goal', () => {
  it('counts its items by status, with their minutes', async () => {
    const person = await planning.planner();
    const goalId = await person.goal('Speak Italian');
    expect(await progressOf(person, goalId)).toMatchObject({ own: nothing, whole: { total: 0 }, ratio: 0 });
    await person.item('Verbs', { goalId, status: 'DONE', estimateMinutes: 30, actualMinutes: 45 });
    await person.item('Nouns', { goalId, status: 'IN_PROGRESS', estimateMinutes: 20, actualMinutes: 5 });
    await person.item('Adverbs', { goalId, estimateMinutes: 10 });
    await person.item('Slang', { goalId, status: 'SKIPPED', estimateMinutes: 60 });
    await person.item('Shopping', { status: 'DONE' });
    expect(await progressOf(person, goalId)).toEqual({
      own: { total: 4, todo: 1, inProgress: 1, done: 1, skipped: 1, ratio: 1 / 3, estimatedMinutes: 60, actualMinutes: 50, remainingMinutes: 30 },
      whole: { total: 4, done: 1, ratio: 1 / 3 },
      partCount: 0,
      completedPartCount: 0,
      ratio: 1 / 3,
    });
  });

  it('adds the goals below it, but for those that were given up; a goal with nothing in it counts like an item', async () => {
    const person = await planning.planner();
    const goalId = await person.goal('Move to Rome');
    const part = await person.goal('Language', { parentId: goalId });
    const deep = await person.goal('Grammar', { parentId: part });
    await person.goal('Sell the car', { parentId: goalId, status: 'COMPLETED' });
    await person.goal('Find a flat', { parentId: goalId });
    const given = await person.goal('Buy a house', { parentId: goalId, status: 'CANCELLED' });
    const below = await person.goal('Save', { parentId: given });
    await person.item('Pack', { goalId });
    await person.item('Verbs', { goalId: deep, status: 'DONE' });
    await person.item('Nouns', { goalId: deep, status: 'DONE' });
    await person.item('Ask a bank', { goalId: below });
    // Items 2 of 3, the car 1 of 1, the flat 0 of 1.
    expect(await progressOf(person, goalId)).toEqual({
      own: { ...nothing, total: 1, todo: 1, ratio: 0 },
      whole: { total: 3, done: 2, ratio: 2 / 3 },
      partCount: 4,
      completedPartCount: 1,
      ratio: 3 / 5,
    });
    expect(await progressOf(person, given)).toMatchObject({ whole: { total: 1 }, partCount: 1 });
  });

  it('counts an item once that went on as a copy', async () => {
    const person = await planning.planner();
    const goalId = await person.goal('Write');
    const original = await person.item('A page', { goalId, date: '2026-11-23', estimateMinutes: 30 });
    const copy = await person.item('A page', { goalId, date: '2026-11-24', estimateMinutes: 30, status: 'DONE' });
    expect((await progressOf(person, goalId)).ratio).toBe(1 / 2);
    await carry(planning, person, original, '2026-11-23', '2026-11-24', { copyId: copy });
    expect(await progressOf(person, goalId)).toMatchObject({ own: { total: 1, done: 1, estimatedMinutes: 30 }, ratio: 1 });
    await person.change('updatePlanItem', { id: original, status: 'DONE' }, 'planItem { id }');
    expect((await progressOf(person, goalId)).own, 'what was done all the same').toMatchObject({ total: 2, done: 2 });
  });

  it('of a whole list is one statement', async () => {
    const person = await planning.planner();
    for (const title of ['One', 'Two', 'Three']) await person.goal(title);
    const { result, statements } = await planning.execute(person.viewer, '{ goals(first: 10) { edges { node { progress { ratio whole { total } } } } } }');
    expect(result.goals.edges).toHaveLength(3);
    expect(statements).toHaveLength(2);
  });
});

describe('the progress of a plan', () => {
  const week = async (person: PlanningPerson): Promise<any> =>
    (
      await person.ask(
        `{ weeklyPlan(date: "2026-11-25") { progress { items { ${tally} } carriedCount } dailyPlans { date progress { items { total done } carriedCount } } } }`,
      )
    ).weeklyPlan;

  it('of a week has the items of its days, too, and what left it', async () => {
    const person = await planning.planner();
    await person.change('saveWeeklyPlan', { date: '2026-11-25' }, 'weeklyPlan { id }');
    expect((await week(person)).progress).toEqual({ items: nothing, carriedCount: 0 });
    await person.item('Some day', { week: '2026-11-25', estimateMinutes: 15 });
    await person.item('Monday', { date: '2026-11-23', status: 'DONE', actualMinutes: 10 });
    const moved = await person.item('Moved on', { date: '2026-11-25' });
    const away = await person.item('Moved away', { date: '2026-11-30' });
    await person.item('The week before', { date: '2026-11-22' });
    await carry(planning, person, moved, '2026-11-24', '2026-11-25');
    await carry(planning, person, away, '2026-11-24', '2026-11-30');
    expect(await week(person)).toEqual({
      progress: {
        items: { ...nothing, total: 3, todo: 2, done: 1, ratio: 1 / 3, estimatedMinutes: 15, actualMinutes: 10, remainingMinutes: 15 },
        carriedCount: 1,
      },
      dailyPlans: [
        { date: '2026-11-23', progress: { items: { total: 1, done: 1 }, carriedCount: 0 } },
        { date: '2026-11-25', progress: { items: { total: 1, done: 0 }, carriedCount: 0 } },
      ],
    });
    await person.change('saveDailyPlan', { date: '2026-11-24' }, 'dailyPlan { id }');
    expect((await week(person)).dailyPlans[1], 'a day that everything left').toEqual({
      date: '2026-11-24',
      progress: { items: { total: 0, done: 0 }, carriedCount: 2 },
    });
  });

  it('of all days of a week is one statement', async () => {
    const person = await planning.planner();
    await person.change('saveWeeklyPlan', { date: '2026-11-25' }, 'weeklyPlan { id }');
    for (const day of [23, 24, 25, 26]) await person.item('Read', { date: `2026-11-${day}` });
    const { result, statements } = await planning.execute(
      person.viewer,
      '{ weeklyPlan(date: "2026-11-25") { progress { carriedCount } dailyPlans { progress { items { total } } } } }',
    );
    expect(result.weeklyPlan.dailyPlans).toHaveLength(4);
    // The settings, the week, its progress, its days, their progress.
    expect(statements).toHaveLength(5);
  });
});

describe('time spent', () => {
  const spent = async (person: PlanningPerson, groupBy: string, range = 'from: "2026-11-09", to: "2026-11-29"'): Promise<any> =>
    (await person.ask(`{ timeSpent(groupBy: ${groupBy}, ${range}) { from to minutes rows { date goal { title } minutes estimatedMinutes itemCount } } }`))
      .timeSpent;

  it('is told by day, by week and by goal', async () => {
    const person = await planning.planner({ firstDayOfWeek: 'SUNDAY' });
    const goalId = await person.goal('Write');
    await person.item('A page', { date: '2026-11-21', goalId, actualMinutes: 50, estimateMinutes: 30 });
    await person.item('Another', { date: '2026-11-22', goalId, actualMinutes: 20 });
    await person.item('Dishes', { date: '2026-11-22', actualMinutes: 10, estimateMinutes: 10 });
    await person.item('Nothing yet', { date: '2026-11-23', estimateMinutes: 10 });
    await person.item('Too early', { date: '2026-11-08', actualMinutes: 99 });
    expect((await spent(person, 'DAY')).rows).toEqual([
      { date: '2026-11-21', goal: null, minutes: 50, estimatedMinutes: 30, itemCount: 1 },
      { date: '2026-11-22', goal: null, minutes: 30, estimatedMinutes: 10, itemCount: 2 },
    ]);
    expect((await spent(person, 'WEEK')).rows.map(({ date, minutes }: any) => [date, minutes])).toEqual([
      ['2026-11-15', 50],
      ['2026-11-22', 30],
    ]);
    const byGoal = await spent(person, 'GOAL');
    expect(byGoal.rows).toEqual([
      { date: null, goal: { title: 'Write' }, minutes: 70, estimatedMinutes: 30, itemCount: 2 },
      { date: null, goal: null, minutes: 10, estimatedMinutes: 10, itemCount: 1 },
    ]);
    expect(byGoal).toMatchObject({ from: '2026-11-09', to: '2026-11-29', minutes: 80 });
  });

  it('of items without a day counts on the day in the time zone on which they were done, else at the beginning of their week', async () => {
    const person = await planning.planner({ timeZone: 'Pacific/Kiritimati' });
    planning.clock.set('2026-11-24T09:59:59.000Z');
    await person.item('Before midnight', { status: 'DONE', actualMinutes: 1 });
    planning.clock.set('2026-11-24T10:00:00.000Z');
    await person.item('After midnight', { status: 'DONE', actualMinutes: 2, week: '2026-11-25' });
    await person.item('Begun', { status: 'IN_PROGRESS', actualMinutes: 4, week: '2026-11-25' });
    await person.item('Of no time', { status: 'IN_PROGRESS', actualMinutes: 8 });
    planning.clock.set('2026-11-25T12:00:00.000Z');
    expect((await spent(person, 'DAY')).rows.map(({ date, minutes }: any) => [date, minutes])).toEqual([
      ['2026-11-23', 4],
      ['2026-11-24', 1],
      ['2026-11-25', 2],
    ]);
    expect((await spent(person, 'DAY', 'from: "2026-11-25", to: "2026-11-25"')).minutes).toBe(2);
    expect((await spent(person, 'DAY', 'from: "2026-11-20", to: "2026-11-24"')).minutes).toBe(5);
  });

  it('is of the last four weeks where nothing is said, and of two years at most', async () => {
    const person = await planning.planner();
    expect(await spent(person, 'DAY', 'from: null')).toMatchObject({ from: '2026-10-29', to: '2026-11-25', rows: [], minutes: 0 });
    await expect(spent(person, 'DAY', 'from: "2026-11-02", to: "2026-11-01"')).rejects.toThrow('"to" is 2026-11-01, before "from", which is 2026-11-02.');
    await expect(spent(person, 'GOAL', 'from: "2020-01-01", to: "2026-11-01"')).rejects.toThrow('at most 731 days');
  });
});

describe('progress', () => {
  it('A01 of somebody else is not told', async () => {
    const [person, stranger] = [await planning.planner(), await planning.planner()];
    const goalId = await person.goal('Write');
    await person.item('A page', { goalId, date: '2026-11-24', status: 'DONE', actualMinutes: 10 });
    const { userId } = person.viewer;
    const { progress } = planning.services;
    const { rows } = await planning.pool.query<{ id: string }>('SELECT id FROM daily_plans WHERE owner_id = $1', [userId]);
    const goals = await planning.pool.query<{ id: string }>('SELECT id FROM goals WHERE owner_id = $1', [userId]);
    expect((await progress.ofGoals(stranger.viewer, [goals.rows[0]?.id ?? '', uuidv7()])).size).toBe(0);
    expect((await progress.ofDailyPlans(stranger.viewer, [rows[0]?.id ?? ''])).size).toBe(0);
    expect((await progress.ofDailyPlans(person.viewer, [rows[0]?.id ?? ''])).size).toBe(1);
    expect(await progress.streaksOf(stranger.viewer, userId)).toBeNull();
    expect((await progress.timeSpent(stranger.viewer, { groupBy: 'DAY' })).minutes).toBe(0);
    expect((await progress.weekReview(stranger.viewer, '2026-11-24')).done).toEqual([]);
    await expect(progress.weekReview(null, null)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

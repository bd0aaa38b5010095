import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { carry, openPlanning, type OpenPlanning, type PlanningPerson } from '../kit/planning.ts';

let planning: OpenPlanning;
beforeAll(async () => void (planning = await openPlanning()));
afterAll(() => planning[Symbol.asyncDispose]());

const tally = 'total done skipped ratio estimatedMinutes actualMinutes';
const selection = `from to weeklyPlan { summary } dailyPlan { summary } progress { ${tally} }
  done { count items { title } } skipped { count items { title } } open { count items { title } } added { count items { title } }
  carriedCount carried { item { title } from to count isAutomatic } days { date items { total done } } goals { goal { title } items { total done } }`;
const review = async (person: PlanningPerson, field: string, date: string | null, wanted = selection): Promise<any> =>
  (await person.ask(`query ($date: Date) { ${field}(date: $date) { ${wanted} } }`, { date }))[field];
const titles = ({ count, items }: any): string[] => {
  expect(items).toHaveLength(count);
  return items.map(({ title }: any) => title);
};

/** A week with something of everything. It is planned on its Monday. */
async function livedWeek(person: PlanningPerson): Promise<string> {
  planning.clock.set('2026-11-23T08:00:00.000Z');
  const goalId = await person.goal('Write');
  await person.item('Outline', { date: '2026-11-23', goalId, status: 'DONE', estimateMinutes: 30, actualMinutes: 40 });
  const copied = await person.item('Chapter', { date: '2026-11-24', goalId, estimateMinutes: 60 });
  await person.item('Gym', { date: '2026-11-24', status: 'SKIPPED', estimateMinutes: 45 });
  const moved = await person.item('Letter', { date: '2026-12-01' });
  await person.item('Some day', { week: '2026-11-25' });
  planning.clock.set('2026-11-25T08:00:00.000Z');
  const copy = await person.item('Chapter again', { date: '2026-11-25', goalId, estimateMinutes: 60 });
  await planning.prisma.planItem.updateMany({ where: { title: 'Chapter again' }, data: { originDate: new Date('2026-11-24') } });
  await person.item('Surprise', { date: '2026-11-25', status: 'DONE', actualMinutes: 5 });
  await carry(planning, person, copied, '2026-11-24', '2026-11-25', { copyId: copy, isAutomatic: true });
  await carry(planning, person, moved, '2026-11-24', '2026-11-26', { isAutomatic: true });
  await carry(planning, person, moved, '2026-11-26', '2026-12-01');
  planning.clock.set('2026-11-25T12:00:00.000Z');
  return goalId;
}

describe('the review of a week', () => {
  it('tells what was done, skipped, left, added and carried on, by day and by goal', async () => {
    const person = await planning.planner();
    await livedWeek(person);
    await person.change('saveWeeklyPlan', { date: '2026-11-25', summary: 'A full one' }, 'weeklyPlan { id }');
    const found = await review(person, 'weekReview', '2026-11-29');
    expect(found).toMatchObject({ from: '2026-11-23', to: '2026-11-29', weeklyPlan: { summary: 'A full one' }, dailyPlan: null });
    expect(titles(found.done)).toEqual(['Outline', 'Surprise']);
    expect(titles(found.skipped)).toEqual(['Gym']);
    expect(titles(found.open), 'the copy, not what it is a copy of').toEqual(['Chapter again', 'Some day']);
    expect(titles(found.added)).toEqual(['Surprise']);
    expect(found.progress).toEqual({ total: 5, done: 2, skipped: 1, ratio: 1 / 2, estimatedMinutes: 90, actualMinutes: 45 });
    expect(found.carriedCount).toBe(2);
    expect(found.carried).toEqual(
      expect.arrayContaining([
        { item: { title: 'Chapter' }, from: '2026-11-24', to: '2026-11-25', count: 1, isAutomatic: true },
        { item: { title: 'Letter' }, from: '2026-11-24', to: '2026-12-01', count: 2, isAutomatic: false },
      ]),
    );
    expect(found.days.map(({ date, items }: any) => [date, items.total, items.done])).toEqual([
      ['2026-11-23', 1, 1],
      ['2026-11-24', 1, 0],
      ['2026-11-25', 2, 1],
      ['2026-11-26', 0, 0],
      ['2026-11-27', 0, 0],
      ['2026-11-28', 0, 0],
      ['2026-11-29', 0, 0],
    ]);
    expect(found.goals).toEqual([
      { goal: { title: 'Write' }, items: { total: 2, done: 1 } },
      { goal: null, items: { total: 3, done: 1 } },
    ]);
  });

  it('adds up what the progress of its plan does', async () => {
    const person = await planning.planner();
    await livedWeek(person);
    const { weekReview, weeklyPlan } = await person.ask(
      `{ weekReview(date: "2026-11-25") { progress { ${tally} } } weeklyPlan(date: "2026-11-25") { progress { items { ${tally} } } } }`,
    );
    expect(weekReview.progress).toEqual(weeklyPlan.progress.items);
  });

  it('works without a plan, as the person counts weeks', async () => {
    const person = await planning.planner({ firstDayOfWeek: 'SUNDAY' });
    await person.item('Tidy up', { date: '2026-11-22', status: 'DONE' });
    const found = await review(person, 'weekReview', null);
    expect(found).toMatchObject({ from: '2026-11-22', to: '2026-11-28', weeklyPlan: null });
    expect(titles(found.done)).toEqual(['Tidy up']);
    expect(await review(person, 'weekReview', '2020-02-29')).toMatchObject({ from: '2020-02-23', done: { count: 0 }, goals: [], progress: { ratio: null } });
  });

  it('shows as many items as are wanted, and counts all', async () => {
    const person = await planning.planner();
    for (const title of ['One', 'Two', 'Three']) await person.item(title, { date: '2026-11-25' });
    const wanted = 'open { count items(first: 2) { title } }';
    expect((await review(person, 'weekReview', null, wanted)).open).toEqual({ count: 3, items: [{ title: 'One' }, { title: 'Two' }] });
    await expect(review(person, 'weekReview', null, 'open { items(first: 101) { title } }')).rejects.toThrow('"first" is 101; it must be from 1 to 100.');
  });

  it('is as many statements for a full week as for an empty one', async () => {
    const person = await planning.planner();
    await livedWeek(person);
    const full = await planning.execute(person.viewer, `{ weekReview(date: "2026-11-25") { ${selection} } }`);
    // The settings, the plan, its items, what was carried on; then goals and carried items, in one statement each.
    expect(full.statements).toHaveLength(6);
  });
});

describe('the review of a day', () => {
  it('tells of the day alone', async () => {
    const person = await planning.planner();
    await livedWeek(person);
    await person.change('saveDailyPlan', { date: '2026-11-25', summary: 'Busy' }, 'dailyPlan { id }');
    const found = await review(person, 'dayReview', null);
    expect(found).toMatchObject({ from: '2026-11-25', to: '2026-11-25', weeklyPlan: null, dailyPlan: { summary: 'Busy' }, carriedCount: 0 });
    expect([titles(found.done), titles(found.open), titles(found.added)]).toEqual([['Surprise'], ['Chapter again'], ['Surprise']]);
    expect(found.days).toEqual([{ date: '2026-11-25', items: { total: 2, done: 1 } }]);
    const before = await review(person, 'dayReview', '2026-11-24');
    expect(before.carried.map(({ item, to }: any) => [item.title, to]).toSorted()).toEqual([
      ['Chapter', '2026-11-25'],
      ['Letter', '2026-11-26'],
    ]);
    expect(titles(before.open)).toEqual([]);
  });

  it.each([
    ['Pacific/Pago_Pago', '2026-11-25T10:59:59Z', 0],
    ['Pacific/Pago_Pago', '2026-11-25T11:00:00Z', 1],
    ['Asia/Kolkata', '2026-11-24T18:29:59Z', 0],
    ['Asia/Kolkata', '2026-11-24T18:30:00Z', 1],
  ])('takes what was written down, in %s at %s, for added %i times', async (timeZone, moment, count) => {
    const person = await planning.planner({ timeZone });
    planning.clock.set(moment);
    await person.item('Now', { date: '2026-11-25' });
    planning.clock.set('2026-11-25T12:00:00.000Z');
    expect((await review(person, 'dayReview', '2026-11-25', 'added { count }')).added.count).toBe(count);
  });
});

const plannerOf = ({ viewer }: PlanningPerson) => planning.services.planners.read(viewer);

describe('recent reviews as text', () => {
  it('tell of the weeks that are over, the latest first', async () => {
    const person = await planning.planner();
    await livedWeek(person);
    await person.change('saveWeeklyPlan', { date: '2026-11-25', summary: 'A full\n one' }, 'weeklyPlan { id }');
    const { progress } = planning.services;
    expect(await progress.recentReviews(await plannerOf(person), 4)).toEqual([]);
    planning.clock.set('2026-12-09T12:00:00.000Z');
    const [last, before, ...others] = await progress.recentReviews(await plannerOf(person), 4);
    expect(last).toBe('Week of 2026-11-30: 0 of 1 items done; 1 left open: "Letter".');
    expect(before).toBe(
      [
        'Week of 2026-11-23: 2 of 4 items done; 1 skipped: "Gym"; 2 left open: "Chapter again", "Some day"; 2 carried on; 1 added after its first day; estimated 90 min; took 45 min.',
        '  By goal: "Write" 1 of 2.',
        "  In the person's words: A full one",
      ].join('\n'),
    );
    expect(others).toEqual([]);
    expect(await progress.recentReviews(await plannerOf(person), 1)).toEqual([last]);
    planning.clock.set('2026-11-25T12:00:00.000Z');
  });

  it('are short, whatever the titles are', async () => {
    const person = await planning.planner();
    planning.clock.set('2026-12-02T12:00:00.000Z');
    for (let number = 0; number < 8; number += 1) await person.item(`${number} ${'long '.repeat(38)}`, { date: '2026-11-25' });
    const [text = ''] = await planning.services.progress.recentReviews(await plannerOf(person), 1);
    expect(text).toContain('3 more');
    expect(text.length).toBeLessThan(700);
    planning.clock.set('2026-11-25T12:00:00.000Z');
  });
});

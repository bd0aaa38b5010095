import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodesOf, openPlanning, type OpenPlanning, type PlanningPerson } from '../kit/planning.ts';

// Wednesday, 25 November 2026.
let planning: OpenPlanning;
beforeAll(async () => void (planning = await openPlanning()));
afterAll(() => planning[Symbol.asyncDispose]());

const fields = 'id title date status carriedCount originDate originItem { title date } occurrenceDate version';

async function items(person: PlanningPerson): Promise<any[]> {
  return nodesOf((await person.ask(`{ planItems(orderBy: { field: DATE }, first: 100) { edges { node { ${fields} } } } }`)).planItems);
}
const places = async (person: PlanningPerson): Promise<string[]> => (await items(person)).map(({ title, date }) => `${title} ${date?.slice(5)}`).toSorted();
const rollOver = (person: PlanningPerson, input: object): Promise<any> =>
  person.change('rolloverItems', input, `planItems { ${fields} } leftPlanItems { title date }`);
const titles = (list: readonly any[]): string[] => list.map(({ title }) => title);

describe('rollover', () => {
  const night = { from: '2026-11-24', to: '2026-11-25' };

  async function tuesday(settings: object = {}): Promise<PlanningPerson> {
    const person = await planning.planner(settings);
    for (const [title, status] of [
      ['a', 'TODO'],
      ['b', 'DONE'],
      ['c', 'IN_PROGRESS'],
      ['d', 'SKIPPED'],
    ])
      await person.item(title ?? '', { date: '2026-11-24', status });
    await person.item('today', { date: '2026-11-25' });
    return person;
  }

  it('moves what is unfinished to the end of a later day, in its order, and counts', async () => {
    const person = await tuesday();
    const moved = await rollOver(person, { ...night, policy: 'MOVE' });
    expect(moved.planItems).toMatchObject([
      { title: 'a', date: '2026-11-25', status: 'TODO', carriedCount: 1, originDate: '2026-11-24', originItem: null, version: 2 },
      { title: 'c', date: '2026-11-25', status: 'IN_PROGRESS', carriedCount: 1, originDate: '2026-11-24' },
    ]);
    const { dailyPlan } = await person.ask('{ dailyPlan(date: "2026-11-25") { items { edges { node { title } } } } }');
    expect(titles(nodesOf(dailyPlan.items))).toEqual(['today', 'a', 'c']);
    expect((await rollOver(person, { ...night, policy: 'MOVE' })).planItems, 'never twice').toEqual([]);
    const further = await rollOver(person, { from: '2026-11-25', to: '2026-11-27', policy: 'MOVE' });
    expect(further.planItems).toMatchObject([
      { title: 'today', carriedCount: 1, originDate: '2026-11-25' },
      { title: 'a', carriedCount: 2, originDate: '2026-11-24' },
      { title: 'c', carriedCount: 2, originDate: '2026-11-24' },
    ]);
  });

  it('L07 copies what is unfinished once, however often and however many at once', async () => {
    const person = await tuesday();
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => rollOver(person, { ...night, policy: 'COPY' })));
    for (const { planItems } of answers) expect(planItems).toEqual(answers[0].planItems);
    expect(answers[0].planItems).toMatchObject([
      { title: 'a', date: '2026-11-25', carriedCount: 1, originDate: '2026-11-24', originItem: { title: 'a', date: '2026-11-24' } },
      { title: 'c', date: '2026-11-25', status: 'IN_PROGRESS', carriedCount: 1 },
    ]);
    expect(await places(person)).toEqual(['a 11-24', 'a 11-25', 'b 11-24', 'c 11-24', 'c 11-25', 'd 11-24', 'today 11-25']);
    const overdue = await person.ask('{ planItems(filter: { isOverdue: true }) { edges { node { title } } } }');
    expect(nodesOf(overdue.planItems), 'what lives on in a copy is not overdue').toEqual([]);
    await rollOver(person, { from: '2026-11-24', through: '2026-11-25', to: '2026-11-26', policy: 'COPY' });
    expect(await places(person), 'the copies go on, and not what they are of').toEqual([
      'a 11-24',
      'a 11-25',
      'a 11-26',
      'b 11-24',
      'c 11-24',
      'c 11-25',
      'c 11-26',
      'd 11-24',
      'today 11-25',
      'today 11-26',
    ]);
    expect((await rollOver(person, { from: '2026-11-24', through: '2026-11-25', to: '2026-11-28', policy: 'MOVE' })).planItems).toEqual([]);
    const copy = (await items(person)).find(({ title, date }) => title === 'a' && date === '2026-11-26');
    await person.change('deletePlanItem', { id: copy.id }, 'deletedPlanItemId');
    await rollOver(person, { from: '2026-11-25', to: '2026-11-26', policy: 'COPY' });
    expect(await places(person), 'a copy that was deleted is not made again').not.toContain('a 11-26');
  });

  it('does not pile up a habit: a day that has its own gets no other', async () => {
    const person = await planning.planner();
    const repeat = (title: string, rule: string) => person.change('createPlanItem', { title, date: '2026-11-23', recurrence: { rule } }, 'planItem { id }');
    await repeat('daily', 'FREQ=DAILY;COUNT=4');
    await repeat('weekly', 'FREQ=WEEKLY');
    const first = await rollOver(person, { from: '2026-11-23', to: '2026-11-24', policy: 'MOVE' });
    expect([first.planItems, first.leftPlanItems]).toMatchObject([
      [{ title: 'weekly', date: '2026-11-24', occurrenceDate: '2026-11-23' }],
      [{ title: 'daily', date: '2026-11-23' }],
    ]);
    const later = await rollOver(person, { from: '2026-11-23', through: '2026-11-26', to: '2026-11-29', policy: 'COPY' });
    expect(later.planItems, 'of four days of a series the latest').toMatchObject([
      { title: 'weekly', carriedCount: 2, originDate: '2026-11-23', occurrenceDate: null },
      { title: 'daily', originItem: { date: '2026-11-26' } },
    ]);
    expect(titles(later.leftPlanItems)).toEqual(['daily', 'daily', 'daily']);
    const last = await rollOver(person, { from: '2026-11-29', to: '2026-11-30', policy: 'MOVE' });
    expect([titles(last.planItems), titles(last.leftPlanItems)]).toEqual([['daily'], ['weekly']]);
    const far = await rollOver(person, { from: '2027-01-18', to: '2027-02-01', policy: 'MOVE' });
    expect(titles(far.leftPlanItems), 'also on a day for which it is not made yet').toEqual(['weekly']);
  });

  it.each([
    [{ from: '2026-11-24', to: '2026-11-24' }, 'Items are carried on to a later day; 2026-11-24 is not after 2026-11-24.', ['input', 'to']],
    [{ from: '2026-11-24', through: '2026-11-23', to: '2026-11-25' }, '"through" is 2026-11-23, before "from", which is 2026-11-24.', ['input', 'through']],
    [
      { from: '2024-11-24', through: '2026-11-23', to: '2026-11-25' },
      '2024-11-24 to 2026-11-23 is more than the 366 days that can be carried on at once.',
      ['input', 'through'],
    ],
  ])('is refused in words: %j', async (input, message, path) => {
    const person = await planning.planner();
    await expect(rollOver(person, { ...input, policy: 'MOVE' })).rejects.toMatchObject({
      message,
      originalError: { code: 'BAD_USER_INPUT', issues: [{ path }] },
    });
  });

  it('does all or nothing where the day is full, and what fits by itself', async () => {
    const person = await tuesday({ rollover: 'MOVE' });
    await planning.pool.query(
      `INSERT INTO plan_items (id, owner_id, daily_plan_id, title, position, created_at, updated_at)
       SELECT gen_random_uuid(), $1, (SELECT id FROM daily_plans WHERE owner_id = $1 AND date = '2026-11-25'), 'x', 'a0', now(), now() FROM generate_series(1, 498)`,
      [person.viewer.userId],
    );
    await expect(rollOver(person, { ...night, policy: 'MOVE' })).rejects.toMatchObject({
      message: '2 items would go to 2026-11-25, and 1 more fit there. Carry fewer days on at once, or finish some first.',
      originalError: { code: 'CONFLICT' },
    });
    await planning.pool.query(`UPDATE planner_settings SET rolled_over_through = '2026-11-23' WHERE user_id = $1`, [person.viewer.userId]);
    await planning.services.rollovers.catchUpEverybody();
    const { dailyPlan } = await person.ask('{ dailyPlan(date: "2026-11-24") { items { edges { node { title } } } } }');
    expect(titles(nodesOf(dailyPlan.items))).toEqual(['b', 'c', 'd']);
  });

  it('happens by itself from when it is turned on, at the first look after midnight', async () => {
    const person = await tuesday({ rollover: 'MOVE' });
    expect(await places(person), 'what is past stays').toContain('a 11-24');
    planning.clock.set('2026-11-25T23:59:59.999Z');
    expect(await places(person)).toContain('today 11-25');
    planning.clock.set('2026-11-26T00:00:00Z');
    expect(await places(person)).toContain('today 11-26');
    planning.clock.set('2026-12-01T08:00:00Z');
    expect(await places(person), 'nobody looked for days').toContain('today 12-01');
    const [{ carriedCount = 0 } = {}] = (await items(person)).filter(({ title }) => title === 'today');
    expect(carriedCount).toBe(2);
    await person.change('updatePlannerSettings', { rollover: null }, 'plannerSettings { id }');
    planning.clock.set('2026-12-02T08:00:00Z');
    expect(await places(person)).toContain('today 12-01');
    planning.clock.set('2026-11-25T12:00:00Z');
  });
});

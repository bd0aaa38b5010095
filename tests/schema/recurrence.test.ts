import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodesOf, openPlanning, type OpenPlanning, type PlanningPerson } from '../kit/planning.ts';

// Wednesday, 25 November 2026.
let planning: OpenPlanning;
beforeAll(async () => void (planning = await openPlanning()));
afterAll(() => planning[Symbol.asyncDispose]());

const details = 'planItem { id title date occurrenceDate version recurrence { id rule mode text startDate next(first: 3) excludedDates } }';

async function items(person: PlanningPerson, fields = 'date title status'): Promise<any[]> {
  return nodesOf((await person.ask(`{ planItems(orderBy: { field: DATE }, first: 100) { edges { node { id occurrenceDate ${fields} } } } }`)).planItems);
}
const days = async (person: PlanningPerson): Promise<string[]> => (await items(person)).map(({ date }) => date);
const repeat = async (person: PlanningPerson, rule: string, more: object = {}): Promise<any> =>
  (await person.change('createPlanItem', { title: 'Swim', recurrence: { rule }, ...more }, details)).planItem;
const update = (person: PlanningPerson, input: object): Promise<any> =>
  person.change('updatePlanItem', input, `${details} others { title date } deletedPlanItemIds`);
const refusal = (message: string, code = 'BAD_USER_INPUT') => ({ message, originalError: { code } });

describe('a series', () => {
  it('makes its items sixty days ahead, and says what it is', async () => {
    const person = await planning.planner();
    const first = await repeat(person, 'rrule:freq=weekly;byday=fr,mo', { date: '2026-11-27', startTime: '07:30', notes: 'goggles' });
    expect(first).toMatchObject({ date: '2026-11-27', occurrenceDate: '2026-11-27', version: 1 });
    expect(first.recurrence).toMatchObject({
      rule: 'FREQ=WEEKLY;BYDAY=MO,FR',
      mode: 'SCHEDULED',
      text: 'Every week on Monday and Friday',
      startDate: '2026-11-27',
      next: ['2026-11-27', '2026-11-30', '2026-12-04'],
      excludedDates: [],
    });
    const made = await items(person, 'date title notes startTime position: version dailyPlan { date }');
    expect(made.map(({ date }) => date)).toEqual(made.map(({ occurrenceDate }) => occurrenceDate));
    expect([made.length, made[0]?.date, made.at(-1)?.date]).toEqual([17, '2026-11-27', '2027-01-22']);
    for (const item of made) expect(item).toMatchObject({ title: 'Swim', notes: 'goggles', startTime: '07:30', dailyPlan: { date: item.date } });
  });

  it.each([
    ['no day', { rule: 'FREQ=WEEKLY;BYDAY=MO' }, '2026-11-30'],
    ['a day of the rule', { rule: 'FREQ=WEEKLY;BYDAY=MO', date: '2026-12-07' }, '2026-12-07'],
    ['a day beyond the horizon', { rule: 'FREQ=YEARLY', date: '2027-06-01' }, '2027-06-01'],
    ['a day that is past', { rule: 'FREQ=MONTHLY', date: '2026-10-31' }, '2026-10-31'],
  ])('begins with %s', async (_what, { rule, ...place }, date) => {
    const first = await repeat(await planning.planner(), rule, place);
    expect([first.date, first.recurrence.startDate]).toEqual([date, date]);
  });

  it.each([
    [
      { rule: 'FREQ=WEEKLY;BYDAY=MO' },
      { date: '2026-11-25' },
      '2026-11-25 is not a day of the recurrence rule; its first one from there on is 2026-11-30. Give that, or no date.',
    ],
    [{ rule: 'FREQ=DAILY' }, { week: '2026-11-25' }, 'An item that recurs stands on days; give "date" in place of "week".'],
    [
      { rule: 'FREQ=HOURLY' },
      {},
      'The recurrence rule cannot be used: FREQ=HOURLY makes several a day; items recur by days: use DAILY, WEEKLY, MONTHLY or YEARLY.',
    ],
    [
      { rule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' },
      {},
      'The recurrence rule FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30 makes no day in the ten years from 2026-11-25 on. Change the rule, or the day.',
    ],
    [{ rule: 'FREQ=DAILY' }, { date: '2020-01-01' }, 'A series may begin up to 366 days ago, and 2020-01-01 is before that. Begin it on a later day.'],
  ])('is refused in words, and nothing is made: %j %j', async (recurrence, place, message) => {
    const person = await planning.planner();
    await expect(person.change('createPlanItem', { title: 'x', recurrence, ...place }, details)).rejects.toMatchObject(refusal(message));
    expect(await items(person)).toEqual([]);
  });

  it('L06 is one of at most 200', async () => {
    const person = await planning.planner();
    await planning.pool.query(
      `INSERT INTO recurrences (id, owner_id, rule, start_date, made_through, title, created_at, updated_at)
       SELECT gen_random_uuid(), $1, 'FREQ=YEARLY', '2027-01-01', '2199-12-31', 'x', now(), now() FROM generate_series(1, 200)`,
      [person.viewer.userId],
    );
    const message = 'You have 200 series, as many as are allowed; delete one that you do not need, with "deletePlanItem" and the scope ALL.';
    await expect(repeat(person, 'FREQ=DAILY')).rejects.toMatchObject(refusal(message, 'CONFLICT'));
  });

  it('L06 is begun with at most twenty others at once', async () => {
    const person = await planning.planner();
    const begin = (count: number) => {
      const changes = Array.from({ length: count }, (_, index) => ({ create: { title: `${index}`, recurrence: { rule: 'FREQ=YEARLY' } } }));
      return person.change('changePlanItems', { changes }, 'planItems { id recurrence { next(first: 2) } }');
    };
    await expect(begin(21)).rejects.toMatchObject(refusal('Begin at most 20 series at once; 21 were given. Make several calls.'));
    const { planItems } = await begin(20);
    expect(planItems[19].recurrence.next).toEqual(['2026-11-25', '2027-11-25']);
    const list = '{ planItems { edges { node { recurrence { next(first: 51) } } } } }';
    await expect(person.ask(list)).rejects.toMatchObject(refusal('"first" is 51; ask for 1 to 50 days.'));
  });

  it('leaves out the day of an item that was deleted, and keeps that of one that was moved', async () => {
    const person = await planning.planner();
    await repeat(person, 'FREQ=DAILY;COUNT=4');
    const [, second, third] = await items(person);
    expect(await person.change('deletePlanItem', { id: second.id }, 'deletedPlanItemId deletedPlanItemIds')).toEqual({
      deletedPlanItemId: second.id,
      deletedPlanItemIds: [second.id],
    });
    await person.change('movePlanItem', { id: third.id, toDate: '2026-12-24' }, 'planItem { id }');
    await planning.services.recurrences.makeMissingForEverybody();
    expect((await items(person, 'date recurrence { excludedDates next }')).map(({ date, occurrenceDate }) => [date, occurrenceDate])).toEqual([
      ['2026-11-25', '2026-11-25'],
      ['2026-11-28', '2026-11-28'],
      ['2026-12-24', '2026-11-27'],
    ]);
    const { planItem } = await person.ask('query ($id: ID!) { planItem(id: $id) { recurrence { excludedDates next } } }', { id: third.id });
    expect(planItem.recurrence).toEqual({ excludedDates: ['2026-11-26'], next: ['2026-11-25', '2026-11-27', '2026-11-28'] });
    const { dailyPlan } = await person.ask('{ dailyPlan(date: "2026-11-28") { id } }');
    await person.change('deleteDailyPlan', { id: dailyPlan.id, deleteItems: true }, 'deletedDailyPlanId');
    const again = await person.ask('query ($id: ID!) { planItem(id: $id) { recurrence { excludedDates } } }', { id: third.id });
    expect(again.planItem.recurrence.excludedDates, 'with its plan as well').toEqual(['2026-11-26', '2026-11-28']);
  });

  it('L07 goes on being made as days pass, once, however many nodes do it', async () => {
    const person = await planning.planner();
    await repeat(person, 'FREQ=WEEKLY');
    await repeat(person, 'FREQ=DAILY;INTERVAL=2;COUNT=50');
    planning.clock.set('2026-12-20T12:00:00Z');
    await Promise.all([1, 2, 3, 4].map(() => planning.services.recurrences.makeMissingForEverybody()));
    const made = await days(person);
    planning.clock.set('2026-11-25T12:00:00Z');
    expect(made.at(-1)).toBe('2027-02-17');
    expect(made).toHaveLength(new Set((await items(person, 'date recurrence { id }')).map(({ date, recurrence }) => `${date} ${recurrence.id}`)).size);
    expect(made).toHaveLength(13 + 43);
    const { rows } = await planning.pool.query(`SELECT count(*)::int AS open FROM recurrences WHERE owner_id = $1 AND made_through < '2027-02-17'`, [
      person.viewer.userId,
    ]);
    expect(rows).toEqual([{ open: 0 }]);
  });

  it('stops after a day, and keeps what is finished', async () => {
    const person = await planning.planner();
    const { recurrence } = await repeat(person, 'FREQ=DAILY;COUNT=6');
    const [, , , , , last] = await items(person);
    await person.change('updatePlanItem', { id: last.id, status: 'SKIPPED' }, 'planItem { id }');
    const stopped = await person.change('stopRecurrence', { id: recurrence.id, lastDate: '2026-11-27' }, 'recurrence { rule next } deletedPlanItemIds');
    expect(stopped.recurrence).toEqual({ rule: 'FREQ=DAILY;UNTIL=20261127', next: ['2026-11-25', '2026-11-26', '2026-11-27'] });
    expect(stopped.deletedPlanItemIds).toHaveLength(2);
    expect(await days(person)).toEqual(['2026-11-25', '2026-11-26', '2026-11-27', '2026-11-30']);
  });
});

describe('a change of a series', () => {
  it('is of one item, of those to come, or of all that are unfinished', async () => {
    const person = await planning.planner();
    await repeat(person, 'FREQ=DAILY;COUNT=5');
    const [one, two, three] = await items(person);
    await update(person, { id: one.id, status: 'DONE' });
    await update(person, { id: two.id, title: 'Swim alone', scope: 'THIS' });
    const changed = await update(person, { id: three.id, title: 'Dive', scope: 'FUTURE' });
    expect(changed.planItem).toMatchObject({ title: 'Dive', version: 2, recurrence: { rule: 'FREQ=DAILY;COUNT=3', startDate: '2026-11-27' } });
    expect(changed.others.map(({ date }: any) => date)).toEqual(['2026-11-28', '2026-11-29']);
    expect((await items(person)).map(({ title }) => title)).toEqual(['Swim', 'Swim alone', 'Dive', 'Dive', 'Dive']);
    const { recurrence } = (await person.ask('query ($id: ID!) { planItem(id: $id) { recurrence { rule } } }', { id: two.id })).planItem;
    expect(recurrence.rule).toBe('FREQ=DAILY;UNTIL=20261126');
    await update(person, { id: two.id, notes: 'cap', scope: 'ALL' });
    expect(
      (await items(person, 'notes')).map(({ notes }) => notes),
      'one is done, the others are of another series now',
    ).toEqual([null, 'cap', null, null, null]);
  });

  it('gives it another rule from an item on', async () => {
    const person = await planning.planner();
    await repeat(person, 'FREQ=DAILY;COUNT=4');
    const [, second] = await items(person);
    const changed = await update(person, { id: second.id, scope: 'FUTURE', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO;COUNT=3' } });
    expect(changed.planItem).toMatchObject({ date: '2026-11-30', occurrenceDate: '2026-11-30', recurrence: { text: 'Every week on Monday, 3 times' } });
    expect(changed.deletedPlanItemIds).toHaveLength(2);
    expect(await days(person)).toEqual(['2026-11-25', '2026-11-30', '2026-12-07', '2026-12-14']);
  });

  it('ends it with an item', async () => {
    const person = await planning.planner();
    await repeat(person, 'FREQ=DAILY');
    const [, second] = await items(person);
    const changed = await update(person, { id: second.id, scope: 'FUTURE', recurrence: null });
    expect(changed.planItem.recurrence).toMatchObject({ rule: 'FREQ=DAILY;UNTIL=20261126' });
    expect(await days(person)).toEqual(['2026-11-25', '2026-11-26']);
  });

  it('begins one with an item that stood alone', async () => {
    const person = await planning.planner();
    const id = await person.item('Read', { date: '2026-11-25', estimateMinutes: 20 });
    const changed = await update(person, { id, priority: 'HIGH', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=SU;COUNT=2' } });
    expect(changed.planItem).toMatchObject({ date: '2026-11-29', occurrenceDate: '2026-11-29' });
    expect(await items(person, 'date priority estimateMinutes')).toMatchObject([
      { date: '2026-11-29', priority: 'HIGH', estimateMinutes: 20 },
      { date: '2026-12-06', priority: 'HIGH', estimateMinutes: 20 },
    ]);
  });

  it.each([
    [{ scope: 'FUTURE', status: 'DONE' }, '"status" is each item\'s own; change it with the scope THIS, or leave "scope" out.'],
    [{ scope: 'ALL', actualMinutes: 3 }, '"actualMinutes" is each item\'s own; change it with the scope THIS, or leave "scope" out.'],
    [{ recurrence: { rule: 'FREQ=DAILY' } }, 'How a series recurs is changed from an item on: give the scope FUTURE with "recurrence".'],
    [{ scope: 'ALL', recurrence: null }, 'How a series recurs is changed from an item on: give the scope FUTURE with "recurrence".'],
  ])('is refused in words: %j', async (input, message) => {
    const person = await planning.planner();
    const { id } = await repeat(person, 'FREQ=DAILY;COUNT=2');
    await expect(update(person, { id, ...input })).rejects.toMatchObject(refusal(message));
    expect(await days(person)).toHaveLength(2);
    const alone = await person.item('alone');
    await expect(update(person, { id: alone, scope: 'ALL', title: 'x' })).rejects.toMatchObject(
      refusal('This item does not recur, so "scope" cannot be ALL; leave it out.'),
    );
  });

  it('deletes one item, those to come, or all that are unfinished', async () => {
    const person = await planning.planner();
    const remove = async (id: string, scope: string): Promise<number> =>
      (await person.change('deletePlanItem', { id, scope }, 'deletedPlanItemIds')).deletedPlanItemIds.length;
    await repeat(person, 'FREQ=DAILY;COUNT=6');
    const [one, , three, four] = await items(person);
    await update(person, { id: one.id, status: 'DONE' });
    expect(await remove(three.id, 'THIS')).toBe(1);
    expect(await remove(four.id, 'FUTURE')).toBe(3);
    expect(await days(person)).toEqual(['2026-11-25', '2026-11-26']);
    const [, two] = await items(person);
    expect(await remove(two.id, 'ALL')).toBe(1);
    expect(await items(person, 'date status recurrence { id }'), 'what is done stays').toMatchObject([{ status: 'DONE', recurrence: null }]);
  });
});

describe('a series that counts from completion', () => {
  const water = { title: 'Water', recurrence: { rule: 'FREQ=DAILY;INTERVAL=3', mode: 'AFTER_COMPLETION' } };

  it('makes the next item when the one before is done or skipped, and takes it back', async () => {
    const person = await planning.planner();
    const { planItem } = await person.change('createPlanItem', water, details);
    expect(planItem.recurrence).toMatchObject({ text: '3 days after it was done', next: [] });
    expect(await days(person)).toEqual(['2026-11-25']);
    planning.clock.set('2026-11-27T12:00:00Z');
    const set = (id: string, status: string): Promise<unknown> => update(person, { id, status });
    await set(planItem.id, 'IN_PROGRESS');
    await set(planItem.id, 'DONE');
    expect(await days(person), 'it was done two days late').toEqual(['2026-11-25', '2026-11-30']);
    await set(planItem.id, 'TODO');
    expect(await days(person)).toEqual(['2026-11-25']);
    await set(planItem.id, 'SKIPPED');
    await set(planItem.id, 'DONE');
    const [, next] = await items(person);
    await update(person, { id: next.id, notes: 'touched' });
    await set(planItem.id, 'TODO');
    await set(planItem.id, 'DONE');
    expect(await days(person), 'nothing that was touched goes, and none is made beside it').toEqual(['2026-11-25', '2026-11-30']);
    await person.change('deletePlanItem', { id: next.id }, 'deletedPlanItemId');
    planning.clock.set('2026-11-25T12:00:00Z');
    expect(await days(person), 'one that is deleted is skipped').toEqual(['2026-11-25', '2026-12-01']);
  });

  it('ends by its count, and when it is stopped', async () => {
    const person = await planning.planner();
    const done = async (): Promise<void> => {
      for (const { id, status } of await items(person)) if (status === 'TODO') await update(person, { id, status: 'DONE' });
    };
    await person.change('createPlanItem', { title: 'Pill', recurrence: { rule: 'FREQ=DAILY;COUNT=3', mode: 'AFTER_COMPLETION' } }, details);
    for (let round = 0; round < 5; round += 1) await done();
    expect(
      (await items(person)).map(({ date }) => date),
      'each on a day of its own, though all were done at once',
    ).toEqual(['2026-11-25', '2026-11-26', '2026-11-27']);
    const { planItem } = await person.change('createPlanItem', water, details);
    await person.change('stopRecurrence', { id: planItem.recurrence.id }, 'recurrence { id }');
    await done();
    expect(await days(person)).toHaveLength(4);
  });
});

it('asks for the series of many items in one statement, and makes sixty in a few', async () => {
  const person = await planning.planner();
  const make = `mutation { createPlanItem(input: { title: "Rest", recurrence: { rule: "FREQ=DAILY" } }) { planItem { id } } }`;
  const { statements } = await planning.execute(person.viewer, make);
  expect(statements.length).toBeLessThan(30);
  await repeat(person, 'FREQ=WEEKLY');
  const list = '{ planItems(first: 50) { edges { node { recurrence { rule next } } } } }';
  expect((await planning.execute(person.viewer, list)).statements).toHaveLength(4);
});

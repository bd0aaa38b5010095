import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodesOf, openPlanning, type OpenPlanning, type PlanningPerson } from '../kit/planning.ts';
import { rowId } from '../kit/ids.ts';

let planning: OpenPlanning;
beforeAll(async () => void (planning = await openPlanning()));
afterAll(() => planning[Symbol.asyncDispose]());

/** The titles of a day, of a week and of no plan, in their order. */
async function titles(person: PlanningPerson): Promise<{ readonly day: string[]; readonly week: string[]; readonly unplanned: string[] }> {
  const found = await person.ask(`{
    dailyPlan(date: "2026-11-25") { items { edges { node { title } } } }
    weeklyPlan(date: "2026-11-25") { items { edges { node { title } } } }
    planItems(filter: { isUnplanned: true }, orderBy: { field: POSITION }) { edges { node { title } } }
  }`);
  const titlesOf = (connection: any): string[] => (connection === undefined ? [] : nodesOf(connection).map(({ title }) => title));
  return { day: titlesOf(found.dailyPlan?.items), week: titlesOf(found.weeklyPlan?.items), unplanned: titlesOf(found.planItems) };
}

const change = (person: PlanningPerson, changes: readonly object[]) =>
  person.change('changePlanItems', { changes }, 'planItems { id title status notes date version } deletedPlanItemIds');

describe('an item', () => {
  it('is made with its title alone, in no plan', async () => {
    const person = await planning.planner();
    const selection = `planItem {
      title notes status priority estimateMinutes actualMinutes startTime date weekStart carriedCount originDate completedAt version createdAt updatedAt
      goal { id } dailyPlan { id } weeklyPlan { id }
    }`;
    const now = planning.clock.now().toISOString();
    const nothing = { notes: null, estimateMinutes: null, actualMinutes: null, startTime: null, originDate: null, completedAt: null, goal: null };
    expect((await person.change('createPlanItem', { title: ' Rest ' }, selection)).planItem).toEqual({
      ...nothing,
      title: 'Rest',
      status: 'TODO',
      priority: 'MEDIUM',
      date: null,
      weekStart: null,
      carriedCount: 0,
      version: 1,
      createdAt: now,
      updatedAt: now,
      dailyPlan: null,
      weeklyPlan: null,
    });
  });

  it('stands on a day, in a week or in no plan, at the end, and makes the plan', async () => {
    const person = await planning.planner();
    for (const title of ['1', '2']) {
      await person.item(`day ${title}`, { date: '2026-11-25' });
      await person.item(`week ${title}`, { week: '2026-11-29' });
      await person.item(`none ${title}`);
    }
    expect(await titles(person)).toEqual({ day: ['day 1', 'day 2'], week: ['week 1', 'week 2'], unplanned: ['none 1', 'none 2'] });
    const { planItems } = await person.ask(
      '{ planItems(orderBy: { field: CREATED_AT }, first: 2) { edges { node { date weekStart dailyPlan { weeklyPlan { weekStart } } weeklyPlan { weekStart } } } } }',
    );
    expect(nodesOf(planItems)).toEqual([
      { date: '2026-11-25', weekStart: null, dailyPlan: { weeklyPlan: { weekStart: '2026-11-23' } }, weeklyPlan: null },
      { date: null, weekStart: '2026-11-23', dailyPlan: null, weeklyPlan: { weekStart: '2026-11-23' } },
    ]);
  });

  it('remembers when it was done, as long as it is', async () => {
    const person = await planning.planner();
    const id = await person.item('Run', { status: 'DONE' });
    const completedAt = async (changes: object): Promise<string | null> =>
      (await person.change('updatePlanItem', { id, ...changes }, 'planItem { completedAt }')).planItem.completedAt;
    const first = planning.clock.now().toISOString();
    planning.clock.set('2026-11-26T12:00:00Z');
    expect(await completedAt({ title: 'Run far', status: 'DONE' })).toBe(first);
    expect(await completedAt({ status: 'SKIPPED' })).toBeNull();
    expect(await completedAt({ status: 'DONE' })).toBe('2026-11-26T12:00:00.000Z');
    planning.clock.set('2026-11-25T12:00:00Z');
  });

  it('is moved before and after others, to days, weeks, plans, and out of them', async () => {
    const person = await planning.planner();
    const [a, b, c] = [
      await person.item('a', { date: '2026-11-25' }),
      await person.item('b', { date: '2026-11-25' }),
      await person.item('c', { date: '2026-11-25' }),
    ];
    const w = await person.item('w', { week: '2026-11-25' });
    const n = await person.item('n');
    const plans = await person.ask('{ dailyPlan(date: "2026-11-25") { id } weeklyPlan(date: "2026-11-25") { id } }');
    const move = async (id: string, target: object) => {
      await person.change('movePlanItem', { id, ...target }, 'planItem { version }');
      return titles(person);
    };
    expect((await move(c, { before: a })).day).toEqual(['c', 'a', 'b']);
    expect((await move(c, { after: a })).day).toEqual(['a', 'c', 'b']);
    expect((await move(a, { after: b })).day).toEqual(['c', 'b', 'a']);
    expect((await move(a, { before: b })).day).toEqual(['c', 'a', 'b']);
    expect((await move(a, { before: b })).day, 'where it stands already').toEqual(['c', 'a', 'b']);
    expect(await move(a, { before: w })).toEqual({ day: ['c', 'b'], week: ['a', 'w'], unplanned: ['n'] });
    expect(await move(b, { after: n })).toEqual({ day: ['c'], week: ['a', 'w'], unplanned: ['n', 'b'] });
    expect(await move(w, { toDate: '2026-11-25' })).toEqual({ day: ['c', 'w'], week: ['a'], unplanned: ['n', 'b'] });
    expect(await move(n, { toWeek: '2026-11-29' })).toEqual({ day: ['c', 'w'], week: ['a', 'n'], unplanned: ['b'] });
    expect(await move(c, { unplanned: true })).toEqual({ day: ['w'], week: ['a', 'n'], unplanned: ['b', 'c'] });
    expect(await move(b, { toPlanId: plans.dailyPlan.id })).toEqual({ day: ['w', 'b'], week: ['a', 'n'], unplanned: ['c'] });
    expect(await move(c, { toPlanId: plans.weeklyPlan.id })).toEqual({ day: ['w', 'b'], week: ['a', 'n', 'c'], unplanned: [] });
    expect((await move(w, { toDate: '2026-11-25' })).day, 'to the end of where it is').toEqual(['b', 'w']);
    expect((await move(a, { toDate: '2026-12-31' })).week).toEqual(['n', 'c']);
    const { planItem } = await person.ask('query ($id: ID!) { planItem(id: $id) { date version } }', { id: a });
    expect(planItem, 'each of five moves counts').toEqual({ date: '2026-12-31', version: 6 });
  });

  it.each([
    [{}, 0],
    [{ unplanned: false }, 0],
    [{ toDate: '2026-11-25', toWeek: '2026-11-25' }, 2],
    [{ toDate: '2026-11-25', unplanned: true }, 2],
  ])('is moved to exactly one place, not to %j', async (target, count) => {
    const person = await planning.planner();
    const id = await person.item('x');
    const message = `Say where to move the item by exactly one of "before", "after", "toDate", "toWeek", "toPlanId" and "unplanned: true"; ${count} were given.`;
    await expect(person.change('movePlanItem', { id, ...target }, 'planItem { id }')).rejects.toMatchObject({
      message,
      originalError: { code: 'BAD_USER_INPUT' },
    });
    await expect(person.change('movePlanItem', { id, after: id }, 'planItem { id }')).rejects.toMatchObject({
      message: 'An item cannot stand beside itself; name another one.',
      originalError: { issues: [{ path: ['input', 'after'] }] },
    });
  });

  it.each([
    [{ title: '' }, 'title: must not be empty'],
    [{ title: 'x'.repeat(201) }, 'title: has at most 200 characters'],
    [{ title: 'x', notes: 'x'.repeat(10_001) }, 'notes: has at most 10,000 characters'],
    [{ title: 'x', startTime: '24:00' }, 'startTime: is not a time of day; write it like 09:30'],
    [{ title: 'x', startTime: '9:30' }, 'startTime: is not a time of day; write it like 09:30'],
    [{ title: 'x', estimateMinutes: 0 }, 'estimateMinutes: must be a whole number from 1 to 10,080'],
    [{ title: 'x', actualMinutes: 10_081 }, 'actualMinutes: must be a whole number from 0 to 10,080'],
    [{ title: 'x', actualMinutes: -1 }, 'actualMinutes: must be a whole number from 0 to 10,080'],
    [{ title: 'x', date: '2026-11-25', week: '2026-11-25' }, 'Give either "date" or "week", not both: an item stands in one plan.'],
  ])('is refused in words for %j', async (input, message) => {
    const person = await planning.planner();
    await expect(person.change('createPlanItem', input, 'planItem { id }')).rejects.toMatchObject({ message, originalError: { code: 'BAD_USER_INPUT' } });
    expect(await titles(person)).toEqual({ day: [], week: [], unplanned: [] });
  });

  it('is one of at most 500 of a plan and 20,000 of a person', async () => {
    const person = await planning.planner();
    const at = planning.clock.now();
    const { dailyPlan } = await person.change('saveDailyPlan', { date: '2026-11-25' }, 'dailyPlan { id }');
    const dailyPlanId = rowId(dailyPlan.id);
    /** In pieces, for each row is indexed for the search. */
    const fill = async (count: number, planId: string | null): Promise<void> => {
      for (let left = count; left > 0; left -= 2_000) {
        await planning.pool.query(
          `INSERT INTO plan_items (id, owner_id, daily_plan_id, title, position, created_at, updated_at)
           SELECT gen_random_uuid(), $1, $2, 'x', 'a0', $3, $3 FROM generate_series(1, $4)`,
          [person.viewer.userId, planId, at, Math.min(left, 2_000)],
        );
      }
    };
    await fill(499, dailyPlanId);
    const moved = await person.item('moved');
    await person.item('the last', { date: '2026-11-25' });
    const full = {
      message: 'This plan has 500 items, as many as are allowed; move some elsewhere with "movePlanItem".',
      originalError: { code: 'CONFLICT' },
    };
    await expect(person.item('one more', { date: '2026-11-25' })).rejects.toMatchObject(full);
    await expect(person.change('movePlanItem', { id: moved, toDate: '2026-11-25' }, 'planItem { id }')).rejects.toMatchObject(full);
    await fill(19_498, null);
    await expect(change(person, [{ create: { title: 'a' } }, { create: { title: 'b' } }])).rejects.toMatchObject({ originalError: { code: 'CONFLICT' } });
    const { planItems } = planning.services;
    const settled = await Promise.allSettled(['a', 'b', 'c'].map((title) => planItems.create(person.viewer, { title })));
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(person.item('one more')).rejects.toThrow(
      'You have 20,000 items, and at most 20,000 are allowed; delete some that you do not need with "changePlanItems".',
    );
  });
});

describe('many changes of items', () => {
  it('are made one after the other, and told', async () => {
    const person = await planning.planner();
    const [a, b, c] = [await person.item('a', { date: '2026-11-25', notes: 'kept' }), await person.item('b', { date: '2026-11-25' }), await person.item('c')];
    const changed = await change(person, [
      { update: { id: a, status: 'DONE' } },
      { create: { title: 'new', date: '2026-11-25' } },
      { move: { id: c, before: a } },
      { move: { id: a, toDate: '2026-11-26' } },
      { update: { id: c, notes: 'told' } },
      { delete: { id: b } },
    ]);
    expect(changed.planItems).toMatchObject([
      { title: 'a', status: 'DONE', notes: 'kept', date: '2026-11-26', version: 3 },
      { title: 'new', date: '2026-11-25', version: 1 },
      { title: 'c', notes: 'told', date: '2026-11-25', version: 3 },
    ]);
    expect(changed.deletedPlanItemIds).toEqual([b]);
    expect((await titles(person)).day).toEqual(['c', 'new']);
  });

  it('happen all or not at all, and say which one cannot', async () => {
    const person = await planning.planner();
    const id = await person.item('a', { date: '2026-11-25' });
    const before = await titles(person);
    const failing = async (last: object, expected: object): Promise<void> => {
      const changes = [{ create: { title: 'new', date: '2026-12-01' } }, { update: { id, title: 'changed' } }, { delete: { id } }, last];
      await expect(change(person, changes)).rejects.toMatchObject({ originalError: expected });
      expect(await titles(person)).toEqual(before);
      expect((await person.ask('{ dailyPlan(date: "2026-12-01") { id } }')).dailyPlan).toBeNull();
    };
    await failing({ update: { id, title: 'gone' } }, { code: 'NOT_FOUND' });
    await failing({ create: { title: '' } }, { code: 'BAD_USER_INPUT', issues: [{ path: ['input', 'changes', 3, 'create', 'title'] }] });
    await failing({ move: { id, unplanned: false } }, { code: 'BAD_USER_INPUT', issues: [{ path: ['input', 'changes', 3, 'move'] }] });
    await failing({ update: { id, status: null } }, { code: 'BAD_USER_INPUT', issues: [{ path: ['input', 'changes', 3, 'update', 'status'] }] });
  });

  it('are 1 to 200, each exactly one', async () => {
    const person = await planning.planner();
    await expect(change(person, [])).rejects.toThrow('Make 1 to 200 changes at once; 0 were given.');
    await expect(
      change(
        person,
        Array.from({ length: 201 }, () => ({ create: { title: 'x' } })),
      ),
    ).rejects.toThrow('Make 1 to 200 changes at once; 201 were given.');
    await expect(change(person, [{}])).rejects.toThrow('PlanItemChange');
    await expect(planning.services.planItems.change(person.viewer, [{}])).rejects.toMatchObject({
      message: 'A change is exactly one of "create", "update", "move" and "delete".',
      issues: [{ path: ['input', 'changes', 0] }],
    });
    const { planItems } = await change(
      person,
      Array.from({ length: 200 }, (_, index) => ({ create: { title: `${index}`, week: '2026-11-25' } })),
    );
    expect(planItems.map(({ title }: { title: string }) => title)).toEqual(Array.from({ length: 200 }, (_, index) => `${index}`));
    expect((await titles(person)).week.slice(0, 3)).toEqual(['0', '1', '2']);
  });

  it('make many items by a few statements, each in its plan and in its order', async () => {
    const person = await planning.planner();
    const goalId = await person.goal('Goal');
    await person.item('0', { date: '2026-11-25' });
    const places = [{ date: '2026-11-25' }, { week: '2026-11-25' }, { week: '2026-11-29' }, {}];
    const changes = Array.from({ length: 40 }, (_, index) => ({ create: { title: `${index + 1}`, ...places[index % 4], ...(index % 2 === 0 && { goalId }) } }));
    const { result, statements } = await planning.execute(
      person.viewer,
      'mutation ($input: ChangePlanItemsInput!) { changePlanItems(input: $input) { planItems { title date weekStart goal { title } } } }',
      { input: { changes } },
    );
    expect(statements.length).toBeLessThan(25);
    expect(result.changePlanItems.planItems.map(({ title }: any) => title)).toEqual(changes.map(({ create }) => create.title));
    expect(result.changePlanItems.planItems.slice(0, 4)).toEqual([
      { title: '1', date: '2026-11-25', weekStart: null, goal: { title: 'Goal' } },
      { title: '2', date: null, weekStart: '2026-11-23', goal: null },
      { title: '3', date: null, weekStart: '2026-11-23', goal: { title: 'Goal' } },
      { title: '4', date: null, weekStart: null, goal: null },
    ]);
    const found = await titles(person);
    expect(found.day).toEqual(['0', ...changes.flatMap(({ create }, index) => (index % 4 === 0 ? create.title : []))]);
    expect(found.week).toEqual(changes.flatMap(({ create }, index) => ([1, 2].includes(index % 4) ? create.title : [])));
    const full = Array.from({ length: 200 }, () => ({ create: { title: 'x', date: '2026-11-25' } }));
    for (const part of [full, full]) await change(person, part);
    await expect(change(person, full)).rejects.toMatchObject({
      message: 'A plan has at most 500 items; this one has 411, and cannot take 200 more.',
      originalError: { code: 'CONFLICT' },
    });
  });

  it('do not reach what is of somebody else, by whatever id (L01)', async () => {
    const [owner, stranger] = [await planning.planner(), await planning.planner()];
    const goalId = await owner.goal('Mine');
    const id = await owner.item('mine', { date: '2026-11-25' });
    await owner.item('mine too', { week: '2026-11-25' });
    const plans = await owner.ask('{ dailyPlan(date: "2026-11-25") { id } weeklyPlan(date: "2026-11-25") { id } }');
    const own = await stranger.item('theirs', { date: '2026-11-25' });
    const before = [await titles(owner), await titles(stranger)];
    const attempts: readonly [object, string][] = [
      [{ update: { id, title: 'x' } }, 'PlanItem'],
      [{ update: { id: own, goalId } }, 'Goal'],
      [{ create: { title: 'x', goalId } }, 'Goal'],
      [{ move: { id, unplanned: true } }, 'PlanItem'],
      [{ move: { id: own, before: id } }, 'PlanItem'],
      [{ move: { id: own, after: id } }, 'PlanItem'],
      [{ move: { id: own, toPlanId: plans.dailyPlan.id } }, 'DailyPlan'],
      [{ move: { id: own, toPlanId: plans.weeklyPlan.id } }, 'WeeklyPlan'],
      [{ delete: { id } }, 'PlanItem'],
    ];
    for (const [attempt, kind] of attempts) {
      await expect(change(stranger, [{ update: { id: own, title: 'changed' } }, attempt]), JSON.stringify(attempt)).rejects.toMatchObject({
        message: `No ${kind} with this id exists, or you may not see it.`,
        originalError: { code: 'NOT_FOUND' },
      });
    }
    expect([await titles(owner), await titles(stranger)]).toEqual(before);
  });
});

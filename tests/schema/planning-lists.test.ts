import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../src/base/id.ts';
import { nodesOf, openPlanning, type OpenPlanning, type PlanningPerson } from '../kit/planning.ts';
import { rowId } from '../kit/ids.ts';

let planning: OpenPlanning;
let person: PlanningPerson;
beforeAll(async () => {
  planning = await openPlanning();
  person = await planning.planner();
  await fill();
});
afterAll(() => planning[Symbol.asyncDispose]());

const priorities = ['LOW', 'MEDIUM', 'HIGH', 'URGENT'] as const;

/** Goals and items of which many are the same in what they are ordered by, or have nothing there. */
async function fill(): Promise<void> {
  const ownerId = person.viewer.userId;
  const days: string[] = [];
  for (const date of ['2026-11-20', '2026-11-24', '2026-11-25', '2026-11-30'])
    days.push((await person.change('saveDailyPlan', { date }, 'dailyPlan { id }')).dailyPlan.id);
  const week = (await person.change('saveWeeklyPlan', { date: '2026-11-16' }, 'weeklyPlan { id }')).weeklyPlan.id;
  const facts = (index: number) => {
    const at = new Date(1_700_000_000_000 + Math.floor(index / 3) * 1_000);
    const title = ['banana', 'Apple', 'apple', 'Éclair', 'zebra', '10', 'Zoo'][index % 7] ?? '';
    return { id: uuidv7(), ownerId, title, priority: priorities[index % 4] ?? 'LOW', createdAt: at, updatedAt: at };
  };
  await planning.prisma.goal.createMany({
    data: Array.from({ length: 17 }, (_, index) => ({
      ...facts(index),
      targetDate: index % 3 === 0 ? null : new Date(Date.UTC(2027, 0, 1 + (index % 4))),
    })),
  });
  await planning.prisma.planItem.createMany({
    data: Array.from({ length: 23 }, (_, index) => ({
      ...facts(index),
      dailyPlanId: index % 6 < 4 ? rowId(days[index % 6] ?? '') : null,
      weeklyPlanId: index % 6 === 4 ? rowId(week) : null,
      position: `a${index % 5}`,
      status: (['TODO', 'IN_PROGRESS', 'DONE', 'SKIPPED'] as const)[index % 4] ?? 'TODO',
    })),
  });
}

const lists = [
  ...['CREATED_AT', 'TARGET_DATE', 'PRIORITY', 'TITLE'].map((field) => ({ list: 'goals', field })),
  ...['CREATED_AT', 'DATE', 'PRIORITY', 'TITLE', 'POSITION'].map((field) => ({ list: 'planItems', field })),
];

const readings: Readonly<Record<string, string>> = { TARGET_DATE: 'targetDate', DATE: 'date', PRIORITY: 'priority', TITLE: 'title', CREATED_AT: 'createdAt' };

describe('a list', () => {
  it.each(lists.flatMap((list) => ['ASC', 'DESC'].map((direction) => ({ ...list, direction }))))(
    'of $list by $field $direction has each row once, in order, whatever the size of a page and from either end',
    async ({ list, field, direction }) => {
      const selection = field === 'POSITION' ? 'id' : `id ${readings[field] ?? ''}`;
      const document = `query ($first: Int, $last: Int, $after: String, $before: String) {
        ${list}(first: $first, last: $last, after: $after, before: $before, orderBy: { field: ${field}, direction: ${direction} }) {
          edges { node { ${selection} } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
      }`;
      const page = async (variables: object): Promise<any> => (await person.ask(document, { ...variables }))[list];
      const whole = nodesOf(await page({ first: 100 }));
      expect(new Set(whole.map(({ id }) => id)).size).toBe(list === 'goals' ? 17 : 23);
      const values = whole.map((row) => row[readings[field] ?? ''] ?? null);
      const known = values.filter((value) => value !== null);
      expect(
        values.slice(known.length).every((value) => value === null),
        'what has no value comes last',
      ).toBe(true);
      // How letters are sorted is the business of the database.
      if (field !== 'TITLE' && field !== 'POSITION') {
        const rank = (value: string): string => (field === 'PRIORITY' ? `${priorities.findIndex((known) => known === value)}` : value);
        const sorted = known.toSorted((one, other) => rank(one).localeCompare(rank(other)));
        expect(known).toEqual(direction === 'ASC' ? sorted : sorted.toReversed());
      }
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 24 }), fc.boolean(), async (size, isForwards) => {
          const seen: any[] = [];
          let cursor: string | undefined;
          for (let hasMore = true; hasMore;) {
            const found = await page(isForwards ? { first: size, after: cursor } : { last: size, before: cursor });
            if (isForwards) seen.push(...nodesOf(found));
            else seen.unshift(...nodesOf(found));
            cursor = isForwards ? found.pageInfo.endCursor : found.pageInfo.startCursor;
            hasMore = isForwards ? found.pageInfo.hasNextPage : found.pageInfo.hasPreviousPage;
          }
          expect(seen).toEqual(whole);
        }),
        { numRuns: 6 },
      );
    },
  );

  it('puts titles together whatever their capitals', async () => {
    const { goals } = await person.ask('{ goals(first: 100, orderBy: { field: TITLE }) { edges { node { title } } } }');
    const titles = nodesOf(goals).map(({ title }) => title.toLowerCase());
    expect(titles.lastIndexOf('apple') - titles.indexOf('apple')).toBe(titles.filter((title) => title === 'apple').length - 1);
    expect(titles.indexOf('apple')).toBeLessThan(titles.indexOf('zebra'));
  });

  it('knows a cursor of another list, of another order and of nothing', async () => {
    const cursorOf = async (text: string): Promise<string> => {
      const [list] = Object.values(await person.ask(text));
      return (list as any).pageInfo.endCursor;
    };
    const byTitle = await cursorOf('{ goals(first: 1, orderBy: { field: TITLE }) { pageInfo { endCursor } } }');
    const items = await cursorOf('{ planItems(first: 1, orderBy: { field: TITLE }) { pageInfo { endCursor } } }');
    const forged = (...parts: readonly unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');
    const id = uuidv7();
    const after = (cursor: string, field: string) =>
      person.ask(`query ($after: String) { goals(after: $after, orderBy: { field: ${field} }) { edges { cursor } } }`, { after: cursor });
    for (const [cursor, field] of [
      [byTitle, 'PRIORITY'],
      [items, 'TITLE'],
      ['nonsense', 'TITLE'],
      [forged('goals PRIORITY ASC', 'HUGE', id), 'PRIORITY'],
      [forged('goals CREATED_AT ASC', 'now', id), 'CREATED_AT'],
      [forged('goals TARGET_DATE ASC', '2026-02-30', id), 'TARGET_DATE'],
      [forged('goals TITLE ASC', 'a\u0000', id), 'TITLE'],
      [forged('goals TITLE ASC', 'a', 'no id'), 'TITLE'],
    ] as const) {
      await expect(after(cursor, field)).rejects.toMatchObject({
        message: `"${cursor.slice(0, 40)}" is not a cursor of this list; use the "endCursor" or "startCursor" of a page.`,
        originalError: { code: 'BAD_USER_INPUT' },
      });
    }
  });

  it('of goals is filtered by all that can be said', async () => {
    const other = await planning.planner();
    const parentId = await other.goal('Parent', { horizon: 'LONG', priority: 'URGENT' });
    await other.goal('Child', { parentId, description: '100% done, or NOT', status: 'PAUSED' });
    await other.goal('Loner', { status: 'COMPLETED', horizon: 'SHORT' });
    const found = async (filter: object): Promise<string[]> =>
      nodesOf(
        (await other.ask('query ($filter: GoalFilter) { goals(filter: $filter, orderBy: { field: TITLE }) { edges { node { title } } } }', { filter })).goals,
      ).map(({ title }) => title);
    expect(await found({})).toEqual(['Child', 'Loner', 'Parent']);
    expect(await found({ status: ['PAUSED', 'COMPLETED'] })).toEqual(['Child', 'Loner']);
    expect(await found({ status: 'ACTIVE' }), 'one stands for a list of one').toEqual(['Parent']);
    expect(await found({ status: [] })).toEqual([]);
    expect(await found({ horizon: ['LONG', 'SHORT'], priority: ['URGENT'] })).toEqual(['Parent']);
    expect(await found({ parentId })).toEqual(['Child']);
    expect(await found({ isTopLevel: true })).toEqual(['Loner', 'Parent']);
    expect(await found({ isTopLevel: false })).toEqual(['Child']);
    expect(await found({ text: '0% DONE' })).toEqual(['Child']);
    expect(await found({ text: 'done_' })).toEqual([]);
    expect(await found({ text: 'lone' })).toEqual(['Loner']);
    await expect(found({ text: 'x'.repeat(201) })).rejects.toMatchObject({ message: 'text: has at most 200 characters' });
  });

  it('of items is filtered by all that can be said', async () => {
    const other = await planning.planner({ timeZone: 'Pacific/Kiritimati' });
    // Where they are it is the 26th already.
    const goalId = await other.goal('Goal');
    await other.item('yesterday', { date: '2026-11-25', priority: 'HIGH', goalId });
    await other.item('done', { date: '2026-11-25', status: 'DONE', notes: 'Yesterday' });
    await other.item('today', { date: '2026-11-26', status: 'IN_PROGRESS' });
    await other.item('last week', { week: '2026-11-22' });
    await other.item('this week', { week: '2026-11-26' });
    await other.item('some day', { goalId });
    const document = 'query ($filter: PlanItemFilter) { planItems(filter: $filter, orderBy: { field: CREATED_AT }) { edges { node { title } } } }';
    const found = async (filter: object): Promise<string[]> => nodesOf((await other.ask(document, { filter })).planItems).map(({ title }) => title);
    expect(await found({})).toHaveLength(6);
    expect(await found({ status: ['DONE', 'IN_PROGRESS'] })).toEqual(['done', 'today']);
    expect(await found({ priority: ['HIGH'] })).toEqual(['yesterday']);
    expect(await found({ goalId })).toEqual(['yesterday', 'some day']);
    expect(await found({ from: '2026-11-26' })).toEqual(['today']);
    expect(await found({ to: '2026-11-25' })).toEqual(['yesterday', 'done']);
    expect(await found({ from: '2026-11-25', to: '2026-11-25' })).toEqual(['yesterday', 'done']);
    expect(await found({ isUnplanned: true })).toEqual(['some day']);
    expect(await found({ isUnplanned: false })).toHaveLength(5);
    expect(await found({ isOverdue: true })).toEqual(['yesterday', 'last week']);
    expect(await found({ isOverdue: false })).toEqual(['done', 'today', 'this week', 'some day']);
    expect(await found({ text: 'YESTER' })).toEqual(['yesterday', 'done']);
    await expect(found({ from: '2026-11-26', to: '2026-11-25' })).rejects.toMatchObject({ message: '"to" is 2026-11-25, before "from", which is 2026-11-26.' });
  });

  it('has the newest first when no order is asked for', async () => {
    const other = await planning.planner();
    for (const title of ['one', 'two', 'three']) {
      planning.clock.set(new Date(planning.clock.now().getTime() + 1).toISOString());
      await other.goal(title);
      await other.item(title);
    }
    const found = await other.ask('{ goals { edges { node { title } } } planItems { edges { node { title } } } }');
    for (const list of [found.goals, found.planItems]) expect(nodesOf(list).map(({ title }) => title)).toEqual(['three', 'two', 'one']);
    planning.clock.set('2026-11-25T12:00:00Z');
  });
});

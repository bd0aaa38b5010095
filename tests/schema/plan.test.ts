import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../src/base/id.ts';
import { nodesOf, openPlanning, type OpenPlanning, type PlanningPerson } from '../kit/planning.ts';
import { rowId } from '../kit/ids.ts';

let planning: OpenPlanning;
beforeAll(async () => void (planning = await openPlanning()));
afterAll(() => planning[Symbol.asyncDispose]());

const week = async (person: PlanningPerson, date: string | null, selection = 'weekStart summary'): Promise<any> =>
  (await person.ask(`query ($date: Date) { weeklyPlan(date: $date) { ${selection} } }`, { date })).weeklyPlan;
const day = async (person: PlanningPerson, date: string | null, selection = 'date summary'): Promise<any> =>
  (await person.ask(`query ($date: Date) { dailyPlan(date: $date) { ${selection} } }`, { date })).dailyPlan;
const saveWeek = async (person: PlanningPerson, input: object, selection = 'id weekStart'): Promise<any> =>
  (await person.change('saveWeeklyPlan', input, `weeklyPlan { ${selection} }`)).weeklyPlan;
const saveDay = async (person: PlanningPerson, input: object, selection = 'id date'): Promise<any> =>
  (await person.change('saveDailyPlan', input, `dailyPlan { ${selection} }`)).dailyPlan;

describe('a plan', () => {
  it('is made by what is written first, and by no reading', async () => {
    const person = await planning.planner();
    expect([await week(person, '2026-11-25'), await day(person, '2026-11-25'), await week(person, null), await day(person, null)]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(await planning.prisma.plannerSettings.count({ where: { userId: person.viewer.userId } })).toBe(0);
    const facts = 'version createdAt updatedAt status summary';
    const now = planning.clock.now().toISOString();
    const made = { version: 1, createdAt: now, updatedAt: now, status: 'DRAFT', summary: null };
    expect(await saveWeek(person, { date: '2026-11-25' }, `weekStart focusAreas ${facts}`)).toEqual({ weekStart: '2026-11-23', focusAreas: [], ...made });
    expect(await saveDay(person, { date: '2026-11-25' }, `date ${facts}`)).toEqual({ date: '2026-11-25', ...made });
    expect((await saveDay(person, { date: '2026-11-25', summary: 'New' }, facts)).version).toBe(2);
  });

  it.each([
    ['Pacific/Pago_Pago', '2026-11-23T10:59:00Z', '2026-11-22', '2026-11-16'],
    ['Pacific/Pago_Pago', '2026-11-23T11:00:00Z', '2026-11-23', '2026-11-23'],
    ['Pacific/Kiritimati', '2026-11-22T09:59:00Z', '2026-11-22', '2026-11-16'],
    ['Pacific/Kiritimati', '2026-11-22T10:00:00Z', '2026-11-23', '2026-11-23'],
    ['Asia/Kolkata', '2026-11-22T18:29:00Z', '2026-11-22', '2026-11-16'],
    ['Asia/Kolkata', '2026-11-22T18:30:00Z', '2026-11-23', '2026-11-23'],
    ['America/New_York', '2026-03-08T04:59:00Z', '2026-03-07', '2026-03-02'],
    ['America/New_York', '2026-03-09T03:59:00Z', '2026-03-08', '2026-03-02'],
    ['America/New_York', '2026-11-02T04:59:00Z', '2026-11-01', '2026-10-26'],
    ['America/New_York', '2026-11-02T05:00:00Z', '2026-11-02', '2026-11-02'],
  ])('of today, in %s at %s, is that of %s and of the week from %s', async (timeZone, moment, date, weekStart) => {
    const person = await planning.planner({ timeZone });
    planning.clock.set(moment);
    expect((await saveDay(person, {})).date).toBe(date);
    expect((await saveWeek(person, {})).weekStart).toBe(weekStart);
    expect((await day(person, null)).date).toBe(date);
    expect((await week(person, null)).weekStart).toBe(weekStart);
    expect((await person.ask('{ viewer { plannerSettings { today } } }')).viewer.plannerSettings.today).toBe(date);
    planning.clock.set('2026-11-25T12:00:00Z');
  });

  it('is one, however many write it first at once (L02)', async () => {
    const { viewer, ask } = await planning.planner();
    const { plans, planItems } = planning.services;
    const days = ['2026-11-23', '2026-11-25', '2026-11-29'];
    const weeks = await Promise.all(
      Array.from({ length: 20 }, (_, index) => plans.saveWeeklyPlan(viewer, { date: days[index % 3], focusAreas: [`${index}`] })),
    );
    expect(new Set(weeks.map(({ id }) => id)).size).toBe(1);
    expect(
      weeks.map(({ version }) => version).toSorted((one, other) => one - other),
      'each change counts',
    ).toEqual(weeks.map((_, index) => index + 2));
    const made = await Promise.all([
      ...Array.from({ length: 10 }, async () => (await plans.saveDailyPlan(viewer, { date: '2026-11-25' })).id),
      ...Array.from({ length: 10 }, async (_, index) => (await planItems.create(viewer, { title: `${index}`, date: '2026-11-25' })).dailyPlanId),
    ]);
    expect(new Set(made).size).toBe(1);
    expect(await planning.prisma.plannerSettings.count({ where: { userId: viewer.userId } })).toBe(1);
    const { dailyPlan } = await ask('{ dailyPlan { items { edges { node { title } } } } }');
    expect(nodesOf(dailyPlan.items)).toHaveLength(10);
    const items = await planning.prisma.planItem.findMany({ where: { ownerId: viewer.userId }, select: { position: true } });
    expect(new Set(items.map(({ position }) => position)).size).toBe(10);
  });

  it('of a week is found by each of its days, from the day on which weeks begin', async () => {
    const person = await planning.planner({ firstDayOfWeek: 'SUNDAY' });
    await saveWeek(person, { date: '2026-11-25', summary: 'A' });
    const found = await Promise.all(['2026-11-21', '2026-11-22', '2026-11-28', '2026-11-29'].map((date) => week(person, date)));
    expect(found).toEqual([null, { weekStart: '2026-11-22', summary: 'A' }, { weekStart: '2026-11-22', summary: 'A' }, null]);
  });

  it('of a week keeps its days when weeks begin on another one', async () => {
    const person = await planning.planner({ firstDayOfWeek: 'MONDAY' });
    await saveWeek(person, { date: '2026-11-25', summary: 'Monday' });
    await person.change('updatePlannerSettings', { firstDayOfWeek: 'SUNDAY' }, 'user { id }');
    expect(await saveWeek(person, { date: '2026-11-28' }, 'weekStart summary')).toEqual({ weekStart: '2026-11-23', summary: 'Monday' });
    expect(await week(person, '2026-11-29')).toEqual({ weekStart: '2026-11-23', summary: 'Monday' });
    expect((await saveWeek(person, { date: '2026-11-30' })).weekStart).toBe('2026-11-29');
    expect((await week(person, '2026-11-29')).weekStart, 'the latest that holds the day').toBe('2026-11-29');
    expect((await week(person, '2026-11-28')).weekStart).toBe('2026-11-23');
  });

  it('of a day belongs to its week, whichever was made first', async () => {
    const person = await planning.planner();
    await saveDay(person, { date: '2026-11-23' });
    await saveDay(person, { date: '2026-11-22' });
    await saveDay(person, { date: '2026-11-30' });
    const { id, dailyPlans } = await saveWeek(person, { date: '2026-11-26' }, 'id dailyPlans { date weeklyPlan { weekStart } }');
    expect(dailyPlans).toEqual([{ date: '2026-11-23', weeklyPlan: { weekStart: '2026-11-23' } }]);
    await saveDay(person, { date: '2026-11-29' });
    expect(await week(person, '2026-11-24', 'dailyPlans { date }')).toEqual({ dailyPlans: [{ date: '2026-11-23' }, { date: '2026-11-29' }] });
    await person.change('deleteWeeklyPlan', { id }, 'deletedWeeklyPlanId');
    expect(await day(person, '2026-11-29', 'weeklyPlan { id }')).toEqual({ weeklyPlan: null });
  });

  it.each([
    ['deleteWeeklyPlan', 'deletedWeeklyPlanId', { week: '2026-11-25' }],
    ['deleteDailyPlan', 'deletedDailyPlanId', { date: '2026-11-25' }],
  ])('goes by %s and leaves its items unplanned, in their order, or takes them along', async (mutation, deletedId, place) => {
    const person = await planning.planner();
    await person.item('before');
    const planOf = 'date' in place ? 'dailyPlan' : 'weeklyPlan';
    const fill = async (): Promise<{ readonly id: string; readonly items: readonly string[] }> => {
      const items = [await person.item('first', place), await person.item('second', { ...place, status: 'DONE' })];
      const { [planOf]: plan } = await person.ask(`{ ${planOf}(date: "2026-11-25") { id } }`);
      return { id: plan.id, items };
    };
    const selection = `${deletedId} deletedPlanItemIds unplannedItems { title version date weekStart }`;
    const one = await fill();
    const conversationId = uuidv7();
    const at = planning.clock.now();
    const planId = rowId(one.id);
    const about = planOf === 'dailyPlan' ? { dailyPlanId: planId } : { weeklyPlanId: planId };
    await planning.prisma.conversation.create({ data: { id: conversationId, ownerId: person.viewer.userId, ...about, createdAt: at, updatedAt: at } });
    const unplanned = { version: 2, date: null, weekStart: null };
    expect(await person.change(mutation, { id: one.id }, selection)).toEqual({
      [deletedId]: one.id,
      deletedPlanItemIds: [],
      unplannedItems: [
        { title: 'first', ...unplanned },
        { title: 'second', ...unplanned },
      ],
    });
    expect(await planning.prisma.conversation.findUniqueOrThrow({ where: { id: conversationId } })).toMatchObject({ dailyPlanId: null, weeklyPlanId: null });
    const two = await fill();
    const gone = await person.change(mutation, { id: two.id, deleteItems: true }, selection);
    expect(gone).toEqual({ [deletedId]: two.id, deletedPlanItemIds: two.items, unplannedItems: [] });
    const { planItems } = await person.ask('{ planItems(filter: { isUnplanned: true }, orderBy: { field: POSITION }) { edges { node { title } } } }');
    expect(nodesOf(planItems).map(({ title }) => title)).toEqual(['before', 'first', 'second']);
    await expect(person.change(mutation, { id: two.id }, deletedId)).rejects.toMatchObject({ originalError: { code: 'NOT_FOUND' } });
  });

  it('is listed by its days, in a range, by its status', async () => {
    const person = await planning.planner();
    for (const date of ['2026-11-02', '2026-11-09', '2026-11-16', '2026-11-23']) {
      await saveWeek(person, { date, status: date < '2026-11-10' ? 'COMPLETED' : 'ACTIVE' });
      await saveDay(person, { date, status: date < '2026-11-10' ? 'COMPLETED' : 'ACTIVE' });
    }
    const list = async (kind: string, date: string, args: object): Promise<string[]> =>
      nodesOf(
        (
          await person.ask(
            `query ($filter: PlanFilter, $direction: SortDirection! = DESC) { ${kind}(filter: $filter, direction: $direction) { edges { node { ${date} } } } }`,
            { ...args },
          )
        )[kind],
      ).map((plan) => plan[date]);
    const weeks = (args: object) => list('weeklyPlans', 'weekStart', args);
    const days = (args: object) => list('dailyPlans', 'date', args);
    expect(await weeks({})).toEqual(['2026-11-23', '2026-11-16', '2026-11-09', '2026-11-02']);
    expect(await days({ direction: 'ASC' })).toEqual(['2026-11-02', '2026-11-09', '2026-11-16', '2026-11-23']);
    expect(await weeks({ filter: { from: '2026-11-08', to: '2026-11-16' } }), 'those that have a day in it').toEqual([
      '2026-11-16',
      '2026-11-09',
      '2026-11-02',
    ]);
    expect(await days({ filter: { from: '2026-11-08', to: '2026-11-16' } })).toEqual(['2026-11-16', '2026-11-09']);
    expect(await days({ filter: { status: ['COMPLETED'] } })).toEqual(['2026-11-09', '2026-11-02']);
    await expect(weeks({ filter: { from: '2026-11-16', to: '2026-11-08' } })).rejects.toThrow('"to" is 2026-11-08, before "from", which is 2026-11-16.');
    const first = await person.ask('{ weeklyPlans(first: 2) { pageInfo { endCursor } } dailyPlans(first: 2) { pageInfo { endCursor } } }');
    const next = 'query ($after: String) { weeklyPlans(first: 2, after: $after) { edges { node { weekStart } } pageInfo { hasNextPage } } }';
    expect(nodesOf((await person.ask(next, { after: first.weeklyPlans.pageInfo.endCursor })).weeklyPlans).map(({ weekStart }) => weekStart)).toEqual([
      '2026-11-09',
      '2026-11-02',
    ]);
    await expect(person.ask(next, { after: first.dailyPlans.pageInfo.endCursor })).rejects.toThrow('is not a cursor of this list');
  });

  it.each([
    ['saveWeeklyPlan', { focusAreas: Array.from({ length: 21 }, () => 'x') }, 'focusAreas: has at most 20 entries'],
    ['saveWeeklyPlan', { focusAreas: ['ok', ' '] }, 'focusAreas.1: must not be empty'],
    ['saveWeeklyPlan', { focusAreas: ['x'.repeat(101)] }, 'focusAreas.0: has at most 100 characters'],
    ['saveDailyPlan', { summary: 'x'.repeat(10_001) }, 'summary: has at most 10,000 characters'],
  ])('is refused by %s for %j, and then there is none', async (mutation, input, message) => {
    const person = await planning.planner();
    const record = mutation === 'saveWeeklyPlan' ? 'weeklyPlan' : 'dailyPlan';
    await expect(person.change(mutation, input, `${record} { id }`)).rejects.toMatchObject({ message, originalError: { code: 'BAD_USER_INPUT' } });
    expect(await week(person, null)).toBeNull();
    expect(await day(person, null)).toBeNull();
  });

  it.each([
    ['a time zone', { timeZone: 'Mars/Olympus' }, 'timeZone: is not a time zone that is known; write its IANA name, for example Europe/Berlin'],
    ['an offset', { timeZone: '+02:00' }, 'timeZone: is not a time zone that is known; write its IANA name, for example Europe/Berlin'],
    ['too little time', { capacityMinutes: 14 }, 'capacityMinutes: must be a whole number from 15 to 1,440'],
    ['too much time', { capacityMinutes: 1_441 }, 'capacityMinutes: must be a whole number from 15 to 1,440'],
  ])('stands on settings that know %s', async (_title, input, message) => {
    const person = await planning.planner();
    await expect(person.change('updatePlannerSettings', input, 'user { id }')).rejects.toMatchObject({ message, originalError: { code: 'BAD_USER_INPUT' } });
  });

  it('stands on settings that nobody else sees', async () => {
    const person = await planning.planner({ timeZone: 'Asia/Kolkata' });
    const other = await planning.planner();
    const { viewer } = await person.ask('{ viewer { id plannerSettings { id timeZone } } }');
    expect(viewer.plannerSettings.timeZone).toBe('Asia/Kolkata');
    const seen = await other.ask('query ($id: ID!) { node(id: $id) { ... on PlannerSettings { timeZone } } }', { id: viewer.plannerSettings.id });
    expect(seen.node).toBeNull();
  });
});

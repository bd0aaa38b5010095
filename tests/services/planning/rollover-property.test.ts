import fastCheck from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPlanning, type OpenPlanning } from '../../kit/planning.ts';

let planning: OpenPlanning;
beforeAll(async () => void (planning = await openPlanning()));
afterAll(() => planning[Symbol.asyncDispose]());

const zones = ['Pacific/Pago_Pago', 'Pacific/Kiritimati', 'Asia/Kolkata', 'Australia/Lord_Howe', 'America/New_York', 'Europe/Berlin', 'America/Santiago'];
const hour = 3_600_000;

/** The day by a clock that is not ours. */
const dayIn = (timeZone: string, moment: number): string => new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(moment);

/** The first millisecond of a day, found by that clock. */
function beginningOf(timeZone: string, date: string): number {
  let [before, after] = [Date.parse(date) - 48 * hour, Date.parse(date) + 48 * hour];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (dayIn(timeZone, middle) < date) before = middle;
    else after = middle;
  }
  return after;
}

const at = (moment: number): void => planning.clock.set(new Date(moment).toISOString());

interface Item {
  readonly id: string;
  readonly title: string;
  readonly date: string | null;
  readonly status: string;
  readonly carried: number;
  readonly origin: string | null;
}

async function itemsOf(userId: string): Promise<readonly Item[]> {
  const { rows } = await planning.pool.query<Item>(
    `SELECT i.id, i.title, to_char(d.date, 'YYYY-MM-DD') AS date, i.status, i.carried_count AS carried, i.origin_item_id AS origin
     FROM plan_items i LEFT JOIN daily_plans d ON d.id = i.daily_plan_id WHERE i.owner_id = $1 ORDER BY i.id`,
    [userId],
  );
  return rows;
}

describe('by itself, what is unfinished goes on', () => {
  // 8 March and 1 November 2026 are the nights in New York, 29 March and 25 October in Berlin, 5 April and 4 October on Lord Howe; in Santiago
  // 6 September has no midnight.
  it.each([
    ...zones.map((zone) => [zone, '2026-11-26'] as const),
    ['America/New_York', '2026-03-08'],
    ['America/New_York', '2026-03-09'],
    ['America/New_York', '2026-11-01'],
    ['America/New_York', '2026-11-02'],
    ['Europe/Berlin', '2026-03-29'],
    ['Europe/Berlin', '2026-10-25'],
    ['Australia/Lord_Howe', '2026-04-05'],
    ['Australia/Lord_Howe', '2026-10-04'],
    ['America/Santiago', '2026-09-06'],
    ['America/Santiago', '2026-09-07'],
  ] as const)('in %s when %s begins, and not a moment sooner', async (timeZone, date) => {
    const midnight = beginningOf(timeZone, date);
    at(midnight - 1);
    const person = await planning.planner({ timeZone, rollover: 'MOVE' });
    const eve = dayIn(timeZone, midnight - 1);
    await person.item('Rest', { date: eve });
    await planning.services.rollovers.catchUpEverybody();
    expect((await itemsOf(person.viewer.userId))[0]).toMatchObject({ date: eve, carried: 0 });
    at(midnight);
    await Promise.all([1, 2, 3].map(() => planning.services.rollovers.catchUpEverybody()));
    expect((await itemsOf(person.viewer.userId))[0], 'once, though three nodes do it').toMatchObject({ date, carried: 1 });
  });

  it('once more, for who travels to where it is the day before, and has that day again', async () => {
    at(Date.parse('2026-11-26T09:00:00Z'));
    const person = await planning.planner({ timeZone: 'Pacific/Kiritimati', rollover: 'MOVE' });
    await person.item('Swim', { date: '2026-11-26' });
    await person.change('updatePlannerSettings', { timeZone: 'Pacific/Pago_Pago' }, 'plannerSettings { id }');
    await person.item('Pack', { date: '2026-11-26' });
    await person.item('Fly', { date: '2026-11-25' });
    at(Date.parse('2026-11-26T11:00:01Z'));
    await planning.services.rollovers.catchUpEverybody();
    expect((await itemsOf(person.viewer.userId)).map(({ title, date }) => `${title} ${date}`)).toEqual([
      'Swim 2026-11-26',
      'Pack 2026-11-26',
      'Fly 2026-11-26',
    ]);
  });

  it('wherever the person travels and however long nobody looks: nothing is lost, doubled or left behind', async () => {
    const steps = fastCheck.array(
      fastCheck.record({
        hours: fastCheck.integer({ min: 1, max: 80 }),
        move: fastCheck.option(fastCheck.constantFrom(...zones), { freq: 2 }),
        adds: fastCheck.boolean(),
        finishes: fastCheck.boolean(),
      }),
      { minLength: 3, maxLength: 8 },
    );
    const start = fastCheck.constantFrom(
      '2026-03-06T10:00:00Z',
      '2026-03-27T22:30:00Z',
      '2026-10-23T05:00:00Z',
      '2026-10-30T23:59:59Z',
      '2026-11-25T12:00:00Z',
    );
    await fastCheck.assert(
      fastCheck.asyncProperty(start, fastCheck.constantFrom('MOVE', 'COPY'), steps, async (from, policy, journey) => {
        let [moment, zone, count] = [Date.parse(from), 'UTC', 0];
        at(moment);
        const person = await planning.planner({ timeZone: zone, rollover: policy });
        const { userId } = person.viewer;
        for (const { hours, move, adds, finishes } of journey) {
          if (adds) await person.item(`item ${(count += 1)}`, { date: dayIn(zone, moment) });
          const [open] = (await itemsOf(userId)).filter(({ status }) => status === 'TODO');
          if (finishes && open !== undefined) {
            const id = Buffer.from(`PlanItem:${open.id}`).toString('base64');
            await person.change('updatePlanItem', { id, status: 'DONE' }, 'planItem { id }');
          }
          moment += hours * hour;
          at(moment);
          if (move !== null) await person.change('updatePlannerSettings', { timeZone: (zone = move) }, 'plannerSettings { id }');
          await planning.services.rollovers.catchUpEverybody();
          const once = await itemsOf(userId);
          await planning.services.rollovers.catchUpEverybody();
          expect(await itemsOf(userId), 'a second time changes nothing').toEqual(once);
          const today = dayIn(zone, moment);
          const continued = new Set(once.map(({ origin }) => origin));
          const live = once.filter(({ id }) => !continued.has(id));
          expect(new Set(live.map(({ title }) => title)).size, 'each thing lives once').toBe(live.length);
          expect(live, 'and none is lost').toHaveLength(count);
          for (const { status, date } of live) if (status === 'TODO') expect(date !== null && date >= today, `${date} on ${today}`).toBe(true);
          if (policy === 'MOVE') expect(once).toHaveLength(count);
        }
        // The next one begins at another time, which is none of this person's business.
        await person.change('updatePlannerSettings', { rollover: null }, 'plannerSettings { id }');
      }),
      { numRuns: 15 },
    );
  });
});

describe('by hand', () => {
  it('a rollover that is done again changes nothing, and every item is on a day still', async () => {
    const placed = fastCheck.record({ day: fastCheck.integer({ min: 10, max: 14 }), status: fastCheck.constantFrom('TODO', 'IN_PROGRESS', 'DONE', 'SKIPPED') });
    const rollover = fastCheck.record({
      from: fastCheck.integer({ min: 10, max: 14 }),
      length: fastCheck.integer({ min: 0, max: 3 }),
      to: fastCheck.integer({ min: 1, max: 4 }),
    });
    await fastCheck.assert(
      fastCheck.asyncProperty(
        fastCheck.array(placed, { maxLength: 6 }),
        fastCheck.array(rollover, { minLength: 1, maxLength: 3 }),
        fastCheck.constantFrom('MOVE', 'COPY'),
        async (all, rollovers, policy) => {
          at(Date.parse('2026-12-10T12:00:00Z'));
          const person = await planning.planner();
          for (const [index, { day, status }] of all.entries()) await person.item(`item ${index}`, { date: `2026-12-${day}`, status });
          const { viewer } = person;
          for (const { from, length, to } of rollovers) {
            const input = { from: `2026-12-${from}`, through: `2026-12-${from + length}`, to: `2026-12-${from + length + to}`, policy } as const;
            const [first, second] = await Promise.all([
              planning.services.rollovers.rollOver(viewer, input),
              planning.services.rollovers.rollOver(viewer, input),
            ]);
            const after = await itemsOf(viewer.userId);
            if (policy === 'COPY') expect(new Set(second.items.map(({ id }) => id))).toEqual(new Set(first.items.map(({ id }) => id)));
            else expect(first.items.length * second.items.length, 'one of them moved all').toBe(0);
            await planning.services.rollovers.rollOver(viewer, input);
            expect(await itemsOf(viewer.userId)).toEqual(after);
            const continued = new Set(after.map(({ origin }) => origin));
            expect(
              after.filter(({ id }) => !continued.has(id)),
              'each lives once',
            ).toHaveLength(all.length);
            expect(after.every(({ date }) => date !== null)).toBe(true);
          }
        },
      ),
      { numRuns: 20 },
    );
  });
});

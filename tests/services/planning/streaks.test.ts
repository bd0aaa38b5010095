import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../../src/services/planner/calendar.ts';
import { carry, openPlanning, type OpenPlanning, type PlanningPerson } from '../../kit/planning.ts';

let planning: OpenPlanning;
beforeAll(async () => void (planning = await openPlanning()));
afterAll(() => planning[Symbol.asyncDispose]());

const streaks = async (person: PlanningPerson): Promise<any> =>
  (
    await person.ask(
      '{ viewer { planningStreaks { allDone { current { length from to } longest { length from to } } someDone { current { length from to } longest { length from to } } } } }',
    )
  ).viewer.planningStreaks;

const run = (length: number, from: string, to: string) => ({ length, from: `2026-11-${from}`, to: `2026-11-${to}` });

describe('streaks', () => {
  it('are of no days before anything was planned', async () => {
    const none = { current: null, longest: null };
    expect(await streaks(await planning.planner())).toEqual({ allDone: none, someDone: none });
  });

  it('pass over days without items, end with a day on which nothing was done, and have time until today is over', async () => {
    const person = await planning.planner();
    for (const day of ['16', '17', '18']) await person.item('Run', { date: `2026-11-${day}`, status: 'DONE' });
    await person.item('Run', { date: '2026-11-20' });
    await person.item('Run', { date: '2026-11-22', status: 'DONE' });
    await person.item('Rest', { date: '2026-11-23', status: 'SKIPPED' });
    await person.item('Run', { date: '2026-11-24', status: 'DONE' });
    await person.item('Walk', { date: '2026-11-24' });
    const today = await person.item('Run', { date: '2026-11-25' });
    await person.item('Run', { date: '2026-11-26' });
    expect(await streaks(person)).toEqual({
      allDone: { current: null, longest: run(3, '16', '18') },
      someDone: { current: run(2, '22', '24'), longest: run(3, '16', '18') },
    });
    await person.change('updatePlanItem', { id: today, status: 'DONE' }, 'planItem { id }');
    expect(await streaks(person)).toEqual({
      allDone: { current: run(1, '25', '25'), longest: run(3, '16', '18') },
      someDone: { current: run(3, '22', '25'), longest: run(3, '22', '25') },
    });
  });

  it('end with a day from which everything was carried on', async () => {
    const person = await planning.planner();
    await person.item('Run', { date: '2026-11-22', status: 'DONE' });
    const moved = await person.item('Run', { date: '2026-11-25' });
    await person.item('Run', { date: '2026-11-24', status: 'DONE' });
    expect((await streaks(person)).someDone.current.length).toBe(2);
    await carry(planning, person, moved, '2026-11-23', '2026-11-25');
    expect((await streaks(person)).someDone.current.length).toBe(1);
  });

  it.each([
    ['Pacific/Pago_Pago', '2026-11-25T10:59:00Z', 1],
    ['Pacific/Pago_Pago', '2026-11-25T11:00:00Z', 1],
    ['Pacific/Kiritimati', '2026-11-25T09:59:00Z', 1],
    ['Pacific/Kiritimati', '2026-11-25T10:00:00Z', null],
  ])('know by the time zone %s at %s whether the day is over', async (timeZone, moment, length) => {
    const person = await planning.planner({ timeZone });
    await person.item('Run', { date: '2026-11-24', status: 'DONE' });
    await person.item('Run', { date: '2026-11-25' });
    planning.clock.set(moment);
    expect((await streaks(person)).someDone.current?.length ?? null).toBe(length);
    planning.clock.set('2026-11-25T12:00:00.000Z');
  });

  it('are those that a count by hand gives', async () => {
    const statuses = ['TODO', 'IN_PROGRESS', 'DONE', 'SKIPPED'] as const;
    const day = fc.record({ items: fc.array(fc.constantFrom(...statuses), { maxLength: 3 }), isCarried: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(day, { maxLength: 12 }), async (days) => {
        const person = await planning.planner();
        const today = '2026-11-25';
        const dated = days.map((found, index) => ({ ...found, date: addDays(today, 2 - index) })).toReversed();
        const changes = dated.flatMap(({ date, items }) => items.map((status) => ({ create: { title: 'Run', date, status } })));
        if (changes.length > 0) await person.change('changePlanItems', { changes }, 'planItems { id }');
        const elsewhere = await person.item('Elsewhere');
        for (const { date, isCarried } of dated) if (isCarried) await carry(planning, person, elsewhere, date, addDays(date, 1));
        const expected = { allDone: { current: 0, longest: 0 }, someDone: { current: 0, longest: 0 } };
        for (const { date, items, isCarried } of dated) {
          const counted = items.filter((status) => status !== 'SKIPPED');
          if (date > today || (counted.length === 0 && !isCarried)) continue;
          const done = counted.filter((status) => status === 'DONE').length;
          for (const [kind, isGood] of [
            ['allDone', done > 0 && done === counted.length && !isCarried],
            ['someDone', done > 0],
          ] as const) {
            if (!isGood && date === today) continue;
            const own = expected[kind];
            own.current = isGood ? own.current + 1 : 0;
            own.longest = Math.max(own.longest, own.current);
          }
        }
        const found = await streaks(person);
        for (const kind of ['allDone', 'someDone'] as const)
          expect({ current: found[kind].current?.length ?? 0, longest: found[kind].longest?.length ?? 0 }).toEqual(expected[kind]);
      }),
      { numRuns: 25 },
    );
  });
});

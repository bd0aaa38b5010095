import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { longestPosition } from '../../../src/services/plan-item/positions.ts';
import type { ItemTarget } from '../../../src/services/plan-item/item-input.ts';
import { openPlanning, type OpenPlanning, type PlanningPerson } from '../../kit/planning.ts';

let planning: OpenPlanning;
beforeAll(async () => void (planning = await openPlanning()));
afterAll(() => planning[Symbol.asyncDispose]());

/** An item as a model of it stands in a list. */
interface Stored {
  readonly id: string;
  readonly dailyPlanId: string | null;
  readonly weeklyPlanId: string | null;
  readonly position: string;
}

const columns = { id: true, dailyPlanId: true, weeklyPlanId: true, position: true } as const;
const itemsOf = ({ viewer }: PlanningPerson): Promise<Stored[]> =>
  planning.prisma.planItem.findMany({ where: { ownerId: viewer.userId }, select: columns, orderBy: [{ position: 'asc' }, { id: 'asc' }] });

const listOf = ({ dailyPlanId, weeklyPlanId }: Stored): string => dailyPlanId ?? weeklyPlanId ?? 'none';

/** The ids of each list in their order, in which no two may have the same position. */
async function listsOf(person: PlanningPerson): Promise<ReadonlyMap<string, readonly string[]>> {
  const items = await itemsOf(person);
  const lists = Map.groupBy(items, listOf);
  for (const list of lists.values()) expect(new Set(list.map(({ position }) => position)).size).toBe(list.length);
  for (const { position } of items) expect(position.length).toBeLessThanOrEqual(longestPosition);
  return new Map([...lists].map(([list, rows]) => [list, rows.map(({ id }) => id)]));
}

const days = ['2026-11-25', '2026-11-26'] as const;

/** Somebody with items on two days, in a week and in no plan. */
async function busy(count: number): Promise<{ readonly person: PlanningPerson; readonly ids: readonly string[] }> {
  const person = await planning.planner();
  const places = [{ date: days[0] }, { date: days[1] }, { week: days[0] }, {}];
  const changes = Array.from({ length: count }, (_, index) => ({ create: { title: `${index}`, ...places[index % 4] } }));
  const { items } = await planning.services.planItems.change(person.viewer, changes);
  return { person, ids: items.map(({ id }) => id) };
}

/** A move, by the numbers of the items. */
const anyMove = (count: number) =>
  fc.record({
    item: fc.nat(count - 1),
    other: fc.nat(count - 2),
    kind: fc.constantFrom('before', 'after', 'toDate', 'toWeek', 'unplanned'),
    day: fc.nat(1),
  });

type Move = { readonly item: number; readonly other: number; readonly kind: string; readonly day: number };

function targetOf(ids: readonly string[], { item, other, kind, day }: Move): { readonly id: string } & ItemTarget {
  // Another item than itself.
  const neighbour = ids[other >= item ? other + 1 : other];
  const targets: Readonly<Record<string, ItemTarget>> = {
    before: { before: neighbour },
    after: { after: neighbour },
    toDate: { toDate: days[day] },
    toWeek: { toWeek: days[day] },
    unplanned: { unplanned: true },
  };
  return { id: ids[item] ?? '', ...targets[kind] };
}

describe('moves of items', () => {
  it('put an item exactly where they say, and leave the order of all others', async () => {
    const { person, ids } = await busy(12);
    await fc.assert(
      fc.asyncProperty(anyMove(ids.length), async (move) => {
        const before = await listsOf(person);
        const target = targetOf(ids, move);
        await planning.services.planItems.move(person.viewer, target);
        const after = await listsOf(person);
        const [list = '', order = []] = [...after].find(([, members]) => members.includes(target.id)) ?? [];
        const place = order.indexOf(target.id);
        if (target.before != null) expect(order[place + 1]).toBe(target.before);
        else if (target.after != null) expect(order[place - 1]).toBe(target.after);
        else expect(place).toBe(order.length - 1);
        if (target.unplanned === true) expect(list).toBe('none');
        const without = (lists: ReadonlyMap<string, readonly string[]>) =>
          Object.fromEntries(
            [...lists].map(([name, members]) => [name, members.filter((id) => id !== target.id)]).filter(([, members]) => members?.length !== 0),
          );
        expect(without(after)).toEqual(without(before));
      }),
      { numRuns: 40 },
    );
  });

  it('at the same time lose no item, double none, and give no place twice (L02)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyMove(12), { minLength: 2, maxLength: 16 }), async (moves) => {
        const { person, ids } = await busy(12);
        await Promise.all(moves.map((move) => planning.services.planItems.move(person.viewer, targetOf(ids, move))));
        const lists = await listsOf(person);
        expect([...lists.values()].flat().toSorted()).toEqual(ids.toSorted());
        const stored = await planning.prisma.planItem.findMany({ where: { ownerId: person.viewer.userId }, select: { id: true, version: true } });
        for (const { id, version } of stored) expect(version, 'each move counts').toBe(1 + moves.filter(({ item }) => ids[item] === id).length);
      }),
      { numRuns: 12 },
    );
  });

  it('into the same gap again and again keep positions short, by new ones for the whole list (L03)', async () => {
    const person = await planning.planner();
    const { planItems } = planning.services;
    const make = async (title: string): Promise<string> => (await planItems.create(person.viewer, { title, date: days[0] })).id;
    let [first, second, third] = [await make('1'), await make('2'), await make('3')];
    // As after some 170 moves.
    await planning.prisma.planItem.update({ where: { id: first }, data: { position: `a0${'V'.repeat(30)}` } });
    await planning.prisma.planItem.update({ where: { id: second }, data: { position: `a0${'V'.repeat(29)}W` } });
    const lengths: number[] = [];
    for (let turn = 0; turn < 70; turn += 1) {
      // The last one goes right after the first, so that the gap there is halved each time.
      await planItems.move(person.viewer, { id: third, after: first });
      [second, third] = [third, second];
      expect([...(await listsOf(person)).values()]).toEqual([[first, second, third]]);
      lengths.push(Math.max(...(await itemsOf(person)).map(({ position }) => position.length)));
    }
    expect(Math.max(...lengths)).toBeGreaterThan(longestPosition - 5);
    expect(lengths.at(-1), 'new ones begin short').toBeLessThan(longestPosition - 10);
  });

  it('find room in a list whose positions are the same, as long as can be, or none', async () => {
    const person = await planning.planner();
    const { planItems } = planning.services;
    const ids: string[] = [];
    for (const title of ['a', 'b', 'c', 'd']) ids.push((await planItems.create(person.viewer, { title })).id);
    const [a = '', b = '', c = '', d = ''] = ids;
    await planning.prisma.planItem.updateMany({ where: { id: { in: [a, b, c] } }, data: { position: 'a1' } });
    await planItems.move(person.viewer, { id: d, after: a });
    expect([...(await listsOf(person)).values()]).toEqual([[a, d, b, c]]);
    const long = (last: string): string => `a1${'V'.repeat(longestPosition - 3)}${last}`;
    for (const [index, id] of [a, d, b, c].entries()) await planning.prisma.planItem.update({ where: { id }, data: { position: long('ABCD'[index] ?? '') } });
    await planItems.move(person.viewer, { id: c, after: a });
    expect([...(await listsOf(person)).values()]).toEqual([[a, c, d, b]]);
    for (const [index, id] of [a, c, d, b].entries()) await planning.prisma.planItem.update({ where: { id }, data: { position: `~${index}` } });
    await planItems.move(person.viewer, { id: a, before: b });
    expect([...(await listsOf(person)).values()]).toEqual([[c, d, a, b]]);
    await planning.prisma.planItem.update({ where: { id: b }, data: { position: 'zzz' } });
    await planItems.move(person.viewer, { id: c, unplanned: true });
    expect([...(await listsOf(person)).values()]).toEqual([[d, a, b, c]]);
    const versions = await planning.prisma.planItem.findMany({ where: { id: b }, select: { version: true } });
    expect(versions, 'who only makes room is not changed').toEqual([{ version: 1 }]);
  });
});

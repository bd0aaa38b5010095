import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPlanning, type OpenPlanning, type PlanningPerson } from '../../kit/planning.ts';
import { planningOf, propose } from '../../kit/proposals.ts';
import { rowId } from '../../kit/ids.ts';

let planning: OpenPlanning;
beforeAll(async () => void (planning = await openPlanning()));
afterAll(() => planning[Symbol.asyncDispose]());

const days = ['2026-11-25', '2026-11-26', '2026-12-08'] as const;

/** Somebody with goals, of which one is a part of another, items in all places, and conversations about a goal. */
async function busy() {
  const person = await planning.planner();
  const goals = [await person.goal('Health'), await person.goal('Italian')];
  goals.push(await person.goal('Verbs', { parentId: goals[1] }));
  const items: string[] = [];
  const places = [{ date: days[0] }, { date: days[0] }, { date: days[1] }, { week: days[0] }, {}];
  for (let index = 0; index < 10; index += 1) items.push(await person.item(`item ${index}`, { ...places[index % 5], goalId: goals[index % 3] }));
  await planning.prisma.itemCarry.create({
    data: {
      id: crypto.randomUUID(),
      ownerId: person.viewer.userId,
      itemId: rowId(items[0] ?? ''),
      fromDate: new Date('2026-11-24'),
      toDate: new Date('2026-11-25'),
      policy: 'MOVE',
      isAutomatic: true,
      createdAt: new Date(),
    },
  });
  for (const goal of goals) await person.change('createConversation', { contextId: goal }, 'conversation { id }');
  const conversationId = (await planning.services.conversations.create(person.viewer, {})).id;
  return { person, goals: goals.map(rowId), items: items.map(rowId), conversationId };
}

/** An operation by numbers: which kind, on what, and where to. */
const anyOperation = fc.record({
  kind: fc.constantFrom(
    'ADD_GOAL',
    'CHANGE_GOAL',
    'COMPLETE_GOAL',
    'DELETE_GOAL',
    'ADD_ITEM',
    'CHANGE_ITEM',
    'MOVE_ITEM',
    'MOVE_ITEM',
    'COMPLETE_ITEM',
    'DELETE_ITEM',
    'CHANGE_WEEK',
    'CHANGE_DAY',
  ),
  target: fc.nat(9),
  place: fc.nat(5),
  text: fc.constantFrom('one', 'two', 'three'),
});

type Numbers = { readonly kind: string; readonly target: number; readonly place: number; readonly text: string };

const weekdays = ['Wednesday', 'Thursday', 'Tuesday'];
const dayOf = (place: number) => ({ date: days[place % 3], weekday: weekdays[place % 3] });

/** The operations that can be proposed one after the other, without those that would change nothing or what is deleted. */
async function proposable(person: PlanningPerson, goals: readonly string[], items: readonly string[], numbers: readonly Numbers[], conversationId: string) {
  const inputs: object[] = [];
  for (const { kind, target, place, text } of numbers) {
    const goal = goals[target % goals.length];
    const item = items[target];
    const where = place < 3 ? { day: dayOf(place) } : place < 5 ? { week: dayOf(place) } : { unplanned: true };
    const input = {
      ADD_GOAL: { title: text, goal },
      CHANGE_GOAL: { id: goal, title: text, description: text, clear: ['targetDay'] },
      COMPLETE_GOAL: { id: goal },
      DELETE_GOAL: { id: goal },
      ADD_ITEM: { title: text, goal, ...(place === 5 ? {} : where) },
      CHANGE_ITEM: { id: item, title: text, goal, estimateMinutes: 30 + place },
      MOVE_ITEM: { id: item, ...where },
      COMPLETE_ITEM: { id: item, actualMinutes: 10 + place },
      DELETE_ITEM: { id: item },
      CHANGE_WEEK: { week: dayOf(place), summary: text, focusAreas: [text] },
      CHANGE_DAY: { day: dayOf(place), summary: text, planStatus: 'ACTIVE' },
    }[kind];
    try {
      await propose(planning, person, [...inputs, { kind, ...input }], conversationId);
      inputs.push({ kind, ...input });
    } catch {
      // It changes nothing, or what an operation before it deletes.
    }
  }
  return inputs;
}

describe('undoing a proposal', () => {
  it('is the exact inverse of applying it, whatever it does, in one go or in parts', async () => {
    let applied = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyOperation, { minLength: 1, maxLength: 10 }), fc.nat(10), async (numbers, cut) => {
        const { person, goals, items, conversationId } = await busy();
        const inputs = await proposable(person, goals, items, numbers, conversationId);
        if (inputs.length === 0) return;
        const before = await planningOf(planning, person);
        const { id } = await propose(planning, person, inputs, conversationId);
        expect(await planningOf(planning, person), 'proposing changes nothing').toEqual(before);
        const apply = (operations: readonly number[] | null) => planning.services.proposals.apply(person.viewer, rowId(id), operations);
        const part = [...inputs.keys()].filter((index) => index % 2 === 0).slice(0, cut);
        // A part may rest on what the rest would make first; then it is refused as a whole.
        const refused =
          part.length === 0
            ? true
            : await apply(part).then(
                () => false,
                () => true,
              );
        if (refused) expect(await planningOf(planning, person), 'nothing is applied when one cannot be').toEqual(before);
        const rest = await apply(null).then(
          ({ proposal }) => proposal,
          () => null,
        );
        if (rest === null && refused) return;
        applied += 1;
        expect(await planningOf(planning, person)).not.toEqual(before);
        await planning.services.proposals.undo(person.viewer, rowId(id));
        expect(await planningOf(planning, person)).toEqual(before);
      }),
      { numRuns: 20 },
    );
    expect(applied, 'most can be applied').toBeGreaterThan(12);
  });
});

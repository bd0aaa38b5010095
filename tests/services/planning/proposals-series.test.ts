import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodesOf, openPlanning, type OpenPlanning } from '../../kit/planning.ts';
import { planningOf, propose } from '../../kit/proposals.ts';
import { rowId } from '../../kit/ids.ts';

let planning: OpenPlanning;
beforeAll(async () => void (planning = await openPlanning()));
afterAll(() => planning[Symbol.asyncDispose]());

describe('undoing a proposal about items of a series', () => {
  it.each([
    ['SCHEDULED', 'COMPLETE_ITEM'],
    ['SCHEDULED', 'DELETE_ITEM'],
    ['AFTER_COMPLETION', 'COMPLETE_ITEM'],
    ['AFTER_COMPLETION', 'DELETE_ITEM'],
  ])('of mode %s is the exact inverse of %s', async (mode, kind) => {
    const person = await planning.planner();
    await person.item('Swim', { date: '2026-11-25', recurrence: { rule: 'FREQ=WEEKLY', mode } });
    const { planItems } = await person.ask('{ planItems(orderBy: { field: DATE }) { edges { node { id } } } }');
    const [first] = nodesOf(planItems);
    const conversationId = (await planning.services.conversations.create(person.viewer, {})).id;
    const before = await planningOf(planning, person);
    const { id } = await propose(planning, person, [{ kind, id: rowId(first.id) }], conversationId);
    const { proposal } = await planning.services.proposals.apply(person.viewer, rowId(id), null);
    expect(proposal.status).toBe('APPLIED');
    expect(await planningOf(planning, person)).not.toEqual(before);
    await planning.services.proposals.undo(person.viewer, rowId(id));
    expect(await planningOf(planning, person)).toEqual(before);
  });

  it('gives back an untouched next item that was taken back', async () => {
    const person = await planning.planner();
    const id = await person.item('Swim', { date: '2026-11-25', recurrence: { rule: 'FREQ=WEEKLY', mode: 'AFTER_COMPLETION' } });
    await person.change('updatePlanItem', { id, status: 'DONE' }, 'planItem { id }');
    const conversationId = (await planning.services.conversations.create(person.viewer, {})).id;
    const before = await planningOf(planning, person);
    expect(before['plan_items']).toHaveLength(2);
    const proposed = await propose(planning, person, [{ kind: 'CHANGE_ITEM', id: rowId(id), itemStatus: 'TODO' }], conversationId);
    await planning.services.proposals.apply(person.viewer, rowId(proposed.id), null);
    expect((await planningOf(planning, person))['plan_items']).toHaveLength(1);
    await planning.services.proposals.undo(person.viewer, rowId(proposed.id));
    expect(await planningOf(planning, person)).toEqual(before);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodesOf, openPlanning, type OpenPlanning, type PlanningPerson } from '../kit/planning.ts';
import { planningOf, propose } from '../kit/proposals.ts';
import { globalId, rowId } from '../kit/ids.ts';

let planning: OpenPlanning;
beforeAll(async () => void (planning = await openPlanning()));
afterAll(() => planning[Symbol.asyncDispose]());

const day = { date: '2026-11-27', weekday: 'Friday' };

const decision = `proposal { status version operations { index status } }
  goals { id title } planItems { id title date } weeklyPlans { weekStart } dailyPlans { date } deletedGoalIds deletedPlanItemIds deletedWeeklyPlanIds deletedDailyPlanIds`;

const apply = (person: PlanningPerson, id: string, operations?: readonly number[]) =>
  person.change('applyProposal', { id, ...(operations === undefined ? {} : { operations }) }, decision);
const undo = (person: PlanningPerson, id: string) => person.change('undoProposal', { id }, decision);
const dismiss = (person: PlanningPerson, id: string) => person.change('dismissProposal', { id }, 'proposal { status operations { status } }');

const conflict = (message: string | RegExp) => ({
  message: typeof message === 'string' ? message : expect.stringMatching(message),
  originalError: { code: 'CONFLICT' },
});
const statuses = ({ operations }: { readonly operations: readonly { readonly status: string }[] }) => operations.map(({ status }) => status);

/** Somebody with a goal and an item, and a proposal of all sorts. */
async function proposed() {
  const person = await planning.planner();
  const goal = await person.goal('Health');
  const item = await person.item('Run', { date: '2026-11-25', goalId: goal });
  const { id } = await propose(planning, person, [
    { kind: 'ADD_GOAL', title: 'Marathon', goal: rowId(goal) },
    { kind: 'ADD_ITEM', title: 'Buy shoes', goal: '#0', day },
    { kind: 'CHANGE_ITEM', id: rowId(item), title: 'Run far', estimateMinutes: 60, clear: ['goal'] },
    { kind: 'MOVE_ITEM', id: rowId(item), day },
  ]);
  return { person, goal, item, id };
}

describe('a proposal', () => {
  it('tells what would change, with what was before, and changes nothing', async () => {
    const { person, goal, item, id } = await proposed();
    const before = await planningOf(planning, person);
    const { planProposal } = await person.ask(
      `query ($id: ID!) { planProposal(id: $id) { summary status version decidedAt operations {
        index kind reason status goalOf
        ... on GoalOperation { goal { id } before { title } after { title parent { id } } }
        ... on PlanItemOperation { planItem { id } itemBefore: before { title date estimateMinutes goal { id } } itemAfter: after { title date estimateMinutes goal { id } } }
      } } }`,
      { id },
    );
    const was = { title: 'Run', date: '2026-11-25', estimateMinutes: null, goal: { id: goal } };
    const changed = { title: 'Run far', date: '2026-11-25', estimateMinutes: 60, goal: null };
    const waits = { reason: 'Because.', status: 'PENDING' };
    expect(planProposal).toEqual({
      summary: 'A better week',
      status: 'PENDING',
      version: 1,
      decidedAt: null,
      operations: [
        { index: 0, kind: 'ADD_GOAL', ...waits, goalOf: null, goal: null, before: null, after: { title: 'Marathon', parent: { id: goal } } },
        {
          index: 1,
          kind: 'ADD_ITEM',
          ...waits,
          goalOf: 0,
          planItem: null,
          itemBefore: null,
          itemAfter: { title: 'Buy shoes', date: '2026-11-27', estimateMinutes: null, goal: null },
        },
        { index: 2, kind: 'CHANGE_ITEM', ...waits, goalOf: null, planItem: { id: item }, itemBefore: was, itemAfter: changed },
        { index: 3, kind: 'MOVE_ITEM', ...waits, goalOf: null, planItem: { id: item }, itemBefore: changed, itemAfter: { ...changed, date: '2026-11-27' } },
      ],
    });
    expect(await planningOf(planning, person)).toEqual(before);
  });

  it('is applied as a whole, tells everything that it changed, and is undone exactly', async () => {
    const { person, id } = await proposed();
    const before = await planningOf(planning, person);
    const applied = await apply(person, id);
    expect(applied).toMatchObject({
      proposal: { status: 'APPLIED', version: 2 },
      goals: [{ title: 'Marathon' }],
      planItems: [
        { title: 'Buy shoes', date: '2026-11-27' },
        { title: 'Run far', date: '2026-11-27' },
      ],
      weeklyPlans: [],
      dailyPlans: [{ date: '2026-11-27' }],
      deletedGoalIds: [],
    });
    const { planItems } = await person.ask('{ planItems(orderBy: { field: CREATED_AT }) { edges { node { title goal { title } version } } } }');
    expect(nodesOf(planItems)).toEqual([
      { title: 'Run far', goal: null, version: 3 },
      { title: 'Buy shoes', goal: { title: 'Marathon' }, version: 1 },
    ]);
    const undone = await undo(person, id);
    expect(undone).toMatchObject({ proposal: { status: 'UNDONE', version: 3 }, planItems: [{ title: 'Run', date: '2026-11-25' }], goals: [], dailyPlans: [] });
    expect(undone.deletedGoalIds).toEqual([applied.goals[0].id]);
    expect(undone.deletedPlanItemIds).toEqual([applied.planItems[0].id]);
    expect(undone.deletedDailyPlanIds).toHaveLength(1);
    expect(await planningOf(planning, person)).toEqual(before);
  });

  it('is applied in parts, and what rests on another part says so', async () => {
    const { person, id } = await proposed();
    await expect(apply(person, id, [1])).rejects.toMatchObject(conflict('Operation 1 belongs to the goal that operation 0 makes; apply that one as well.'));
    expect(statuses((await apply(person, id, [3])).proposal)).toEqual(['PENDING', 'PENDING', 'PENDING', 'APPLIED']);
    expect((await apply(person, id, [3])).proposal, 'again is no change').toMatchObject({ status: 'PARTLY_APPLIED', version: 2 });
    expect(statuses((await apply(person, id, [1, 0])).proposal)).toEqual(['APPLIED', 'APPLIED', 'PENDING', 'APPLIED']);
    expect((await dismiss(person, id)).proposal).toEqual({
      status: 'PARTLY_APPLIED',
      operations: ['APPLIED', 'APPLIED', 'DISMISSED', 'APPLIED'].map((status) => ({ status })),
    });
    await expect(apply(person, id, [2])).rejects.toMatchObject(conflict('Operation 2 was dismissed; ask for a new proposal.'));
    expect((await apply(person, id)).proposal, 'nothing waits').toMatchObject({ status: 'PARTLY_APPLIED' });
    expect(statuses((await undo(person, id)).proposal)).toEqual(['UNDONE', 'UNDONE', 'DISMISSED', 'UNDONE']);
  });

  it('L09 that was changed in between is refused as a whole, and says what was changed', async () => {
    const { person, item, goal, id } = await proposed();
    await person.change('updatePlanItem', { id: item, notes: 'slowly' }, 'planItem { id }');
    const before = await planningOf(planning, person);
    const message = 'Since this was proposed the item "Run" was changed. Nothing was applied; ask for a new proposal, or apply the others.';
    await expect(apply(person, id)).rejects.toMatchObject(conflict(message));
    expect(await planningOf(planning, person)).toEqual(before);
    await person.change('deletePlanItem', { id: item }, 'deletedPlanItemId');
    await person.change('deleteGoal', { id: goal }, 'deletedGoalId');
    await expect(apply(person, id)).rejects.toMatchObject(conflict(/the larger goal of the goal "Marathon" was deleted/));
    await expect(apply(person, id, [2])).rejects.toMatchObject(conflict(/the item "Run" was deleted/));
  });

  it('about a plan is refused when that was written in between, and not when an item made it', async () => {
    const person = await planning.planner();
    const week = { kind: 'CHANGE_WEEK', week: day, summary: 'Rest' };
    const [one, other] = [await propose(planning, person, [week]), await propose(planning, person, [week])];
    await person.item('x', { week: '2026-11-27' });
    await apply(person, one.id);
    await expect(apply(person, other.id)).rejects.toMatchObject(conflict(/the plan of the week of 2026-11-23 was changed/));
    const { weeklyPlan } = await person.ask('{ weeklyPlan(date: "2026-11-27") { summary } }');
    expect(weeklyPlan).toEqual({ summary: 'Rest' });
    await undo(person, one.id);
    expect((await person.ask('{ weeklyPlan(date: "2026-11-27") { summary status } }')).weeklyPlan, 'the item keeps it').toEqual({
      summary: null,
      status: 'DRAFT',
    });
  });

  it('is not undone when something of it was changed since, and says what', async () => {
    const { person, item, id } = await proposed();
    await apply(person, id);
    await person.change('updatePlanItem', { id: item, status: 'DONE' }, 'planItem { id }');
    const before = await planningOf(planning, person);
    await expect(undo(person, id)).rejects.toMatchObject(conflict(/^Since this was applied the item "Run far" was changed\. Nothing was undone/));
    expect(await planningOf(planning, person)).toEqual(before);
  });

  it('that made a goal is not undone while other things belong to that', async () => {
    const { person, id } = await proposed();
    const { goals } = await apply(person, id);
    const other = await person.item('Train', { goalId: goals[0].id });
    await expect(undo(person, id)).rejects.toMatchObject(conflict(/^By now other things belong to the goal "Marathon"/));
    await person.change('updatePlanItem', { id: other, goalId: null }, 'planItem { id }');
    expect((await undo(person, id)).proposal.status).toBe('UNDONE');
  });

  it('puts a moved item back to its place also where the list has new positions by now', async () => {
    const person = await planning.planner();
    const ids: string[] = [];
    for (const title of ['a', 'b', 'c']) ids.push(await person.item(title, { date: '2026-11-25' }));
    const { id } = await propose(planning, person, [{ kind: 'MOVE_ITEM', id: rowId(ids[1] ?? ''), day }]);
    await apply(person, id);
    // Something else takes the same position, and the list is spaced anew.
    const other = await person.item('d', { date: '2026-11-25' });
    await person.change('movePlanItem', { id: other, after: ids[0] }, 'planItem { id }');
    await undo(person, id);
    const { dailyPlan } = await person.ask('{ dailyPlan(date: "2026-11-25") { items { edges { node { title } } } } }');
    expect(nodesOf(dailyPlan.items).map(({ title }) => title)).toEqual(['a', 'b', 'd', 'c']);
  });

  it('is decided on once: what is over is told or stays as it is', async () => {
    const { person, id } = await proposed();
    await expect(undo(person, id)).rejects.toMatchObject(conflict('Nothing of this proposal was applied, so there is nothing to undo.'));
    expect((await dismiss(person, id)).proposal.status).toBe('DISMISSED');
    expect((await dismiss(person, id)).proposal.status, 'again').toBe('DISMISSED');
    await expect(apply(person, id)).rejects.toMatchObject(conflict('Operation 0 was dismissed; ask for a new proposal.'));
    await expect(undo(person, id)).rejects.toMatchObject(conflict(/nothing to undo/));

    const applied = await propose(planning, person, [{ kind: 'ADD_ITEM', title: 'x' }]);
    await apply(person, applied.id);
    expect((await apply(person, applied.id)).proposal, 'again').toMatchObject({ status: 'APPLIED', version: 2 });
    await expect(dismiss(person, applied.id)).rejects.toMatchObject(conflict(/take it back with "undoProposal"/));
    await undo(person, applied.id);
    expect((await undo(person, applied.id)).proposal, 'again').toMatchObject({ status: 'UNDONE', version: 3 });
    await expect(apply(person, applied.id)).rejects.toMatchObject(conflict('This proposal was undone; ask for a new one.'));
    await expect(dismiss(person, applied.id)).rejects.toMatchObject(conflict(/was undone/));
  });

  it.each([
    [[], 'Name at least one operation, or leave "operations" out for all.'],
    [[4], 'There is no operation 4; the proposal has 4, from 0 to 3.'],
    [[0, -1], 'There is no operation -1; the proposal has 4, from 0 to 3.'],
  ])('is not applied by the numbers %j', async (operations, message) => {
    const { person, id } = await proposed();
    await expect(apply(person, id, operations)).rejects.toMatchObject({ message, originalError: { code: 'BAD_USER_INPUT' } });
  });

  it('is applied once by two devices at once, and undone once', async () => {
    const { person, id } = await proposed();
    const both = await Promise.all([apply(person, id), apply(person, id)]);
    expect(both.map(({ proposal }) => proposal.version)).toEqual([2, 2]);
    const { planItems } = await person.ask('{ planItems(orderBy: { field: TITLE }) { edges { node { title } } } }');
    expect(nodesOf(planItems).map(({ title }) => title)).toEqual(['Buy shoes', 'Run far']);
    const undone = await Promise.all([undo(person, id), undo(person, id)]);
    expect(undone.map(({ proposal }) => proposal.version)).toEqual([3, 3]);
    expect((await planningOf(planning, person))['goals']).toHaveLength(1);
  });

  it('L09 of another, and what it is about, are like nothing', async () => {
    const { person, id, item, goal } = await proposed();
    const other = await planning.planner();
    for (const mutation of ['applyProposal', 'undoProposal', 'dismissProposal']) {
      await expect(other.change(mutation, { id }, 'proposal { id }')).rejects.toMatchObject({ originalError: { code: 'NOT_FOUND' } });
    }
    for (const operation of [
      { kind: 'CHANGE_ITEM', id: rowId(item), title: 'x' },
      { kind: 'DELETE_GOAL', id: rowId(goal) },
      { kind: 'ADD_ITEM', title: 'x', goal: rowId(goal) },
      { kind: 'ADD_GOAL', title: 'x', goal: rowId(goal) },
    ]) {
      await expect(propose(planning, other, [operation])).rejects.toThrow(/there is no (goal|item) "/);
    }
    expect(await person.ask('query ($id: ID!) { planProposal(id: $id) { status } }', { id })).toEqual({ planProposal: { status: 'PENDING' } });
  });

  it('is listed, newest first, by status', async () => {
    const { person, id } = await proposed();
    const second = await propose(planning, person, [{ kind: 'ADD_ITEM', title: 'x' }]);
    await dismiss(person, id);
    const list = async (status: string) =>
      nodesOf((await person.ask(`{ planProposals(status: ${status}) { edges { node { id conversation { id } } } } }`)).planProposals).map((node) => node.id);
    expect(await list('null')).toEqual([second.id, id]);
    expect(await list('[DISMISSED]')).toEqual([id]);
    expect(await list('[PENDING, APPLIED]')).toEqual([second.id]);
  });
});

describe('what an assistant proposes', () => {
  it.each([
    [[{ kind: 'ADD_ITEM' }], 'operation 0 (ADD_ITEM): title: must not be empty'],
    [[{ kind: 'MOVE_ITEM', id: 'ITEM' }], 'operation 0 (MOVE_ITEM): say where to: "day", "week", or "unplanned": true'],
    [[{ kind: 'CHANGE_ITEM', id: 'ITEM', title: 'Run' }], 'operation 0 (CHANGE_ITEM): it changes nothing: all of it is so already'],
    [[{ kind: 'CHANGE_ITEM', id: 'ITEM', day }], 'operation 0 (CHANGE_ITEM): CHANGE_ITEM does not move; use MOVE_ITEM for the day or week'],
    [
      [{ kind: 'ADD_ITEM', title: 'x', day: { date: '2026-11-27', weekday: 'Monday' } }],
      'operation 0 (ADD_ITEM): "day": 2026-11-27 is a Friday, not a Monday; the nearest Monday is 2026-11-30. Say which one is meant.',
    ],
    [
      [
        { kind: 'ADD_ITEM', title: 'x', goal: '#1' },
        { kind: 'ADD_GOAL', title: 'y' },
      ],
      'operation 0 (ADD_ITEM): "goal" is "#1", but operation 1 is not an ADD_GOAL before this one',
    ],
    [
      [
        { kind: 'DELETE_ITEM', id: 'ITEM' },
        { kind: 'COMPLETE_ITEM', id: 'ITEM' },
      ],
      'operation 1 (COMPLETE_ITEM): an operation before deletes it',
    ],
    [[{ kind: 'ADD_ITEM', title: 'x', day, week: day }], 'operation 0 (ADD_ITEM): give either "day" or "week", not both'],
    [
      [
        { kind: 'ADD_ITEM', title: 'x', startTime: '25:00' },
        { kind: 'CHANGE_DAY', summary: 'x' },
      ],
      'operation 1 (CHANGE_DAY): say which day: "day"',
    ],
  ])('goes back to it when it is %j', async (operations, problem) => {
    const person = await planning.planner();
    const item = rowId(await person.item('Run'));
    const inputs = operations.map((operation) => JSON.parse(JSON.stringify(operation).replaceAll('"id":"ITEM"', `"id":"${item}"`)));
    await expect(propose(planning, person, inputs)).rejects.toThrow(problem);
    expect((await person.ask('{ planProposals { edges { node { id } } } }')).planProposals.edges).toEqual([]);
  });

  it('is applied at once when it is small and the person wants that, and is undone like any other', async () => {
    const person = await planning.planner({ autoApply: true });
    const item = rowId(await person.item('Run'));
    const small = await propose(planning, person, [{ kind: 'MOVE_ITEM', id: item, day: { when: 'tomorrow' } }]);
    expect(small.isApplied).toBe(true);
    expect(await person.ask('query ($id: ID!) { planItem(id: $id) { date } }', { id: globalId('PlanItem', item) })).toEqual({
      planItem: { date: '2026-11-26' },
    });
    expect((await undo(person, small.id)).planItems).toMatchObject([{ date: null }]);
  });

  it.each([
    ['more than three operations', ['1', '2', '3', '4'].map((title) => ({ kind: 'ADD_ITEM', title }))],
    ['a goal', [{ kind: 'ADD_GOAL', title: 'x' }]],
    ['a deletion', [{ kind: 'DELETE_ITEM', id: 'ITEM' }]],
  ])('is never applied by itself with %s', async (_title, operations) => {
    const person = await planning.planner({ autoApply: true });
    const id = rowId(await person.item('Run'));
    const before = await planningOf(planning, person);
    const made = await propose(
      planning,
      person,
      operations.map((operation) => ({ ...operation, ...('id' in operation ? { id } : {}) })),
    );
    expect(made.isApplied).toBe(false);
    expect((await planningOf(planning, person))['plan_items']).toEqual(before['plan_items']);
  });

  it('L08 is never applied by itself where the person has not asked for that', async () => {
    const person = await planning.planner();
    expect((await propose(planning, person, [{ kind: 'ADD_ITEM', title: 'x' }])).isApplied).toBe(false);
  });
});

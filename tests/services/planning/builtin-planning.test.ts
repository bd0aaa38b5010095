import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBuiltinEngine } from '../../../src/engines/builtin/builtin.ts';
import { openPlanning, type OpenPlanning, type PlanningPerson } from '../../kit/planning.ts';

let planning: OpenPlanning;
// A Wednesday.
beforeAll(async () => void (planning = await openPlanning('2026-11-25T12:00:00.000Z', [createBuiltinEngine()])));
afterAll(() => planning[Symbol.asyncDispose]());

const operation = `index kind reason
  ... on PlanItemOperation { planItem { title } after { title date } }
  ... on WeeklyPlanOperation { change: after { weekStart focusAreas summary } }
  ... on DailyPlanOperation { dayChange: after { date summary } }`;

/** Asks in a conversation about this week, and gives the text and the proposal. */
async function ask(person: PlanningPerson, text: string) {
  const { weeklyPlan } = await person.change('saveWeeklyPlan', {}, 'weeklyPlan { id }');
  const { run } = await person.change(
    'ask',
    { text, contextId: weeklyPlan.id },
    `run { status message { mode text parts { __typename ... on PlanProposalPart { proposal { id status summary operations { ${operation} } } } } } }`,
  );
  expect(run).toMatchObject({ status: 'COMPLETED' });
  return { text: run.message.text, mode: run.message.mode, proposal: run.message.parts.find(({ proposal }: any) => proposal !== undefined)?.proposal };
}

describe('the built-in planner', () => {
  it('drafts the week by what is overdue, urgent, carried and for goals, within the capacity, with a reason for each item', async () => {
    const person = await planning.planner({ capacityMinutes: 60 });
    const health = await person.goal('Health', { priority: 'URGENT', targetDate: '2026-12-01' });
    await person.goal('Italian', { priority: 'HIGH' });
    await person.item('Dentist', { date: '2026-11-23', estimateMinutes: 45, goalId: health });
    await person.item('Taxes', { priority: 'URGENT', estimateMinutes: 60 });
    await person.item('Photos', { priority: 'LOW', estimateMinutes: 50 });
    await person.item('Move house', { estimateMinutes: 600 });
    await person.item('Meeting', { date: '2026-11-26', estimateMinutes: 15 });
    await person.item('Call', { week: '2026-11-25' });
    const { text, mode, proposal } = await ask(person, 'Please plan my week!');
    expect(mode).toBe('rules');
    expect(proposal).toMatchObject({ status: 'PENDING', summary: 'A draft for the week of Monday 2026-11-23' });
    expect(
      proposal.operations.map(({ kind, planItem, after, change, reason }: any) => [
        kind,
        planItem?.title ?? after?.title,
        after?.date ?? change?.weekStart,
        reason,
      ]),
    ).toEqual([
      ['MOVE_ITEM', 'Taxes', '2026-11-25', 'Urgent priority.'],
      ['MOVE_ITEM', 'Dentist', '2026-11-26', 'Overdue since Monday 2026-11-23, for the goal "Health" by Tuesday 2026-12-01.'],
      ['MOVE_ITEM', 'Call', '2026-11-27', 'No estimate, so 30 minutes are assumed.'],
      ['ADD_ITEM', 'Next step: Italian', '2026-11-27', 'The goal "Italian" has high priority and nothing is planned for it.'],
      ['CHANGE_WEEK', undefined, '2026-11-23', 'These goals matter most, and the week has no focus yet.'],
    ]);
    expect(proposal.operations[4].change.focusAreas).toEqual(['Health', 'Italian']);
    expect(text).toBe(
      [
        'Here is a draft for the week of Monday 2026-11-23, with 60 minutes a day.',
        '',
        '- **Wednesday 2026-11-25**, 0 minutes left',
        '  - Taxes (60 min): Urgent priority.',
        '- **Thursday 2026-11-26**, 0 minutes left',
        '  - Dentist (45 min): Overdue since Monday 2026-11-23, for the goal "Health" by Tuesday 2026-12-01.',
        '- **Friday 2026-11-27**, 0 minutes left',
        '  - Call (30 min): No estimate, so 30 minutes are assumed.',
        '  - Next step: Italian (30 min, new)',
        '',
        '',
        '',
        'Nothing is changed yet: apply all of it, or only what you like, or dismiss it.',
        '',
        'No room was left for "Move house" and "Photos".',
      ].join('\n'),
    );
  });

  it('gives the same draft for the same plans', async () => {
    const person = await planning.planner();
    for (const title of ['b', 'a', 'c']) await person.item(title);
    const [first, second] = [await ask(person, 'plan my week'), await ask(person, 'plan my week')];
    expect(second.text).toBe(first.text);
    expect(first.proposal.operations.map(({ planItem }: any) => planItem.title)).toEqual(['a', 'b', 'c']);
  });

  it('takes from days that are too full what matters least', async () => {
    const person = await planning.planner({ capacityMinutes: 60 });
    await person.item('Heavy', { date: '2026-11-25', estimateMinutes: 60, priority: 'HIGH' });
    await person.item('Light', { date: '2026-11-25', estimateMinutes: 20, priority: 'LOW' });
    const { proposal } = await ask(person, 'Organise this week');
    expect(proposal.operations).toMatchObject([
      { kind: 'MOVE_ITEM', planItem: { title: 'Light' }, after: { date: '2026-11-26' }, reason: 'Wednesday 2026-11-25 is 20 minutes over its capacity.' },
    ]);
  });

  it('says when there is nothing to plan', async () => {
    const { text, proposal } = await ask(await planning.planner(), 'plan my week');
    expect(text).toBe('There is nothing to plan for the week of Monday 2026-11-23. There is nothing open that has no day.');
    expect(proposal).toBeUndefined();
  });

  it('reviews a day, and proposes to keep that and to move on what is left', async () => {
    const person = await planning.planner();
    await person.item('Run', { date: '2026-11-25', status: 'DONE', estimateMinutes: 30, actualMinutes: 40 });
    await person.item('Read', { date: '2026-11-25', status: 'SKIPPED' });
    await person.item('Write', { date: '2026-11-25' });
    const { text, proposal } = await ask(person, 'Review my day');
    expect(text).toContain(
      '**Wednesday 2026-11-25**\n\n1 of 3 items done: "Run". They took 40 minutes, 30 were estimated.\n\nSkipped: "Read".\n\nStill open: "Write".',
    );
    expect(proposal.operations).toMatchObject([
      { kind: 'CHANGE_DAY', dayChange: { date: '2026-11-25', summary: '1 of 3 items done, 1 left.' } },
      { kind: 'MOVE_ITEM', planItem: { title: 'Write' }, after: { date: '2026-11-26' }, reason: 'It was not finished on Wednesday 2026-11-25.' },
    ]);
  });

  it('sums up a week by day and by goal', async () => {
    const person = await planning.planner();
    const goalId = await person.goal('Health');
    await person.item('Run', { date: '2026-11-23', status: 'DONE', goalId });
    await person.item('Swim', { date: '2026-11-24', goalId });
    await person.item('Read', { date: '2026-11-24', status: 'DONE' });
    const { text, proposal } = await ask(person, 'Can you summarise my week?');
    expect(text).toContain('2 of 3 items done: "Run" and "Read".');
    expect(text).toContain('- Monday 2026-11-23: 1 of 1 item done.\n- Tuesday 2026-11-24: 1 of 2 items done, 1 left.');
    expect(text).toContain('- Health: 1 of 2 items done, 1 left.');
    expect(proposal.operations).toMatchObject([{ kind: 'CHANGE_WEEK', change: { summary: '2 of 3 items done, 1 left. Health: 1 of 2 items done, 1 left.' } }]);
  });

  it.each(['What is the capital of Italy?', 'Should I sleep more?'])('says what it can do when asked %j', async (question) => {
    const { text, proposal } = await ask(await planning.planner(), question);
    expect(text).toMatch(/^No language model is connected here[^]*\*\*Plan my week\*\*[^]*\*\*Review my day\*\*[^]*\*\*Summarise my week\*\*[^]*only propose/);
    expect(proposal).toBeUndefined();
  });
});

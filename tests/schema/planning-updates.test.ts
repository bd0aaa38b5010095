import { isInputObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSchema } from '../../src/schema/schema.ts';
import { openPlanning, type OpenPlanning, type PlanningPerson } from '../kit/planning.ts';

/** What may be done with a field of an update. */
interface Field {
  /** What it is before, as an input. */
  readonly before: unknown;
  readonly set: unknown;
  /** What it is once null was given: the value that it is read as; absent where null is refused. */
  readonly cleared?: unknown;
  /** How it is read where that is not as it was given. */
  readonly read?: (record: any) => unknown;
}

/** A mutation that changes what there is. */
interface Update {
  readonly mutation: string;
  readonly record: string;
  readonly selection: string;
  /** What the record is found by, and what of others is to change with it. */
  readonly locators: readonly string[];
  readonly fields: Readonly<Record<string, Field>>;
  /** Makes a record of these values, and gives what it is found by. */
  readonly make: (person: PlanningPerson, values: Readonly<Record<string, unknown>>) => Promise<Readonly<Record<string, unknown>>>;
}

const daily = {
  summary: { before: 'Slow', set: 'Fast', cleared: null },
  status: { before: 'ACTIVE', set: 'COMPLETED' },
} satisfies Update['fields'];
const weekly = { ...daily, focusAreas: { before: ['Sleep'], set: ['Work', 'Rest'], cleared: [] } } satisfies Update['fields'];

const idOf = (record: any): string | null => record?.id ?? null;
let goals: readonly string[] = [];

const updates = (): readonly Update[] => [
  {
    mutation: 'updatePlannerSettings',
    record: 'plannerSettings',
    selection: 'id timeZone firstDayOfWeek capacityMinutes rollover autoApply',
    locators: [],
    fields: {
      timeZone: { before: 'Asia/Kolkata', set: 'Europe/Berlin' },
      firstDayOfWeek: { before: 'SATURDAY', set: 'SUNDAY' },
      capacityMinutes: { before: 90, set: 1_440 },
      rollover: { before: 'COPY', set: 'MOVE', cleared: null },
      autoApply: { before: true, set: false },
    },
    make: async (person, values) => {
      await person.change('updatePlannerSettings', values, 'plannerSettings { id }');
      return {};
    },
  },
  {
    mutation: 'updateGoal',
    record: 'goal',
    selection: 'id title description horizon status priority targetDate version parent { id }',
    locators: ['id'],
    fields: {
      title: { before: 'Run', set: 'Walk' },
      description: { before: 'Far', set: ' Near\n', cleared: null },
      horizon: { before: 'LONG', set: 'SHORT' },
      status: { before: 'PAUSED', set: 'CANCELLED' },
      priority: { before: 'HIGH', set: 'LOW' },
      targetDate: { before: '2027-01-01', set: '2027-12-31', cleared: null },
      parentId: { before: goals[0], set: goals[1], cleared: null, read: (record) => idOf(record.parent) },
    },
    make: async (person, values) => ({ id: (await person.change('createGoal', values, 'goal { id }')).goal.id }),
  },
  {
    mutation: 'updatePlanItem',
    record: 'planItem',
    selection: 'id title notes status priority estimateMinutes actualMinutes startTime version goal { id }',
    // How it recurs is the business of recurrence.test.ts.
    locators: ['id', 'recurrence', 'scope'],
    fields: {
      title: { before: 'Run', set: 'Walk' },
      notes: { before: 'Far', set: 'Near', cleared: null },
      status: { before: 'IN_PROGRESS', set: 'SKIPPED' },
      priority: { before: 'HIGH', set: 'LOW' },
      goalId: { before: goals[0], set: goals[1], cleared: null, read: (record) => idOf(record.goal) },
      estimateMinutes: { before: 30, set: 10_080, cleared: null },
      actualMinutes: { before: 20, set: 0, cleared: null },
      startTime: { before: '09:30', set: '00:00', cleared: null },
    },
    make: async (person, values) => ({ id: (await person.change('createPlanItem', values, 'planItem { id }')).planItem.id }),
  },
  ...(['saveWeeklyPlan', 'updateWeeklyPlan'] as const).map((mutation): Update => ({
    mutation,
    record: 'weeklyPlan',
    selection: 'id summary status focusAreas version',
    locators: [mutation === 'saveWeeklyPlan' ? 'date' : 'id'],
    fields: weekly,
    make: async (person, values) => {
      const { weeklyPlan } = await person.change('saveWeeklyPlan', { date: '2026-11-25', ...values }, 'weeklyPlan { id }');
      return mutation === 'saveWeeklyPlan' ? { date: '2026-11-23' } : { id: weeklyPlan.id };
    },
  })),
  ...(['saveDailyPlan', 'updateDailyPlan'] as const).map((mutation): Update => ({
    mutation,
    record: 'dailyPlan',
    selection: 'id summary status version',
    locators: [mutation === 'saveDailyPlan' ? 'date' : 'id'],
    fields: daily,
    make: async (person, values) => {
      const { dailyPlan } = await person.change('saveDailyPlan', { date: '2026-11-25', ...values }, 'dailyPlan { id }');
      return mutation === 'saveDailyPlan' ? { date: '2026-11-25' } : { id: dailyPlan.id };
    },
  })),
];

const names = updates().flatMap(({ mutation, fields }) => Object.keys(fields).map((name) => [mutation, name] as const));

let planning: OpenPlanning;
let person: PlanningPerson;
beforeAll(async () => {
  planning = await openPlanning();
  person = await planning.planner();
  goals = [await person.goal('One'), await person.goal('Other')];
});
afterAll(() => planning[Symbol.asyncDispose]());

/** Makes a record with every field filled, and gives the ways to change and read it. */
async function prepare(mutation: string) {
  const update = updates().find((candidate) => candidate.mutation === mutation);
  if (update === undefined) throw new Error(`no table for ${mutation}`);
  const found = await update.make(person, Object.fromEntries(Object.entries(update.fields).map(([name, field]) => [name, field.before])));
  const change = async (input: object): Promise<any> =>
    (await person.change(mutation, { ...found, ...input }, `${update.record} { ${update.selection} }`))[update.record];
  const valuesOf = (record: any): Record<string, unknown> =>
    Object.fromEntries(Object.entries(update.fields).map(([name, field]) => [name, field.read?.(record) ?? record[name] ?? null]));
  return { update, change, valuesOf, before: await change({}) };
}

describe('an update', () => {
  it.each([...new Set(names.map(([mutation]) => mutation))])('has all its inputs in this table: %s', (mutation) => {
    const { fields = {}, locators = [] } = updates().find((candidate) => candidate.mutation === mutation) ?? {};
    const input = createSchema().getType(`${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`);
    const known = isInputObjectType(input) ? Object.keys(input.getFields()) : [];
    expect([...Object.keys(fields), ...locators].toSorted()).toEqual(known.toSorted());
  });

  it.each([...new Set(names.map(([mutation]) => mutation))])('that names nothing changes nothing, nor does one that says what is so: %s', async (mutation) => {
    const { update, change, valuesOf, before } = await prepare(mutation);
    const given = Object.fromEntries(Object.entries(update.fields).map(([name, field]) => [name, field.before]));
    expect(valuesOf(before)).toEqual(given);
    expect(await change({})).toEqual(before);
    expect(await change(given)).toEqual(before);
  });

  it.each(names)('%s sets %s and leaves everything else as it was', async (mutation, name) => {
    const { update, change, valuesOf, before } = await prepare(mutation);
    const after = await change({ [name]: update.fields[name]?.set });
    expect(valuesOf(after)).toEqual({ ...valuesOf(before), [name]: update.fields[name]?.set });
    expect(after.version).toBe(before.version === undefined ? undefined : before.version + 1);
    expect(await change({}), 'also when it is read again').toEqual(after);
  });

  it.each(names)('%s clears %s by null, or refuses to by its name', async (mutation, name) => {
    const { update, change, valuesOf, before } = await prepare(mutation);
    const { cleared } = update.fields[name] ?? {};
    if (cleared !== undefined) {
      expect(valuesOf(await change({ [name]: null }))).toEqual({ ...valuesOf(before), [name]: cleared });
      return;
    }
    await expect(change({ [name]: null })).rejects.toMatchObject({
      message: `"${name}" cannot be empty; leave it out to keep it as it is.`,
      originalError: { code: 'BAD_USER_INPUT', issues: [{ path: ['input', name] }] },
    });
    expect(await change({})).toEqual(before);
  });
});

import type { Prisma } from '../../../prisma/generated/client.ts';
import { AppError } from '../../base/errors.ts';
import { isUuid } from '../../base/id.ts';
import { parseGoalChanges, parseNewGoal } from '../goal/goal-input.ts';
import { goalOf } from '../goal/goal-row.ts';
import { requirePlace } from '../goal/goal-tree.ts';
import { findDailyPlan, findWeeklyPlan } from '../plan/ensure-plans.ts';
import { parseDailyPlan, parseWeeklyPlan } from '../plan/plan-input.ts';
import { parseItemChanges, parseNewItem } from '../plan-item/item-input.ts';
import { readItems } from '../plan-item/item-row.ts';
import { differences } from '../planner/input.ts';
import type { Planner } from '../planner/planner-row.ts';
import {
  dayStateOf,
  goalStateOf,
  itemStateOf,
  versionKeyOf,
  weekStateOf,
  type GoalState,
  type ItemState,
  type Operation,
  type RecordState,
} from '../proposal/operation.ts';
import { readModelDate, type ModelDate } from './model-date.ts';
import type { OperationInput } from './operation-input.ts';

type Transaction = Prisma.TransactionClient;

const wrong = (message: string): AppError => new AppError('BAD_USER_INPUT', message);

/** What of an operation is given; null of a model is absent, and `clear` is null. */
function given(values: Readonly<Record<string, unknown>>, clear: readonly string[], names: Readonly<Record<string, string>> = {}): Record<string, unknown> {
  const entries = Object.entries(values).filter(([, value]) => value != null);
  return Object.fromEntries([...entries, ...clear.map((name) => [names[name] ?? name, null])]);
}

/** Makes operations of what a model proposes, over what is there and what the operations before would make of it. */
export function createDraft(transaction: Transaction, planner: Planner) {
  const drafted: Operation[] = [];
  const states = new Map<string, RecordState | null>();

  const day = (name: string, input: ModelDate): string => {
    const read = readModelDate(input, planner);
    if ('problem' in read) throw wrong(`"${name}": ${read.problem}`);
    return read.date;
  };

  const weekStart = async (date: string): Promise<string> => (await findWeeklyPlan(transaction, planner, date))?.weekStart ?? planner.weekStartOf(date);

  /** A record as the operations before leave it. */
  const stateOf = async (key: string, load: () => Promise<RecordState | null>): Promise<RecordState | null> => {
    const known = states.get(key);
    if (known === null) throw wrong('an operation before deletes it');
    return known ?? load();
  };

  const goal = async (id: string | null | undefined): Promise<{ readonly recordId: string; readonly before: GoalState }> => {
    const missing = wrong(`there is no goal "${id ?? ''}"; give its "id" as list_goals tells it`);
    if (id == null || !isUuid(id)) throw missing;
    const before = await stateOf(`goal ${id}`, async () => {
      const found = await transaction.goal.findFirst({ where: { id, ownerId: planner.userId } });
      return found === null ? null : goalStateOf(goalOf(found));
    });
    if (before?.type !== 'GOAL') throw missing;
    return { recordId: id, before };
  };

  const item = async (id: string | null | undefined): Promise<{ readonly recordId: string; readonly before: ItemState }> => {
    const missing = wrong(`there is no item "${id ?? ''}"; give its "id" as list_items tells it`);
    if (id == null || !isUuid(id)) throw missing;
    const before = await stateOf(`item ${id}`, async () => {
      const [found] = await readItems(transaction, planner.userId, [id]);
      return found === undefined ? null : itemStateOf(found);
    });
    if (before?.type !== 'ITEM') throw missing;
    return { recordId: id, before };
  };

  /** The goal that something belongs to: one that is there, or that an operation before adds. */
  const belonging = async (name: string | null | undefined): Promise<{ readonly id: string | null; readonly goalOf: number | null }> => {
    if (name == null || name === '') return { id: null, goalOf: null };
    const place = /^#(\d{1,3})$/.exec(name)?.[1];
    if (place === undefined) return { id: (await goal(name)).recordId, goalOf: null };
    if (drafted[Number(place)]?.kind !== 'ADD_GOAL') throw wrong(`"goal" is "${name}", but operation ${place} is not an ADD_GOAL before this one`);
    return { id: null, goalOf: Number(place) };
  };

  const made = (input: OperationInput, after: RecordState, goalOf: number | null): Operation => {
    const { kind, reason } = input;
    return { kind, reason, status: 'PENDING', recordId: null, goalOf, fields: Object.keys(after).filter((name) => name !== 'type'), before: null, after };
  };

  const changed = (
    { kind, reason }: OperationInput,
    recordId: string | null,
    before: RecordState,
    changes: object,
    goalOf: number | null,
    reference: string | null = null,
  ): Operation => {
    const different = differences(before, changes);
    const fields = [...Object.keys(different ?? {}), ...(goalOf === null || reference === null ? [] : [reference])];
    if (fields.length === 0) throw wrong('it changes nothing: all of it is so already');
    return { kind, reason, status: 'PENDING', recordId, goalOf, fields: [...new Set(fields)], before, after: { ...before, ...different } };
  };

  const place = async ({ day: onDay, week, unplanned }: OperationInput): Promise<Pick<ItemState, 'date' | 'weekStart'>> => {
    if (onDay != null && week != null) throw wrong('give either "day" or "week", not both');
    if (unplanned === true && (onDay != null || week != null)) throw wrong('give either a day, a week or "unplanned"');
    if (onDay != null) return { date: day('day', onDay), weekStart: null };
    return { date: null, weekStart: week == null ? null : await weekStart(day('week', week)) };
  };

  async function onGoal(input: OperationInput): Promise<Operation> {
    const { kind, reason, clear } = input;
    const parent = await belonging(input.goal);
    const targetDate = input.targetDay == null ? null : day('targetDay', input.targetDay);
    const { title, description, horizon, priority, goalStatus: status } = input;
    const values = given({ title, description, horizon, priority, status, targetDate, parentId: parent.id }, clear ?? [], {
      goal: 'parentId',
      targetDay: 'targetDate',
    });
    if (kind === 'ADD_GOAL') {
      const goalValues = { ...parseNewGoal({ title: '', ...values }, []), type: 'GOAL' as const };
      if (parent.id !== null) await requirePlace(transaction, planner, null, parent.id);
      const defaults = { description: null, horizon: 'MEDIUM', status: 'ACTIVE', priority: 'MEDIUM', targetDate: null, parentId: null } as const;
      return made(input, { ...defaults, ...goalValues }, parent.goalOf);
    }
    const { recordId, before } = await goal(input.id);
    if (kind === 'DELETE_GOAL') return { kind, reason, status: 'PENDING', recordId, goalOf: null, fields: [], before, after: null };
    if (kind === 'COMPLETE_GOAL') return changed(input, recordId, before, { status: 'COMPLETED' }, null);
    const changes = parseGoalChanges(values, []);
    if (changes.parentId != null) await requirePlace(transaction, planner, recordId, changes.parentId);
    return changed(input, recordId, before, changes, parent.goalOf, 'parentId');
  }

  async function onItem(input: OperationInput): Promise<Operation> {
    const { kind, reason, clear } = input;
    if (kind === 'DELETE_ITEM') return { kind, reason, status: 'PENDING', ...(await item(input.id)), goalOf: null, fields: [], after: null };
    if (kind === 'MOVE_ITEM') {
      if (input.day == null && input.week == null && input.unplanned !== true) throw wrong('say where to: "day", "week", or "unplanned": true');
      const { recordId, before } = await item(input.id);
      return changed(input, recordId, before, await place(input), null);
    }
    const belongs = await belonging(input.goal);
    const { title, notes, priority, itemStatus: status, estimateMinutes, actualMinutes, startTime } = input;
    const values = given({ title, notes, priority, status, estimateMinutes, actualMinutes, startTime, goalId: belongs.id }, clear ?? [], { goal: 'goalId' });
    if (kind === 'ADD_ITEM') {
      const { date: _date, week: _week, ...itemValues } = parseNewItem({ title: '', ...values }, []);
      const empty = { notes: null, status: 'TODO', priority: 'MEDIUM', goalId: null, estimateMinutes: null, actualMinutes: null, startTime: null } as const;
      return made(input, { type: 'ITEM', ...empty, ...itemValues, ...(await place(input)) }, belongs.goalOf);
    }
    const { recordId, before } = await item(input.id);
    if (kind === 'COMPLETE_ITEM') return changed(input, recordId, before, { ...parseItemChanges(given({ actualMinutes }, []), []), status: 'DONE' }, null);
    if (input.day != null || input.week != null || input.unplanned === true) throw wrong('CHANGE_ITEM does not move; use MOVE_ITEM for the day or week');
    return changed(input, recordId, before, parseItemChanges(values, []), belongs.goalOf, 'goalId');
  }

  async function onPlan(input: OperationInput): Promise<Operation> {
    const { kind, summary, planStatus: status, focusAreas, clear } = input;
    if (kind === 'CHANGE_WEEK') {
      if (input.week == null && input.day == null) throw wrong('say which week: "week"');
      const date = day('week', input.week ?? input.day ?? {});
      const start = await weekStart(date);
      const plan = await findWeeklyPlan(transaction, planner, date);
      const known = await stateOf(`week ${start}`, async () => weekStateOf(start, plan));
      const before = known?.type === 'WEEK' ? known : weekStateOf(start, plan);
      const operation = changed(input, plan?.id ?? null, before, parseWeeklyPlan(given({ summary, status, focusAreas }, clear ?? []), []), null);
      return plan === null && states.get(`week ${start}`) === undefined ? { ...operation, before: null } : operation;
    }
    if (input.day == null) throw wrong('say which day: "day"');
    const date = day('day', input.day);
    const plan = await findDailyPlan(transaction, planner, date);
    const known = await stateOf(`day ${date}`, async () => dayStateOf(date, plan));
    const before = known?.type === 'DAY' ? known : dayStateOf(date, plan);
    const operation = changed(input, plan?.id ?? null, before, parseDailyPlan(given({ summary, status }, clear ?? []), []), null);
    return plan === null && states.get(`day ${date}`) === undefined ? { ...operation, before: null } : operation;
  }

  return {
    /** The operations so far. */
    operations: drafted,

    /** Adds an operation. @throws AppError that tells the model what is wrong with it */
    add: async (input: OperationInput): Promise<void> => {
      const isPlan = input.kind === 'CHANGE_WEEK' || input.kind === 'CHANGE_DAY';
      const operation = await (isPlan ? onPlan(input) : input.kind.endsWith('_GOAL') ? onGoal(input) : onItem(input));
      const key = versionKeyOf(operation);
      if (key !== null) states.set(key, operation.after);
      drafted.push(operation);
    },
  };
}

function inWords(error: AppError): string {
  const issues = error.issues?.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`)) ?? [];
  return issues.length === 0 ? error.message : issues.join(', ');
}

/**
 * Makes operations of what a model proposes.
 *
 * @throws AppError BAD_USER_INPUT that tells the model all that is wrong, operation by operation
 */
export async function draftOperations(transaction: Transaction, planner: Planner, inputs: readonly OperationInput[]): Promise<readonly Operation[]> {
  const draft = createDraft(transaction, planner);
  const problems: string[] = [];
  for (const [index, input] of inputs.entries()) {
    try {
      await draft.add(input);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      problems.push(`operation ${index} (${input.kind}): ${inWords(error)}`);
      // It keeps its place, so that the numbers of those that follow are right.
      draft.operations.push({ kind: input.kind, reason: '', status: 'PENDING', recordId: null, goalOf: null, fields: [], before: null, after: null });
    }
  }
  if (problems.length > 0) throw wrong(`Nothing was proposed. ${problems.join('. ')}. Mend these and propose all of it again.`);
  return draft.operations;
}

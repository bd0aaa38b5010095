import type { Prisma } from '../../../prisma/generated/client.ts';
import { createGoalIn, deleteGoalIn, updateGoalIn, type DeletedGoal } from '../goal/write-goals.ts';
import { saveDailyPlanIn, saveWeeklyPlanIn } from '../plan/write-plans.ts';
import { createItemIn, deleteItemIn, moveItemIn, updateItemIn } from '../plan-item/write-items.ts';
import type { Planner } from '../planner/planner-row.ts';
import type { DayState, GoalState, ItemState, Operation, WeekState } from './operation.ts';

type Transaction = Prisma.TransactionClient;

/** What came of an operation. */
export interface Performed {
  /** The record that it made or changed. */
  readonly recordId: string;
  /** Of a goal that was deleted. */
  readonly deleted?: DeletedGoal;
}

/** The part of a state that an operation writes. */
function written<State extends object>(state: State, fields: readonly string[]): Partial<State> {
  const part: Partial<State> = { ...state };
  for (const name in state) if (!fields.includes(name)) delete part[name];
  return part;
}

const path = (index: number) => ['operations', index];

async function performOnGoal(
  transaction: Transaction,
  planner: Planner,
  index: number,
  { kind, recordId, fields }: Operation,
  after: GoalState | null,
  madeGoalId: string | null,
): Promise<Performed> {
  const parent = madeGoalId === null ? {} : { parentId: madeGoalId };
  if (recordId === null) {
    const { type: _type, ...input } = after ?? { type: 'GOAL' };
    return { recordId: (await createGoalIn(transaction, planner, { ...input, ...parent }, path(index))).id };
  }
  if (kind === 'DELETE_GOAL' || after === null) return { recordId, deleted: await deleteGoalIn(transaction, planner, recordId) };
  await updateGoalIn(transaction, planner, recordId, { ...written(after, fields), ...parent }, path(index));
  return { recordId };
}

async function performOnItem(
  transaction: Transaction,
  planner: Planner,
  index: number,
  { kind, recordId, fields }: Operation,
  after: ItemState | null,
  madeGoalId: string | null,
): Promise<Performed> {
  const goal = madeGoalId === null ? {} : { goalId: madeGoalId };
  if (recordId === null) {
    const { type: _type, weekStart: week, ...input } = after ?? { type: 'ITEM', weekStart: null };
    return { recordId: await createItemIn(transaction, planner, { ...input, ...goal, week }, path(index)) };
  }
  if (kind === 'DELETE_ITEM' || after === null) return { recordId: await deleteItemIn(transaction, planner, recordId) };
  if (kind === 'MOVE_ITEM') {
    const { date, weekStart } = after;
    const target = date === null && weekStart === null ? { unplanned: true } : { toDate: date, toWeek: weekStart };
    return { recordId: await moveItemIn(transaction, planner, recordId, target, path(index)) };
  }
  return { recordId: await updateItemIn(transaction, planner, recordId, { ...written(after, fields), ...goal }, path(index)) };
}

async function performOnPlan(
  transaction: Transaction,
  planner: Planner,
  index: number,
  { fields }: Operation,
  after: WeekState | DayState,
): Promise<Performed> {
  const plan =
    after.type === 'WEEK'
      ? await saveWeeklyPlanIn(transaction, planner, after.weekStart, written(after, fields), path(index))
      : await saveDailyPlanIn(transaction, planner, after.date, written(after, fields), path(index));
  return { recordId: plan.id };
}

/**
 * Does what an operation says, by the same functions as everything that people do themselves.
 *
 * @param madeGoalId the goal that the operation of `goalOf` has made
 * @throws AppError as they do
 */
export async function performOperation(
  transaction: Transaction,
  planner: Planner,
  index: number,
  operation: Operation,
  madeGoalId: string | null,
): Promise<Performed> {
  const { after } = operation;
  const record = after ?? operation.before;
  switch (record?.type) {
    case 'GOAL':
      return performOnGoal(transaction, planner, index, operation, after?.type === 'GOAL' ? after : null, madeGoalId);
    case 'ITEM':
      return performOnItem(transaction, planner, index, operation, after?.type === 'ITEM' ? after : null, madeGoalId);
    case 'WEEK':
    case 'DAY':
      return performOnPlan(transaction, planner, index, operation, record);
    case undefined:
      throw new Error('an operation has neither a state before nor one after');
    default:
      return record satisfies never;
  }
}

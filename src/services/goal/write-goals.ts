import type { Prisma } from '../../../prisma/generated/client.ts';
import { AppError, notFound } from '../../base/errors.ts';
import { databaseDate } from '../planner/calendar.ts';
import { differences, type InputPath } from '../planner/input.ts';
import type { Planner } from '../planner/planner-row.ts';
import { parseGoalChanges, parseNewGoal, type GoalInput } from './goal-input.ts';
import { goalOf, type GoalRow, type GoalStatus } from './goal-row.ts';
import { requirePlace } from './goal-tree.ts';

/** How many goals one person may have. */
export const mostGoals = 5_000;

/** What went with a goal that was deleted. */
export interface DeletedGoal {
  readonly id: string;
  /** The goals that were parts of it, which stand alone now. */
  readonly partIds: readonly string[];
  /** The items that were to bring it closer. */
  readonly itemIds: readonly string[];
}

const dated = ({ targetDate }: { readonly targetDate?: string | null }) =>
  targetDate === undefined ? {} : { targetDate: targetDate === null ? null : databaseDate(targetDate) };

const completion = (status: GoalStatus, now: Date): Date | null => (status === 'COMPLETED' ? now : null);

/** A goal of the person whose planner it is. @throws AppError NOT_FOUND */
export async function requireGoal(transaction: Prisma.TransactionClient, planner: Planner, id: string): Promise<GoalRow> {
  const stored = await transaction.goal.findFirst({ where: { id, ownerId: planner.userId } });
  if (stored === null) throw notFound('Goal');
  return goalOf(stored);
}

/**
 * Makes a goal.
 *
 * @throws AppError BAD_USER_INPUT; NOT_FOUND for a parent that is not the person's; CONFLICT at a limit
 */
export async function createGoalIn(transaction: Prisma.TransactionClient, planner: Planner, input: GoalInput, path: InputPath): Promise<GoalRow> {
  const { userId: ownerId, now } = planner;
  const values = parseNewGoal(input, path);
  if (values.parentId != null) await requirePlace(transaction, planner, null, values.parentId);
  if ((await transaction.goal.count({ where: { ownerId } })) >= mostGoals) {
    throw new AppError(
      'CONFLICT',
      `You have ${mostGoals.toLocaleString('en')} goals, as many as are allowed; delete one that you do not need with "deleteGoal".`,
    );
  }
  const completedAt = completion(values.status ?? 'ACTIVE', now);
  const data = { ...values, ...dated(values), id: planner.newId(), ownerId, completedAt, createdAt: now, updatedAt: now };
  return goalOf(await transaction.goal.create({ data }));
}

/**
 * Changes a goal: what is absent stays, null clears. One in which nothing is different keeps its version.
 *
 * @throws AppError BAD_USER_INPUT; NOT_FOUND for the goal or its new parent; CONFLICT for a ring or too many levels
 */
export async function updateGoalIn(transaction: Prisma.TransactionClient, planner: Planner, id: string, input: GoalInput, path: InputPath): Promise<GoalRow> {
  const changes = parseGoalChanges(input, path);
  const stored = await requireGoal(transaction, planner, id);
  const different = differences(stored, changes);
  if (different === null) return stored;
  if (different.parentId != null) await requirePlace(transaction, planner, id, different.parentId);
  const completed = different.status === undefined ? {} : { completedAt: completion(different.status, planner.now) };
  const data = { ...different, ...dated(different), ...completed, version: { increment: 1 }, updatedAt: planner.now };
  return goalOf(await transaction.goal.update({ where: { id }, data }));
}

/**
 * Deletes a goal. Its parts stand alone, its items lose it; both stay.
 *
 * @throws AppError NOT_FOUND
 */
export async function deleteGoalIn(transaction: Prisma.TransactionClient, planner: Planner, id: string): Promise<DeletedGoal> {
  await requireGoal(transaction, planner, id);
  const changed = { version: { increment: 1 }, updatedAt: planner.now };
  const parts = await transaction.goal.updateManyAndReturn({ where: { parentId: id }, data: { parentId: null, ...changed }, select: { id: true } });
  const items = await transaction.planItem.updateManyAndReturn({ where: { goalId: id }, data: { goalId: null, ...changed }, select: { id: true } });
  await transaction.goal.delete({ where: { id }, select: { id: true } });
  return { id, partIds: parts.map((row) => row.id), itemIds: items.map((row) => row.id) };
}

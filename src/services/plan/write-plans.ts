import type { Prisma } from '../../../prisma/generated/client.ts';
import { notFound } from '../../base/errors.ts';
import { releaseItems, type ReleasedItems } from '../plan-item/release.ts';
import type { CalendarDate } from '../planner/calendar.ts';
import { differences, type InputPath } from '../planner/input.ts';
import type { Planner } from '../planner/planner-row.ts';
import { ensureDailyPlan, ensureWeeklyPlan, linkDays } from './ensure-plans.ts';
import { parseDailyPlan, parseDay, parseWeeklyPlan, type DailyPlanInput, type WeeklyPlanInput } from './plan-input.ts';
import { dailyPlanOf, weeklyPlanOf, type DailyPlanRow, type WeeklyPlanRow } from './plan-row.ts';

/** A plan that was deleted, and what became of its items. */
export interface DeletedPlan extends ReleasedItems {
  readonly id: string;
}

type Transaction = Prisma.TransactionClient;

const changed = (planner: Planner) => ({ version: { increment: 1 }, updatedAt: planner.now });

async function changeWeek(
  transaction: Transaction,
  planner: Planner,
  stored: WeeklyPlanRow,
  changes: ReturnType<typeof parseWeeklyPlan>,
): Promise<WeeklyPlanRow> {
  const different = differences(stored, changes);
  if (different === null) return stored;
  return weeklyPlanOf(await transaction.weeklyPlan.update({ where: { id: stored.id }, data: { ...different, ...changed(planner) } }));
}

async function changeDay(transaction: Transaction, planner: Planner, stored: DailyPlanRow, changes: ReturnType<typeof parseDailyPlan>): Promise<DailyPlanRow> {
  const different = differences(stored, changes);
  if (different === null) return stored;
  return dailyPlanOf(await transaction.dailyPlan.update({ where: { id: stored.id }, data: { ...different, ...changed(planner) } }));
}

/** A weekly plan of the person whose planner it is. @throws AppError NOT_FOUND */
export async function requireWeeklyPlan(transaction: Transaction, planner: Planner, id: string): Promise<WeeklyPlanRow> {
  const stored = await transaction.weeklyPlan.findFirst({ where: { id, ownerId: planner.userId } });
  if (stored === null) throw notFound('WeeklyPlan');
  return weeklyPlanOf(stored);
}

/** A daily plan of the person whose planner it is. @throws AppError NOT_FOUND */
export async function requireDailyPlan(transaction: Transaction, planner: Planner, id: string): Promise<DailyPlanRow> {
  const stored = await transaction.dailyPlan.findFirst({ where: { id, ownerId: planner.userId } });
  if (stored === null) throw notFound('DailyPlan');
  return dailyPlanOf(stored);
}

/**
 * Writes the plan of the week that a day lies in, and makes it by that.
 *
 * @param date any day of the week; today when null
 * @throws AppError BAD_USER_INPUT; CONFLICT at the limit
 */
export async function saveWeeklyPlanIn(
  transaction: Transaction,
  planner: Planner,
  date: CalendarDate | null,
  input: WeeklyPlanInput,
  path: InputPath,
): Promise<WeeklyPlanRow> {
  const changes = parseWeeklyPlan(input, path);
  const day = date === null ? planner.today : parseDay(date, [...path, 'date']);
  return changeWeek(transaction, planner, await ensureWeeklyPlan(transaction, planner, day), changes);
}

/** The same for the plan of a day. */
export async function saveDailyPlanIn(
  transaction: Transaction,
  planner: Planner,
  date: CalendarDate | null,
  input: DailyPlanInput,
  path: InputPath,
): Promise<DailyPlanRow> {
  const changes = parseDailyPlan(input, path);
  const day = date === null ? planner.today : parseDay(date, [...path, 'date']);
  return changeDay(transaction, planner, await ensureDailyPlan(transaction, planner, day), changes);
}

/** Changes a weekly plan: what is absent stays, null clears. @throws AppError NOT_FOUND, BAD_USER_INPUT */
export async function updateWeeklyPlanIn(
  transaction: Transaction,
  planner: Planner,
  id: string,
  input: WeeklyPlanInput,
  path: InputPath,
): Promise<WeeklyPlanRow> {
  const changes = parseWeeklyPlan(input, path);
  return changeWeek(transaction, planner, await requireWeeklyPlan(transaction, planner, id), changes);
}

/** Changes a daily plan: what is absent stays, null clears. @throws AppError NOT_FOUND, BAD_USER_INPUT */
export async function updateDailyPlanIn(transaction: Transaction, planner: Planner, id: string, input: DailyPlanInput, path: InputPath): Promise<DailyPlanRow> {
  const changes = parseDailyPlan(input, path);
  return changeDay(transaction, planner, await requireDailyPlan(transaction, planner, id), changes);
}

/**
 * Deletes a weekly plan. The plans of its days stay.
 *
 * @param deleteItems whether the items of the week go as well; they become unplanned otherwise
 * @throws AppError NOT_FOUND
 */
export async function deleteWeeklyPlanIn(transaction: Transaction, planner: Planner, id: string, deleteItems: boolean): Promise<DeletedPlan> {
  const { weekStart } = await requireWeeklyPlan(transaction, planner, id);
  const released = await releaseItems(transaction, planner, { dailyPlanId: null, weeklyPlanId: id }, deleteItems);
  await linkDays(transaction, planner, weekStart, id);
  await transaction.weeklyPlan.delete({ where: { id }, select: { id: true } });
  return { id, ...released };
}

/** Deletes a daily plan, and its items or not. @throws AppError NOT_FOUND */
export async function deleteDailyPlanIn(transaction: Transaction, planner: Planner, id: string, deleteItems: boolean): Promise<DeletedPlan> {
  await requireDailyPlan(transaction, planner, id);
  const released = await releaseItems(transaction, planner, { dailyPlanId: id, weeklyPlanId: null }, deleteItems);
  await transaction.dailyPlan.delete({ where: { id }, select: { id: true } });
  return { id, ...released };
}

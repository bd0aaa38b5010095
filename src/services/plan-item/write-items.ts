import type { Prisma } from '../../../prisma/generated/client.ts';
import { badInput, notFound } from '../../base/errors.ts';
import { requireGoal } from '../goal/write-goals.ts';
import { ensureDailyPlan, ensureWeeklyPlan } from '../plan/ensure-plans.ts';
import { databaseDate, type CalendarDate } from '../planner/calendar.ts';
import { differences, type InputPath } from '../planner/input.ts';
import type { Planner } from '../planner/planner-row.ts';
import { itemsDeletedIn, statusChangedIn } from '../recurrence/item-hooks.ts';
import { makeItemsIn } from '../recurrence/make-items.ts';
import type { RecurrenceRow } from '../recurrence/recurrence-row.ts';
import { insertSeries, parseRecurrence, requireFirst, type RecurrenceInput } from '../recurrence/start-series.ts';
import { parseItemChanges, parseNewItem, parseTarget, type ItemTarget, type NewPlanItem, type PlanItemInput } from './item-input.ts';
import { readItems, type ItemStatus, type PlanItemRow } from './item-row.ts';
import { positionBeside, positionsAtEnd, unplanned, type ItemList } from './positions.ts';
import { requireRoomInPlan } from './room.ts';

type Transaction = Prisma.TransactionClient;

/** When an item of a status was done. */
export const completion = (status: ItemStatus, now: Date): Date | null => (status === 'DONE' ? now : null);

/** An item of the person whose planner it is. @throws AppError NOT_FOUND */
export async function requireItem(transaction: Transaction, planner: Planner, id: string): Promise<PlanItemRow> {
  const [item] = await readItems(transaction, planner.userId, [id]);
  if (item === undefined) throw notFound('PlanItem');
  return item;
}

/** The list of a day, whose plan is made when there is none. @throws AppError CONFLICT at the limit of plans */
export async function dayList(transaction: Transaction, planner: Planner, date: CalendarDate): Promise<ItemList> {
  return { dailyPlanId: (await ensureDailyPlan(transaction, planner, date)).id, weeklyPlanId: null };
}

/** The list of the week that a day lies in. */
export async function weekList(transaction: Transaction, planner: Planner, date: CalendarDate): Promise<ItemList> {
  return { dailyPlanId: null, weeklyPlanId: (await ensureWeeklyPlan(transaction, planner, date)).id };
}

/** The list that an input names, made when there is none. */
export async function placeOf(
  transaction: Transaction,
  planner: Planner,
  { date, week }: { readonly date?: CalendarDate | null | undefined; readonly week?: CalendarDate | null | undefined },
): Promise<ItemList> {
  if (date != null) return dayList(transaction, planner, date);
  if (week != null) return weekList(transaction, planner, week);
  return unplanned;
}

/** Begins the series of a new item, on its day, or on the first day of the rule from today on. */
async function startSeries(
  transaction: Transaction,
  planner: Planner,
  values: Omit<ReturnType<typeof parseNewItem>, 'date' | 'week'>,
  input: RecurrenceInput,
  { date, week }: { readonly date?: CalendarDate | null | undefined; readonly week?: CalendarDate | null | undefined },
  path: InputPath,
): Promise<RecurrenceRow> {
  if (week != null) throw badInput([...path, 'week'], 'An item that recurs stands on days; give "date" in place of "week".');
  const recurrence = parseRecurrence(input, [...path, 'recurrence']);
  const first = requireFirst(recurrence, date ?? planner.today, [...path, 'recurrence']);
  if (date != null && date !== first) {
    throw badInput([...path, 'date'], `${date} is not a day of the recurrence rule; its first one from there on is ${first}. Give that, or no date.`);
  }
  const { title, notes = null, goalId = null, priority = 'MEDIUM', estimateMinutes = null, startTime = null } = values;
  return insertSeries(transaction, planner, { title, notes, goalId, priority, estimateMinutes, startTime }, recurrence, first, [...path, 'date']);
}

/**
 * Makes an item at the end of its plan, without counting how many the person has: `requireRoomForItems` does.
 *
 * @returns its id
 * @throws AppError BAD_USER_INPUT; NOT_FOUND for a goal that is not the person's; CONFLICT for a plan that is full
 */
export async function createItemIn(transaction: Transaction, planner: Planner, input: NewPlanItem, path: InputPath): Promise<string> {
  const { date, week, ...values } = parseNewItem(input, path);
  if (values.goalId != null) await requireGoal(transaction, planner, values.goalId);
  const series = input.recurrence == null ? null : await startSeries(transaction, planner, values, input.recurrence, { date, week }, path);
  const list = await placeOf(transaction, planner, series === null ? { date, week } : { date: series.startDate });
  await requireRoomInPlan(transaction, planner, list);
  const [position = ''] = await positionsAtEnd(transaction, planner, list, 1);
  const { now, userId: ownerId } = planner;
  const completedAt = completion(values.status ?? 'TODO', now);
  const occurrence = series === null ? {} : { recurrenceId: series.id, occurrenceDate: databaseDate(series.startDate) };
  const data = { ...values, ...list, ...occurrence, id: planner.newId(), ownerId, position, completedAt, createdAt: now, updatedAt: now };
  const { id } = await transaction.planItem.create({ data, select: { id: true } });
  if (series !== null) {
    await makeItemsIn(transaction, planner, series, series.startDate);
    const item = await requireItem(transaction, planner, id);
    await statusChangedIn(transaction, planner, { ...item, status: 'TODO' }, item.status);
  }
  return id;
}

/**
 * Changes an item: what is absent stays, null clears. One in which nothing is different keeps its version.
 *
 * @returns its id
 * @throws AppError BAD_USER_INPUT; NOT_FOUND for the item or its new goal
 */
export async function updateItemIn(transaction: Transaction, planner: Planner, id: string, input: PlanItemInput, path: InputPath): Promise<string> {
  const changes = parseItemChanges(input, path);
  const stored = await requireItem(transaction, planner, id);
  const different = differences(stored, changes);
  if (different === null) return id;
  if (different.goalId != null) await requireGoal(transaction, planner, different.goalId);
  const completed = different.status === undefined ? {} : { completedAt: completion(different.status, planner.now) };
  const data = { ...different, ...completed, version: { increment: 1 }, updatedAt: planner.now };
  await transaction.planItem.update({ where: { id }, data, select: { id: true } });
  if (different.status !== undefined) await statusChangedIn(transaction, planner, stored, different.status);
  return id;
}

async function requirePlan(transaction: Transaction, planner: Planner, kind: 'DAILY_PLAN' | 'WEEKLY_PLAN', id: string): Promise<ItemList> {
  const where = { id, ownerId: planner.userId };
  const isDaily = kind === 'DAILY_PLAN';
  const found = isDaily ? await transaction.dailyPlan.count({ where }) : await transaction.weeklyPlan.count({ where });
  if (found === 0) throw notFound(isDaily ? 'DailyPlan' : 'WeeklyPlan');
  return isDaily ? { dailyPlanId: id, weeklyPlanId: null } : { dailyPlanId: null, weeklyPlanId: id };
}

/**
 * Moves an item: right before or after another one, wherever that stands, or to the end of a plan.
 *
 * @returns its id
 * @throws AppError BAD_USER_INPUT; NOT_FOUND for the item, the other one or the plan; CONFLICT for a plan that is full
 */
export async function moveItemIn(transaction: Transaction, planner: Planner, id: string, input: ItemTarget, path: InputPath): Promise<string> {
  const target = parseTarget(input, path);
  const item = await requireItem(transaction, planner, id);

  const place = async (): Promise<{ readonly list: ItemList; readonly position: () => Promise<string> }> => {
    const atEnd = (list: ItemList) => ({ list, position: async () => (await positionsAtEnd(transaction, planner, list, 1, id))[0] ?? '' });
    switch (target.kind) {
      case 'BEFORE':
      case 'AFTER': {
        if (target.id === id) throw badInput([...path, target.kind.toLowerCase()], 'An item cannot stand beside itself; name another one.');
        const { dailyPlanId, weeklyPlanId } = await requireItem(transaction, planner, target.id);
        const list = { dailyPlanId, weeklyPlanId };
        return { list, position: () => positionBeside(transaction, planner, list, target.id, target.kind, id) };
      }
      case 'DATE':
        return atEnd(await dayList(transaction, planner, target.date));
      case 'WEEK':
        return atEnd(await weekList(transaction, planner, target.date));
      case 'DAILY_PLAN':
      case 'WEEKLY_PLAN':
        return atEnd(await requirePlan(transaction, planner, target.kind, target.id));
      case 'UNPLANNED':
        return atEnd(unplanned);
    }
  };

  const { list, position } = await place();
  const isElsewhere = item.dailyPlanId !== list.dailyPlanId || item.weeklyPlanId !== list.weeklyPlanId;
  if (isElsewhere) await requireRoomInPlan(transaction, planner, list);
  const data = { ...list, position: await position(), version: { increment: 1 }, updatedAt: planner.now };
  await transaction.planItem.update({ where: { id }, data, select: { id: true } });
  return id;
}

/** Deletes an item; its series makes none for that day again. @returns its id @throws AppError NOT_FOUND */
export async function deleteItemIn(transaction: Transaction, planner: Planner, id: string): Promise<string> {
  const item = await requireItem(transaction, planner, id);
  await transaction.planItem.delete({ where: { id }, select: { id: true } });
  await itemsDeletedIn(transaction, planner, [item]);
  return id;
}

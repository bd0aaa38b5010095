import { AppError } from '../../../base/errors.ts';
import type { ItemDocument } from '../../export-archive/planning-formats.ts';
import { longestBody, longestTitle } from '../../goal/goal-input.ts';
import { ensureDailyPlan, ensureWeeklyPlan } from '../../plan/ensure-plans.ts';
import { isPosition, positionsAtEnd, unplanned, type ItemList } from '../../plan-item/positions.ts';
import { mostItems, mostItemsOfPlan } from '../../plan-item/room.ts';
import { calendarDate, databaseDate, type CalendarDate } from '../../planner/calendar.ts';
import { cleanBody, cleanCompletion, cleanMoments, fitting, idOf, idsHere, missing, named, type Writing } from './writing.ts';

const databaseDateOrNull = (date: CalendarDate | null): Date | null => (date === null ? null : databaseDate(date));

/** Finds the plans of items by their days; one that is not here is made, as by any item. */
async function openPlaces(writing: Writing, documents: readonly ItemDocument[]) {
  const { transaction, planner, tell } = writing;
  const ownerId = planner.userId;
  const daysOf = (dayOf: (document: ItemDocument) => CalendarDate | null): Date[] => named(documents, (document) => [dayOf(document)]).map(databaseDate);
  const days = await transaction.dailyPlan.findMany({ where: { ownerId, date: { in: daysOf(({ date }) => date) } }, select: { id: true, date: true } });
  const weeks = await transaction.weeklyPlan.findMany({
    where: { ownerId, weekStart: { in: daysOf(({ weekStart }) => weekStart) } },
    select: { id: true, weekStart: true },
  });
  const lists = new Map<string, ItemList>([
    ...days.map(({ id, date }) => [`day ${calendarDate(date)}`, { dailyPlanId: id, weeklyPlanId: null }] as const),
    ...weeks.map(({ id, weekStart }) => [`week ${calendarDate(weekStart)}`, { dailyPlanId: null, weeklyPlanId: id }] as const),
  ]);
  const counts = new Map<string, number>();

  const find = async (name: string, make: () => Promise<ItemList>): Promise<ItemList> => {
    try {
      const list = lists.get(name) ?? (await make());
      lists.set(name, list);
      return list;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      tell(`An item stands in no plan: ${error.message}`);
      return unplanned;
    }
  };

  return async ({ date, weekStart }: ItemDocument): Promise<ItemList> => {
    const list =
      date !== null
        ? await find(`day ${date}`, async () => ({ dailyPlanId: (await ensureDailyPlan(transaction, planner, date)).id, weeklyPlanId: null }))
        : weekStart !== null
          ? await find(`week ${weekStart}`, async () => ({ dailyPlanId: null, weeklyPlanId: (await ensureWeeklyPlan(transaction, planner, weekStart)).id }))
          : unplanned;
    const planId = list.dailyPlanId ?? list.weeklyPlanId;
    if (planId === null) return list;
    const count = counts.get(planId) ?? (await transaction.planItem.count({ where: { ownerId, ...list } }));
    counts.set(planId, count + 1);
    if (count < mostItemsOfPlan) return list;
    tell(`A plan has at most ${mostItemsOfPlan} items; others of it stand in no plan.`);
    return unplanned;
  };
}

/**
 * Writes items that are not here yet, at their places in their plans.
 *
 * @returns how many are new
 */
export async function writeItems(writing: Writing, documents: readonly ItemDocument[]): Promise<number> {
  const { transaction, planner, cleaner, tell } = writing;
  const ownerId = planner.userId;
  const here = await idsHere(
    writing,
    'planItem',
    named(documents, ({ id, originItemId }) => [id, originItemId]),
  );
  const goals = await idsHere(
    writing,
    'goal',
    named(documents, ({ goalId }) => [goalId]),
  );
  const series = await idsHere(
    writing,
    'recurrence',
    named(documents, ({ recurrenceId }) => [recurrenceId]),
  );
  const room = mostItems - (await transaction.planItem.count({ where: { ownerId } }));
  const fresh = fitting(writing, missing(documents, here), room, 'items', mostItems);
  const placeOf = await openPlaces(writing, fresh);
  const rows = [];
  for (const document of fresh) {
    const { status, priority, estimateMinutes, actualMinutes, startTime, carriedCount, version, goalId, recurrenceId, originItemId } = document;
    const title = cleaner.label(document.title, longestTitle);
    if (title === null) {
      tell('An item without a title was left out.');
      continue;
    }
    if (goalId !== null && !goals.has(goalId)) tell('The goal of an item is not here; it has none.');
    if (recurrenceId !== null && !series.has(recurrenceId)) tell('The series of an item is not here; it stands alone.');
    const list = await placeOf(document);
    if (!isPosition(document.position)) tell('An item whose place in its plan cannot be read was put to the end.');
    const [last = ''] = isPosition(document.position) ? [document.position] : await positionsAtEnd(transaction, planner, list, 1);
    const moments = cleanMoments(writing, document);
    rows.push({
      ownerId,
      ...list,
      title,
      status,
      priority,
      position: last,
      estimateMinutes,
      actualMinutes,
      startTime,
      carriedCount,
      version,
      ...moments,
      id: idOf(writing, here, 'planItem', document.id),
      notes: cleanBody(writing, document.notes, longestBody),
      goalId: goalId === null ? null : (goals.get(goalId) ?? null),
      recurrenceId: recurrenceId === null ? null : (series.get(recurrenceId) ?? null),
      occurrenceDate: databaseDateOrNull(document.occurrenceDate),
      originDate: databaseDateOrNull(document.originDate),
      originItemId: originItemId === null ? null : idOf(writing, here, 'planItem', originItemId),
      completedAt: cleanCompletion(writing, status === 'DONE', document.completedAt, moments.updatedAt),
    });
  }
  // A series makes its items by itself as well: one a day.
  const { count } = await transaction.planItem.createMany({ data: rows, skipDuplicates: true });
  if (count < rows.length) tell('An item of a series was left out for a day that has one of it here.', rows.length - count);
  return count;
}

import type { Prisma } from '../../../prisma/generated/client.ts';
import { badInput } from '../../base/errors.ts';
import type { PlanItemInput } from '../plan-item/item-input.ts';
import type { PlanItemRow } from '../plan-item/item-row.ts';
import { deleteItemIn, dayList, moveItemIn, requireItem, updateItemIn } from '../plan-item/write-items.ts';
import { addDays, databaseDate, type CalendarDate } from '../planner/calendar.ts';
import { present, type InputPath } from '../planner/input.ts';
import type { Planner } from '../planner/planner-row.ts';
import { endSeriesIn, requireSeries, unfinishedFrom } from './end-series.ts';
import { makeItemsIn } from './make-items.ts';
import { occurrencesBetween } from './occurrences.ts';
import { ruleOf, type RecurrenceRow } from './recurrence-row.ts';
import { formatRule } from './rule.ts';
import { insertSeries, parseRecurrence, requireFirst, type ParsedRecurrence, type RecurrenceInput } from './start-series.ts';

/** Which items of a series a change is about. */
export type RecurrenceScope = 'THIS' | 'FUTURE' | 'ALL';

/** A change of an item, and of the series that it is of. */
export interface SeriesItemInput extends PlanItemInput {
  readonly scope?: RecurrenceScope | null | undefined;
  /** How it recurs from now on; null for not at all. */
  readonly recurrence?: RecurrenceInput | null | undefined;
}

/** What became of items. */
export interface ChangedSeries {
  readonly changedIds: readonly string[];
  readonly deletedIds: readonly string[];
}

type Transaction = Prisma.TransactionClient;

/** What an item and its series have in common, and so what a change of several of them may be of. */
const shared = ['title', 'notes', 'goalId', 'priority', 'estimateMinutes', 'startTime'] as const;

const nothing: ChangedSeries = { changedIds: [], deletedIds: [] };

/** The day from which a change of the future counts. */
const dayOf = (item: PlanItemRow, planner: Planner): CalendarDate => item.occurrenceDate ?? item.date ?? planner.today;

/** Makes an item that stands alone the first one of a series. */
async function beginSeries(
  transaction: Transaction,
  planner: Planner,
  item: PlanItemRow,
  recurrence: ParsedRecurrence,
  path: InputPath,
): Promise<ChangedSeries> {
  if (item.weekStart !== null)
    throw badInput([...path, 'recurrence'], 'This item stands in a week, and one that recurs stands on days; move it to a day first.');
  const date = item.date ?? planner.today;
  const first = requireFirst(recurrence, date, [...path, 'recurrence']);
  const series = await insertSeries(transaction, planner, item, recurrence, first, [...path, 'recurrence']);
  await joinSeries(transaction, planner, item, series);
  return { changedIds: await makeItemsIn(transaction, planner, series, first), deletedIds: [] };
}

/** Makes an item the first one of a series, on its day. */
async function joinSeries(transaction: Transaction, planner: Planner, item: PlanItemRow, series: RecurrenceRow): Promise<void> {
  const { id } = item;
  if (item.date !== series.startDate) {
    await dayList(transaction, planner, series.startDate);
    await moveItemIn(transaction, planner, id, { toDate: series.startDate }, []);
  }
  const data = { recurrenceId: series.id, occurrenceDate: databaseDate(series.startDate), updatedAt: planner.now };
  await transaction.planItem.update({ where: { id }, data, select: { id: true } });
}

/** Has a series end before a day, and another one go on from there with the items that it has. @returns the new one, or the same at its beginning */
async function splitSeries(transaction: Transaction, planner: Planner, series: RecurrenceRow, day: CalendarDate): Promise<RecurrenceRow> {
  if (day <= series.startDate) return series;
  const rule = ruleOf(series);
  const gone = rule.count === null ? 0 : occurrencesBetween(rule, series.startDate, series.startDate, addDays(day, -1)).length;
  const rest = { ...rule, count: rule.count === null ? null : rule.count - gone };
  const next = await insertSeries(transaction, planner, series, { rule: rest, mode: series.mode }, day, ['input', 'scope']);
  const later = { recurrenceId: series.id, occurrenceDate: { gte: databaseDate(day) } };
  await transaction.planItem.updateMany({ where: later, data: { recurrenceId: next.id } });
  const excludedDates = series.excludedDates.filter((date) => date >= day);
  const kept = { excludedDates: excludedDates.map(databaseDate), madeThrough: databaseDate(series.madeThrough) };
  await transaction.recurrence.update({ where: { id: next.id }, data: kept, select: { id: true } });
  await endSeriesIn(transaction, planner, series, addDays(day, -1));
  return { ...next, excludedDates, madeThrough: series.madeThrough };
}

/** Replaces the rule of a series from an item on: what is unfinished after it is made anew. */
async function replaceRule(
  transaction: Transaction,
  planner: Planner,
  series: RecurrenceRow,
  item: PlanItemRow,
  recurrence: ParsedRecurrence,
  path: InputPath,
): Promise<ChangedSeries> {
  const day = dayOf(item, planner);
  const first = requireFirst(recurrence, day, [...path, 'recurrence']);
  const deletedIds = await unfinishedFrom(transaction, series, day, item.id);
  await transaction.planItem.deleteMany({ where: { id: { in: [...deletedIds] } } });
  await endSeriesIn(transaction, planner, series, addDays(day, -1));
  const next = await insertSeries(transaction, planner, item, recurrence, first, [...path, 'recurrence']);
  await joinSeries(transaction, planner, item, next);
  await transaction.recurrence.deleteMany({ where: { id: series.id, items: { none: {} } } });
  return { changedIds: await makeItemsIn(transaction, planner, next, first), deletedIds };
}

/** Changes what the items of a series are made of, and those of them that are unfinished. */
async function changeTemplate(
  transaction: Transaction,
  planner: Planner,
  series: RecurrenceRow,
  from: CalendarDate | null,
  item: PlanItemRow,
  input: PlanItemInput,
): Promise<ChangedSeries> {
  const { title, notes, goalId, priority, estimateMinutes, startTime } = item;
  const values = { title, notes, goalId, priority, estimateMinutes, startTime };
  const given = new Set(Object.keys(present(input)));
  const changes = Object.fromEntries(Object.entries(values).filter(([name]) => given.has(name)));
  await transaction.recurrence.update({ where: { id: series.id }, data: { ...changes, updatedAt: planner.now }, select: { id: true } });
  const changedIds = await unfinishedFrom(transaction, series, from, item.id);
  const data = { ...changes, version: { increment: 1 }, updatedAt: planner.now };
  await transaction.planItem.updateMany({ where: { id: { in: [...changedIds] } }, data });
  return { changedIds, deletedIds: [] };
}

function checkScope(item: PlanItemRow, { scope, recurrence, ...input }: SeriesItemInput, path: InputPath): void {
  if (item.recurrenceId === null) {
    if (scope === 'FUTURE' || scope === 'ALL') throw badInput([...path, 'scope'], `This item does not recur, so "scope" cannot be ${scope}; leave it out.`);
    return;
  }
  if (recurrence !== undefined && scope !== 'FUTURE') {
    throw badInput([...path, 'scope'], 'How a series recurs is changed from an item on: give the scope FUTURE with "recurrence".');
  }
  const own = Object.keys(present(input)).find((name) => !shared.some((known) => known === name));
  if (own !== undefined && (scope === 'FUTURE' || scope === 'ALL')) {
    throw badInput([...path, own], `"${own}" is each item's own; change it with the scope THIS, or leave "scope" out.`);
  }
}

/**
 * Changes an item, and with the scopes FUTURE and ALL the unfinished others of its series. Those that are finished stay as they were.
 *
 * @returns the others that were changed or made, and those that went
 * @throws AppError BAD_USER_INPUT; NOT_FOUND for the item or its new goal; CONFLICT at a limit
 */
export async function updateSeriesItemIn(
  transaction: Transaction,
  planner: Planner,
  id: string,
  { scope, recurrence, ...input }: SeriesItemInput,
  path: InputPath,
): Promise<ChangedSeries> {
  const before = await requireItem(transaction, planner, id);
  checkScope(before, { scope, recurrence, ...input }, path);
  const parsed = recurrence == null ? recurrence : parseRecurrence(recurrence, [...path, 'recurrence']);
  await updateItemIn(transaction, planner, id, input, path);
  const item = await requireItem(transaction, planner, id);
  if (item.recurrenceId === null) return parsed == null ? nothing : beginSeries(transaction, planner, item, parsed, path);
  if (scope !== 'FUTURE' && scope !== 'ALL') return nothing;
  const series = await requireSeries(transaction, planner, item.recurrenceId);
  const day = dayOf(item, planner);
  if (parsed === null) {
    // The item itself stays, and is the last one.
    const deletedIds = (await unfinishedFrom(transaction, series, day, id)).toSorted();
    await transaction.planItem.deleteMany({ where: { id: { in: deletedIds } } });
    await endSeriesIn(transaction, planner, series, day);
    return { changedIds: [], deletedIds };
  }
  if (parsed !== undefined && (formatRule(parsed.rule) !== series.rule || parsed.mode !== series.mode)) {
    return replaceRule(transaction, planner, series, item, parsed, path);
  }
  if (!shared.some((name) => input[name] !== undefined)) return nothing;
  const isSplit = scope === 'FUTURE' && series.mode === 'SCHEDULED';
  const changed = isSplit ? await splitSeries(transaction, planner, series, day) : series;
  return changeTemplate(transaction, planner, changed, isSplit ? day : null, item, input);
}

/**
 * Deletes an item, and with the scopes FUTURE and ALL the unfinished others of its series, which ends by that. Finished ones stay.
 *
 * @returns the ids of all that were deleted
 * @throws AppError NOT_FOUND; BAD_USER_INPUT for a scope without a series
 */
export async function deleteSeriesItemIn(
  transaction: Transaction,
  planner: Planner,
  id: string,
  scope: RecurrenceScope | null | undefined,
  path: InputPath,
): Promise<readonly string[]> {
  const item = await requireItem(transaction, planner, id);
  checkScope(item, { scope }, path);
  if (item.recurrenceId === null || (scope !== 'FUTURE' && scope !== 'ALL')) return [await deleteItemIn(transaction, planner, id)];
  const series = await requireSeries(transaction, planner, item.recurrenceId);
  const day = dayOf(item, planner);
  const deletedIds = [id, ...(await unfinishedFrom(transaction, series, scope === 'ALL' ? null : day, id))];
  await transaction.planItem.deleteMany({ where: { id: { in: deletedIds } } });
  if (scope === 'ALL') await transaction.recurrence.delete({ where: { id: series.id }, select: { id: true } });
  else await endSeriesIn(transaction, planner, series, addDays(day, -1));
  return deletedIds;
}

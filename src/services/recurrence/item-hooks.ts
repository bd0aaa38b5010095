import type { Prisma } from '../../../prisma/generated/client.ts';
import type { ItemStatus, PlanItemRow } from '../plan-item/item-row.ts';
import { addDays, databaseDate, type CalendarDate } from '../planner/calendar.ts';
import type { Planner } from '../planner/planner-row.ts';
import { makeItemsIn } from './make-items.ts';
import { afterCompletion } from './occurrences.ts';
import { readRecurrences, ruleOf, type RecurrenceRow } from './recurrence-row.ts';

type Transaction = Prisma.TransactionClient;
type Occurrence = Pick<PlanItemRow, 'recurrenceId' | 'occurrenceDate'>;

/** Whether there is nothing more to do for an item. */
export const isFinished = (status: ItemStatus): boolean => status === 'DONE' || status === 'SKIPPED';

/** Items of a series that are still to be done; one that was carried on by a copy is done with. */
async function openItems(transaction: Transaction, seriesId: string): Promise<readonly { readonly id: string }[]> {
  return transaction.$queryRawUnsafe(
    `SELECT i.id FROM plan_items i WHERE i.recurrence_id = $1::uuid AND i.status IN ('TODO', 'IN_PROGRESS')
     AND NOT EXISTS (SELECT 1 FROM item_carries c WHERE c.item_id = i.id AND c.copy_id IS NOT NULL)`,
    seriesId,
  );
}

/** Makes the next item of a series that counts from completion, unless one is still to be done. */
async function makeNext(transaction: Transaction, planner: Planner, series: RecurrenceRow, completedOn: CalendarDate): Promise<readonly string[]> {
  if ((await openItems(transaction, series.id)).length > 0) return [];
  const rule = ruleOf(series);
  const made = await transaction.planItem.findMany({ where: { recurrenceId: series.id, occurrenceDate: { not: null } }, select: { occurrenceDate: true } });
  const used = new Set([...series.excludedDates, ...made.flatMap(({ occurrenceDate }) => occurrenceDate?.toISOString().slice(0, 10) ?? [])]);
  if (rule.count !== null && used.size >= rule.count) return [];
  let next = afterCompletion(rule, completedOn);
  // One that was done before its day leaves that day, and has had it.
  while (next !== null && used.has(next)) next = addDays(next, 1);
  if (next === null || (rule.until !== null && next > rule.until)) return [];
  return makeItemsIn(transaction, planner, series, next);
}

/**
 * What an item that is finished, or is not any more, means for its series: of those that count from completion the next item is made, or taken
 * back when nobody has touched it.
 *
 * @param item as it was before
 */
export async function statusChangedIn(transaction: Transaction, planner: Planner, item: PlanItemRow, status: ItemStatus): Promise<void> {
  if (item.recurrenceId === null || isFinished(item.status) === isFinished(status)) return;
  const [series] = await readRecurrences(transaction, planner.userId, [item.recurrenceId]);
  if (series === undefined || series.mode === 'SCHEDULED') return;
  if (isFinished(status)) await makeNext(transaction, planner, series, planner.today);
  else await transaction.planItem.deleteMany({ where: { recurrenceId: series.id, id: { not: item.id }, status: 'TODO', version: 1 } });
}

/** What items that were deleted mean for their series: none is made for their days again, and one that counts from completion goes on from today. */
export async function itemsDeletedIn(transaction: Transaction, planner: Planner, items: readonly Occurrence[]): Promise<void> {
  const bySeries = Map.groupBy(
    items.filter(({ recurrenceId }) => recurrenceId !== null),
    ({ recurrenceId }) => recurrenceId ?? '',
  );
  if (bySeries.size === 0) return;
  for (const series of await readRecurrences(transaction, planner.userId, [...bySeries.keys()])) {
    const days = (bySeries.get(series.id) ?? []).flatMap(({ occurrenceDate }) => occurrenceDate ?? []);
    const excludedDates = [...new Set([...series.excludedDates, ...days])].toSorted();
    await transaction.recurrence.update({
      where: { id: series.id },
      data: { excludedDates: excludedDates.map(databaseDate), updatedAt: planner.now },
      select: { id: true },
    });
    if (series.mode === 'AFTER_COMPLETION') await makeNext(transaction, planner, { ...series, excludedDates }, planner.today);
  }
}

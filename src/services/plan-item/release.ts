import type { Prisma } from '../../../prisma/generated/client.ts';
import { calendarDate } from '../planner/calendar.ts';
import type { Planner } from '../planner/planner-row.ts';
import { itemsDeletedIn } from '../recurrence/item-hooks.ts';
import { positionsAtEnd, unplanned, type ItemList } from './positions.ts';

/** What became of the items of a plan. */
export interface ReleasedItems {
  /** Those that stand in no plan now. */
  readonly unplannedIds: readonly string[];
  readonly deletedIds: readonly string[];
}

/** Takes all items out of a plan that is about to be deleted: they stand behind the unplanned ones, or go. */
export async function releaseItems(transaction: Prisma.TransactionClient, planner: Planner, list: ItemList, isDeleted: boolean): Promise<ReleasedItems> {
  const where = { ownerId: planner.userId, ...list };
  const rows = await transaction.planItem.findMany({
    where,
    orderBy: [{ position: 'asc' }, { id: 'asc' }],
    select: { id: true, recurrenceId: true, occurrenceDate: true },
  });
  const ids = rows.map(({ id }) => id);
  if (isDeleted) {
    await transaction.planItem.deleteMany({ where });
    const occurrences = rows.map(({ recurrenceId, occurrenceDate }) => ({
      recurrenceId,
      occurrenceDate: occurrenceDate === null ? null : calendarDate(occurrenceDate),
    }));
    await itemsDeletedIn(transaction, planner, occurrences);
    return { unplannedIds: [], deletedIds: ids };
  }
  const positions = await positionsAtEnd(transaction, planner, unplanned, ids.length);
  await transaction.$executeRawUnsafe(
    `UPDATE plan_items i SET daily_plan_id = NULL, weekly_plan_id = NULL, position = fresh.position, version = i.version + 1, updated_at = $3::timestamptz
     FROM unnest($1::uuid[], $2::text[]) AS fresh (id, position) WHERE i.id = fresh.id`,
    ids,
    positions,
    planner.now,
  );
  return { unplannedIds: ids, deletedIds: [] };
}

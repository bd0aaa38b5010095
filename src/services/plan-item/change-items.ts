import type { Prisma } from '../../../prisma/generated/client.ts';
import { badInput } from '../../base/errors.ts';
import type { InputPath } from '../planner/input.ts';
import type { Planner } from '../planner/planner-row.ts';
import { createItemsIn, isPlainItem, type PlacedItem } from './create-items.ts';
import type { ItemTarget, NewPlanItem, PlanItemInput } from './item-input.ts';
import { readItems, type PlanItemRow } from './item-row.ts';
import { createItemIn, deleteItemIn, moveItemIn, updateItemIn } from './write-items.ts';
import { requireRoomForItems } from './room.ts';

/** How many changes may be made at once. */
export const mostChanges = 200;
/** How many series may be begun at once: each makes up to sixty items. */
const mostNewSeries = 20;

/** One change of items: exactly one of these. */
export interface PlanItemChange {
  readonly create?: NewPlanItem | null | undefined;
  readonly update?: (PlanItemInput & { readonly id: string }) | null | undefined;
  readonly move?: (ItemTarget & { readonly id: string }) | null | undefined;
  readonly delete?: { readonly id: string } | null | undefined;
}

/** What became of items. */
export interface ChangedItems {
  /** Those that were made or changed and are still there, in the order of their first change. */
  readonly items: readonly PlanItemRow[];
  readonly deletedIds: readonly string[];
}

/**
 * Makes changes one after the other. A change that fails makes the whole transaction fail.
 *
 * @throws AppError BAD_USER_INPUT for more than 200; whatever a change throws, with the place of the change in the path of its issues
 */
export async function changeItemsIn(
  transaction: Prisma.TransactionClient,
  planner: Planner,
  changes: readonly PlanItemChange[],
  path: InputPath,
): Promise<ChangedItems> {
  if (changes.length === 0 || changes.length > mostChanges) {
    throw badInput(path, `Make 1 to ${mostChanges} changes at once; ${changes.length} were given.`);
  }
  const series = changes.filter((change) => change.create?.recurrence != null).length;
  if (series > mostNewSeries) throw badInput(path, `Begin at most ${mostNewSeries} series at once; ${series} were given. Make several calls.`);
  const created = changes.filter((change) => change.create != null).length;
  if (created > 0) await requireRoomForItems(transaction, planner, created);
  const changedIds = new Set<string>();
  const deletedIds: string[] = [];
  // Those that come one after the other are made together: a week of items takes a few statements.
  let waiting: PlacedItem[] = [];
  const makeWaiting = async (): Promise<void> => {
    for (const id of waiting.length === 0 ? [] : await createItemsIn(transaction, planner, waiting)) changedIds.add(id);
    waiting = [];
  };
  for (const [index, change] of changes.entries()) {
    const place = [...path, index];
    const given = [change.create, change.update, change.move, change.delete].filter((part) => part != null);
    if (given.length !== 1) throw badInput(place, 'A change is exactly one of "create", "update", "move" and "delete".');
    if (change.create != null && isPlainItem(change.create)) {
      waiting.push({ input: change.create, path: [...place, 'create'] });
      continue;
    }
    await makeWaiting();
    if (change.create != null) changedIds.add(await createItemIn(transaction, planner, change.create, [...place, 'create']));
    if (change.update != null) {
      const { id, ...input } = change.update;
      changedIds.add(await updateItemIn(transaction, planner, id, input, [...place, 'update']));
    }
    if (change.move != null) {
      const { id, ...target } = change.move;
      changedIds.add(await moveItemIn(transaction, planner, id, target, [...place, 'move']));
    }
    if (change.delete != null) deletedIds.push(await deleteItemIn(transaction, planner, change.delete.id));
  }
  await makeWaiting();
  return { items: await readItems(transaction, planner.userId, [...changedIds]), deletedIds };
}

import type { Prisma } from '../../../prisma/generated/client.ts';
import { AppError, notFound } from '../../base/errors.ts';
import type { InputPath } from '../planner/input.ts';
import type { Planner } from '../planner/planner-row.ts';
import { parseNewItem, type NewPlanItem } from './item-input.ts';
import { positionsAtEnd, type ItemList } from './positions.ts';
import { mostItemsOfPlan } from './room.ts';
import { completion, placeOf } from './write-items.ts';

/** A new item, and where its input stands. */
export interface PlacedItem {
  readonly input: NewPlanItem;
  readonly path: InputPath;
}

const plainFields: ReadonlySet<string> = new Set([
  'title',
  'notes',
  'status',
  'priority',
  'goalId',
  'estimateMinutes',
  'actualMinutes',
  'startTime',
  'date',
  'week',
]);

/** Whether an item can be made together with others: it has nothing that makes more than itself. */
export function isPlainItem(input: NewPlanItem): boolean {
  return Object.entries(input).every(([name, value]) => value == null || plainFields.has(name));
}

async function requireGoals(transaction: Prisma.TransactionClient, planner: Planner, ids: ReadonlySet<string>): Promise<void> {
  if (ids.size > 0 && (await transaction.goal.count({ where: { id: { in: [...ids] }, ownerId: planner.userId } })) < ids.size) throw notFound('Goal');
}

/**
 * Makes plain items at the ends of their plans, in their order, by a few statements for each plan. How many the person has is not counted:
 * `requireRoomForItems` does.
 *
 * @returns their ids
 * @throws AppError BAD_USER_INPUT; NOT_FOUND for a goal that is not the person's; CONFLICT for a plan that would be too full
 */
export async function createItemsIn(transaction: Prisma.TransactionClient, planner: Planner, items: readonly PlacedItem[]): Promise<readonly string[]> {
  const parsed = items.map(({ input, path }) => parseNewItem(input, path));
  await requireGoals(transaction, planner, new Set(parsed.flatMap(({ goalId }) => goalId ?? [])));
  const lists = new Map<string, ItemList>();
  for (const place of parsed) {
    const name = `${place.date ?? ''} ${place.week ?? ''}`;
    if (!lists.has(name)) lists.set(name, await placeOf(transaction, planner, place));
  }
  const { now, userId: ownerId } = planner;
  const rows = parsed.map(({ date, week, ...values }) => {
    const list = lists.get(`${date ?? ''} ${week ?? ''}`) ?? { dailyPlanId: null, weeklyPlanId: null };
    const completedAt = completion(values.status ?? 'TODO', now);
    return { ...values, ...list, id: planner.newId(), ownerId, completedAt, createdAt: now, updatedAt: now };
  });
  const positions = new Map<string, string>();
  // Several days may be those of one week.
  for (const group of Map.groupBy(rows, ({ dailyPlanId, weeklyPlanId }) => dailyPlanId ?? weeklyPlanId).values()) {
    const [first] = group;
    if (first === undefined) continue;
    const list = { dailyPlanId: first.dailyPlanId, weeklyPlanId: first.weeklyPlanId };
    if (list.dailyPlanId !== null || list.weeklyPlanId !== null) {
      const there = await transaction.planItem.count({ where: { ownerId, ...list } });
      if (there + group.length > mostItemsOfPlan) {
        throw new AppError('CONFLICT', `A plan has at most ${mostItemsOfPlan} items; this one has ${there}, and cannot take ${group.length} more.`);
      }
    }
    const places = await positionsAtEnd(transaction, planner, list, group.length);
    for (const [index, { id }] of group.entries()) positions.set(id, places[index] ?? '');
  }
  await transaction.planItem.createMany({ data: rows.map((row) => ({ ...row, position: positions.get(row.id) ?? '' })) });
  return rows.map(({ id }) => id);
}

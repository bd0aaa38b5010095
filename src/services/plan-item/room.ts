import type { Prisma } from '../../../prisma/generated/client.ts';
import { AppError } from '../../base/errors.ts';
import type { Planner } from '../planner/planner-row.ts';
import type { ItemList } from './positions.ts';

/** How many items one person may have. */
export const mostItems = 20_000;
/** How many items one plan may have. */
export const mostItemsOfPlan = 500;

/** Makes sure that a person may have so many items more. @throws AppError CONFLICT */
export async function requireRoomForItems(transaction: Prisma.TransactionClient, planner: Planner, count: number): Promise<void> {
  const there = await transaction.planItem.count({ where: { ownerId: planner.userId } });
  if (there + count <= mostItems) return;
  throw new AppError(
    'CONFLICT',
    `You have ${there.toLocaleString('en')} items, and at most ${mostItems.toLocaleString('en')} are allowed; delete some that you do not need with "changePlanItems".`,
  );
}

/** Makes sure that one more item may stand in a plan. @throws AppError CONFLICT */
export async function requireRoomInPlan(transaction: Prisma.TransactionClient, planner: Planner, list: ItemList): Promise<void> {
  if (list.dailyPlanId === null && list.weeklyPlanId === null) return;
  if ((await transaction.planItem.count({ where: { ownerId: planner.userId, ...list } })) < mostItemsOfPlan) return;
  throw new AppError('CONFLICT', `This plan has ${mostItemsOfPlan} items, as many as are allowed; move some elsewhere with "movePlanItem".`);
}

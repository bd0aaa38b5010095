import { generateNKeysBetween } from 'fractional-indexing';
import type { Prisma } from '../../../prisma/generated/client.ts';
import type { Planner } from '../planner/planner-row.ts';

/** A list of items that have an order among them: those of a day, of a week, or of no plan. */
export interface ItemList {
  readonly dailyPlanId: string | null;
  readonly weeklyPlanId: string | null;
}

/** The items that stand in no plan. */
export const unplanned: ItemList = { dailyPlanId: null, weeklyPlanId: null };

/** Positions that are longer make the list get new ones. They grow by one sign for every five or six items that are put into the same gap. */
export const longestPosition = 40;

const positionPattern = /^[A-Za-z][0-9A-Za-z]*$/;

/** Whether a text is a position that can have neighbours. */
export function isPosition(text: string): boolean {
  return text.length <= longestPosition && positionPattern.test(text) && between(text, null, 1) !== null;
}

type Transaction = Prisma.TransactionClient;

/** The items of a list of the person, without one that is about to be moved. */
const inList = (planner: Planner, { dailyPlanId, weeklyPlanId }: ItemList, movingId: string | null): Prisma.PlanItemWhereInput => ({
  ownerId: planner.userId,
  dailyPlanId,
  weeklyPlanId,
  ...(movingId !== null && { id: { not: movingId } }),
});

/** So many positions between two others; null where there are none that are short enough, or the others are no positions. */
function between(lower: string | null, upper: string | null, count: number): readonly string[] | null {
  if (lower !== null && upper !== null && lower >= upper) return null;
  try {
    const positions = generateNKeysBetween(lower, upper, count);
    return positions.every((position) => position.length <= longestPosition) ? positions : null;
  } catch {
    return null;
  }
}

/** Positions behind everything in a list. */
export async function positionsAtEnd(
  transaction: Transaction,
  planner: Planner,
  list: ItemList,
  count: number,
  movingId: string | null = null,
): Promise<readonly string[]> {
  const last = await transaction.planItem.findFirst({
    where: inList(planner, list, movingId),
    orderBy: { position: 'desc' },
    select: { position: true },
  });
  const positions = between(last?.position ?? null, null, count);
  return positions ?? generateNKeysBetween(await respace(transaction, planner, list, movingId), null, count);
}

/** Gives all items of a list new positions in the order that they have, and returns the last one. */
async function respace(transaction: Transaction, planner: Planner, list: ItemList, movingId: string | null): Promise<string | null> {
  const rows = await transaction.planItem.findMany({
    where: inList(planner, list, movingId),
    orderBy: [{ position: 'asc' }, { id: 'asc' }],
    select: { id: true },
  });
  const positions = generateNKeysBetween(null, null, rows.length);
  await transaction.$executeRawUnsafe(
    `UPDATE plan_items i SET position = fresh.position FROM unnest($1::uuid[], $2::text[]) AS fresh (id, position) WHERE i.id = fresh.id`,
    rows.map(({ id }) => id),
    positions,
  );
  return positions.at(-1) ?? null;
}

/**
 * The position right before or right after an item of a list. Where no short one is left the whole list gets new ones first, which is no change
 * of its items.
 *
 * @param movingId the item that goes there, which does not count as a neighbour
 */
export async function positionBeside(
  transaction: Transaction,
  planner: Planner,
  list: ItemList,
  neighbourId: string,
  side: 'BEFORE' | 'AFTER',
  movingId: string,
): Promise<string> {
  const find = async (): Promise<string | null> => {
    const { position } = await transaction.planItem.findUniqueOrThrow({ where: { id: neighbourId }, select: { position: true } });
    const beyond = await transaction.planItem.findFirst({
      where: {
        AND: [
          inList(planner, list, movingId),
          { id: { not: neighbourId } },
          // Of two at the same place the id decides; only a list that was filled otherwise has such.
          side === 'BEFORE'
            ? { OR: [{ position: { lt: position } }, { position, id: { lt: neighbourId } }] }
            : { OR: [{ position: { gt: position } }, { position, id: { gt: neighbourId } }] },
        ],
      },
      orderBy: side === 'BEFORE' ? [{ position: 'desc' }, { id: 'desc' }] : [{ position: 'asc' }, { id: 'asc' }],
      select: { position: true },
    });
    const found = side === 'BEFORE' ? between(beyond?.position ?? null, position, 1) : between(position, beyond?.position ?? null, 1);
    return found?.[0] ?? null;
  };
  const position = await find();
  if (position !== null) return position;
  await respace(transaction, planner, list, movingId);
  const fresh = await find();
  if (fresh === null) throw new Error('a list with new positions has no room');
  return fresh;
}

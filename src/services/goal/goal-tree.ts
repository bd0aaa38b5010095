import type { Prisma } from '../../../prisma/generated/client.ts';
import { AppError, notFound } from '../../base/errors.ts';
import type { Planner } from '../planner/planner-row.ts';

/** How many goals may stand above one another, the first included. */
export const deepestGoal = 10;

interface Place {
  /** How many goals stand in the way up, the parent included; null when the parent is not the person's. */
  readonly depth: number | null;
  /** Whether the goal itself is among them. */
  readonly isRing: boolean | null;
  /** How many levels of goals there are from the goal down, itself included. */
  readonly height: number;
}

// Both walks end a step beyond what may be, whatever is stored.
const placeSql = `
  WITH RECURSIVE above AS (
    SELECT g.id, g.parent_id, 1 AS depth FROM goals g WHERE g.id = $1::uuid AND g.owner_id = $2::uuid
    UNION ALL SELECT g.id, g.parent_id, a.depth + 1 FROM goals g JOIN above a ON g.id = a.parent_id WHERE a.depth <= ${deepestGoal}
  ), below AS (
    SELECT g.id, 1 AS depth FROM goals g WHERE g.id = $3::uuid AND g.owner_id = $2::uuid
    UNION ALL SELECT g.id, b.depth + 1 FROM goals g JOIN below b ON g.parent_id = b.id WHERE b.depth <= ${deepestGoal}
  )
  SELECT (SELECT max(depth) FROM above) AS depth, (SELECT bool_or(id = $3::uuid) FROM above) AS "isRing", coalesce((SELECT max(depth) FROM below), 1) AS height`;

/**
 * Makes sure that a goal may be a part of another one.
 *
 * @param goalId null for a goal that is about to be made
 * @throws AppError NOT_FOUND when the other one is not the person's; CONFLICT for a ring and for too many levels
 */
export async function requirePlace(transaction: Prisma.TransactionClient, planner: Planner, goalId: string | null, parentId: string): Promise<void> {
  const [place] = await transaction.$queryRawUnsafe<Place[]>(placeSql, parentId, planner.userId, goalId);
  if (place?.depth == null) throw notFound('Goal');
  if (place.isRing === true) throw new AppError('CONFLICT', 'A goal cannot be a part of itself, nor of one that is a part of it; choose another "parentId".');
  if (place.depth + place.height > deepestGoal) {
    throw new AppError('CONFLICT', `Goals have at most ${deepestGoal} levels; choose a "parentId" that stands higher.`);
  }
}

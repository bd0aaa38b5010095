import type { Prisma } from '../../../prisma/generated/client.ts';
import { AppError } from '../../base/errors.ts';

/** The administrators who are in use, locked against one another's changes until the transaction is over. */
export interface LockedAdmins {
  has(userId: string): boolean;
  /**
   * Makes sure that somebody remains.
   *
   * @param userId who is about to be one no more
   * @throws AppError CONFLICT
   */
  requireOthersThan(userId: string): void;
}

/**
 * Locks all administrators, and one person besides, in one order: so of two who take the role from each other the second waits, and then
 * finds that it is the last.
 *
 * @param besides whoever is changed
 */
export async function lockAdmins(transaction: Prisma.TransactionClient, besides: string): Promise<LockedAdmins> {
  const rows = await transaction.$queryRaw<{ id: string; isAdmin: boolean }[]>`
    SELECT id, role = 'ADMIN' AND disabled_at IS NULL AND deleting_since IS NULL AS "isAdmin" FROM users
    WHERE role = 'ADMIN' OR id = ${besides}::uuid ORDER BY id FOR NO KEY UPDATE`;
  const admins = new Set(rows.filter(({ isAdmin }) => isAdmin).map(({ id }) => id));
  return {
    has: (userId) => admins.has(userId),
    requireOthersThan(userId) {
      if (!admins.has(userId) || admins.size > 1) return;
      throw new AppError('CONFLICT', 'This is the last administrator; make somebody else one first, with "setUserRole".');
    },
  };
}

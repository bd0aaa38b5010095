import { Prisma } from '../../prisma/generated/client.ts';

const mostAttempts = 5;

/** What Prisma makes of a deadlock: a code of its own for its queries, the words of PostgreSQL for SQL by hand. */
const isWriteConflict = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError && (error.code === 'P2034' || error.message.includes('deadlock'));

/**
 * Does a transaction again that PostgreSQL gave up because another one wanted the same rows in another order. A deletion reaches rows that
 * others lock from below (a part locks its message and then its conversation), so no order of its own can rule that out.
 *
 * @param transaction whole; it is begun anew
 * @returns what the attempt that succeeds returns
 * @throws what the transaction throws, and the conflict itself after the fifth attempt
 */
export async function insist<T>(transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (attempt === mostAttempts || !isWriteConflict(error)) throw error;
    }
  }
}

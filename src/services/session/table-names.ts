import type { Prisma } from '../../../prisma/generated/client.ts';

/**
 * The names in a session that a new table may not have: those of its files, and of its derived tables, also of undone ones, which may come
 * back. To be asked while the session is locked.
 */
export async function takenTableNames(
  transaction: Prisma.TransactionClient,
  sessionId: string,
): Promise<{ readonly files: readonly string[]; readonly derived: readonly string[] }> {
  const files = await transaction.file.findMany({ where: { sessionId }, select: { tableName: true } });
  const derived = await transaction.derivedTable.findMany({ where: { sessionId }, select: { name: true }, distinct: ['name'] });
  return { files: files.map(({ tableName }) => tableName), derived: derived.map(({ name }) => name) };
}

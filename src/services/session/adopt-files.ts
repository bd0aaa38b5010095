import { AppError, badInput, notFound } from '../../base/errors.ts';
import type { Prisma } from '../../../prisma/generated/client.ts';
import { uniqueTableName } from '../upload/table-name.ts';
import { takenTableNames } from './table-names.ts';

/**
 * Puts files that are in no session into one, within a transaction that has locked it. Tables whose names are taken get numbers.
 *
 * @param fileIds each once
 * @param maxFiles the most files of a session
 * @throws AppError NOT_FOUND when one is not the owner's, CONFLICT when one is in a session already, BAD_USER_INPUT when there would be too many
 */
export async function adoptFiles(
  transaction: Prisma.TransactionClient,
  ownerId: string,
  sessionId: string,
  fileIds: readonly string[],
  maxFiles: number,
): Promise<void> {
  const files = await transaction.file.findMany({ where: { id: { in: [...fileIds] }, ownerId }, select: { id: true, sessionId: true, tableName: true } });
  const byId = new Map(files.map((file) => [file.id, file]));
  const taken = await takenTableNames(transaction, sessionId);
  const fileCount = taken.files.length + fileIds.length;
  if (fileCount > maxFiles) throw badInput(['input', 'fileIds'], `The session would have ${fileCount} files; ${maxFiles} are the most.`);
  const names: string[] = [...taken.files, ...taken.derived];
  for (const id of fileIds) {
    const file = byId.get(id);
    if (file === undefined) throw notFound('File');
    const name = uniqueTableName(file.tableName, names);
    names.push(name);
    if (name !== file.tableName) await transaction.file.updateMany({ where: { id, sessionId: null }, data: { tableName: name } });
  }
  const { count } = await transaction.file.updateMany({
    where: { id: { in: [...fileIds] }, ownerId, sessionId: null },
    data: { sessionId, removedAt: null },
  });
  if (count !== fileIds.length) throw new AppError('CONFLICT', 'One of the files belongs to a session already. Upload it again to have it in another one.');
}

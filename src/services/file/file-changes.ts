import { z } from 'zod';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { badInput, notFound } from '../../base/errors.ts';
import { isUuid } from '../../base/id.ts';
import { parseInput } from '../../base/validate.ts';
import type { Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import { adoptFiles } from '../session/adopt-files.ts';
import { takenTableNames } from '../session/table-names.ts';
import { labelOf } from '../upload/file-name.ts';
import { tableNameOf } from '../upload/table-name.ts';
import { fileRowSelection, type FileRow } from './file-row.ts';

/** Changes of files and of the sessions that they are in. Each is made by its owner alone. */
export interface FileChanges {
  /**
   * Renames a file or its table; what is absent stays.
   *
   * @throws AppError NOT_FOUND, BAD_USER_INPUT for a name that SQL does not take without quotes or that is taken
   */
  update(
    viewer: Viewer | null,
    input: { readonly id: string; readonly name?: string | null | undefined; readonly tableName?: string | null | undefined },
  ): Promise<FileRow>;
  /**
   * Puts files that are in no session into one.
   *
   * @returns the files, in the order that was given
   * @throws AppError NOT_FOUND, CONFLICT, BAD_USER_INPUT; nothing is changed then
   */
  add(viewer: Viewer | null, input: { readonly sessionId: string; readonly fileIds: readonly string[] }): Promise<readonly FileRow[]>;
  /**
   * Takes a file out of its session. It waits for another one, as after its upload, and is deleted when none takes it up.
   *
   * @returns the file, and the session that it was in
   * @throws AppError NOT_FOUND, BAD_USER_INPUT when it is in no session
   */
  remove(viewer: Viewer | null, id: string): Promise<{ readonly file: FileRow; readonly sessionId: string }>;
}

/** What `createFileChanges` stands on. */
export interface FileChangesDependencies {
  readonly prisma: PrismaClient;
  readonly clock: Clock;
  /** The most files of one session; 50 by default. */
  readonly maxFilesPerSession?: number;
}

const newNames = z.object({
  name: z.string().transform(labelOf).pipe(z.string().min(1, 'The name is empty; leave it out to keep the present one.')).nullish(),
  tableName: z.string().trim().min(1, 'The name of the table is empty; leave it out to keep the present one.').nullish(),
});

/** The name, where it can be spoken, and written in SQL without quotes. */
function checkTableName(name: string): string {
  const speakable = tableNameOf(name);
  if (speakable === name) return name;
  throw badInput(['input', 'tableName'], `"${name.slice(0, 100)}" cannot be the name of a table, which SQL takes without quotes; write "${speakable}".`);
}

/** Makes the service. */
export function createFileChanges({ prisma, clock, maxFilesPerSession = 50 }: FileChangesDependencies): FileChanges {
  async function lockSession(transaction: Prisma.TransactionClient, ownerId: string, sessionId: string): Promise<void> {
    const { count } = await transaction.session.updateMany({ where: { id: sessionId, ownerId }, data: { updatedAt: clock.now() } });
    if (count === 0) throw notFound('Session');
  }

  /** A file of somebody's, with its session locked: the session before its file, as everywhere. */
  async function locked(transaction: Prisma.TransactionClient, ownerId: string, id: string): Promise<FileRow> {
    const where = { id, ownerId };
    const seen = isUuid(id) ? await transaction.file.findFirst({ where, select: { sessionId: true } }) : null;
    if (seen === null) throw notFound('File');
    if (seen.sessionId !== null) await lockSession(transaction, ownerId, seen.sessionId);
    const file = await transaction.file.findFirst({ where: { ...where, sessionId: seen.sessionId }, select: fileRowSelection });
    if (file === null) throw notFound('File');
    return file;
  }

  async function changed(transaction: Prisma.TransactionClient, id: string, data: Prisma.FileUncheckedUpdateManyInput): Promise<FileRow> {
    const [row] = await transaction.file.updateManyAndReturn({ where: { id }, data, select: fileRowSelection });
    if (row === undefined) throw notFound('File');
    return row;
  }

  return {
    async update(viewer, input) {
      const { userId } = requireViewer(viewer);
      const { name, tableName } = parseInput(newNames, { name: input.name, tableName: input.tableName });
      return prisma.$transaction(async (transaction) => {
        const file = await locked(transaction, userId, input.id);
        if (tableName != null && tableName !== file.tableName) {
          checkTableName(tableName);
          const taken = file.sessionId === null ? { files: [], derived: [] } : await takenTableNames(transaction, file.sessionId);
          if ([...taken.files, ...taken.derived].some((other) => other === tableName))
            throw badInput(['input', 'tableName'], `The session has a table "${tableName}" already. Choose another name, for example "${tableName}_2".`);
        }
        return changed(transaction, file.id, { ...(name == null ? {} : { name }), ...(tableName == null ? {} : { tableName }) });
      });
    },

    async add(viewer, { sessionId, fileIds }) {
      const { userId } = requireViewer(viewer);
      if (!isUuid(sessionId)) throw notFound('Session');
      const ids = [...new Set(fileIds)];
      if (ids.length === 0) throw badInput(['input', 'fileIds'], 'No file was named; give the ids that an upload answered.');
      if (!ids.every(isUuid)) throw notFound('File');
      return prisma.$transaction(async (transaction) => {
        await lockSession(transaction, userId, sessionId);
        await adoptFiles(transaction, userId, sessionId, ids, maxFilesPerSession);
        const rows = await transaction.file.findMany({ where: { id: { in: ids } }, select: fileRowSelection });
        return ids.flatMap((id) => rows.find((row) => row.id === id) ?? []);
      });
    },

    async remove(viewer, id) {
      const { userId } = requireViewer(viewer);
      return prisma.$transaction(async (transaction) => {
        const { sessionId, name } = await locked(transaction, userId, id);
        if (sessionId === null) throw badInput(['input', 'id'], `"${name}" is in no session. Delete it with deleteFile, or leave it.`);
        return { file: await changed(transaction, id, { sessionId: null, removedAt: clock.now(), personalTable: null }), sessionId };
      });
    },
  };
}

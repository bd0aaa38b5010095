import { AppError, badInput, notFound } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { IngestReport, ReadingOptions } from '../../base/reading.ts';
import type { ColumnProfile } from '../../base/table.ts';
import type { IngestResult } from '../../duckdb/protocol.ts';
import type { FileStore } from '../../stores/file-store.ts';
import type { Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import { storableJson, type FileRow, type TablePreview } from '../file/file-row.ts';
import { removeFromDisk } from '../file/files.ts';
import { takenTableNames } from '../session/table-names.ts';
import type { FileKind } from './file-name.ts';
import { tableNameOf, uniqueTableName } from './table-name.ts';
import type { UploadRecords } from './upload-records.ts';

/** A file that was stored. */
export interface UploadedFile extends FileRow {
  readonly columns: readonly ColumnProfile[];
  readonly preview: TablePreview;
  readonly ingest: IngestReport;
}

/** What `createStoreFiles` stands on. */
export interface StoreFilesDependencies {
  readonly prisma: PrismaClient;
  readonly fileStore: FileStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly records: UploadRecords;
  /** The most files of one session. */
  readonly maxFilesPerSession: number;
}

/** The files of an upload, read into their tables. */
export interface ReadFiles {
  readonly uploadId: string;
  readonly userId: string;
  readonly sessionId: string | null;
  readonly files: readonly UploadedFile[];
  readonly options: ReadingOptions;
}

/**
 * Makes files permanent and visible, all together or none: first on the disk, then their rows with the end of their upload.
 *
 * It throws AppError NOT_FOUND when the session is gone or the upload was ended meanwhile, BAD_USER_INPUT when the session would have too many files.
 */
export type StoreFiles = (read: ReadFiles) => Promise<readonly UploadedFile[]>;

/** A file with what its reading told. */
export function uploadedFile(id: string, byteSize: number, kind: FileKind, result: IngestResult, sessionId: string | null, createdAt: Date): UploadedFile {
  return {
    id,
    sessionId,
    name: kind.name,
    format: kind.format,
    byteSize: BigInt(byteSize),
    tableName: tableNameOf(kind.name),
    rowCount: BigInt(result.rowCount),
    columnCount: result.columns.length,
    status: 'READY',
    revision: 1,
    createdAt,
    columns: result.columns,
    preview: { columns: result.columns.map(({ name }) => name), rows: result.previewRows },
    ingest: result.report,
  };
}

/** Makes it. */
export function createStoreFiles({ prisma, fileStore, clock, logger, records, maxFilesPerSession }: StoreFilesDependencies): StoreFiles {
  /** Writes the rows. The names of the tables are chosen while the session is locked, so two uploads never choose the same. */
  async function insert({ uploadId, userId, sessionId, files, options }: ReadFiles): Promise<readonly UploadedFile[]> {
    return prisma.$transaction(async (transaction) => {
      const taken = sessionId === null ? { files: [], derived: [] } : await lockSession(transaction, userId, sessionId);
      const fileCount = taken.files.length + files.length;
      if (fileCount > maxFilesPerSession) throw badInput(['file'], `The session would have ${fileCount} files; ${maxFilesPerSession} are the most.`);
      const named: UploadedFile[] = [];
      for (const file of files) {
        const tableName = uniqueTableName(file.tableName, [...taken.files, ...taken.derived, ...named.map((other) => other.tableName)]);
        named.push({ ...file, tableName });
      }
      await transaction.file.createMany({
        data: named.map(({ columns, preview, ingest: report, ...row }) => ({
          ...row,
          ownerId: userId,
          options,
          columns: storableJson(columns),
          preview: storableJson(preview.rows),
          ingest: storableJson(report),
        })),
      });
      const fileIds = named.map(({ id }) => id);
      if (!(await records.finish(transaction, uploadId, fileIds))) throw notFound('Upload');
      return named;
    });
  }

  /** Locks a session of the user's until the end of the transaction, and gives the names of its tables. */
  async function lockSession(transaction: Prisma.TransactionClient, ownerId: string, sessionId: string): ReturnType<typeof takenTableNames> {
    const { count } = await transaction.session.updateMany({ where: { id: sessionId, ownerId }, data: { updatedAt: clock.now() } });
    if (count === 0) throw notFound('Session');
    return takenTableNames(transaction, sessionId);
  }

  return async (read) => {
    const kept: string[] = [];
    try {
      for (const { id } of read.files) {
        kept.push(id);
        await fileStore.keep(id);
      }
    } catch (error) {
      await removeFromDisk(fileStore, logger, kept);
      throw error;
    }
    try {
      return await insert(read);
    } catch (error) {
      // A refusal of ours rolled the transaction back for certain. After anything else, a lost connection say, the rows may be there:
      // the files then stay, and the sweep removes them if they have none.
      if (error instanceof AppError && error.code !== 'SERVICE_UNAVAILABLE') await removeFromDisk(fileStore, logger, kept);
      throw error;
    }
  };
}

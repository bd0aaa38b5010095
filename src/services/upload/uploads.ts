import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import { isUuid } from '../../base/id.ts';
import type { Logger } from '../../base/logger.ts';
import type { ColumnProfile } from '../../base/table.ts';
import type { IngestReport, IngestResult } from '../../duckdb/protocol.ts';
import type { FileStore, ReceivedFile } from '../../stores/file-store.ts';
import type { Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import { storableJson, type FileRow, type TablePreview } from '../file/file-row.ts';
import { removeFromDisk } from '../file/files.ts';
import { fileKindOf, type FileKind } from './file-name.ts';
import { tableNameOf, uniqueTableName } from './table-name.ts';

/** Uploads: bytes in, tables out. */
export interface Uploads {
  /**
   * Begins an upload of one or several files, which become visible together or not at all. Dispose of it when it is over.
   *
   * @throws AppError UNAUTHENTICATED, RATE_LIMITED when the viewer has too many uploads under way
   */
  begin(viewer: Viewer | null): Upload;
}

/** An upload under way. Its disposal drops everything that was not committed. */
export interface Upload extends AsyncDisposable {
  /**
   * Says into which session the files go; without it they wait for `createSession`. Before the first file.
   *
   * @throws AppError NOT_FOUND, BAD_USER_INPUT
   */
  join(sessionId: string): Promise<void>;
  /**
   * Receives one file.
   *
   * @param clientName its name, used as a label and for its ending
   * @throws AppError UNSUPPORTED_FILE for an ending that cannot be read or an empty file; what `FileStore.receive` throws
   */
  add(clientName: string, source: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /**
   * Reads every file into a table and stores all of them.
   *
   * @throws AppError UNSUPPORTED_FILE and others when one cannot be read, NOT_FOUND when the session is gone; nothing is stored then
   */
  commit(signal: AbortSignal): Promise<readonly UploadedFile[]>;
}

/** A file that was stored. */
export interface UploadedFile extends FileRow {
  readonly columns: readonly ColumnProfile[];
  readonly preview: TablePreview;
  readonly ingest: IngestReport;
}

/** The part of DuckDB that reads uploads. */
export interface Ingester {
  ingest(
    request: {
      readonly sourcePath: string;
      readonly format: 'CSV' | 'PARQUET';
      readonly isGzip: boolean;
      readonly delimiterHint?: '\t';
      readonly targetPath: string;
      readonly userKey: string;
    },
    signal: AbortSignal,
  ): Promise<IngestResult>;
}

/** What `createUploads` stands on. */
export interface UploadsDependencies {
  readonly prisma: PrismaClient;
  readonly fileStore: FileStore;
  readonly duckdb: Ingester;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: {
    readonly maxUploadBytes: number;
    readonly maxUploadsPerUser: number;
    /** The most files of one session, and of one upload; 50 by default. */
    readonly maxFilesPerSession?: number;
  };
}

interface StagedFile {
  readonly kind: FileKind;
  readonly received: ReceivedFile;
}

const retryAfterMs = 5_000;

/** Makes the service. */
export function createUploads({ prisma, fileStore, duckdb, clock, logger, limits }: UploadsDependencies): Uploads {
  const maxFiles = limits.maxFilesPerSession ?? 50;
  const running = new Map<string, number>();

  const release = (userId: string): void => {
    const count = (running.get(userId) ?? 1) - 1;
    if (count > 0) running.set(userId, count);
    else running.delete(userId);
  };

  function takeSlot(userId: string): void {
    const count = running.get(userId) ?? 0;
    if (count >= limits.maxUploadsPerUser) {
      throw new AppError('RATE_LIMITED', `${count} uploads of yours are under way, and no more are allowed at once. Wait until one has finished.`, {
        retryAfterMs,
      });
    }
    running.set(userId, count + 1);
  }

  async function ingest(userId: string, { kind, received }: StagedFile, signal: AbortSignal): Promise<IngestResult> {
    try {
      return await duckdb.ingest(
        {
          sourcePath: received.paths.original,
          format: kind.format,
          isGzip: kind.isGzip,
          ...(kind.delimiterHint === null ? {} : { delimiterHint: kind.delimiterHint }),
          targetPath: received.paths.table,
          userKey: userId,
        },
        signal,
      );
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'UNSUPPORTED_FILE') throw error;
      throw new AppError(error.code, `"${kind.name}": ${error.message}`, { cause: error });
    }
  }

  /** Writes the rows. The names of the tables are chosen while the session is locked, so two uploads never choose the same. */
  async function insert(userId: string, sessionId: string | null, files: readonly UploadedFile[]): Promise<readonly UploadedFile[]> {
    return prisma.$transaction(async (transaction) => {
      const taken = sessionId === null ? [] : await lockSession(transaction, userId, sessionId);
      if (taken.length + files.length > maxFiles)
        throw badInput(['file'], `The session would have ${taken.length + files.length} files; ${maxFiles} are the most.`);
      const named: UploadedFile[] = [];
      for (const file of files) {
        const tableName = uniqueTableName(file.tableName, [...taken, ...named.map((other) => other.tableName)]);
        named.push({ ...file, tableName });
      }
      await transaction.file.createMany({
        data: named.map(({ columns, preview, ingest: report, ...row }) => ({
          ...row,
          ownerId: userId,
          columns: storableJson(columns),
          preview: storableJson(preview.rows),
          ingest: storableJson(report),
        })),
      });
      return named;
    });
  }

  /** Locks a session of the user's until the end of the transaction, and gives the names of its tables. */
  async function lockSession(transaction: Prisma.TransactionClient, ownerId: string, sessionId: string): Promise<readonly string[]> {
    const { count } = await transaction.session.updateMany({ where: { id: sessionId, ownerId }, data: { updatedAt: clock.now() } });
    if (count === 0) throw notFound('Session');
    const files = await transaction.file.findMany({ where: { sessionId }, select: { tableName: true } });
    return files.map(({ tableName }) => tableName);
  }

  return {
    begin(viewer) {
      const { userId } = requireViewer(viewer);
      takeSlot(userId);
      const staged: StagedFile[] = [];
      let sessionId: string | null = null;
      let isDisposed = false;

      return {
        async join(id) {
          if (staged.length > 0) throw badInput(['sessionId'], 'The field "sessionId" came after a file; send it before the files, or as a query parameter.');
          const session = isUuid(id) ? await prisma.session.findFirst({ where: { id, ownerId: userId }, select: { id: true } }) : null;
          if (session === null) throw notFound('Session');
          sessionId = session.id;
        },

        async add(clientName, source, signal) {
          if (staged.length >= maxFiles) throw badInput(['file'], `More than ${maxFiles} files came in one upload.`);
          const kind = fileKindOf(clientName);
          const received = await fileStore.receive(source, { maxBytes: limits.maxUploadBytes }, signal);
          staged.push({ kind, received });
          if (received.byteSize === 0) throw new AppError('UNSUPPORTED_FILE', `"${kind.name}" is empty. Send a file with at least a row of column names.`);
        },

        async commit(signal) {
          if (staged.length === 0)
            throw badInput(['file'], 'No file came with the upload. Send one as the form field "file", or as the body with "?name=sales.csv".');
          const files: UploadedFile[] = [];
          for (const file of staged) files.push(uploadedFile(file, sessionId, await ingest(userId, file, signal), clock.now()));
          signal.throwIfAborted();
          const kept: string[] = [];
          try {
            for (const { received } of staged) {
              kept.push(received.id);
              await fileStore.keep(received.id);
            }
          } catch (error) {
            await removeFromDisk(fileStore, logger, kept);
            throw error;
          }
          try {
            return await insert(userId, sessionId, files);
          } catch (error) {
            // A refusal of ours rolled the transaction back for certain. After anything else, a lost connection say, the rows may be there:
            // the files then stay, and the sweep removes them if they have none.
            if (error instanceof AppError && error.code !== 'SERVICE_UNAVAILABLE') await removeFromDisk(fileStore, logger, kept);
            throw error;
          }
        },

        async [Symbol.asyncDispose]() {
          if (isDisposed) return;
          isDisposed = true;
          release(userId);
          for (const { received } of staged) {
            await fileStore
              .discard(received.id)
              .catch((error: unknown) => logger.warn({ error, fileId: received.id }, 'a temporary file could not be removed; the sweep will try again'));
          }
        },
      };
    },
  };
}

function uploadedFile({ kind, received }: StagedFile, sessionId: string | null, result: IngestResult, createdAt: Date): UploadedFile {
  return {
    id: received.id,
    sessionId,
    name: kind.name,
    format: kind.format,
    byteSize: BigInt(received.byteSize),
    tableName: tableNameOf(kind.name),
    rowCount: BigInt(result.rowCount),
    columnCount: result.columns.length,
    createdAt,
    columns: result.columns,
    preview: { columns: result.columns.map(({ name }) => name), rows: result.previewRows },
    ingest: result.report,
  };
}

import { open } from 'node:fs/promises';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError, notFound } from '../../base/errors.ts';
import { isUuid, type IdSource } from '../../base/id.ts';
import type { Logger } from '../../base/logger.ts';
import { readingOptions, type ReadingOptions } from '../../base/reading.ts';
import { parseInput } from '../../base/validate.ts';
import type { IngestResult } from '../../duckdb/protocol.ts';
import type { FileStore } from '../../stores/file-store.ts';
import type { PrismaClient } from '../../../prisma/generated/client.ts';
import type { FileKind } from '../upload/file-name.ts';
import { readFile, type Ingester } from '../upload/read-file.ts';
import type { Readings } from '../upload/readings.ts';
import type { UploadRecords } from '../upload/upload-records.ts';
import type { UploadRow } from '../upload/upload-row.ts';
import { fileRowSelection, storableJson, type FileRow } from './file-row.ts';

/** Reads files anew. */
export interface Reingest {
  /**
   * Begins to read the original of a file again, in the background. Its table stays as it is until the new one takes its place in one step;
   * when the reading fails, it stays for good.
   *
   * @param input.options of `ReadingOptions`; what is absent or null is found out again
   * @returns the file as it is now, and the upload that its progress is told of
   * @throws AppError NOT_FOUND, CONFLICT while it is being read, BAD_USER_INPUT
   */
  start(
    viewer: Viewer | null,
    input: { readonly fileId: string; readonly options: Readonly<Record<string, unknown>> },
  ): Promise<{ readonly file: FileRow; readonly upload: UploadRow }>;
}

/** What `createReingest` stands on. */
export interface ReingestDependencies {
  readonly prisma: PrismaClient;
  readonly fileStore: FileStore;
  readonly duckdb: Ingester;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly logger: Logger;
  readonly records: UploadRecords;
  readonly readings: Readings;
}

/** What a stored file is. Its name may have been changed, so how it is packed is told by its first bytes. */
export async function storedKind({ name, format }: Pick<FileRow, 'name' | 'format'>, path: string): Promise<FileKind> {
  await using file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
  const head = buffer.toString('hex');
  const isText = format === 'CSV' || format === 'JSON';
  const compression = !isText ? 'none' : head.startsWith('1f8b') ? 'gzip' : head === '28b52ffd' ? 'zstd' : 'none';
  return { name, format, compression, delimiterHint: /\.tsv(\.gz|\.zst)?$/i.test(name) ? '\t' : null };
}

/** Makes the service. */
export function createReingest({ prisma, fileStore, duckdb, clock, newId, logger, records, readings }: ReingestDependencies): Reingest {
  async function replaceTable(uploadId: string, userId: string, file: FileRow, options: ReadingOptions, result: IngestResult): Promise<void> {
    await prisma.$transaction(async (transaction) => {
      if (file.sessionId !== null) await transaction.session.updateMany({ where: { id: file.sessionId, ownerId: userId }, data: { updatedAt: clock.now() } });
      const { count } = await transaction.file.updateMany({
        where: { id: file.id, status: 'INGESTING', revision: file.revision },
        data: {
          status: 'READY',
          revision: file.revision + 1,
          rowCount: BigInt(result.rowCount),
          columnCount: result.columns.length,
          columns: storableJson(result.columns),
          preview: storableJson(result.previewRows),
          ingest: storableJson(result.report),
          options,
        },
      });
      if (count === 0 || !(await records.finish(transaction, uploadId, [file.id]))) throw notFound('File');
    });
  }

  async function read(uploadId: string, userId: string, file: FileRow, options: ReadingOptions, signal: AbortSignal): Promise<void> {
    await using tracker = records.track(uploadId);
    try {
      const paths = fileStore.pathsOf(file.id, file.revision + 1);
      const kind = await storedKind(file, paths.original);
      const result = await readFile(duckdb, { kind, paths, options, userId }, signal, (progress) => tracker.advance({ progress }));
      signal.throwIfAborted();
      await replaceTable(uploadId, userId, file, options, result);
    } catch (error) {
      await tracker[Symbol.asyncDispose]();
      if (!(error instanceof AppError)) logger.warn({ error, fileId: file.id }, 'a file could not be read anew');
      await prisma.file.updateMany({ where: { id: file.id, status: 'INGESTING', revision: file.revision }, data: { status: 'READY' } });
      await records.fail(
        uploadId,
        signal.aborted ? new AppError('INTERRUPTED', 'The server stopped in the middle of it. The table is as before; read the file again.') : error,
      );
    }
  }

  return {
    async start(viewer, input) {
      const { userId } = requireViewer(viewer);
      const given = Object.entries(input.options).filter(([, value]) => value !== null && value !== undefined);
      const options = parseInput(readingOptions, Object.fromEntries(given), ['input', 'options']);
      if (!isUuid(input.fileId)) throw notFound('File');
      const uploadId = newId();
      const started = await prisma.$transaction(async (transaction) => {
        const where = { id: input.fileId, ownerId: userId };
        const [file] = await transaction.file.updateManyAndReturn({
          where: { ...where, status: 'READY', personalTable: null },
          data: { status: 'INGESTING' },
          select: fileRowSelection,
        });
        if (file === undefined) {
          const found = await transaction.file.findFirst({ where, select: { name: true, personalTable: true } });
          if (found === null) throw notFound('File');
          if (found.personalTable !== null)
            throw new AppError('CONFLICT', `"${found.name}" is made of your own data, not read from a file. Use "refreshPersonalSession".`);
          throw new AppError('CONFLICT', `"${found.name}" is being read anew already. Wait until that has ended.`);
        }
        const { sessionId, name, byteSize } = file;
        const about = { sessionId, name, byteSize, receivedBytes: byteSize, options, status: 'READING', isResumable: false } as const;
        return { file, upload: await records.create(transaction, { ...about, id: uploadId, ownerId: userId, fileIds: [file.id] }) };
      });
      readings.start(uploadId, (signal) =>
        read(uploadId, userId, started.file, options, signal).catch((error: unknown) => logger.warn({ error, uploadId }, 'a reading ended unexpectedly')),
      );
      return started;
    },
  };
}

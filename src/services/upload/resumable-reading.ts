import type { Clock } from '../../base/clock.ts';
import { notFound } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { readingOptions } from '../../base/reading.ts';
import type { FileStore } from '../../stores/file-store.ts';
import type { PartialFiles } from '../../stores/partial-files.ts';
import type { PrismaClient } from '../../../prisma/generated/client.ts';
import { fileKindOf } from './file-name.ts';
import { readFile, type Ingester } from './read-file.ts';
import type { Readings } from './readings.ts';
import { uploadedFile, type StoreFiles } from './store-files.ts';
import type { UploadRecords } from './upload-records.ts';
import { uploadSelection } from './upload-row.ts';

/** Reads, in the background, a resumable upload whose bytes are all here and whose status is READING. */
export type StartReading = (id: string) => void;

/** What `createResumableReading` stands on. */
export interface ResumableReadingDependencies {
  readonly prisma: PrismaClient;
  readonly fileStore: FileStore;
  readonly partialFiles: PartialFiles;
  readonly duckdb: Ingester;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly records: UploadRecords;
  readonly storeFiles: StoreFiles;
  readonly readings: Readings;
}

/** Makes it. */
export function createResumableReading(dependencies: ResumableReadingDependencies): StartReading {
  const { prisma, fileStore, partialFiles, duckdb, clock, logger, records, storeFiles, readings } = dependencies;

  async function read(id: string, signal: AbortSignal): Promise<void> {
    const row = await prisma.upload.findFirst({ where: { id, status: 'READING' }, select: { ...uploadSelection, ownerId: true, options: true } });
    if (row === null) return;
    const { ownerId: userId, sessionId } = row;
    await using tracker = records.track(id);
    try {
      const found = await partialFiles.find(id);
      if (found === null) throw notFound('Upload');
      const kind = fileKindOf(row.name);
      const options = readingOptions.parse(row.options);
      const result = await readFile(duckdb, { kind, paths: found.paths, options, userId }, signal, (progress) => tracker.advance({ progress }));
      signal.throwIfAborted();
      const file = uploadedFile(id, Number(row.byteSize ?? 0n), kind, result, sessionId, clock.now());
      await storeFiles({ uploadId: id, userId, sessionId, files: [file], options });
    } catch (error) {
      // A server that stops leaves it as it is: the next one reads it again.
      if (signal.aborted) return;
      logger.info({ error, uploadId: id }, 'a resumable upload could not be read');
      await tracker[Symbol.asyncDispose]();
      await fileStore
        .discard(id)
        .catch((failure: unknown) => logger.warn({ error: failure, uploadId: id }, 'a temporary file could not be removed; the sweep will try again'));
      await records.fail(id, error);
    }
  }

  return (id) =>
    readings.start(id, (signal) => read(id, signal).catch((error: unknown) => logger.warn({ error, uploadId: id }, 'a reading ended unexpectedly')));
}

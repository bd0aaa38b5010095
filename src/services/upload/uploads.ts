import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import { isUuid, type IdSource } from '../../base/id.ts';
import type { Logger } from '../../base/logger.ts';
import type { ReadingOptions } from '../../base/reading.ts';
import type { FileStore, ReceivedFile } from '../../stores/file-store.ts';
import type { PrismaClient } from '../../../prisma/generated/client.ts';
import { fileKindOf, labelOf, type FileKind } from './file-name.ts';
import { readFile, type Ingester } from './read-file.ts';
import { uploadedFile, type StoreFiles, type UploadedFile } from './store-files.ts';
import type { UploadRecords } from './upload-records.ts';
import type { UploadSlots } from './upload-slots.ts';

/** Uploads: bytes in, tables out. */
export interface Uploads {
  /**
   * Begins an upload of one or several files, which become visible together or not at all. Dispose of it when it is over.
   *
   * @throws AppError UNAUTHENTICATED, RATE_LIMITED when the viewer has too many uploads under way
   */
  begin(viewer: Viewer | null, settings?: UploadSettings): Upload;
}

/** What is said of an upload before its bytes come. */
export interface UploadSettings {
  /** Its id, by which its progress can be watched; one of ours by default. */
  readonly id?: string | undefined;
  /** How many bytes its files have, where that is known. */
  readonly byteSize?: number | undefined;
  /** How its files are to be read. */
  readonly options?: ReadingOptions | undefined;
}

/** An upload under way. Its disposal drops everything that was not committed. */
export interface Upload extends AsyncDisposable {
  readonly id: string;
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
   * @throws AppError UNSUPPORTED_FILE for an ending that cannot be read or an empty file, CONFLICT when the id of the upload is in use; what
   *   `FileStore.receive` throws
   */
  add(clientName: string, source: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /**
   * Reads every file into a table and stores all of them.
   *
   * @throws AppError UNSUPPORTED_FILE and others when one cannot be read, NOT_FOUND when the session is gone; nothing is stored then
   */
  commit(signal: AbortSignal): Promise<readonly UploadedFile[]>;
  /**
   * Tells who watches it why it ended.
   *
   * @param error null when the client left
   */
  end(error: unknown): Promise<void>;
}

/** What `createUploads` stands on. */
export interface UploadsDependencies {
  readonly prisma: PrismaClient;
  readonly fileStore: FileStore;
  readonly duckdb: Ingester;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly logger: Logger;
  readonly records: UploadRecords;
  readonly storeFiles: StoreFiles;
  readonly slots: UploadSlots;
  readonly limits: {
    readonly maxUploadBytes: number;
    /** The most files of one upload. */
    readonly maxFilesPerSession: number;
  };
}

interface StagedFile {
  readonly kind: FileKind;
  readonly received: ReceivedFile;
}

/** Makes the service. */
export function createUploads(dependencies: UploadsDependencies): Uploads {
  const { prisma, fileStore, duckdb, clock, newId, logger, records, storeFiles, slots, limits } = dependencies;
  const maxFiles = limits.maxFilesPerSession;

  return {
    begin(viewer, { id = newId(), byteSize, options = {} } = {}) {
      const { userId } = requireViewer(viewer);
      const release = slots.take(userId);
      const staged: StagedFile[] = [];
      const tracker = records.track(id);
      let sessionId: string | null = null;
      let name: string | null = null;
      let receivedBytes = 0;
      let isDisposed = false;

      /** The row is written with the first file, whose name it has. */
      const announce = async (label: string): Promise<void> => {
        const isFirst = name === null;
        name = isFirst ? label : labelOf(`${name ?? ''}, ${label}`);
        if (!isFirst) await records.change(id, { name });
        else {
          const known = { byteSize: byteSize === undefined ? null : BigInt(byteSize), options, isResumable: false, fileIds: [] };
          await records.create(prisma, { ...known, id, ownerId: userId, sessionId, name, status: 'RECEIVING' }).catch((error: unknown) => {
            name = null;
            throw error;
          });
        }
      };

      return {
        id,
        async join(wanted) {
          if (staged.length > 0) throw badInput(['sessionId'], 'The field "sessionId" came after a file; send it before the files, or as a query parameter.');
          const session = isUuid(wanted) ? await prisma.session.findFirst({ where: { id: wanted, ownerId: userId }, select: { id: true } }) : null;
          if (session === null) throw notFound('Session');
          sessionId = session.id;
        },

        async add(clientName, source, signal) {
          if (staged.length >= maxFiles) throw badInput(['file'], `More than ${maxFiles} files came in one upload.`);
          const kind = fileKindOf(clientName);
          await announce(kind.name);
          const before = receivedBytes;
          const onReceived = (byteSize: number): void => {
            receivedBytes = before + byteSize;
            tracker.advance({ receivedBytes });
          };
          const received = await fileStore.receive(source, { maxBytes: limits.maxUploadBytes, onReceived }, signal);
          staged.push({ kind, received });
          if (received.byteSize === 0) throw new AppError('UNSUPPORTED_FILE', `"${kind.name}" is empty. Send a file with at least a row of column names.`);
        },

        async commit(signal) {
          if (staged.length === 0)
            throw badInput(['file'], 'No file came with the upload. Send one as the form field "file", or as the body with "?name=sales.csv".');
          await records.change(id, { status: 'READING', receivedBytes });
          const files: UploadedFile[] = [];
          for (const [index, { kind, received }] of staged.entries()) {
            const onProgress = (fraction: number): void => tracker.advance({ progress: (index + fraction) / staged.length });
            const result = await readFile(duckdb, { kind, paths: received.paths, options, userId }, signal, onProgress);
            files.push(uploadedFile(received.id, received.byteSize, kind, result, sessionId, clock.now()));
          }
          signal.throwIfAborted();
          return await storeFiles({ uploadId: id, userId, sessionId, files, options });
        },

        async end(error) {
          await tracker[Symbol.asyncDispose]();
          if (name === null) return;
          if (error === null) await records.cancel(id);
          else await records.fail(id, error);
        },

        async [Symbol.asyncDispose]() {
          if (isDisposed) return;
          isDisposed = true;
          release();
          await tracker[Symbol.asyncDispose]();
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

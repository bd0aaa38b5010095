import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError, notFound } from '../../base/errors.ts';
import { isUuid, type IdSource } from '../../base/id.ts';
import type { Logger } from '../../base/logger.ts';
import type { ReadingOptions } from '../../base/reading.ts';
import type { FileStore } from '../../stores/file-store.ts';
import type { PartialFiles } from '../../stores/partial-files.ts';
import type { PrismaClient } from '../../../prisma/generated/client.ts';
import { fileKindOf } from './file-name.ts';
import type { Readings } from './readings.ts';
import type { StartReading } from './resumable-reading.ts';
import type { UploadRecords } from './upload-records.ts';
import { isUploadOver, uploadSelection, type UploadRow } from './upload-row.ts';
import type { UploadSlots } from './upload-slots.ts';

/** Where a resumable upload stands. */
export interface Resumable {
  readonly row: UploadRow;
  /** How many bytes are here; all of them once it is being read. */
  readonly offset: number;
  readonly byteSize: number;
}

/** Uploads of one file that go on after a cut. Each is seen by its owner alone. */
export interface ResumableUploads {
  /**
   * Begins one: its bytes come by `append`.
   *
   * @throws AppError UNSUPPORTED_FILE, PAYLOAD_TOO_LARGE, NOT_FOUND for the session, RATE_LIMITED when too many wait already
   */
  create(viewer: Viewer | null, input: NewResumable): Promise<Resumable>;
  /**
   * Where it stands. A transfer that hangs is ended by this, so that nothing comes behind the answer.
   *
   * @throws AppError NOT_FOUND; `row.status` says when it is over
   */
  find(viewer: Viewer | null, id: string): Promise<Resumable>;
  /**
   * Takes the bytes that follow. What came before a cut stays. With the last one the reading begins, in the background.
   *
   * @param receive is called when it is the caller's turn, with a signal that ends the transfer: writes by way of `write`
   * @throws AppError NOT_FOUND, CONFLICT when the offset is not where it stands, RATE_LIMITED; what `receive` throws
   */
  append(viewer: Viewer | null, id: string, offset: number, receive: (transfer: Transfer) => Promise<void>): Promise<Resumable>;
  /**
   * Gives it up, with what came of it.
   *
   * @throws AppError NOT_FOUND, CONFLICT when it has become a file already
   */
  cancel(viewer: Viewer | null, id: string): Promise<void>;
}

/** What a resumable upload begins with. */
export interface NewResumable {
  readonly name: string;
  readonly byteSize: number;
  readonly sessionId: string | null;
  readonly options: ReadingOptions;
}

/** A turn to write. */
export interface Transfer {
  readonly offset: number;
  readonly byteSize: number;
  /** Aborts when another transfer of the same upload takes over. */
  readonly signal: AbortSignal;
  write(source: AsyncIterable<Uint8Array>): Promise<void>;
  /** Drops what this transfer wrote. */
  undo(): Promise<void>;
}

/** What `createResumableUploads` stands on. */
export interface ResumableDependencies {
  readonly prisma: PrismaClient;
  readonly fileStore: FileStore;
  readonly partialFiles: PartialFiles;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly logger: Logger;
  readonly records: UploadRecords;
  readonly readings: Readings;
  readonly startReading: StartReading;
  readonly slots: UploadSlots;
  readonly limits: { readonly maxUploadBytes: number };
}

/** How many unfinished ones somebody may have: each may hold as many bytes as an upload can have. */
const mostUnfinished = 10;

interface Turn {
  readonly controller: AbortController;
  readonly done: Promise<unknown>;
}

/** Makes the service. */
export function createResumableUploads(dependencies: ResumableDependencies): ResumableUploads {
  const { prisma, fileStore, partialFiles, clock, newId, logger, records, readings, startReading, slots, limits } = dependencies;
  const turns = new Map<string, Turn>();

  const discard = (id: string): Promise<void> =>
    fileStore.discard(id).catch((error: unknown) => logger.warn({ error, uploadId: id }, 'a temporary file could not be removed; the sweep will try again'));

  async function load(viewer: Viewer | null, id: string): Promise<UploadRow> {
    const { userId } = requireViewer(viewer);
    const where = { id, ownerId: userId, isResumable: true, expiresAt: { gt: clock.now() } };
    const row = isUuid(id) ? await prisma.upload.findFirst({ where, select: uploadSelection }) : null;
    if (row === null) throw notFound('Upload');
    return row;
  }

  async function standing(row: UploadRow): Promise<Resumable> {
    const byteSize = Number(row.byteSize ?? 0n);
    if (row.status !== 'RECEIVING') return { row, byteSize, offset: row.status === 'READING' || row.status === 'READY' ? byteSize : Number(row.receivedBytes) };
    const offset = await partialFiles.sizeOf(row.id);
    // Without its bytes, after a loss of the disk say, it can only begin anew.
    if (offset === null) throw notFound('Upload');
    return { row, byteSize, offset };
  }

  /** Ends the transfer that is under way here, whose connection may be dead without anybody having noticed. */
  async function interrupt(id: string): Promise<void> {
    const turn = turns.get(id);
    turn?.controller.abort(new AppError('CONFLICT', 'Another transfer of this upload took over.'));
    await turn?.done;
  }

  async function inTurn<T>(id: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    while (turns.has(id)) await interrupt(id);
    const controller = new AbortController();
    const result = work(controller.signal);
    const done = result.then(
      () => undefined,
      () => undefined,
    );
    const turn = { controller, done };
    turns.set(id, turn);
    return await result.finally(() => turns.delete(id));
  }

  /** Begins the reading when all bytes are here; of several that ask for it at once only one does. */
  async function startWhenWhole({ row, offset, byteSize }: Resumable): Promise<void> {
    if (row.status !== 'RECEIVING' || offset < byteSize) return;
    if (await records.change(row.id, { status: 'READING', receivedBytes: byteSize })) startReading(row.id);
  }

  return {
    async create(viewer, { name, byteSize, sessionId, options }) {
      const { userId } = requireViewer(viewer);
      const kind = fileKindOf(name);
      if (byteSize > limits.maxUploadBytes)
        throw new AppError('PAYLOAD_TOO_LARGE', `"${kind.name}" has ${byteSize} bytes; ${limits.maxUploadBytes} are the most. Compress it, or split it.`);
      if (byteSize === 0) throw new AppError('UNSUPPORTED_FILE', `"${kind.name}" is empty. Send a file with at least a row of column names.`);
      if (sessionId !== null) {
        const session = isUuid(sessionId) ? await prisma.session.findFirst({ where: { id: sessionId, ownerId: userId }, select: { id: true } }) : null;
        if (session === null) throw notFound('Session');
      }
      const unfinished = await prisma.upload.count({ where: { ownerId: userId, isResumable: true, status: 'RECEIVING', expiresAt: { gt: clock.now() } } });
      if (unfinished >= mostUnfinished)
        throw new AppError('RATE_LIMITED', `${unfinished} resumable uploads of yours are unfinished. Finish one, or delete it (DELETE), before the next.`, {
          retryAfterMs: 60_000,
        });
      const id = newId();
      // The file before its row: a row without a file could not be resumed, a file without a row is swept.
      await partialFiles.create(id);
      const about = { name: kind.name, status: 'RECEIVING', byteSize: BigInt(byteSize), options, isResumable: true, fileIds: [] } as const;
      const row = await records.create(prisma, { ...about, id, ownerId: userId, sessionId }).catch(async (error: unknown) => {
        await discard(id);
        throw error;
      });
      return { row, byteSize, offset: 0 };
    },

    async find(viewer, id) {
      await load(viewer, id);
      await interrupt(id);
      const found = await standing(await load(viewer, id));
      await startWhenWhole(found);
      return found;
    },

    async append(viewer, id, offset, receive) {
      const { userId } = requireViewer(viewer);
      await load(viewer, id);
      return await inTurn(id, async (signal) => {
        const before = await standing(await load(viewer, id));
        if (isUploadOver(before.row)) throw new AppError('CONFLICT', `The upload is over: it is ${before.row.status}.`);
        if (offset !== before.offset)
          throw new AppError('CONFLICT', `The upload stands at ${before.offset}, not at ${offset}. Ask for its offset with HEAD, and send what follows.`);
        const release = slots.take(userId);
        try {
          await using tracker = records.track(id);
          await receive({
            offset,
            byteSize: before.byteSize,
            signal,
            write: (source) => partialFiles.write(id, offset, source, (receivedBytes) => tracker.advance({ receivedBytes })),
            undo: () => partialFiles.cut(id, offset),
          });
        } finally {
          release();
          // What came stays known for as long as anything else: the time begins anew.
          const receivedBytes = await partialFiles.sizeOf(id);
          if (receivedBytes !== null) await records.change(id, { receivedBytes }).catch(() => false);
        }
        const after = await standing(await load(viewer, id));
        await startWhenWhole(after);
        return after;
      });
    },

    async cancel(viewer, id) {
      const row = await load(viewer, id);
      await interrupt(id);
      await readings.stop(id);
      if (!(await records.cancel(id)) && (await load(viewer, id)).status === 'READY')
        throw new AppError('CONFLICT', `"${row.name}" has been read, and is a file now. Delete it with deleteFile.`);
      await discard(id);
    },
  };
}

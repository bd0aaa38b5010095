import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../base/errors.ts';
import { isUuid, type IdSource } from '../base/id.ts';
import { explained, giveBack, lastTouched, namesIn, ownerOnly, syncPath, writeWhole } from './disk.ts';
import { createFilePlaces, pathsIn } from './file-places.ts';

/** What people uploaded, on the local disk. Paths are made of our ids alone; no client's word is ever in one. */
export interface FileStore {
  /**
   * Writes a stream to a temporary place, a chunk at a time, and syncs it to the disk. On any failure nothing is left behind.
   *
   * @param source the bytes; the memory of each chunk is given back once it is written, so no one else may use it then
   * @param options.maxBytes how many bytes there may be
   * @param options.onReceived hears after each chunk how many have come
   * @param signal gives the file up
   * @throws AppError PAYLOAD_TOO_LARGE as soon as the limit is passed, SERVICE_UNAVAILABLE when the disk is full; the reason of the
   *   signal; what the source throws
   */
  receive(source: AsyncIterable<Uint8Array>, options: ReceiveOptions, signal: AbortSignal): Promise<ReceivedFile>;
  /**
   * Makes a temporary place for something that is made here and not received: a table that a query writes, say. `keep` makes it permanent,
   * `discard` drops it, the sweep removes what neither of them came for.
   *
   * @throws AppError SERVICE_UNAVAILABLE when the disk is full
   */
  prepare(): Promise<PreparedFile>;
  /**
   * Makes a received or prepared file permanent, with everything that was put beside it: synced, then moved in one step.
   *
   * @throws AppError SERVICE_UNAVAILABLE when the disk is full
   */
  keep(id: string): Promise<void>;
  /** Drops a received file that was not kept. Does nothing when there is none. */
  discard(id: string): Promise<void>;
  /** Removes a kept file. Does nothing when there is none. */
  remove(id: string): Promise<void>;
  /**
   * Where a kept file lies.
   *
   * @param revision which reading of the file its table is of; 1, the first, by default
   */
  pathsOf(id: string, revision?: number): FilePaths;
  /**
   * Removes what no one will come back for: temporary files of uploads that died, kept files without a row, and the tables of readings
   * before the present one.
   *
   * @param olderThanMs how long it must have lain untouched, so that uploads under way, here or in another process, are let be
   */
  sweep(olderThanMs: number, rows: SweepRows): Promise<SweepReport>;
}

/** A temporary place. */
export interface PreparedFile {
  readonly id: string;
  /** Where it lies, and where its table is to be written, until it is kept. */
  readonly paths: FilePaths;
}

/** How a file is received. */
export interface ReceiveOptions {
  readonly maxBytes: number;
  readonly onReceived?: (byteSize: number) => void;
}

/** A file in the temporary place. */
export interface ReceivedFile extends PreparedFile {
  readonly byteSize: number;
}

/** The two files of an upload. */
export interface FilePaths {
  /** As it came. */
  readonly original: string;
  /** The Parquet that queries read. */
  readonly table: string;
}

/** What a sweep asks the database. */
export interface SweepRows {
  /** Which of some ids have a row, with the number of the reading that counts. */
  revisionsOf(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Which of some temporary files can still be resumed, however long nothing came. */
  awaitedOf(ids: readonly string[]): Promise<ReadonlySet<string>>;
}

/** What a sweep removed. */
export interface SweepReport {
  readonly temporaryCount: number;
  readonly orphanCount: number;
}

/** How `createFileStore` is set up. */
export interface FileStoreOptions {
  /** The data folder; `files` and `tmp` are made in it. Both must be on one file system, for the move is a rename. */
  readonly folder: string;
  readonly newId: IdSource;
  /** The time in milliseconds since 1970; the machine's by default. */
  readonly now?: () => number;
  /** Opens a new file for writing; by default exclusively, readable by the owner alone. */
  readonly openNew?: (path: string) => Promise<FileHandle>;
}

const sweepBatch = 500;

/**
 * The file store on the local disk: `files/<shard>/<id>/{original,table.parquet}`, and `tmp/<id>/` until a file is kept.
 *
 * The shard is the last two characters of the id: the first ones of a UUIDv7 are its time, the same for decades.
 */
export function createFileStore(options: FileStoreOptions): FileStore {
  const { folder, newId, now = Date.now, openNew = (path) => open(path, 'wx', 0o600) } = options;
  const { root, temporaryRoot, folderOf, temporaryFolderOf } = createFilePlaces(folder);

  const removeFolder = (path: string): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 3 });

  async function write(path: string, source: AsyncIterable<Uint8Array>, { maxBytes, onReceived }: ReceiveOptions, signal: AbortSignal): Promise<number> {
    const handle = await openNew(path);
    let byteSize = 0;
    try {
      for await (const chunk of source) {
        signal.throwIfAborted();
        byteSize += chunk.length;
        if (byteSize > maxBytes)
          throw new AppError('PAYLOAD_TOO_LARGE', `The file is larger than the limit of ${maxBytes} bytes. Send a smaller one, or compress it.`);
        await writeWhole(handle, chunk);
        giveBack(chunk);
        onReceived?.(byteSize);
      }
      signal.throwIfAborted();
      await handle.sync();
      return byteSize;
    } finally {
      await handle.close();
    }
  }

  async function prepare(): Promise<PreparedFile> {
    const id = newId();
    const temporary = temporaryFolderOf(id);
    try {
      await mkdir(temporary, { recursive: true, mode: ownerOnly });
      return { id, paths: pathsIn(temporary, 1) };
    } catch (error) {
      throw explained(error);
    }
  }

  async function receive(source: AsyncIterable<Uint8Array>, bounds: ReceiveOptions, signal: AbortSignal): Promise<ReceivedFile> {
    signal.throwIfAborted();
    const { id, paths } = await prepare();
    try {
      return { id, paths, byteSize: await write(paths.original, source, bounds, signal) };
    } catch (error) {
      // The first failure is the one to tell; what stays here is swept.
      await removeFolder(temporaryFolderOf(id)).catch(() => undefined);
      throw explained(error);
    }
  }

  async function keep(id: string): Promise<void> {
    const temporary = temporaryFolderOf(id);
    const target = folderOf(id);
    try {
      for (const name of await readdir(temporary)) await syncPath(join(temporary, name));
      await syncPath(temporary);
      await mkdir(dirname(target), { recursive: true, mode: ownerOnly });
      await rename(temporary, target);
      // The rename itself, and a shard that may be new, are durable only when the folders that name them are.
      await syncPath(dirname(target));
      await syncPath(root);
    } catch (error) {
      throw explained(error);
    }
  }

  async function sweepTemporary(before: number, rows: SweepRows): Promise<number> {
    let count = 0;
    const ids = (await namesIn(temporaryRoot)).filter(isUuid);
    const awaited = await rows.awaitedOf(ids);
    for (const id of ids.filter((candidate) => !awaited.has(candidate))) {
      const touched = await lastTouched(temporaryFolderOf(id));
      if (touched === null || touched >= before) continue;
      await removeFolder(temporaryFolderOf(id));
      count += 1;
    }
    return count;
  }

  /** Whoever read the table of an earlier reading has ended by now. */
  async function sweepTables(id: string, revision: number, before: number): Promise<void> {
    const current = basename(pathsIn(folderOf(id), revision).table);
    for (const name of (await namesIn(folderOf(id))).filter((found) => found !== 'original' && found !== current)) {
      const path = join(folderOf(id), name);
      const touched = await lastTouched(path);
      if (touched !== null && touched < before) await rm(path, { force: true });
    }
  }

  async function sweepOrphans(before: number, rows: SweepRows): Promise<number> {
    let count = 0;
    for (const shard of await namesIn(root)) {
      const ids = (await namesIn(join(root, shard))).filter((id) => isUuid(id) && id.endsWith(shard));
      for (let start = 0; start < ids.length; start += sweepBatch) {
        const batch = ids.slice(start, start + sweepBatch);
        const revisions = await rows.revisionsOf(batch);
        for (const id of batch) {
          const revision = revisions.get(id);
          if (revision !== undefined) {
            await sweepTables(id, revision, before);
            continue;
          }
          const touched = await lastTouched(folderOf(id));
          if (touched === null || touched >= before) continue;
          await removeFolder(folderOf(id));
          count += 1;
        }
      }
    }
    return count;
  }

  return {
    receive,
    prepare,
    keep,
    discard: (id) => removeFolder(temporaryFolderOf(id)),
    remove: (id) => removeFolder(folderOf(id)),
    pathsOf: (id, revision = 1) => pathsIn(folderOf(id), revision),
    sweep: async (olderThanMs, rows) => {
      const before = now() - olderThanMs;
      return { temporaryCount: await sweepTemporary(before, rows), orphanCount: await sweepOrphans(before, rows) };
    },
  };
}

import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../base/errors.ts';
import { isUuid, type IdSource } from '../base/id.ts';

/** What people uploaded, on the local disk. Paths are made of our ids alone; no client's word is ever in one. */
export interface FileStore {
  /**
   * Writes a stream to a temporary place, a chunk at a time, and syncs it to the disk. On any failure nothing is left behind.
   *
   * @param source the bytes; the memory of each chunk is given back once it is written, so no one else may use it then
   * @param options.maxBytes how many bytes there may be
   * @param signal gives the file up
   * @throws AppError PAYLOAD_TOO_LARGE as soon as the limit is passed, SERVICE_UNAVAILABLE when the disk is full; the reason of the
   *   signal; what the source throws
   */
  receive(source: AsyncIterable<Uint8Array>, options: { readonly maxBytes: number }, signal: AbortSignal): Promise<ReceivedFile>;
  /**
   * Makes a received file permanent, with everything that was put beside it: synced, then moved in one step.
   *
   * @throws AppError SERVICE_UNAVAILABLE when the disk is full
   */
  keep(id: string): Promise<void>;
  /** Drops a received file that was not kept. Does nothing when there is none. */
  discard(id: string): Promise<void>;
  /** Removes a kept file. Does nothing when there is none. */
  remove(id: string): Promise<void>;
  /** Where a kept file lies. */
  pathsOf(id: string): FilePaths;
  /**
   * Removes what no one will come back for: temporary files of uploads that died, and kept files without a row.
   *
   * @param olderThanMs how long it must have lain untouched, so that uploads under way, here or in another process, are let be
   * @param rowsOf which of some ids have a row in the database
   */
  sweep(olderThanMs: number, rowsOf: (ids: readonly string[]) => Promise<ReadonlySet<string>>): Promise<SweepReport>;
}

/** A file in the temporary place. */
export interface ReceivedFile {
  readonly id: string;
  readonly byteSize: number;
  /** Where it lies, and where its table is to be written, until it is kept. */
  readonly paths: FilePaths;
}

/** The two files of an upload. */
export interface FilePaths {
  /** As it came. */
  readonly original: string;
  /** The Parquet that queries read. */
  readonly table: string;
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

const ownerOnly = 0o700;
const sweepBatch = 500;

/** Errors of the system that mean: no room, or no more allowed. */
const fullDiskCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** The error in our words where the disk is full, else as it is. */
function explained(error: unknown): unknown {
  if (!fullDiskCodes.has(codeOf(error) ?? '')) return error;
  return new AppError(
    'SERVICE_UNAVAILABLE',
    'The disk of the server is full, so the file could not be stored. Nothing of it was kept; try again when there is room.',
    { cause: error },
  );
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeWhole(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  let written = 0;
  // A nearly full disk takes a part of a chunk first and refuses only the next write.
  while (written < chunk.length) written += (await handle.write(chunk, written)).bytesWritten;
}

/**
 * Frees the memory of a chunk at once. V8 would let some 64 MB of such buffers gather before it collects them.
 *
 * @param chunk may be a part of a buffer that others share, which is then let be
 */
function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && !buffer.detached) buffer.transfer(0);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** When a folder or a file in it was last touched; null when it is gone. */
async function lastTouched(folder: string): Promise<number | null> {
  const paths = [folder, ...(await namesIn(folder)).map((name) => join(folder, name))];
  const times = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        (stats) => Math.max(stats.mtimeMs, stats.ctimeMs),
        () => null,
      ),
    ),
  );
  return times[0] === null ? null : Math.max(...times.map((time) => time ?? 0));
}

const pathsIn = (folder: string): FilePaths => ({ original: join(folder, 'original'), table: join(folder, 'table.parquet') });

/**
 * The file store on the local disk: `files/<shard>/<id>/{original,table.parquet}`, and `tmp/<id>/` until a file is kept.
 *
 * The shard is the last two characters of the id: the first ones of a UUIDv7 are its time, the same for decades.
 */
export function createFileStore(options: FileStoreOptions): FileStore {
  const { folder, newId, now = Date.now, openNew = (path) => open(path, 'wx', 0o600) } = options;
  const root = join(folder, 'files');
  const temporaryRoot = join(folder, 'tmp');

  const folderOf = (id: string): string => {
    if (!isUuid(id)) throw new Error(`"${id}" is not an id of the file store`);
    return join(root, id.slice(-2), id);
  };
  const temporaryFolderOf = (id: string): string => {
    if (!isUuid(id)) throw new Error(`"${id}" is not an id of the file store`);
    return join(temporaryRoot, id);
  };
  const removeFolder = (path: string): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 3 });

  async function write(path: string, source: AsyncIterable<Uint8Array>, maxBytes: number, signal: AbortSignal): Promise<number> {
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
      }
      signal.throwIfAborted();
      await handle.sync();
      return byteSize;
    } finally {
      await handle.close();
    }
  }

  async function receive(source: AsyncIterable<Uint8Array>, { maxBytes }: { readonly maxBytes: number }, signal: AbortSignal): Promise<ReceivedFile> {
    signal.throwIfAborted();
    const id = newId();
    const temporary = temporaryFolderOf(id);
    const paths = pathsIn(temporary);
    try {
      await mkdir(temporary, { recursive: true, mode: ownerOnly });
      return { id, paths, byteSize: await write(paths.original, source, maxBytes, signal) };
    } catch (error) {
      // The first failure is the one to tell; what stays here is swept.
      await removeFolder(temporary).catch(() => undefined);
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

  async function sweepTemporary(before: number): Promise<number> {
    let count = 0;
    for (const id of (await namesIn(temporaryRoot)).filter(isUuid)) {
      const touched = await lastTouched(temporaryFolderOf(id));
      if (touched === null || touched >= before) continue;
      await removeFolder(temporaryFolderOf(id));
      count += 1;
    }
    return count;
  }

  async function sweepOrphans(before: number, rowsOf: (ids: readonly string[]) => Promise<ReadonlySet<string>>): Promise<number> {
    let count = 0;
    for (const shard of await namesIn(root)) {
      const ids = (await namesIn(join(root, shard))).filter((id) => isUuid(id) && id.endsWith(shard));
      for (let start = 0; start < ids.length; start += sweepBatch) {
        const batch = ids.slice(start, start + sweepBatch);
        const kept = await rowsOf(batch);
        for (const id of batch.filter((candidate) => !kept.has(candidate))) {
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
    keep,
    discard: (id) => removeFolder(temporaryFolderOf(id)),
    remove: (id) => removeFolder(folderOf(id)),
    pathsOf: (id) => pathsIn(folderOf(id)),
    sweep: async (olderThanMs, rowsOf) => {
      const before = now() - olderThanMs;
      return { temporaryCount: await sweepTemporary(before), orphanCount: await sweepOrphans(before, rowsOf) };
    },
  };
}

import { mkdir, open, stat, truncate } from 'node:fs/promises';
import { explained, giveBack, ownerOnly, writeWhole } from './disk.ts';
import { createFilePlaces, pathsIn } from './file-places.ts';
import type { FilePaths } from './file-store.ts';

/** Files that are received in pieces: each waits in the temporary place until it is whole, and is then kept by the file store under the same id. */
export interface PartialFiles {
  /** @throws AppError SERVICE_UNAVAILABLE when the disk is full */
  create(id: string): Promise<void>;
  /** How many bytes of it are there; null when there is no such file. */
  sizeOf(id: string): Promise<number | null>;
  /**
   * Writes a piece at its place, and syncs it. What came before a failure stays.
   *
   * Two writers of the same file do no harm, where both have the same bytes: each writes at the place that it knows.
   *
   * @param offset where the piece begins
   * @param source the bytes; the memory of each chunk is given back once it is written, so no one else may use it then
   * @param onReceived hears after each chunk how many bytes the file has
   * @throws AppError SERVICE_UNAVAILABLE when the disk is full; what the source throws
   */
  write(id: string, offset: number, source: AsyncIterable<Uint8Array>, onReceived: (byteSize: number) => void): Promise<void>;
  /** Drops what lies behind an offset. */
  cut(id: string, offset: number): Promise<void>;
  /** Where it lies: in the temporary place, or kept already by a process that died right after; null when it is nowhere. */
  find(id: string): Promise<{ readonly paths: FilePaths; readonly isKept: boolean } | null>;
}

/**
 * The partial files on the local disk.
 *
 * @param options.folder the data folder, as that of the file store
 */
export function createPartialFiles({ folder }: { readonly folder: string }): PartialFiles {
  const { folderOf, temporaryFolderOf } = createFilePlaces(folder);
  const pathsOf = (id: string): FilePaths => pathsIn(temporaryFolderOf(id), 1);
  const sizeAt = (path: string): Promise<number | null> =>
    stat(path).then(
      ({ size }) => size,
      () => null,
    );

  return {
    async create(id) {
      try {
        await mkdir(temporaryFolderOf(id), { recursive: true, mode: ownerOnly });
        await (await open(pathsOf(id).original, 'wx', 0o600)).close();
      } catch (error) {
        throw explained(error);
      }
    },
    sizeOf: (id) => sizeAt(pathsOf(id).original),
    async write(id, offset, source, onReceived) {
      let position = offset;
      try {
        await using file = await open(pathsOf(id).original, 'r+');
        try {
          for await (const chunk of source) {
            const { length } = chunk;
            await writeWhole(file, chunk, position);
            position += length;
            giveBack(chunk);
            onReceived(position);
          }
        } finally {
          await file.sync();
        }
      } catch (error) {
        throw explained(error);
      }
    },
    cut: (id, offset) => truncate(pathsOf(id).original, offset),
    async find(id) {
      if ((await sizeAt(pathsOf(id).original)) !== null) return { paths: pathsOf(id), isKept: false };
      const kept = pathsIn(folderOf(id), 1);
      return (await sizeAt(kept.original)) === null ? null : { paths: kept, isKept: true };
    },
  };
}

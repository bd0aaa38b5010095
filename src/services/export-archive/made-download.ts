import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { explained } from '../../stores/disk.ts';
import type { FileStore } from '../../stores/file-store.ts';
import type { Download } from '../download/downloads.ts';

/**
 * A download that is made when it is fetched: written into a temporary file, sent and dropped. A failure is an error and never half a file.
 *
 * @param make writes the file; it does not exist yet
 */
export function madeDownload(
  fileStore: Pick<FileStore, 'prepare' | 'discard'>,
  facts: Pick<Download, 'fileName' | 'mediaType'>,
  make: (path: string, signal: AbortSignal) => Promise<void>,
): Download {
  return {
    ...facts,
    version: null,
    open: async (signal) => {
      const { id, paths } = await fileStore.prepare();
      const release = (): Promise<void> => fileStore.discard(id);
      try {
        await make(paths.original, signal);
      } catch (error) {
        await release();
        throw explained(error);
      }
      return { source: { kind: 'file', path: paths.original }, [Symbol.asyncDispose]: release };
    },
  };
}

/** Writes pieces of text into a new file, at the pace of the disk. */
export async function writePieces(path: string, pieces: AsyncIterable<string>, signal: AbortSignal): Promise<void> {
  await pipeline(Readable.from(pieces), createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal });
}

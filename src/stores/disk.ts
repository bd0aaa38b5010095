import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../base/errors.ts';

/** The mode of our folders. */
export const ownerOnly = 0o700;
/** Errors of the system that mean: no room, or no more allowed. */
const fullDiskCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** The error in our words where the disk is full, else as it is. */
export function explained(error: unknown): unknown {
  if (!fullDiskCodes.has(codeOf(error) ?? '')) return error;
  return new AppError(
    'SERVICE_UNAVAILABLE',
    'The disk of the server is full, so the file could not be stored. Nothing of it was kept; try again when there is room.',
    { cause: error },
  );
}

/** Waits until the disk has what was written to a file, or the names that a folder holds. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes all of a chunk.
 *
 * @param position where in the file; null for where the last write ended
 */
export async function writeWhole(handle: FileHandle, chunk: Uint8Array, position: number | null = null): Promise<void> {
  let written = 0;
  // A nearly full disk takes a part of a chunk first and refuses only the next write.
  while (written < chunk.length) {
    const at = position === null ? null : position + written;
    written += (await handle.write(chunk, written, chunk.length - written, at)).bytesWritten;
  }
}

/**
 * Frees the memory of a chunk at once. V8 would let some 64 MB of such buffers gather before it collects them.
 *
 * @param chunk may be a part of a buffer that others share, which is then let be
 */
export function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && !buffer.detached) buffer.transfer(0);
}

/** The names in a folder; none when there is no such folder. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** When a folder or a file in it was last touched; null when it is gone. */
export async function lastTouched(folder: string): Promise<number | null> {
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

import type { Readable } from 'node:stream';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { AppError, messageOf } from '../../base/errors.ts';

/** An entry of an archive. Its name is compared and shown, and is never a path here. */
export interface ZipEntry {
  readonly name: string;
  /** Unpacked, as the archive says. */
  readonly byteSize: number;
}

/** An archive that somebody sent. */
export interface ZipReader extends Disposable {
  /** What is in it, without its folders, in the order of the archive. */
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /**
   * The bytes of an entry, unpacked while they are read.
   *
   * @throws AppError UNSUPPORTED_FILE when there is none of the name or it cannot be read, also while it is read: when it is damaged, or larger
   *   than the archive says
   */
  read(name: string, signal: AbortSignal): AsyncGenerator<Buffer>;
}

const mostEntries = 200_000;

const damaged = (reason: string): AppError =>
  new AppError('UNSUPPORTED_FILE', `The archive is damaged or cut off (${reason}). Download it again, and send it whole.`);

async function listEntries(archive: ZipFile, maxUnpackedBytes: number): Promise<ReadonlyMap<string, Entry>> {
  if (archive.entryCount > mostEntries) throw new AppError('PAYLOAD_TOO_LARGE', `The archive has ${archive.entryCount} entries; ${mostEntries} are the most.`);
  const entries = new Map<string, Entry>();
  let unpackedBytes = 0;
  for await (const entry of archive.eachEntry()) {
    if (entry.fileName.endsWith('/')) continue;
    if (entry.isEncrypted()) throw new AppError('UNSUPPORTED_FILE', 'The archive is protected by a password. Send it without one.');
    unpackedBytes += entry.uncompressedSize;
    if (unpackedBytes > maxUnpackedBytes)
      throw new AppError('PAYLOAD_TOO_LARGE', `The archive has more than ${maxUnpackedBytes} bytes when it is unpacked, and no more are allowed.`);
    entries.set(entry.fileName, entry);
  }
  return entries;
}

/**
 * Opens an archive (ZIP, also ZIP64) that may be hostile: names that lead out of it are refused by the library, sizes are added up before
 * anything is unpacked and held to while it is, and archives inside of it are files like others.
 *
 * @param maxUnpackedBytes of all its entries together, as they say and as they are
 * @throws AppError UNSUPPORTED_FILE, PAYLOAD_TOO_LARGE
 */
export async function openZip(path: string, maxUnpackedBytes: number): Promise<ZipReader> {
  const archive = await openPromise(path, { autoClose: false, lazyEntries: true }).catch((error: unknown) => {
    throw damaged(messageOf(error));
  });
  try {
    const found = await listEntries(archive, maxUnpackedBytes);
    return {
      entries: new Map([...found].map(([name, { uncompressedSize }]) => [name, { name, byteSize: uncompressedSize }])),
      async *read(name, signal) {
        const entry = found.get(name);
        if (entry === undefined) throw damaged(`"${name.slice(0, 100)}" is missing`);
        let stream: Readable | null = null;
        try {
          stream = await archive.openReadStreamPromise(entry);
          for await (const chunk of stream) {
            signal.throwIfAborted();
            yield chunk;
          }
        } catch (error) {
          if (signal.aborted || error instanceof AppError) throw error;
          throw damaged(`"${name.slice(0, 100)}": ${messageOf(error)}`);
        } finally {
          stream?.destroy();
        }
      },
      [Symbol.dispose]: () => archive.close(),
    };
  } catch (error) {
    archive.close();
    throw error instanceof AppError ? error : damaged(messageOf(error));
  }
}

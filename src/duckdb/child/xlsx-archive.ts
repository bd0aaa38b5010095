import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { messageOf } from '../../base/errors.ts';
import { ChildFailure } from './failure.ts';
import { createLimit } from './unpack.ts';
import { readBytes } from './read-bytes.ts';

/** The parts of a workbook, which is a ZIP archive of XML (ECMA-376, part 2). */
export interface XlsxArchive extends Disposable {
  has(name: string): boolean;
  /**
   * The bytes of a part, unpacked while they are read.
   *
   * @throws ChildFailure UNSUPPORTED_FILE when there is no such part, or it cannot be found where it is said to be; while reading PAYLOAD_TOO_LARGE when it is larger than it says
   */
  read(name: string): Promise<Readable>;
}

/** A workbook has some tens of parts, and a few for each of its sheets. */
const mostEntries = 10_000;
const scannedBytes = 1_048_576;

const damaged = (reason: string): ChildFailure =>
  new ChildFailure('UNSUPPORTED_FILE', `The workbook is damaged or cut off (${reason}); save it again, or upload it again.`);

/** Looks at the beginning of the file: what is no ZIP archive is told by its name. */
async function checkSignature(path: string): Promise<void> {
  await using file = await open(path);
  const head = await readBytes(file, 0, scannedBytes);
  if (head.length === 0) throw new ChildFailure('UNSUPPORTED_FILE', 'The file is empty.');
  if (head.toString('latin1', 0, 4) === 'PK\u0003\u0004') return;
  if (head.toString('hex', 0, 8) !== 'd0cf11e0a1b11ae1')
    throw new ChildFailure('UNSUPPORTED_FILE', 'The file is no workbook of Excel: it is not an archive. Give it the ending of what it is.');
  // A workbook with a password lies encrypted in the container that old workbooks are.
  if (head.includes(Buffer.from('EncryptedPackage', 'utf16le')))
    throw new ChildFailure('UNSUPPORTED_FILE', 'The workbook is protected by a password. Remove the password in Excel, and upload it again.');
  throw new ChildFailure('UNSUPPORTED_FILE', 'The file is an old Excel workbook (.xls). Save it as .xlsx, and upload it again.');
}

async function listEntries(archive: ZipFile, maxBytes: number): Promise<ReadonlyMap<string, Entry>> {
  if (archive.entryCount > mostEntries)
    throw new ChildFailure('UNSUPPORTED_FILE', `The workbook has ${archive.entryCount} parts; ${mostEntries} are the most.`);
  const entries = new Map<string, Entry>();
  let declared = 0;
  for await (const entry of archive.eachEntry()) {
    declared += entry.uncompressedSize;
    if (declared > maxBytes) throw new ChildFailure('PAYLOAD_TOO_LARGE', `The workbook is larger than ${maxBytes} bytes when it is unpacked.`);
    if (entry.isEncrypted()) throw new ChildFailure('UNSUPPORTED_FILE', 'The archive is protected by a password. Remove the password, and upload it again.');
    entries.set(entry.fileName.replace(/^\//, ''), entry);
  }
  return entries;
}

/**
 * Opens a workbook.
 *
 * @param maxBytes how large all of its parts together may be, as they say and as they are
 * @throws ChildFailure UNSUPPORTED_FILE, PAYLOAD_TOO_LARGE
 */
export async function openXlsxArchive(path: string, maxBytes: number): Promise<XlsxArchive> {
  await checkSignature(path);
  const archive = await openPromise(path, { autoClose: false, lazyEntries: true }).catch((error: unknown) => {
    throw damaged(messageOf(error));
  });
  try {
    const entries = await listEntries(archive, maxBytes);
    return {
      has: (name) => entries.has(name),
      async read(name) {
        const entry = entries.get(name);
        if (entry === undefined) throw damaged(`"${name.slice(0, 100)}" is missing`);
        const source = await archive.openReadStreamPromise(entry).catch((error: unknown) => {
          throw damaged(messageOf(error));
        });
        const limited = createLimit(entry.uncompressedSize);
        source.once('error', (error) => limited.destroy(damaged(messageOf(error))));
        limited.once('close', () => source.destroy());
        return source.pipe(limited);
      },
      [Symbol.dispose]: () => archive.close(),
    };
  } catch (error) {
    archive.close();
    throw error instanceof ChildFailure ? error : damaged(messageOf(error));
  }
}

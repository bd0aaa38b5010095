import mammoth from 'mammoth';
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import { promisify } from 'node:util';
import { UnreadableDocument, type Extracted } from './block.ts';
import { readHtml } from './read-html.ts';

const mostEntries = 5_000;

const open = promisify((bytes: Buffer, done: (error: Error | null, zip?: ZipFile) => void) => fromBuffer(bytes, { lazyEntries: true, autoClose: false }, done));

/** Reads an entry through, so that one which holds more than it says is found out: yauzl compares. */
function drain(zip: ZipFile, entry: Entry): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  zip.openReadStream(entry, (error, stream) => {
    if (error !== null || stream === undefined) return reject(error ?? new Error('no stream'));
    stream.on('error', reject).on('end', resolve).resume();
  });
  return promise;
}

/** Whether an archive unpacks to what it may. Mammoth unpacks all of it in memory, and believes what it says. */
async function checkArchive(bytes: Buffer, maxBytes: number): Promise<void> {
  const zip = await open(bytes);
  if (zip === undefined) throw new Error('no archive');
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let unpacked = 0;
  let count = 0;
  zip.on('error', reject);
  zip.on('end', resolve);
  zip.on('entry', (entry: Entry) => {
    unpacked += entry.uncompressedSize;
    count += 1;
    if (unpacked > maxBytes || count > mostEntries) {
      return reject(
        new UnreadableDocument(
          'PAYLOAD_TOO_LARGE',
          `The document unpacks to more than ${maxBytes} bytes or ${mostEntries} parts. Take pictures out of it, or split it.`,
        ),
      );
    }
    drain(zip, entry).then(() => zip.readEntry(), reject);
  });
  zip.readEntry();
  await promise;
}

/**
 * Reads a DOCX by way of the HTML that Mammoth makes of it.
 *
 * @throws UnreadableDocument when it is damaged or unpacks to too much
 */
export async function readDocx(bytes: Uint8Array, maxUnpackedBytes: number): Promise<Extracted> {
  const buffer = Buffer.from(bytes);
  try {
    await checkArchive(buffer, maxUnpackedBytes);
    const { value } = await mammoth.convertToHtml(
      { buffer },
      { convertImage: mammoth.images.imgElement(() => Promise.resolve({ src: '' })), externalFileAccess: false },
    );
    return readHtml(value);
  } catch (error) {
    if (error instanceof UnreadableDocument) throw error;
    throw new UnreadableDocument('UNSUPPORTED_FILE', 'The DOCX is damaged and cannot be read. Open it in a word processor and save it anew.');
  }
}

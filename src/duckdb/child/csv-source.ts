import { isUtf8 } from 'node:buffer';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { messageOf } from '../../base/errors.ts';
import { ChildFailure } from './failure.ts';
import { inspectHead, type Encoding } from './file-kind.ts';

/** A CSV file as DuckDB can read it: not compressed, in UTF-8. */
export interface CsvSource {
  readonly path: string;
  readonly bytes: number;
  /** The first 256 KB as text, without a byte order mark. */
  readonly head: string;
  /** The encoding of the file as it was uploaded. */
  readonly encoding: Encoding;
  readonly warnings: readonly string[];
}

const headBytes = 262_144;

async function readHead(path: string): Promise<{ readonly head: Buffer; readonly bytes: number }> {
  await using file = await open(path);
  const { bytesRead, buffer } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
  const { size } = await file.stat();
  return { head: buffer.subarray(0, bytesRead), bytes: size };
}

/** Lets bytes through up to a limit. */
function createLimit(maxBytes: number): Transform {
  let left = maxBytes;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      left -= chunk.length;
      if (left < 0) done(new ChildFailure('PAYLOAD_TOO_LARGE', `The file is larger than ${maxBytes} bytes when it is unpacked.`));
      else done(null, chunk);
    },
  });
}

/**
 * Unpacks a gzip file.
 *
 * @throws ChildFailure PAYLOAD_TOO_LARGE beyond `maxBytes`, UNSUPPORTED_FILE when it is damaged
 */
export async function unpack(path: string, targetPath: string, maxBytes: number, signal: AbortSignal): Promise<void> {
  try {
    await pipeline(createReadStream(path), createGunzip(), createLimit(maxBytes), createWriteStream(targetPath), { signal });
  } catch (error) {
    if (error instanceof ChildFailure || signal.aborted) throw error;
    throw new ChildFailure('UNSUPPORTED_FILE', `The gzip file is damaged or cut off (${messageOf(error)}); compress it again.`);
  }
}

async function transcode(path: string, targetPath: string, encoding: Encoding, maxBytes: number, signal: AbortSignal): Promise<void> {
  const decoder = new TextDecoder(encoding);
  const decode = new Transform({
    transform: (chunk: Buffer, _encoding, done) => done(null, Buffer.from(decoder.decode(chunk, { stream: true }))),
    flush: (done) => done(null, Buffer.from(decoder.decode())),
  });
  await pipeline(createReadStream(path, { highWaterMark: 1_048_576 }), decode, createLimit(maxBytes), createWriteStream(targetPath), { signal });
}

/** How many bytes at the end of a buffer begin a character of UTF-8 that the next buffer finishes. */
function openBytes(buffer: Buffer): number {
  for (let back = 1; back <= Math.min(3, buffer.length); back += 1) {
    const byte = buffer[buffer.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

/** The first stretch of a file that is not UTF-8, or null when all of it is. */
async function findInvalidStretch(path: string, signal: AbortSignal): Promise<Buffer | null> {
  let carried = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 4_194_304, signal })) {
    const buffer = Buffer.concat([carried, Buffer.from(chunk)]);
    const whole = buffer.subarray(0, buffer.length - openBytes(buffer));
    if (!isUtf8(whole)) return whole;
    carried = Buffer.from(buffer.subarray(whole.length));
  }
  return carried.length > 0 ? carried : null;
}

/** Whether text with a few wrong bytes is UTF-8 all the same: most of what is not ASCII in it is well formed. */
function isMostlyUtf8(stretch: Buffer): boolean {
  const text = new TextDecoder('utf-8').decode(stretch);
  const wrong = text.match(/\ufffd/g)?.length ?? 0;
  const right = text.match(/[^\u0000-\u007f\ufffd]/g)?.length ?? 0;
  return right > wrong * 2;
}

/**
 * Makes a plain UTF-8 file of an upload: unpacks gzip, finds the encoding, and writes a copy where DuckDB could not read the original.
 *
 * @param folder where copies are put
 * @param maxBytes how large a copy may become
 * @throws ChildFailure UNSUPPORTED_FILE, PAYLOAD_TOO_LARGE
 */
export async function prepareCsv(sourcePath: string, isGzip: boolean, folder: string, maxBytes: number, signal: AbortSignal): Promise<CsvSource> {
  const plainPath = isGzip ? `${folder}/unpacked.csv` : sourcePath;
  if (isGzip) await unpack(sourcePath, plainPath, maxBytes, signal);
  const plain = await readHead(plainPath);
  const wide = inspectHead(plain.head);
  const invalid = wide === null ? await findInvalidStretch(plainPath, signal) : null;
  if (wide === null && invalid === null) {
    return { path: plainPath, bytes: plain.bytes, head: textOfHead(plain.head), encoding: 'utf-8', warnings: [] };
  }
  const isDamaged = invalid !== null && isMostlyUtf8(invalid);
  const encoding = wide ?? (isDamaged ? 'utf-8' : 'windows-1252');
  const path = `${folder}/utf-8.csv`;
  await transcode(plainPath, path, encoding, maxBytes, signal);
  const copy = await readHead(path);
  const warnings = isDamaged
    ? ['Some bytes of the file are not valid UTF-8; they were replaced by \ufffd.']
    : wide === null
      ? ['The file is not UTF-8; it was read as windows-1252 (Latin-1). If letters look wrong, save it as UTF-8 and upload it again.']
      : [];
  return { path, bytes: copy.bytes, head: textOfHead(copy.head), encoding, warnings };
}

function textOfHead(head: Buffer): string {
  return new TextDecoder('utf-8').decode(head);
}

import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Transform, type Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** An entry of an archive. */
export interface ZipSource {
  readonly path: string;
  /** Opened when it is its turn, and read to its end. */
  open(): Readable;
  /** Whether it would not get smaller. */
  readonly isPacked: boolean;
}

/** An entry that was written. */
export interface WrittenEntry {
  readonly path: string;
  readonly byteSize: number;
  /** Of its content. */
  readonly sha256: string;
}

/** The same bytes, counted and summed up. */
function createMeter(): { readonly stream: Transform; total(): Omit<WrittenEntry, 'path'> } {
  const hash = createHash('sha256');
  let byteSize = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      byteSize += chunk.length;
      done(null, chunk);
    },
  });
  return { stream, total: () => ({ byteSize, sha256: hash.digest('hex') }) };
}

/**
 * Writes a ZIP archive one entry after the other, with constant memory.
 *
 * @param path of the file, which does not exist yet
 * @param sources the entries, asked for as they are written
 * @param closing makes the last entry, of what was written before it
 * @param signal gives it up
 */
export async function writeZip(
  path: string,
  sources: AsyncIterable<ZipSource>,
  closing: (written: readonly WrittenEntry[]) => { readonly path: string; readonly text: string },
  signal: AbortSignal,
): Promise<void> {
  const failed = new AbortController();
  const ending = AbortSignal.any([signal, failed.signal]);
  const archive = new ZipFile();
  archive.on('error', (error: unknown) => failed.abort(error));
  const output = pipeline(archive.outputStream, createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal: ending });
  // Whoever waits for an entry must hear that the disk is full.
  output.catch((error: unknown) => failed.abort(error));
  const written: WrittenEntry[] = [];
  try {
    for await (const source of sources) {
      ending.throwIfAborted();
      const meter = createMeter();
      const input = pipeline(source.open(), meter.stream, { signal: ending });
      archive.addReadStreamLazy(source.path, { compress: !source.isPacked }, (give) => give(null, meter.stream));
      await Promise.all([input, finished(meter.stream, { signal: ending })]);
      written.push({ path: source.path, ...meter.total() });
    }
    const last = closing(written);
    archive.addBuffer(Buffer.from(last.text), last.path);
    archive.end();
    await output;
  } catch (error) {
    failed.abort(error);
    await output.catch(() => undefined);
    throw signal.aborted ? signal.reason : failed.signal.reason instanceof Error ? failed.signal.reason : error;
  }
}

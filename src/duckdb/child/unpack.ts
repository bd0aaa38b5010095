import { createReadStream, createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, createZstdDecompress } from 'node:zlib';
import { messageOf } from '../../base/errors.ts';
import type { IngestJob } from '../protocol.ts';
import { ChildFailure } from './failure.ts';

/** Lets bytes through up to a limit. */
export function createLimit(maxBytes: number): Transform {
  let left = maxBytes;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      left -= chunk.length;
      if (left < 0) done(new ChildFailure('PAYLOAD_TOO_LARGE', `The file is larger than ${maxBytes} bytes when it is unpacked.`));
      else done(null, chunk);
    },
  });
}

/** A frame of zstd may ask for a window of gigabytes; the format recommends to accept 8 MB (RFC 8878, section 3.1.1.1.2), `zstd --long` writes 128 MB. */
const largestWindowBits = 27;

/**
 * The job with a source that is not compressed: unpacked into the folder where it was.
 *
 * @param folder where the copy is put
 * @throws ChildFailure PAYLOAD_TOO_LARGE beyond `maxExpandedBytes`, UNSUPPORTED_FILE when it is damaged
 */
export async function unpackSource(job: IngestJob, folder: string, signal: AbortSignal): Promise<IngestJob> {
  if (job.compression === 'none') return job;
  const sourcePath = `${folder}/unpacked`;
  const expand = job.compression === 'gzip' ? createGunzip() : createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: largestWindowBits } });
  try {
    await pipeline(createReadStream(job.sourcePath), expand, createLimit(job.maxExpandedBytes), createWriteStream(sourcePath), { signal });
  } catch (error) {
    if (error instanceof ChildFailure || signal.aborted || isFullDisk(error)) throw error;
    throw new ChildFailure('UNSUPPORTED_FILE', `The ${job.compression} file is damaged or cut off (${messageOf(error)}); compress it again.`);
  }
  return { ...job, sourcePath, compression: 'none' };
}

function isFullDisk(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT' || error.code === 'EFBIG');
}

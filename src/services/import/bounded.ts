import { AppError } from '../../base/errors.ts';

/**
 * The same bytes, and no more than there may be.
 *
 * @param name for the message
 * @throws AppError PAYLOAD_TOO_LARGE
 */
export async function* bounded(source: AsyncIterable<Uint8Array>, maxBytes: number, name: string): AsyncGenerator<Uint8Array> {
  let byteCount = 0;
  for await (const chunk of source) {
    byteCount += chunk.length;
    if (byteCount > maxBytes) throw new AppError('PAYLOAD_TOO_LARGE', `"${name}" has more than ${maxBytes} bytes.`);
    yield chunk;
  }
}

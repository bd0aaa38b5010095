import type { IncomingMessage } from 'node:http';
import { protocolFailure } from './failure.ts';

/** How much of a body is read, and for how long. */
export interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

// A client that is still sending does not read our answer. So of a body that is too large this much is read and thrown away first.
const mostDiscardedBytes = 16 * 1024 * 1024;

/** Out here, because a function made while a body is read would keep the body for as long as the request lives: for hours, when it becomes a stream. */
function ignore(): void {}

function tooLarge(maxBytes: number): Error {
  return protocolFailure('PAYLOAD_TOO_LARGE', `The body is larger than ${maxBytes} bytes. Send less at once; files go to POST /uploads.`);
}

/**
 * The body of a request, read up to a limit. Beyond the limit nothing is kept, so memory stays bounded with and without a content length.
 *
 * @throws GraphQLError PAYLOAD_TOO_LARGE above `maxBytes`
 * @throws GraphQLError BAD_REQUEST when the body has not come within `timeoutMs`, or breaks off
 */
export function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > mostDiscardedBytes) return Promise.reject(tooLarge(limits.maxBytes));
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  let chunks: Buffer[] = [];
  let size = 0;
  // In the same turn as the end: the request closes before anybody hears that the promise is kept.
  const finish = (): void => {
    clearTimeout(timer);
    request.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken);
    // A request that nobody listens to any more may still fail, and an error without a listener would end the process.
    request.on('error', ignore);
  };
  const fail = (error: Error): void => {
    finish();
    reject(error);
  };
  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    if (size <= limits.maxBytes) chunks.push(chunk);
    else chunks = [];
    if (size > mostDiscardedBytes) fail(tooLarge(limits.maxBytes));
  };
  const onEnd = (): void => {
    if (size > limits.maxBytes) return fail(tooLarge(limits.maxBytes));
    finish();
    const [first] = chunks;
    resolve(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, size));
  };
  const onBroken = (): void => fail(protocolFailure('BAD_REQUEST', 'The body broke off.'));
  const onLate = (): void => fail(protocolFailure('BAD_REQUEST', `The body did not come within ${limits.timeoutMs} ms.`));
  const timer = setTimeout(onLate, limits.timeoutMs);
  request.on('data', onData).once('end', onEnd).once('error', onBroken).once('close', onBroken);
  return promise;
}

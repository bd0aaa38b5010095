import type { IncomingMessage, ServerResponse } from 'node:http';
import { Transform } from 'node:stream';
import { AppError } from '../base/errors.ts';
import { TransferError } from './uploads-answer.ts';

/** The body of an upload, watched. */
export interface WatchedBody {
  readonly stream: Transform;
  /** Aborts with the reason as soon as the transfer has failed, and when the client leaves later on. */
  readonly signal: AbortSignal;
  /** What kept the transfer from being done: what ended it says more than the stream that broke by it. */
  causeOf(error: unknown): unknown;
  /** Ends the watch, and lets go of the request. */
  release(): void;
}

/** How a body is watched. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** How long no byte may come while we wait for one. */
  readonly idleTimeoutMs: number;
  /** How long the whole body may take. */
  readonly transferTimeoutMs: number;
}

/** The client is gone; nobody is there to answer. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/**
 * The body of a request with a limit on its size, on silence, and on the whole time. Constant memory: what is slow downstream stops the
 * reading upstream.
 *
 * @param response to what is sent; when it closes before it is finished, the client is gone
 */
export function watchBody(request: IncomingMessage, response: ServerResponse, limits: BodyLimits): WatchedBody {
  const controller = new AbortController();
  let byteCount = 0;

  const stream = new Transform({
    // Each chunk as it came: a plain stream joins what waits into a copy, and leaves the pieces to the collector.
    readableObjectMode: true,
    readableHighWaterMark: 4,
    transform(chunk: Buffer, _encoding, done) {
      byteCount += chunk.length;
      idle.refresh();
      if (byteCount > limits.maxBytes)
        fail(new AppError('PAYLOAD_TOO_LARGE', `The upload is larger than the limit of ${limits.maxBytes} bytes. Send less at once, or compress the files.`));
      else done(null, chunk);
    },
  });

  function stopClocks(): void {
    clearTimeout(idle);
    clearTimeout(total);
  }

  function fail(error: Error): void {
    if (controller.signal.aborted) return;
    stopClocks();
    request.unpipe(stream);
    controller.abort(error);
    stream.destroy(error);
  }

  const idle = setTimeout(() => {
    // Bytes that wait for our own disk are no silence of the client.
    if (stream.readableLength > 0 || stream.writableLength > 0) idle.refresh();
    else fail(new TransferError(408, 'BAD_USER_INPUT', `No byte came for ${limits.idleTimeoutMs} ms, so the upload was given up. Send it again.`));
  }, limits.idleTimeoutMs);
  const total = setTimeout(() => {
    fail(
      new TransferError(
        408,
        'BAD_USER_INPUT',
        `The upload took longer than ${limits.transferTimeoutMs} ms and was given up. Compress the file, or send it over a faster line.`,
      ),
    );
  }, limits.transferTimeoutMs);

  stream.on('error', () => undefined);
  stream.once('end', stopClocks);
  request.on('error', (error) => fail(new ClientGone('The connection broke.', { cause: error })));
  response.once('close', () => {
    if (!response.writableFinished) fail(new ClientGone('The connection closed before the answer.'));
  });
  request.pipe(stream);

  return {
    stream,
    signal: controller.signal,
    causeOf: (error) => (controller.signal.aborted ? controller.signal.reason : error),
    release: () => {
      stopClocks();
      request.unpipe(stream);
    },
  };
}

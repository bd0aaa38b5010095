import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { pump, type Sink } from './pump.ts';
import type { TextStream } from './text-stream.ts';

/** Writes the results of all operations of a socket. */
export interface SocketWriter {
  /** Where the results of an operation are written to, as messages of the type `next`. */
  sinkOf(operationId: string): Sink;
}

/**
 * A writer for a WebSocket. What all its operations write within a turn of the event loop goes out in one write: the commit of a group of
 * events wakes them all at once.
 *
 * @param connection what the socket writes to
 */
export function createSocketWriter(socket: WebSocket, connection: Duplex): SocketWriter {
  let isCorked = false;
  let waiting: (() => void)[] = [];

  const uncork = (): void => {
    isCorked = false;
    connection.uncork();
  };
  const corkForThisTurn = (): void => {
    if (isCorked) return;
    isCorked = true;
    connection.cork();
    process.nextTick(uncork);
  };
  // One listener for all operations that wait: their number is not limited to that of listeners.
  connection.on('drain', () => {
    const drained = waiting;
    waiting = [];
    for (const listener of drained) listener();
  });

  return {
    sinkOf(operationId) {
      const start = `{"id":${JSON.stringify(operationId)},"type":"next","payload":`;
      return {
        write(text) {
          corkForThisTurn();
          // A socket that breaks while it is written to is not news: its close event ends everything that runs on it.
          socket.send(`${start}${text}}`);
          return !connection.writableNeedDrain;
        },
        whenDrained: (listener) => void waiting.push(listener),
        // On a socket that is being closed an operation that could go on would run as fast as it can, for nobody, and starve everyone.
        isGone: () => socket.readyState !== socket.OPEN,
      };
    },
  };
}

/**
 * Writes a stream past graphql-ws, which would make four promises and a message object for each result. To graphql-ws it is a subscription
 * without results: it begins with the first `next`, ends when everything is written, and hears `return`.
 */
export function writeStream(stream: TextStream, sink: Sink): AsyncGenerator<never, undefined, undefined> {
  const over: IteratorReturnResult<undefined> = { done: true, value: undefined };
  const { promise, resolve } = Promise.withResolvers<IteratorReturnResult<undefined>>();
  let isStarted = false;
  const leave = (): Promise<IteratorReturnResult<undefined>> => {
    stream.leave();
    resolve(over);
    return promise;
  };
  const written: AsyncGenerator<never, undefined, undefined> = {
    next() {
      if (!isStarted) pump(stream, sink, () => resolve(over));
      isStarted = true;
      return promise;
    },
    return: leave,
    throw: leave,
    [Symbol.asyncIterator]: () => written,
    [Symbol.asyncDispose]: async () => void leave(),
  };
  return written;
}

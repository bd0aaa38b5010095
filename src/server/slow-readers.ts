import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from '../base/logger.ts';

/** How far a connection had come when it was last looked at. */
interface Progress {
  readonly position: string;
  readonly idleRounds: number;
}

const roundsPerTimeout = 4;

/**
 * Bytes that the system has not taken of the write that it is at. A socket counts a write as taken when all of it is, so a large answer would
 * seem to stand still while it is read. Only the handle tells more, which is how `socket.setTimeout` of Node itself sees it.
 */
function unwrittenBytes(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, '_handle');
  const bytes: unknown = typeof handle === 'object' && handle !== null && Reflect.get(handle, 'writeQueueSize');
  return typeof bytes === 'number' ? bytes : 0;
}

/**
 * Cuts connections whose client does not take what was sent to it, and so holds memory and a place for nothing. It looks at all connections
 * now and then, answers, event streams and WebSockets alike; a connection with nothing to send is left alone.
 *
 * @param timeoutMs how long a client may take nothing. It is counted in looks, so that time in which this process stands still is nobody's fault
 * @returns the way to stop
 */
export function cutSlowReaders(server: Server, timeoutMs: number, logger: Logger): () => void {
  const connections = new Map<Socket, Progress>();
  server.on('connection', (socket) => {
    connections.set(socket, { position: '', idleRounds: 0 });
    socket.once('close', () => connections.delete(socket));
  });

  const timer = setInterval(() => {
    for (const [socket, progress] of connections) {
      const position = `${socket.bytesWritten - socket.writableLength} ${unwrittenBytes(socket)}`;
      const idleRounds = socket.writableLength === 0 || position !== progress.position ? 0 : progress.idleRounds + 1;
      connections.set(socket, { position, idleRounds });
      if (idleRounds < roundsPerTimeout) continue;
      logger.info({ unreadBytes: socket.writableLength, timeoutMs }, 'a client that reads nothing is cut');
      socket.destroy();
    }
  }, timeoutMs / roundsPerTimeout);
  timer.unref();
  return () => clearInterval(timer);
}

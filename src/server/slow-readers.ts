import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from '../base/logger.ts';

/** How far a connection had come when it was last looked at. */
interface Progress {
  readonly takenBytes: number;
  readonly sinceMs: number;
}

const roundsPerTimeout = 4;

/**
 * Cuts connections whose client does not take what was sent to it, and so holds memory and a place for nothing. It looks at all connections
 * now and then, answers, event streams and WebSockets alike; a connection with nothing to send is left alone.
 *
 * @param timeoutMs how long a client may take nothing
 * @returns the way to stop
 */
export function cutSlowReaders(server: Server, timeoutMs: number, logger: Logger): () => void {
  const connections = new Map<Socket, Progress>();
  server.on('connection', (socket) => {
    connections.set(socket, { takenBytes: 0, sinceMs: performance.now() });
    socket.once('close', () => connections.delete(socket));
  });

  const timer = setInterval(() => {
    const nowMs = performance.now();
    for (const [socket, progress] of connections) {
      const takenBytes = socket.bytesWritten - socket.writableLength;
      if (socket.writableLength === 0 || takenBytes !== progress.takenBytes) connections.set(socket, { takenBytes, sinceMs: nowMs });
      else if (nowMs - progress.sinceMs >= timeoutMs) {
        logger.info({ unreadBytes: socket.writableLength, timeoutMs }, 'a client that reads nothing is cut');
        socket.destroy();
      }
    }
  }, timeoutMs / roundsPerTimeout);
  timer.unref();
  return () => clearInterval(timer);
}

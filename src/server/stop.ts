import type { Server } from 'node:http';
import type { Logger } from '../base/logger.ts';
import type { OpenStreams } from './open-streams.ts';
import type { WebSocketSide } from './web-socket.ts';

/** What is stopped. */
export interface StopParts {
  readonly server: Server;
  readonly webSockets: WebSocketSide;
  readonly openStreams: OpenStreams;
  readonly logger: Logger;
  /** All of the stop takes no longer than this. */
  readonly timeoutMs: number;
  /** Runs while streams are still open; it gets half of the time. */
  readonly onDrain: () => Promise<void>;
}

const idleSweepMs = 25;

/** Whether the work is done before the time is over. */
async function finishesWithin(work: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), Math.max(0, timeoutMs));
  try {
    return await Promise.race([work.then(() => true), promise]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Stops the server in order: no new connections, the work behind the streams is drained while clients still listen, streams and sockets are
 * told and ended, requests under way are waited for, and what is left when the time is over is cut.
 *
 * `server.close()` alone would wait for ever for streams and sockets.
 */
export async function stopServer(parts: StopParts): Promise<void> {
  const { server, webSockets, openStreams, logger, timeoutMs, onDrain } = parts;
  const deadlineMs = performance.now() + timeoutMs;
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  openStreams.stop();
  try {
    if (!(await finishesWithin(onDrain(), timeoutMs / 2))) logger.warn({ timeoutMs: timeoutMs / 2 }, 'the runs could not be drained in time');
  } catch (error) {
    logger.error({ err: error }, 'draining failed');
  }
  openStreams.endAll('SERVER_STOPPING');
  // A connection that becomes idle after close() began would otherwise be kept alive.
  const sweep = setInterval(() => server.closeIdleConnections(), idleSweepMs);
  try {
    if (await finishesWithin(Promise.all([closed, openStreams.whenEmpty()]), deadlineMs - performance.now())) return;
    logger.warn({ streams: openStreams.size() }, 'connections that did not end in time are cut');
  } finally {
    clearInterval(sweep);
    webSockets.terminate();
    server.closeAllConnections();
  }
  await closed;
}

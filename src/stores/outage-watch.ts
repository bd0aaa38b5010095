import { Socket } from 'node:net';
import { Client } from 'pg';
import { delay } from '../base/async.ts';
import type { Logger } from '../base/logger.ts';
import { outage, reasonOf } from './outage.ts';

/** How a database is watched. */
export interface OutageWatchOptions {
  readonly connectionString: string;
  /** How long the database may say nothing at all, to nobody, while it owes an answer. */
  readonly answerTimeoutMs: number;
  /** Whether the database owes an answer, or a connection. */
  readonly isBusy: () => boolean;
  readonly logger: Logger;
}

/** Notices a database that is frozen, which no error tells of. */
export interface OutageWatch {
  /** Makes the socket of a new connection. Those of a database that is away are cut. */
  openSocket(): Socket;
  /** Called before something is asked of the database. @throws AppError SERVICE_UNAVAILABLE while it is away */
  begin(): void;
  /** Called whenever the database has said something. */
  heard(): void;
  /** Watches no more. */
  close(): void;
}

const tickMs = 50;
/** How often a database that is away is asked whether it is back. */
const retryMs = 250;

/**
 * Watches a database while it owes an answer. When half of the time has gone by without a word from it, a connection of its own asks for a
 * sign of life; when all of it has, the database is away: every connection is cut, so that whoever waits hears of it at once, and new
 * questions are refused until a sign of life comes. A slow statement on a database that lives is let be.
 *
 * Time is counted in ticks of a timer and not by the clock, so that a process that was itself held up blames nobody else for it.
 */
export function createOutageWatch({ connectionString, answerTimeoutMs, isBusy, logger }: OutageWatchOptions): OutageWatch {
  const closing = new AbortController();
  const sockets = new Set<Socket>();
  const limit = Math.ceil(answerTimeoutMs / tickMs);
  let silentTicks = 0;
  let timer: NodeJS.Timeout | null = null;
  let isAsking = false;
  let away: Error | null = null;

  /** Whether the database gives a sign of life. That it refuses us is one, unless it is starting or stopping. */
  async function asksInVain(timeLimitMs: number): Promise<Error | null> {
    const socket = new Socket();
    const client = new Client({
      connectionString,
      stream: () => socket,
      application_name: 'colloquy watch',
      connectionTimeoutMillis: timeLimitMs,
      query_timeout: timeLimitMs,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('SELECT 1');
      return null;
    } catch (error) {
      const isRefusal = error instanceof Error && 'severity' in error && 'code' in error && !String(error.code).startsWith('57P0');
      return isRefusal ? null : new Error(reasonOf(error), { cause: error });
    } finally {
      // Not `client.end()`, which says goodbye and waits, for ever when the other end is frozen.
      socket.destroy();
    }
  }

  async function ask(): Promise<void> {
    isAsking = true;
    if ((await asksInVain(answerTimeoutMs)) === null) silentTicks = 0;
    isAsking = false;
  }

  function rest(): void {
    if (timer !== null) clearInterval(timer);
    timer = null;
    silentTicks = 0;
  }

  function tick(): void {
    if (!isBusy()) return rest();
    silentTicks += 1;
    if (silentTicks >= limit) void declareAway();
    else if (silentTicks * 2 >= limit && !isAsking) void ask();
  }

  async function declareAway(): Promise<void> {
    rest();
    away = new Error(`no answer within ${answerTimeoutMs} ms`);
    logger.error({ answerTimeoutMs }, 'the database does not answer: it counts as away until it gives a sign of life');
    const startedAt = performance.now();
    for (const socket of sockets) socket.destroy();
    while (away !== null) {
      await delay(retryMs, closing.signal).catch(() => undefined);
      if (closing.signal.aborted) return;
      away = await asksInVain(answerTimeoutMs);
    }
    logger.info({ awayMs: Math.round(performance.now() - startedAt) }, 'the database is back');
  }

  return {
    openSocket() {
      const socket = new Socket();
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      // What waited in the queue of the pool is not left to wait for a connection either.
      if (away !== null) setImmediate(() => socket.destroy());
      return socket;
    },
    begin() {
      if (away !== null) throw outage(away);
      if (timer !== null || closing.signal.aborted) return;
      timer = setInterval(tick, tickMs);
      timer.unref();
    },
    heard() {
      silentTicks = 0;
    },
    close() {
      rest();
      closing.abort();
    },
  };
}

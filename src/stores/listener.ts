import { Socket } from 'node:net';
import { Client } from 'pg';
import { delay } from '../base/async.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';

/** What is listened to, and who hears it. */
export interface ListenerOptions {
  /** A direct connection: a pooler that hands connections out by the transaction forgets who listens. */
  readonly connectionString: string;
  readonly channels: readonly string[];
  /**
   * Called for each notification, in the order of the commits. Must not throw.
   *
   * @param channel where it came from
   * @param payload what NOTIFY was given; empty for none
   */
  readonly onNotification: (channel: string, payload: string) => void;
  /** Called when the connection is back after it was cut: what was notified in between is lost, so whoever waits reads anew. Must not throw. */
  readonly onReconnect: () => void;
  readonly logger: Logger;
  /** How long a connection may take; 5 s by default. */
  readonly connectTimeoutMs?: number;
  /** How often a quiet connection is tried; 10 s by default. */
  readonly heartbeatMs?: number;
  /** How long an answer may take before the connection counts as cut; 5 s by default. */
  readonly answerTimeLimitMs?: number;
  /** The longest wait between two attempts to connect, which begin after 50 ms and double; 2 s by default. */
  readonly maxBackoffMs?: number;
}

/** A connection that listens, until it is closed. */
export interface Listener {
  /** Settles when it listens for the first time, or is closed before. Never rejects: it goes on trying. */
  readonly ready: Promise<void>;
  /** Ends it, also in the middle of an attempt. */
  close(): Promise<void>;
}

/** Listens to notifications of PostgreSQL on one connection of its own, and connects again whenever that is cut. */
export function createListener(options: ListenerOptions): Listener {
  const { logger, connectTimeoutMs = 5_000, heartbeatMs = 10_000, answerTimeLimitMs = 5_000, maxBackoffMs = 2_000 } = options;
  const closing = new AbortController();
  const { promise: ready, resolve: markReady } = Promise.withResolvers<void>();
  const life = live();

  async function live(): Promise<void> {
    let isFirst = true;
    let backoffMs = 50;
    while (!closing.signal.aborted) {
      try {
        await listenOnce(() => {
          backoffMs = 50;
          if (isFirst) markReady();
          else options.onReconnect();
          isFirst = false;
        });
      } catch (error) {
        if (closing.signal.aborted) break;
        logger.warn({ reason: messageOf(error), backoffMs }, 'the connection that listens to the database was cut');
        await delay(backoffMs, closing.signal).catch(() => undefined);
        backoffMs = Math.min(backoffMs * 2, maxBackoffMs);
      }
    }
    markReady();
  }

  /** One connection from its beginning to its end; throws why it ended. */
  async function listenOnce(onListening: () => void): Promise<never> {
    const socket = new Socket();
    const client = new Client({
      connectionString: options.connectionString,
      stream: () => socket,
      application_name: 'colloquy listener',
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: answerTimeLimitMs,
      keepAlive: true,
    });
    const { promise: cut, reject } = Promise.withResolvers<never>();
    cut.catch(() => undefined);
    const onClose = (): void => reject(new Error('closed'));
    closing.signal.addEventListener('abort', onClose, { once: true });
    client.on('error', reject);
    client.on('end', () => reject(new Error('the server ended it')));
    client.on('notification', ({ channel, payload = '' }) => options.onNotification(channel, payload));
    try {
      await Promise.race([client.connect(), cut]);
      const listen = options.channels.map((channel) => `LISTEN ${client.escapeIdentifier(channel)}`).join('; ');
      await Promise.race([client.query(listen), cut]);
      onListening();
      for (;;) {
        await Promise.race([delay(heartbeatMs, closing.signal), cut]);
        // A connection whose other end vanished without a word looks open for hours.
        await Promise.race([client.query('SELECT 1'), cut]);
      }
    } finally {
      closing.signal.removeEventListener('abort', onClose);
      // Not `client.end()`, which says goodbye and waits, for ever when the other end is frozen.
      socket.destroy();
    }
  }

  return {
    ready,
    async close() {
      closing.abort(new Error('closed'));
      await life;
    },
  };
}

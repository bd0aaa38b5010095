import { Client } from 'pg';
import { delay } from '../base/async.ts';
import { AppError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';

/** An arbitrary number that means "the server that uses this data folder". */
const lockKey = 4_100_718;

/** How long one attempt to connect may take. */
const connectTimeoutMs = 5_000;

/** The exclusive use of an embedded database, held by one server process. */
export interface ServerLock {
  /**
   * Gives it up.
   *
   * @param lastWork what is done before, still under the lock; it may well end the database
   */
  releaseAfter(lastWork: () => Promise<void>): Promise<void>;
}

/** What it takes to lock. */
export interface ServerLockOptions {
  readonly connectionString: string;
  /** What an error calls the thing that is locked. */
  readonly dataFolder: string;
  readonly logger: Logger;
  /** How long to try: the connection of a server that was just killed lives for a moment longer. */
  readonly timeLimitMs: number;
  /** Called when the lock is lost, before each attempt to take it anew: sees to it that the database runs. */
  readonly revive: () => Promise<void>;
}

/** The longest wait between two attempts to take a lost lock anew; they begin after 50 ms and double. */
const maxBackoffMs = 5_000;

/**
 * Locks the embedded database for this process, so that two servers never share a data folder.
 *
 * The lock is an advisory lock of PostgreSQL on a connection of its own. So it ends with the process, however that ends: no file can
 * be left behind, and no process number can be mistaken.
 *
 * @throws AppError SERVICE_UNAVAILABLE that names the process that holds it; what `pg` throws when the connection is cut
 */
export async function lockServer(options: ServerLockOptions): Promise<ServerLock> {
  const { logger } = options;
  const end = performance.now() + options.timeLimitMs;
  const released = new AbortController();
  let client: Client | null = await acquire();
  let keeping: Promise<void> = Promise.resolve();

  async function acquire(): Promise<Client> {
    const candidate = new Client({
      connectionString: options.connectionString,
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: connectTimeoutMs,
      application_name: `colloquy server, process ${process.pid}`,
    });
    candidate.on('error', () => undefined);
    try {
      await candidate.connect();
      for (;;) {
        const { rows } = await candidate.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [lockKey]);
        if (rows[0]?.locked === true) break;
        if (performance.now() >= end) throw await inUse(candidate);
        await delay(50);
      }
    } catch (error) {
      await candidate.end().catch(() => undefined);
      throw error;
    }
    candidate.once('end', () => {
      client = null;
      if (!released.signal.aborted) keeping = keep();
    });
    return candidate;
  }

  async function inUse(candidate: Client): Promise<AppError> {
    const { rows } = await candidate.query<{ application_name: string }>(
      "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND objid = $1 AND granted",
      [lockKey],
    );
    return new AppError(
      'SERVICE_UNAVAILABLE',
      `The data folder ${options.dataFolder} is in use by another server (${rows[0]?.application_name ?? 'which is just ending'}). Stop that one, choose another folder with DATA_FOLDER, or share one PostgreSQL server between both through DATABASE_URL.`,
    );
  }

  /** PostgreSQL drops every connection, and with it the lock, when one of its processes crashes, or all of it; so it is taken anew. */
  async function keep(): Promise<void> {
    for (let waitMs = 50; !released.signal.aborted && client === null; waitMs = Math.min(waitMs * 2, maxBackoffMs)) {
      await delay(waitMs, released.signal).catch(() => undefined);
      if (released.signal.aborted) return;
      try {
        await options.revive();
        client = await acquire();
      } catch (error) {
        logger.error({ reason: messageOf(error) }, 'the lock on the data folder is lost for the moment');
      }
    }
  }

  return {
    async releaseAfter(lastWork) {
      released.abort();
      try {
        // A database that is just being revived must be there to be ended.
        await keeping;
        await lastWork();
      } finally {
        await client?.end().catch(() => undefined);
      }
    },
  };
}

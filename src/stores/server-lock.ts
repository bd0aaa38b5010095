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
}

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
  let isReleased = false;
  let client: Client | null = await acquire();

  async function acquire(): Promise<Client> {
    const candidate = new Client({
      connectionString: options.connectionString,
      connectionTimeoutMillis: connectTimeoutMs,
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
    candidate.once('end', () => void keep());
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

  /** PostgreSQL drops every connection, and with it the lock, when one of its processes crashes; so it is taken anew. */
  async function keep(): Promise<void> {
    client = null;
    for (let waitMs = 50; !isReleased && client === null; waitMs = Math.min(waitMs * 2, 2_000)) {
      await delay(waitMs);
      if (isReleased) return;
      try {
        const again = await acquire();
        if (isReleased) await again.end();
        else client = again;
      } catch (error) {
        logger.warn({ reason: messageOf(error) }, 'the lock on the data folder is lost for the moment');
      }
    }
  }

  return {
    async releaseAfter(lastWork) {
      isReleased = true;
      try {
        await lastWork();
      } finally {
        await client?.end().catch(() => undefined);
      }
    },
  };
}

import { PrismaPg } from '@prisma/adapter-pg';
import { Pool, type ClientBase, type QueryConfig } from 'pg';
import { PrismaClient } from '../../prisma/generated/client.ts';
import { delay } from '../base/async.ts';
import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { forgetNamesOf } from './nameless.ts';
import { nameOutages, nameOutagesOf, nameOutagesOfPrisma } from './name-outages.ts';
import { reasonOf } from './outage.ts';
import { createOutageWatch } from './outage-watch.ts';

/** How the database is used. */
export interface DatabaseOptions {
  readonly connectionString: string;
  /** The most connections that are open at once. */
  readonly poolSize: number;
  /** How long a statement may take, on the server and, when the server is frozen, here. */
  readonly statementTimeoutMs: number;
  /** How long to wait for a connection, new or from the pool. */
  readonly connectTimeoutMs: number;
  /** How long it may say nothing at all while it owes an answer, before it counts as away; 1.5 s by default. */
  readonly answerTimeoutMs?: number;
  /** Whether a pooler stands between that hands connections out by the transaction; false by default. */
  readonly isPooled?: boolean;
  readonly logger: Logger;
}

/** The database of a process: one pool, shared by Prisma and by SQL written by hand. */
export interface Database {
  readonly pool: Pool;
  readonly prisma: PrismaClient;
  /**
   * Closes every connection, after what is under way has ended.
   *
   * @param timeLimitMs how long to wait for it; then the rest is left to the end of the process. 5 s by default
   */
  close(timeLimitMs?: number): Promise<void>;
}

/**
 * Opens the database. Connections are made when they are needed: this does not fail when the server is away, and the pool recovers by
 * itself when it comes back.
 *
 * Here, and nowhere else, an outage gets its name: whatever goes through the pool, also by way of Prisma, throws AppError SERVICE_UNAVAILABLE
 * when the database cannot be reached, breaks off, has no room, or does not answer.
 */
export function createDatabase(options: DatabaseOptions): Database {
  const { logger, statementTimeoutMs, answerTimeoutMs = 1_500, isPooled = false } = options;
  // Not the option `statement_timeout` of pg: it goes into the start-up packet, which poolers refuse. The pool waits for the promise,
  // and drops the connection when it fails; its types do not say so.
  const limitStatements: (client: ClientBase) => unknown = async (client) => client.query(`SET statement_timeout = ${statementTimeoutMs}`);
  const pool = new Pool({
    connectionString: options.connectionString,
    application_name: 'colloquy',
    max: options.poolSize,
    connectionTimeoutMillis: options.connectTimeoutMs,
    keepAlive: true,
    query_timeout: statementTimeoutMs + graceMs,
    onConnect: limitStatements,
    stream: () => watch.openSocket(),
  });
  const watch = createOutageWatch({
    connectionString: options.connectionString,
    answerTimeoutMs,
    isBusy: () => pool.totalCount > pool.idleCount || pool.waitingCount > 0,
    logger,
  });
  nameOutages(pool, watch);
  // Without a listener the end of an idle connection would end the process.
  pool.on('error', (error) => logger.warn({ reason: error.message }, 'an idle database connection was cut'));
  pool.on('connect', (client) => {
    client.on('error', (error) => logger.debug({ reason: error.message }, 'a database connection was cut'));
    client.on('drain', () => watch.heard());
    if (isPooled) forgetNamesOf(client);
    nameOutagesOf(client);
  });
  // Waiting for a connection counts as waiting, not as failing: a burst of sends queues up for the pool. A moment longer than the pool itself
  // waits, so that it is the pool that says why.
  const transactionOptions = { maxWait: options.connectTimeoutMs + graceMs, timeout: statementTimeoutMs + graceMs };
  const prisma = nameOutagesOfPrisma(new PrismaClient({ adapter: new PrismaPg(pool), transactionOptions }));
  let closed: Promise<void> | null = null;
  const close = async (timeLimitMs: number): Promise<void> => {
    const limit = new AbortController();
    try {
      await Promise.race([prisma.$disconnect().then(async () => pool.end()), delay(timeLimitMs, limit.signal)]);
    } finally {
      limit.abort();
      watch.close();
    }
  };
  return { pool, prisma, close: (timeLimitMs = 5_000) => (closed ??= close(timeLimitMs)) };
}

/** How much later than the server we give a statement up, so that the server's own message wins where it can. */
const graceMs = 1_000;

/**
 * Asks the database for a sign of life.
 *
 * @param pool the pool of the process, so that an exhausted pool shows as well
 * @param timeLimitMs how long it may take
 * @returns how long it took, in milliseconds
 * @throws AppError SERVICE_UNAVAILABLE when it does not answer in time
 */
export async function checkDatabase(pool: Pool, timeLimitMs: number): Promise<number> {
  const startedAt = performance.now();
  const limit = new AbortController();
  const tooLate = delay(timeLimitMs, limit.signal).then(() => {
    throw new Error(`no answer within ${timeLimitMs} ms`);
  });
  try {
    const question: QueryConfig & { readonly query_timeout: number } = { text: 'SELECT 1', query_timeout: timeLimitMs };
    await Promise.race([pool.query(question), tooLate]);
    return performance.now() - startedAt;
  } catch (error) {
    throw new AppError('SERVICE_UNAVAILABLE', `The database does not answer: ${reasonOf(error)}.`, { cause: error });
  } finally {
    tooLate.catch(() => undefined);
    limit.abort();
  }
}

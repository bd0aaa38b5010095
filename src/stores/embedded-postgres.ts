import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, realpath, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { createDeferred, delay } from '../base/async.ts';
import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { ensureCluster, ensureWritable, removeDrafts } from './cluster.ts';
import { findPostgresBinaries, type PostgresBinaries } from './embedded-binaries.ts';
import { choosePostgresAccount, ensureReachable, type PostgresAccount } from './postgres-account.ts';
import { connectionStringOf, type PostgresAddress } from './postgres-address.ts';
import { launchPostgres } from './postgres-process.ts';
import { shutDownPostmaster } from './postmaster.ts';
import { lockServer, type ServerLock } from './server-lock.ts';
import { chooseSocketFolder, socketPort, type SocketFolder } from './socket-folder.ts';
import { takeOverPostgres } from './take-over.ts';

/** The database of the product in its own cluster. */
const databaseName = 'colloquy';

/** How the embedded PostgreSQL is started. */
export interface EmbeddedPostgresOptions {
  /** Where it keeps its files, in the subfolder `postgres`; its log is `postgres.log`. Made when it is missing. */
  readonly dataFolder: string;
  readonly logger: Logger;
  /** Settings as in `postgresql.conf`, over those for a laptop. They count when it is started, not when it is taken over. */
  readonly settings?: Readonly<Record<string, string>>;
  /** `tcp` listens on loopback with a password; by default only on Windows. */
  readonly transport?: 'socket' | 'tcp';
  /** How long the first start may take to make the files. */
  readonly createTimeLimitMs?: number;
  /** How long it may take until it answers; after a crash this includes its recovery. */
  readonly startTimeLimitMs?: number;
  /** How long to try for the lock on the data folder. */
  readonly lockTimeLimitMs?: number;
  /** How long an orderly stop may take before it is ended at once (it then recovers at its next start). */
  readonly stopTimeLimitMs?: number;
}

/** A PostgreSQL of our own, running. */
export interface EmbeddedPostgres {
  /** For `pg`, Prisma and `psql`. */
  readonly connectionString: string;
  /** Whether it was running already, left by a server that was killed. */
  readonly adopted: boolean;
  /** Stops it, also when it was taken over. The second call waits for the first. */
  stop(): Promise<void>;
}

/**
 * Starts a real PostgreSQL 18 out of an npm package, or takes over the one that a killed server left running in the same data folder.
 * One server process at a time uses a data folder. When it ends unexpectedly it is started again, at the same address.
 *
 * @param options time limits default to 60 s to create, 60 s to start, 2 s for the lock, 10 s to stop
 * @throws AppError SERVICE_UNAVAILABLE whose message names the folder, the process, the version or the package that is in the way, and
 *   what to do about it
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { logger, stopTimeLimitMs = 10_000 } = options;
  const startedAt = performance.now();
  const place = await prepare(options);
  const { cluster, dataFolder } = place;
  const { address, child, lock } = await open(place, options);
  const stop = async (): Promise<void> => {
    await lock.releaseAfter(async () => {
      const { pgCtl } = place.binaries;
      if (await shutDownPostmaster(cluster, 'fast', { pgCtl, timeLimitMs: stopTimeLimitMs })) return;
      logger.warn({ stopTimeLimitMs }, 'the embedded PostgreSQL did not stop in time and is ended at once');
      if (await shutDownPostmaster(cluster, 'immediate', { pgCtl, timeLimitMs: immediateTimeLimitMs })) return;
      logger.error({ cluster }, 'the embedded PostgreSQL does not end; the next start takes it over');
    });
    await place.socketFolder.remove();
  };
  try {
    await removeDrafts(cluster);
    await ensureDatabase(connectionStringOf(address, 'postgres'));
  } catch (error) {
    await stop();
    throw error;
  }
  const adopted = child === null;
  logger.info({ dataFolder, isNew: place.isNew, adopted, elapsedMs: Math.round(performance.now() - startedAt) }, 'the embedded PostgreSQL is ready');
  let stopped: Promise<void> | null = null;
  return { connectionString: connectionStringOf(address, databaseName), adopted, stop: () => (stopped ??= stop()) };
}

/**
 * How long PostgreSQL may take to end without any order. After 5 s it kills what is left of its own processes, and is gone a moment later
 * (source: `SIGKILL_CHILDREN_AFTER_SECS` of `src/backend/postmaster/postmaster.c`).
 */
const immediateTimeLimitMs = 10_000;

/** A cluster that is there, and what it takes to run it. */
interface Place {
  readonly dataFolder: string;
  readonly cluster: string;
  readonly logFile: string;
  readonly binaries: PostgresBinaries;
  readonly account: PostgresAccount | null;
  readonly password: string | null;
  readonly socketFolder: SocketFolder;
  /** Whether the cluster was made just now. */
  readonly isNew: boolean;
}

async function prepare(options: EmbeddedPostgresOptions): Promise<Place> {
  const { settings = {}, createTimeLimitMs = 60_000, transport = process.platform === 'win32' ? 'tcp' : 'socket' } = options;
  await ensureWritable(options.dataFolder);
  const dataFolder = await realpath(options.dataFolder);
  const cluster = join(dataFolder, 'postgres');
  const binaries = await findPostgresBinaries();
  const account = await choosePostgresAccount(cluster);
  await ensureReachable(cluster, account, dataFolder);
  await ensureReachable(binaries.postgres, account, null);
  const password = transport === 'tcp' ? await keepPassword(join(dataFolder, 'postgres.password')) : null;
  const isDurable = settings['fsync'] !== 'off';
  const isNew = await ensureCluster(cluster, { binaries, account, password, isDurable, timeLimitMs: createTimeLimitMs });
  const socketFolder = await chooseSocketFolder(cluster, account);
  return { dataFolder, cluster, logFile: join(dataFolder, 'postgres.log'), binaries, account, password, socketFolder, isNew };
}

/** A running PostgreSQL that is ours alone. */
interface Opened {
  readonly address: PostgresAddress;
  /** Null for one that ran already. */
  readonly child: ChildProcess | null;
  readonly lock: ServerLock;
}

async function open(place: Place, options: EmbeddedPostgresOptions): Promise<Opened> {
  const { logger, settings = {}, startTimeLimitMs = 60_000, lockTimeLimitMs = 2_000 } = options;
  const { cluster, dataFolder, logFile, password } = place;
  const end = performance.now() + startTimeLimitMs;
  for (;;) {
    let child: ChildProcess | null = null;
    let address = await takeOverPostgres({ cluster, password, logFile, timeLimitMs: startTimeLimitMs });
    if (address === null) {
      address = await planAddress(place);
      child = await launchPostgres({ ...place, address, settings, timeLimitMs: startTimeLimitMs });
      // Another server was faster by a moment: its PostgreSQL is asked like any that is running, and the lock tells who may use it.
      if (child === null) {
        if (performance.now() >= end)
          throw new AppError(
            'SERVICE_UNAVAILABLE',
            `Other servers keep opening and closing the database in ${dataFolder}; see ${logFile}. Stop them and start again.`,
          );
        await delay(25);
        continue;
      }
    }
    try {
      // When this throws, the PostgreSQL stays: it belongs to whoever holds the lock.
      const lock = await lockServer({
        connectionString: connectionStringOf(address, 'postgres'),
        dataFolder,
        logger,
        timeLimitMs: lockTimeLimitMs,
        revive: reviverOf(place, address, options),
      });
      return { address, child, lock };
    } catch (error) {
      // The connection was cut: the last server was just stopping the PostgreSQL that was found. Then it is started anew.
      if (error instanceof AppError || performance.now() >= end) throw error;
    }
  }
}

/** Starts a PostgreSQL that ended unexpectedly, at the address that everybody knows. One that lives, and recovers by itself, is waited for. */
function reviverOf(place: Place, address: PostgresAddress, options: EmbeddedPostgresOptions): () => Promise<void> {
  const { logger, settings = {}, startTimeLimitMs = 60_000 } = options;
  const { cluster, password, logFile } = place;
  return async () => {
    if ((await takeOverPostgres({ cluster, password, logFile, timeLimitMs: startTimeLimitMs })) !== null) return;
    logger.error({ logFile }, 'the embedded PostgreSQL ended unexpectedly and is started again');
    await launchPostgres({ ...place, address, settings, timeLimitMs: startTimeLimitMs });
  };
}

async function planAddress({ password, socketFolder }: Place): Promise<PostgresAddress> {
  if (password === null) return { kind: 'socket', folder: socketFolder.path, port: socketPort };
  return { kind: 'tcp', host: '127.0.0.1', port: await findFreePort(), password };
}

async function ensureDatabase(connectionString: string): Promise<void> {
  const client = new Client({ connectionString });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [databaseName]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${databaseName}`);
  } finally {
    await client.end();
  }
}

/** The password is made once, and kept where only the owner of the data folder reads it. */
async function keepPassword(file: string): Promise<string> {
  await writeFile(file, randomBytes(24).toString('hex'), { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
  return readFile(file, 'utf8');
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve, reject } = createDeferred();
  server.once('error', reject).listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

import { spawn, type ChildProcess } from 'node:child_process';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { delay } from '../base/async.ts';
import { AppError, messageOf } from '../base/errors.ts';
import { childEnvironment } from './cluster.ts';
import type { PostgresBinaries } from './embedded-binaries.ts';
import type { PostgresAccount } from './postgres-account.ts';
import { askDataDirectory, type PostgresAddress } from './postgres-address.ts';

/** From this size on the log is put aside at the next start; at most one old log is kept. */
const logRotationBytes = 10 * 1024 * 1024;

/**
 * The settings of a database that shares a laptop with everything else. Errors are logged without the statement and the detail,
 * which carry what people wrote.
 */
export const laptopSettings: Readonly<Record<string, string>> = {
  shared_buffers: '96MB',
  max_connections: '60',
  // Shared memory of containers is often 64 MB, too little for parallel queries.
  max_parallel_workers_per_gather: '0',
  wal_compression: 'on',
  max_wal_size: '512MB',
  log_checkpoints: 'off',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

/** What it takes to start a PostgreSQL. */
export interface PostgresProcessOptions {
  readonly binaries: PostgresBinaries;
  readonly cluster: string;
  readonly account: PostgresAccount | null;
  readonly address: PostgresAddress;
  /** Settings as in `postgresql.conf`, over `laptopSettings`. */
  readonly settings: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** How long it may take until it answers; after a crash this includes the recovery. */
  readonly timeLimitMs: number;
}

/**
 * Starts PostgreSQL and waits until it answers.
 *
 * It is a session of its own, so that Ctrl-C in the terminal does not reach it before our own stop does; and it does not keep the
 * server from ending.
 *
 * @returns the process; null when it gave way to another process that has the same cluster open
 * @throws AppError SERVICE_UNAVAILABLE with the last lines of its log when it ends or does not answer in time
 */
export async function launchPostgres(options: PostgresProcessOptions): Promise<ChildProcess | null> {
  const { binaries, cluster, account, address, logFile } = options;
  await rotate(logFile);
  const log = await open(logFile, 'a', 0o600);
  const logStart = (await log.stat()).size;
  const arguments_ = ['-D', cluster, ...addressSettings(address), ...settingArguments({ ...laptopSettings, ...options.settings })];
  const child = spawn(binaries.postgres, arguments_, {
    cwd: cluster,
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log.fd, log.fd],
    ...childEnvironment(),
    ...account,
  });
  let failure: string | null = null;
  child.once('error', (error) => (failure = messageOf(error)));
  child.once('exit', (code, signal) => (failure ??= `it ended with ${signal ?? `exit code ${code}`}`));
  child.unref();
  await log.close();

  const end = performance.now() + options.timeLimitMs;
  for (;;) {
    const isAnswering = await askDataDirectory(address, Math.min(2_000, options.timeLimitMs)).then(
      () => true,
      () => false,
    );
    if (isAnswering && failure === null) return child;
    if (failure === null && performance.now() >= end) {
      child.kill('SIGQUIT');
      failure = `it did not answer within ${options.timeLimitMs} ms`;
    }
    if (failure !== null) {
      const lines = await readLogTail(logFile, logStart);
      if (lines.includes('lock file "postmaster.pid" already exists')) return null;
      throw new AppError(
        'SERVICE_UNAVAILABLE',
        `The embedded PostgreSQL did not start: ${failure}. Its log ${logFile} says:\n${lines}\nMend the cause, restore ${cluster} from a backup, or set DATABASE_URL to a PostgreSQL server.`,
      );
    }
    await delay(10);
  }
}

function addressSettings(address: PostgresAddress): readonly string[] {
  if (address.kind === 'socket') {
    return settingArguments({ listen_addresses: '', unix_socket_directories: address.folder, unix_socket_permissions: '0700', port: String(address.port) });
  }
  return settingArguments({ listen_addresses: address.host, unix_socket_directories: '', port: String(address.port) });
}

function settingArguments(settings: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function rotate(logFile: string): Promise<void> {
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  );
  if (size > logRotationBytes) await rename(logFile, `${logFile}.old`);
}

/**
 * The last lines of the log.
 *
 * @param logFile its path
 * @param from the byte from which on it is of interest
 */
export async function readLogTail(logFile: string, from: number): Promise<string> {
  const text = await readFile(logFile).then(
    (bytes) => bytes.subarray(from).toString('utf8'),
    () => '',
  );
  return text.trimEnd().split('\n').slice(-12).join('\n');
}

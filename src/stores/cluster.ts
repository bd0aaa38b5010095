import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { AppError, messageOf } from '../base/errors.ts';
import type { PostgresBinaries } from './embedded-binaries.ts';
import { giveToAccount, type PostgresAccount } from './postgres-account.ts';

/** The major version whose files we make and read; equals that of the packages in `embedded-binaries.ts`. */
export const postgresMajor = '18';

/** The superuser of a cluster, who owns everything in it. */
export const clusterUser = 'colloquy';

/** What it takes to make a cluster. */
export interface ClusterOptions {
  readonly binaries: PostgresBinaries;
  readonly account: PostgresAccount | null;
  /** For TCP. Null for a Unix socket, which trusts whoever reaches it: it lies in a folder that only its owner enters. */
  readonly password: string | null;
  /** False leaves the files to the operating system, for clusters that nobody will miss. */
  readonly isDurable: boolean;
  /** How long `initdb` may take. */
  readonly timeLimitMs: number;
}

/**
 * Makes sure that a folder of the data folder can hold our files.
 *
 * @param folder made when it is missing, with its parents
 * @throws AppError SERVICE_UNAVAILABLE that names the folder when it cannot be made or written
 */
export async function ensureWritable(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK | constants.X_OK);
    await rm(await mkdtemp(join(folder, '.probe-')), { recursive: true });
  } catch (error) {
    throw new AppError(
      'SERVICE_UNAVAILABLE',
      `The data folder ${folder} cannot be written (${messageOf(error)}). Make it writable for the user that runs the server, choose another with DATA_FOLDER, or set DATABASE_URL to a PostgreSQL server.`,
      { cause: error },
    );
  }
}

/**
 * Makes a cluster (a data directory of PostgreSQL) unless there is one already.
 *
 * `initdb` works in a folder beside it, which is then moved in one step: whoever is killed in the middle leaves no half cluster.
 * When two processes make the same cluster, the first one wins and the other uses it.
 *
 * @param cluster where it shall be
 * @returns whether it was made now
 * @throws AppError SERVICE_UNAVAILABLE when it was written by another major version, is not a cluster, or `initdb` fails
 */
export async function ensureCluster(cluster: string, options: ClusterOptions): Promise<boolean> {
  if (await hasCluster(cluster)) return false;
  const draft = await mkdtemp(join(dirname(cluster), `${basename(cluster)}.new-`));
  try {
    await giveToAccount(draft, options.account);
    await runInitdb(draft, options);
    await rename(draft, cluster);
    return true;
  } catch (error) {
    if (await hasCluster(cluster)) return false;
    throw error;
  } finally {
    await removeFolder(draft);
  }
}

/** Two servers that start at once may remove the same draft, and initdb may still be writing into it. */
async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

async function hasCluster(cluster: string): Promise<boolean> {
  const owner = await stat(cluster).catch(() => null);
  if (owner === null) return false;
  const version = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch((error: unknown) => {
    throw new AppError(
      'SERVICE_UNAVAILABLE',
      `${cluster} (of the user with the number ${owner.uid}) exists and cannot be read as a database of PostgreSQL: ${messageOf(error)}. Start the server as that user, move the folder away, or choose another with DATA_FOLDER.`,
      { cause: error },
    );
  });
  if (version.trim() === postgresMajor) return true;
  throw new AppError(
    'SERVICE_UNAVAILABLE',
    `The database in ${cluster} was written by PostgreSQL ${version.trim()}, and this version of the server brings PostgreSQL ${postgresMajor}. Start the version of the server that wrote it, dump it with pg_dump and restore it into an empty data folder, or set DATABASE_URL to a PostgreSQL ${version.trim()} server.`,
  );
}

async function runInitdb(folder: string, options: ClusterOptions): Promise<void> {
  const { binaries, account, password, isDurable, timeLimitMs } = options;
  const passwordFile = join(folder, '..', `${basename(folder)}.password`);
  const arguments_ = [
    `--pgdata=${folder}`,
    `--username=${clusterUser}`,
    // The collation that comes with PostgreSQL itself: the same on every machine, and no upgrade of a system can spoil an index.
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(isDurable ? [] : ['--no-sync']),
    '--auth-local=trust',
    '--auth-host=scram-sha-256',
    ...(password === null ? [] : [`--pwfile=${passwordFile}`]),
  ];
  try {
    if (password !== null) {
      await writeFile(passwordFile, password, { mode: 0o600 });
      await giveToAccount(passwordFile, account);
    }
    await promisify(execFile)(binaries.initdb, arguments_, {
      cwd: folder,
      timeout: timeLimitMs,
      killSignal: 'SIGKILL',
      ...childEnvironment(),
      ...account,
    });
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new AppError(
      'SERVICE_UNAVAILABLE',
      `The embedded PostgreSQL could not make its files in ${dirname(folder)}: ${output || messageOf(error)}. Mend the cause, or set DATABASE_URL to a PostgreSQL server.`,
      { cause: error },
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/**
 * Removes what was left by processes that were killed while they made a cluster.
 *
 * @param cluster where the finished cluster is; call this only as the holder of its lock, when no other draft has a future
 */
export async function removeDrafts(cluster: string): Promise<void> {
  const names = await readdir(dirname(cluster));
  const drafts = names.filter((name) => name.startsWith(`${basename(cluster)}.new-`));
  await Promise.all(drafts.map(async (name) => removeFolder(join(dirname(cluster), name))));
}

/**
 * What the programs of PostgreSQL get of our environment: English messages, and nothing that could point them elsewhere (PGDATA,
 * PGPORT and the like). Windows cannot run a program without its own variables, so there they get everything.
 */
export function childEnvironment(): { readonly env?: Readonly<Record<string, string>> } {
  return process.platform === 'win32' ? {} : { env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' } };
}

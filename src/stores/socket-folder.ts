import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../base/errors.ts';
import { ensureReachable, giveToAccount, type PostgresAccount } from './postgres-account.ts';

/** The longest path of a socket that works everywhere: `sun_path` holds 104 bytes on macOS and 108 on Linux. */
const longestSocketPath = 99;

/** The port that names a socket, `.s.PGSQL.5432`; nothing listens on it. */
export const socketPort = 5_432;

/** Where the Unix socket of a cluster lies. */
export interface SocketFolder {
  readonly path: string;
  /** Removes it, if it was made for this. */
  remove(): Promise<void>;
}

/**
 * Chooses where the Unix socket lies: in the cluster itself, which is private; or, when that path is too long for a socket, in a short
 * private folder among the temporary ones, always the same for the same cluster.
 *
 * @param cluster the data directory, absolute
 * @param account who has to own a new folder
 * @param temporaryFolder where short folders are made
 * @throws AppError SERVICE_UNAVAILABLE when both are too long, or the short folder exists and is not private to us
 */
export async function chooseSocketFolder(cluster: string, account: PostgresAccount | null, temporaryFolder: string = tmpdir()): Promise<SocketFolder> {
  if (fits(cluster)) return { path: cluster, remove: async () => undefined };
  const folder = join(temporaryFolder, `colloquy-${createHash('sha256').update(cluster).digest('hex').slice(0, 16)}`);
  if (!fits(folder)) {
    throw new AppError(
      'SERVICE_UNAVAILABLE',
      `The path of the data folder is too long for a socket: ${cluster} has ${Buffer.byteLength(cluster)} bytes, and so is the folder for temporary files, ${temporaryFolder}. Choose a shorter DATA_FOLDER or TMPDIR, or set DATABASE_URL to a PostgreSQL server.`,
    );
  }
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
  const owner = account?.uid ?? process.getuid?.();
  const found = await lstat(folder);
  // Anybody may make folders among the temporary ones: one that another user made could show us a PostgreSQL of theirs.
  if (!found.isDirectory() || (found.uid !== owner && found.uid !== process.getuid?.())) {
    throw new AppError(
      'SERVICE_UNAVAILABLE',
      `The folder ${folder}, which is needed for a socket, belongs to somebody else. Remove it, or choose a shorter DATA_FOLDER.`,
    );
  }
  await chmod(folder, 0o700);
  await giveToAccount(folder, account);
  await ensureReachable(folder, account, null);
  return { path: folder, remove: async () => rm(folder, { recursive: true, force: true }) };
}

function fits(folder: string): boolean {
  return Buffer.byteLength(join(folder, `.s.PGSQL.${socketPort}`)) <= longestSocketPath;
}

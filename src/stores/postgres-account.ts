import { chmod, chown, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../base/errors.ts';

/** Whom PostgreSQL runs as. */
export interface PostgresAccount {
  readonly uid: number;
  readonly gid: number;
}

/** `nobody` on every Unix that matters; the number needs no entry in the list of users. */
const unprivileged: PostgresAccount = { uid: 65_534, gid: 65_534 };

/**
 * The account that PostgreSQL has to run as: it refuses to run as root, so root lends it the one that owns the cluster, or an
 * unprivileged one for a new cluster.
 *
 * @param cluster the data directory, which need not exist yet
 * @returns null to run as whoever runs the server
 */
export async function choosePostgresAccount(cluster: string): Promise<PostgresAccount | null> {
  if (process.getuid?.() !== 0) return null;
  const owner = await stat(cluster).catch(() => unprivileged);
  return owner.uid === 0 ? unprivileged : { uid: owner.uid, gid: owner.gid };
}

/** Makes the account the owner of a folder. Does nothing for null. */
export async function giveToAccount(path: string, account: PostgresAccount | null): Promise<void> {
  if (account !== null) await chown(path, account.uid, account.gid);
}

/**
 * Makes sure that the account gets to a path: every folder above it must let others pass.
 *
 * @param path what it has to reach, absolute
 * @param account null needs nothing
 * @param mayOpen a folder of ours that may be opened for passing through (not for listing) when it is closed; null for none
 * @throws AppError SERVICE_UNAVAILABLE that names the folder that is closed
 */
export async function ensureReachable(path: string, account: PostgresAccount | null, mayOpen: string | null): Promise<void> {
  if (account === null) return;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid } = await stat(folder);
    const canPass = uid === account.uid ? (mode & 0o100) !== 0 : (mode & 0o001) !== 0;
    if (!canPass && folder === mayOpen) await chmod(folder, (mode & 0o777) | 0o011);
    else if (!canPass) {
      throw new AppError(
        'SERVICE_UNAVAILABLE',
        `PostgreSQL does not run as root, and as user ${account.uid} it cannot pass through ${folder} to reach ${path}. Start the server as an ordinary user, run "chmod o+x ${folder}", or set DATABASE_URL to a PostgreSQL server.`,
      );
    }
    if (folder === dirname(folder)) return;
  }
}

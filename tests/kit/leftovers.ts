import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Client } from 'pg';
import { readPostmasterFile, shutDownPostmaster } from '../../src/stores/postmaster.ts';

/** How the temporary folders of test runs begin; the process id of the run follows. */
const folderPrefix = 'colloquy-test-';

/** How the databases of test runs begin; the time of the run, in milliseconds and base 36, follows. */
export const databasePrefix = 'colloquy_test_';

/** From this age on a database of another run is not in use any more. */
const staleAfterMs = 3_600_000;

/** A folder that goes away with its block. */
export interface TemporaryFolder {
  readonly path: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Makes a folder among the temporary ones. Stops a PostgreSQL that still runs in its subfolder `postgres` before it is removed. */
export async function createTemporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), `${folderPrefix}${process.pid}-`));
  // Where the tests run as root, PostgreSQL runs as somebody else, who has to get to data folders further down.
  await chmod(path, 0o711);
  return { path, [Symbol.asyncDispose]: async () => removeFolder(path) };
}

async function removeFolder(path: string): Promise<void> {
  for (const cluster of [path, join(path, 'postgres')]) {
    if ((await readPostmasterFile(cluster)) === null) continue;
    await shutDownPostmaster(cluster, 'immediate', { pgCtl: 'pg_ctl', timeLimitMs: 10_000 });
  }
  for (const mounted of await mountedBelow(path)) await promisify(execFile)('umount', [mounted]);
  await rm(path, { recursive: true, force: true, maxRetries: 5 });
}

/** The file systems that a test mounted below a folder; where there is no such list, none can be. */
async function mountedBelow(path: string): Promise<readonly string[]> {
  const list = await readFile('/proc/self/mounts', 'utf8').catch(() => '');
  return list.split('\n').flatMap((line) =>
    line
      .split(' ')
      .slice(1, 2)
      .filter((place) => place.startsWith(`${path}/`)),
  );
}

/** Removes the folders, and ends the databases in them, of test runs that were killed. */
export async function removeFoldersOfDeadRuns(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const [, pid] = new RegExp(`^${folderPrefix}(\\d+)-`).exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) await removeFolder(join(tmpdir(), name));
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Drops databases on a server.
 *
 * @param client a connection to another database of the server
 * @param isToGo says it by the name, which begins with `databasePrefix`
 */
export async function dropDatabases(client: Client, isToGo: (name: string) => boolean): Promise<void> {
  const { rows } = await client.query<{ datname: string }>('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [databasePrefix]);
  for (const { datname } of rows) if (isToGo(datname)) await client.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
}

/** Whether a database belongs to a run so long ago that it must have been killed. */
export function isOfDeadRun(name: string): boolean {
  const [startedAt = ''] = name.slice(databasePrefix.length).split('_');
  return Date.now() - Number.parseInt(startedAt, 36) > staleAfterMs;
}

import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { delay } from '../base/async.ts';

/** What PostgreSQL writes into `postmaster.pid` of its data directory (source: `src/include/utils/pidfile.h`). */
export interface PostmasterFile {
  readonly pid: number;
  readonly dataDirectory: string;
  readonly port: number;
  /** The folder of its Unix socket; empty where it has none. */
  readonly socketFolder: string;
  /** The TCP address it listens on; empty where it listens on none. */
  readonly listenAddress: string;
}

/** How a running PostgreSQL is told to end: `fast` rolls back what is open, `immediate` recovers at the next start. */
export type ShutdownMode = 'fast' | 'immediate';

const fileOf = (cluster: string): string => join(cluster, 'postmaster.pid');

/**
 * Reads `postmaster.pid`.
 *
 * @param cluster the data directory
 * @returns null when there is none or it is not complete yet, which means that no PostgreSQL is ready in this directory
 */
export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | null> {
  const text = await readFile(fileOf(cluster), 'utf8').catch(() => '');
  const [pid, dataDirectory, , port, socketFolder = '', listenAddress = ''] = text.split('\n');
  if (!pid || !dataDirectory || !port || !/^\d+$/.test(pid)) return null;
  return { pid: Number(pid), dataDirectory, port: Number(port), socketFolder: socketFolder.trim(), listenAddress: listenAddress.trim() };
}

/**
 * Whether a process lives and is a PostgreSQL. After a reboot, and in every container, the number in an old `postmaster.pid` may
 * belong to something else; a zombie is dead although it still has its number.
 */
export async function isPostgresProcess(pid: number): Promise<boolean> {
  if (!isInUse(pid)) return false;
  if (process.platform === 'win32') return true;
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (status !== null) return / \(postgres\) [^ZX]/.test(status);
  const listing = await promisify(execFile)('ps', ['-o', 'stat=,command=', '-p', String(pid)]).catch(() => null);
  // Without /proc and without ps nothing can be told: let PostgreSQL itself decide.
  return listing === null ? true : !listing.stdout.startsWith('Z') && listing.stdout.includes('postgres');
}

/**
 * Lets PostgreSQL start although the number in its lock files is in use: by another program, or by a zombie. PostgreSQL cannot tell
 * these from itself and would refuse.
 *
 * `postmaster.pid` is not removed: its seventh line names the shared memory by which PostgreSQL notices children of a dead postmaster
 * that are still at work. So only the number is replaced, by one that no process can have.
 *
 * @param cluster the data directory
 * @param file what was read in it, whose process is no PostgreSQL
 */
export async function disownPostmasterFile(cluster: string, file: PostmasterFile): Promise<void> {
  // A number that nobody has is no obstacle; and the file may be that of another server's PostgreSQL by now.
  if (!isInUse(file.pid)) return;
  const text = await readFile(fileOf(cluster), 'utf8');
  if (!text.startsWith(`${file.pid}\n`)) return;
  await writeFile(fileOf(cluster), text.replace(/^\d+/, '2147483647'));
  if (file.socketFolder !== '') await rm(join(file.socketFolder, `.s.PGSQL.${file.port}.lock`), { force: true });
}

function isInUse(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Tells PostgreSQL to end and waits until it has.
 *
 * @param cluster the data directory
 * @param mode how
 * @param options.pgCtl the program that does it on Windows, which has no signals
 * @param options.timeLimitMs how long to wait
 * @returns whether it ended within the limit
 */
export async function shutDownPostmaster(
  cluster: string,
  mode: ShutdownMode,
  options: { readonly pgCtl: string; readonly timeLimitMs: number },
): Promise<boolean> {
  const running = await readPostmasterFile(cluster);
  if (running === null || !(await isPostgresProcess(running.pid))) return true;
  if (process.platform === 'win32') {
    await promisify(execFile)(options.pgCtl, ['stop', '-D', cluster, '-m', mode, '-W']).catch(() => undefined);
  } else {
    try {
      process.kill(running.pid, mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    } catch {
      // It ended between the look and the signal.
    }
  }
  return waitForEnd(running.pid, options.timeLimitMs);
}

/**
 * Waits until a PostgreSQL process is gone. Its file is no sign: it is removed a moment before the end, and a killed one leaves it.
 *
 * @param pid the process
 * @param timeLimitMs how long to wait
 * @returns whether it is gone
 */
export async function waitForEnd(pid: number, timeLimitMs: number): Promise<boolean> {
  const end = performance.now() + timeLimitMs;
  while (await isPostgresProcess(pid)) {
    if (performance.now() >= end) return false;
    await delay(10);
  }
  return true;
}

import { join } from 'node:path';
import { readPostmasterFile } from '../../src/stores/postmaster.ts';
import { childrenOf } from '../kit/child-processes.ts';

/** A PostgreSQL of a data folder, as its processes. */
export interface PostgresTree {
  readonly postmaster: number;
  /** Stops all of its processes where they are, as a machine that hangs; the postmaster first, so that no new one comes. */
  freeze(): void;
  /** Lets them go on. */
  thaw(): void;
}

/** Finds the PostgreSQL that a server started in its data folder. */
export async function findPostgres(dataFolder: string): Promise<PostgresTree> {
  const file = await readPostmasterFile(join(dataFolder, 'postgres'));
  if (file === null) throw new Error(`no PostgreSQL runs in ${dataFolder}`);
  const postmaster = file.pid;
  const signalAll = (pids: readonly number[], signal: 'SIGSTOP' | 'SIGCONT'): void => {
    for (const pid of pids) {
      try {
        process.kill(pid, signal);
      } catch {
        // It ended meanwhile.
      }
    }
  };
  // Remembered: a postmaster that was killed meanwhile has no children any more, and they would stay frozen.
  let frozen: readonly number[] = [];
  return {
    postmaster,
    freeze: () => {
      signalAll([postmaster], 'SIGSTOP');
      frozen = [postmaster, ...childrenOf(postmaster)];
      signalAll(frozen, 'SIGSTOP');
    },
    thaw: () => signalAll(frozen, 'SIGCONT'),
  };
}

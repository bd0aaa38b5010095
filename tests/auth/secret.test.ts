import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSecret } from '../../src/auth/secret.ts';

let folder = '';
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'colloquy-secret-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const load = (dataFolder = folder): Promise<string> => loadSecret({ configured: null, dataFolder });
const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

/** Loads the secret in a process of its own. */
async function loadElsewhere(): Promise<string> {
  const module = new URL('../../src/auth/secret.ts', import.meta.url).href;
  const program = `const { loadSecret } = await import(${JSON.stringify(module)}); process.stdout.write(await loadSecret({ configured: null, dataFolder: ${JSON.stringify(folder)} }));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect(exitCode).toBe(0);
  return output;
}

describe('the secret', () => {
  it('is the configured one, and then no file is made', async () => {
    expect(await loadSecret({ configured: 'from the environment', dataFolder: folder })).toBe('from the environment');
    expect(await readdir(folder)).toEqual([]);
  });

  it('is made once, of 384 random bits, and kept for the next start', async () => {
    const secret = await load();
    expect(secret).toMatch(/^[A-Za-z0-9_-]{64}$/);
    expect(await load()).toBe(secret);
    expect(await loadElsewhere()).toBe(secret);
  });

  it('lies in a file that its owner alone may read, and leaves nothing beside it', async () => {
    await load();
    expect(await modeOf(join(folder, 'secret'))).toBe(0o600);
    expect(await readdir(folder)).toEqual(['secret']);
  });

  it('is closed to others again when a restored file was open', async () => {
    const secret = await load();
    await chmod(join(folder, 'secret'), 0o644);
    expect(await load()).toBe(secret);
    expect(await modeOf(join(folder, 'secret'))).toBe(0o600);
  });

  it('makes a data folder that is missing', async () => {
    const deeper = join(folder, 'a', 'b');
    expect(await load(deeper)).toBe((await readFile(join(deeper, 'secret'), 'utf8')).trim());
  });

  it('is the same for processes and calls that start at once', async () => {
    const secrets = await Promise.all([...Array.from({ length: 20 }, () => load()), loadElsewhere(), loadElsewhere()]);
    expect(new Set(secrets).size).toBe(1);
    expect(await readdir(folder)).toEqual(['secret']);
  });

  it.each([
    ['blank', ' \n '],
    ['cut off', 'only-a-part'],
  ])('is not taken from a file that is %s; the error names the file and not what it holds', async (_, content) => {
    const path = join(folder, 'secret');
    await writeFile(path, content);
    const error = await load().catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      message: `The file ${path} holds no usable secret (at least 32 characters); delete it to have a new one made, which signs everybody out, or set SECRET.`,
    });
    expect(String(error)).not.toContain(content);
    expect(await readFile(path, 'utf8'), 'the file is left for a person to look at').toBe(content);
  });

  it('says which file cannot be read', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(load(file)).rejects.toThrow(`The secret in ${join(file, 'secret')} cannot be read`);
  });
});

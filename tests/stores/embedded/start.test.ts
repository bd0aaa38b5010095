import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isPostgresProcess, readPostmasterFile } from '../../../src/stores/postmaster.ts';
import { createTemporaryFolder } from '../../kit/leftovers.ts';
import { patienceMs } from '../../kit/patience.ts';
import { ask, start, startHolder } from './kit.ts';

test('makes a database at the first start and finds its data at the next', async () => {
  await using folder = await createTemporaryFolder();
  const first = await start(folder.path);
  expect(first.adopted).toBe(false);
  expect(await ask(first.connectionString, 'SHOW server_version')).toMatch(/^18\./);
  await ask(first.connectionString, 'CREATE TABLE kept AS SELECT 42 AS number');
  await first.stop();
  const second = await start(folder.path);
  expect(second.adopted).toBe(false);
  expect(await ask(second.connectionString, 'SELECT number FROM kept')).toBe(42);
  await second.stop();
});

test('listens on no TCP port, and lets only the owner of the folder in', async () => {
  await using folder = await createTemporaryFolder();
  const postgres = await start(folder.path);
  expect(await ask(postgres.connectionString, 'SHOW listen_addresses')).toBe('');
  expect((await stat(join(folder.path, 'postgres'))).mode & 0o777).toBe(0o700);
  await postgres.stop();
});

test('listens on loopback with a password where there are no sockets', async () => {
  await using folder = await createTemporaryFolder();
  const postgres = await start(folder.path, { transport: 'tcp' });
  const url = new URL(postgres.connectionString);
  expect(url.hostname).toBe('127.0.0.1');
  expect(await ask(postgres.connectionString, 'SELECT 1')).toBe(1);
  expect((await stat(join(folder.path, 'postgres.password'))).mode & 0o777).toBe(0o600);
  url.password = 'wrong';
  await expect(ask(url.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
  await postgres.stop();
});

test('sorts text the same on every machine and takes all of Unicode', async () => {
  await using folder = await createTemporaryFolder();
  const postgres = await start(folder.path);
  expect(await ask(postgres.connectionString, "SELECT datlocprovider::text || ' ' || datlocale FROM pg_database WHERE datname = current_database()")).toBe(
    'b C.UTF-8',
  );
  expect(await ask(postgres.connectionString, "SELECT upper('é 😀')")).toBe('É 😀');
  await postgres.stop();
});

test('stops its PostgreSQL, however often it is told', async () => {
  await using folder = await createTemporaryFolder();
  const postgres = await start(folder.path);
  const running = await readPostmasterFile(join(folder.path, 'postgres'));
  await Promise.all([postgres.stop(), postgres.stop()]);
  expect(await isPostgresProcess(running?.pid ?? 0)).toBe(false);
  expect(await readPostmasterFile(join(folder.path, 'postgres'))).toBeNull();
});

test('stops in time although a connection is open and a statement runs', async () => {
  await using folder = await createTemporaryFolder();
  const postgres = await start(folder.path);
  const busy = ask(postgres.connectionString, 'SELECT pg_sleep(60)').catch((error: unknown) => error);
  while ((await ask(postgres.connectionString, "SELECT count(*)::int FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'")) !== 1);
  const startedAt = performance.now();
  await postgres.stop();
  // Waited for, the statement would take what is left of its minute.
  expect(performance.now() - startedAt).toBeLessThan(5_000 + patienceMs);
  expect(await busy).toBeInstanceOf(Error);
});

test('ends a PostgreSQL at once that does not stop in time', async () => {
  await using folder = await createTemporaryFolder();
  const postgres = await start(folder.path, { stopTimeLimitMs: 0 });
  const running = await readPostmasterFile(join(folder.path, 'postgres'));
  await postgres.stop();
  expect(await isPostgresProcess(running?.pid ?? 0)).toBe(false);
});

test.skipIf(!existsSync('/proc/self/stat'))('is out of reach of Ctrl-C in the terminal of the server', async () => {
  await using folder = await createTemporaryFolder();
  const postgres = await start(folder.path);
  const running = await readPostmasterFile(join(folder.path, 'postgres'));
  // The fifth field of /proc/<pid>/stat is the process group, which a terminal signals as a whole.
  const status = await readFile(`/proc/${running?.pid}/stat`, 'utf8');
  expect(status.split(' ')[4]).toBe(String(running?.pid));
  await postgres.stop();
});

test('logs neither statements nor values', async () => {
  await using folder = await createTemporaryFolder();
  const postgres = await start(folder.path);
  await ask(postgres.connectionString, 'CREATE TABLE person (email text UNIQUE)');
  await ask(postgres.connectionString, "INSERT INTO person VALUES ('ada@example.org')");
  await expect(ask(postgres.connectionString, "INSERT INTO person VALUES ('ada@example.org')")).rejects.toThrow('duplicate key');
  await postgres.stop();
  const log = await readFile(join(folder.path, 'postgres.log'), 'utf8');
  expect(log).toContain('duplicate key');
  expect(log).not.toContain('ada@example.org');
});

test('two servers that start at once make one cluster, and one of them is refused', async () => {
  await using folder = await createTemporaryFolder();
  const servers = await Promise.all([startHolder(folder.path), startHolder(folder.path)]);
  const [winner, ...others] = servers.filter(({ failure }) => failure === null);
  expect(others).toEqual([]);
  const loser = servers.find(({ failure }) => failure !== null);
  expect(loser?.failure).toContain('is in use by another server');
  expect(await ask(winner?.connectionString ?? '', 'SELECT 1')).toBe(1);
  await Promise.all(servers.map(async ({ end }) => end('SIGTERM')));
  expect((await readdir(folder.path)).toSorted()).toEqual(['postgres', 'postgres.log']);
  expect(await readPostmasterFile(join(folder.path, 'postgres'))).toBeNull();
});

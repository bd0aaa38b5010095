import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { createLogger } from '../../src/base/logger.ts';
import { migrate } from '../../src/stores/migrate.ts';
import { readMigrations, type Migration } from '../../src/stores/migration-folder.ts';
import { createTestDatabase, runSql } from '../kit/database.ts';

const logger = createLogger({ level: 'silent' });
const checksumOf = (sql: string): string => createHash('sha256').update(sql).digest('hex');
const migration = (name: string, sql: string): Migration => ({ name, sql, checksum: checksumOf(sql) });

const records = 'SELECT migration_name, checksum, finished_at IS NOT NULL AS finished, applied_steps_count FROM _prisma_migrations ORDER BY migration_name';

test('an empty database gets every migration, recorded the way Prisma does', async () => {
  await using database = await createTestDatabase({ isMigrated: false });
  const migrations = await readMigrations();
  expect(await migrate({ ...database, logger })).toEqual(migrations.map(({ name }) => name));
  expect(await runSql(database.connectionString, records)).toEqual(
    migrations.map(({ name, checksum }) => ({ migration_name: name, checksum, finished: true, applied_steps_count: 1 })),
  );
  expect(await migrate({ ...database, logger })).toEqual([]);
});

test('R08 five servers that start at once on an empty database apply each migration once', async () => {
  await using database = await createTestDatabase({ isMigrated: false });
  const script = `
    import { migrate } from ${JSON.stringify(new URL('../../src/stores/migrate.ts', import.meta.url).href)};
    import { createLogger } from ${JSON.stringify(new URL('../../src/base/logger.ts', import.meta.url).href)};
    const applied = await migrate({ connectionString: process.argv[1], logger: createLogger({ level: 'silent' }) });
    process.stdout.write(JSON.stringify(applied));`;
  const outputs = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script, database.connectionString], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
      expect(code).toBe(0);
      return output;
    }),
  );
  const names = (await readMigrations()).map(({ name }) => name);
  expect(outputs.toSorted()).toEqual([JSON.stringify(names), '[]', '[]', '[]', '[]'].toSorted());
  expect(await runSql(database.connectionString, records)).toHaveLength(names.length);
});

test('a migration may hold functions, strings and comments with semicolons', async () => {
  await using database = await createTestDatabase({ isMigrated: false });
  const sql = "-- one; two\nCREATE FUNCTION seven() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 7; END; $$;\nCREATE TABLE note AS SELECT 'a;b' AS text;";
  await migrate({ ...database, logger, migrations: [migration('1_functions', sql)] });
  expect(await runSql(database.connectionString, 'SELECT seven(), text FROM note')).toEqual([{ seven: 7, text: 'a;b' }]);
});

test('a value that one migration adds to an enum is there for the next', async () => {
  await using database = await createTestDatabase({ isMigrated: false });
  const first = migration('1_colour', "CREATE TYPE colour AS ENUM ('RED')");
  const second = migration('2_blue', "ALTER TYPE colour ADD VALUE 'BLUE'");
  const third = migration('3_sky', "CREATE TABLE sky AS SELECT 'BLUE'::colour AS colour");
  await migrate({ ...database, logger, migrations: [first] });
  expect(await migrate({ ...database, logger, migrations: [first, second, third] })).toEqual(['2_blue', '3_sky']);
  expect(await runSql(database.connectionString, 'SELECT colour FROM sky')).toEqual([{ colour: 'BLUE' }]);
});

test('a migration that fails leaves no trace, and succeeds when it is mended', async () => {
  await using database = await createTestDatabase({ isMigrated: false });
  const first = migration('1_kept', 'CREATE TABLE kept ()');
  const broken = migration('2_broken', 'CREATE TABLE half (); SELECT 1 / 0;');
  await expect(migrate({ ...database, logger, migrations: [first, broken] })).rejects.toThrow(
    /^The migration 2_broken failed and was rolled back: [^]*division by zero[^]*The database is as it was before/,
  );
  expect(await runSql(database.connectionString, "SELECT to_regclass('kept')::text AS kept, to_regclass('half')::text AS half")).toEqual([
    { kept: 'kept', half: null },
  ]);
  expect(await migrate({ ...database, logger, migrations: [first, migration('2_broken', 'CREATE TABLE whole ();')] })).toEqual(['2_broken']);
});

test('a process that is killed in the middle of a migration leaves no trace', async () => {
  await using database = await createTestDatabase({ isMigrated: false });
  const slow = migration('1_slow', 'CREATE TABLE half (); SELECT pg_sleep(60);');
  const failing = migrate({ ...database, logger, migrations: [slow] }).catch((error: unknown) => error);
  const cut =
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()";
  while ((await runSql(database.connectionString, cut)).length === 0);
  expect(await failing).toBeInstanceOf(Error);
  expect(await migrate({ ...database, logger, migrations: [migration('1_slow', 'CREATE TABLE half ();')] })).toEqual(['1_slow']);
});

test('a database of a newer version is refused', async () => {
  await using database = await createTestDatabase();
  const known = await readMigrations();
  await migrate({ ...database, logger, migrations: [...known, migration('99991231000000_future', 'CREATE TABLE future ();')] });
  await expect(migrate({ ...database, logger })).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    message:
      'The database has the migration 99991231000000_future, which this version of the server does not know: a newer version has used it. Start that version, or restore a backup from before the upgrade.',
  });
});

test('a migration that was changed after it was applied is refused', async () => {
  await using database = await createTestDatabase({ isMigrated: false });
  await migrate({ ...database, logger, migrations: [migration('1_first', 'CREATE TABLE one ();')] });
  await expect(migrate({ ...database, logger, migrations: [migration('1_first', 'CREATE TABLE two ();')] })).rejects.toThrow(
    'The migration 1_first has been changed since it was applied',
  );
});

test('a migration that another tool left unfinished is named with its log', async () => {
  await using database = await createTestDatabase();
  const [name] = (await readMigrations()).map((known) => known.name);
  await runSql(database.connectionString, "UPDATE _prisma_migrations SET finished_at = NULL, logs = 'no space left'");
  await expect(migrate({ ...database, logger })).rejects.toThrow(
    `The migration ${name} was begun by another tool and did not finish (no space left). Mend the database, then run "npx prisma migrate resolve`,
  );
});

test('waits for another process that migrates only as long as it may', async () => {
  await using database = await createTestDatabase({ isMigrated: false });
  const other = new Client({ connectionString: database.connectionString });
  await other.connect();
  await other.query('SELECT pg_advisory_lock(72707369)');
  await expect(migrate({ ...database, logger, lockTimeoutMs: 100 })).rejects.toThrow('Another process has been migrating the database for more than 100 ms');
  const waiting = migrate({ ...database, logger });
  await other.end();
  expect(await waiting).not.toEqual([]);
});

test('a server that is away is said so', async () => {
  await expect(migrate({ connectionString: 'postgresql://nobody@127.0.0.1:1/none', logger })).rejects.toThrow(
    /^The database cannot be reached: .*ECONNREFUSED.*Check DATABASE_URL/,
  );
});

test('the command line applies, and says the status', async () => {
  await using database = await createTestDatabase({ isMigrated: false });
  const run = async (...given: readonly string[]): Promise<string> => {
    const child = spawn(process.execPath, [fileURLToPath(new URL('../../prisma/migrate.ts', import.meta.url)), ...given], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return text(child.stdout);
  };
  const names = (await readMigrations()).map(({ name }) => name).join(', ');
  expect(await run('status', database.connectionString)).toBe(`To be applied: ${names}\n`);
  expect(await run('apply', database.connectionString)).toBe(`Applied: ${names}\n`);
  expect(await run('status', database.connectionString)).toBe('The database is up to date.\n');
});

import { expect, test } from 'vitest';
import { createTestDatabase, runSql } from '../kit/database.ts';

const write = "INSERT INTO settings (key, value) VALUES ('left-over', '1')";

/** Finds whatever one of the tests below has left. */
const leftOvers = `SELECT relname FROM pg_class WHERE relname LIKE 'left_over%'
  UNION ALL SELECT proname FROM pg_proc WHERE proname = 'left_over'
  UNION ALL SELECT tgname FROM pg_trigger WHERE tgenabled = 'D'
  UNION ALL SELECT tablename FROM pg_stats WHERE tablename = 'settings'
  UNION ALL SELECT checksum FROM _prisma_migrations WHERE checksum = 'left-over'
  UNION ALL SELECT key FROM settings`;

test('a database that a test has used is empty for the next one, and gone for whoever still knows it', async () => {
  const first = await createTestDatabase();
  await runSql(first.connectionString, write);
  await first[Symbol.asyncDispose]();
  await using second = await createTestDatabase();
  expect(await runSql(second.connectionString, leftOvers)).toEqual([]);
  await expect(runSql(first.connectionString, 'SELECT 1')).rejects.toMatchObject({ code: '3D000' });
});

test.each([
  ['a table', 'CREATE TABLE left_over ()'],
  ['a trigger that is off', 'ALTER TABLE messages DISABLE TRIGGER ALL'],
  ['an index', 'CREATE INDEX left_over_index ON settings (value)'],
  ['a function', "CREATE FUNCTION left_over() RETURNS int LANGUAGE sql AS 'SELECT 1'"],
  ['statistics', `${write}; ANALYZE settings`],
  ['a migration', "UPDATE _prisma_migrations SET checksum = 'left-over'"],
])('a database in which a test has left %s goes to no other', async (_what, change) => {
  const first = await createTestDatabase();
  await runSql(first.connectionString, change);
  expect(await runSql(first.connectionString, leftOvers)).not.toEqual([]);
  await first[Symbol.asyncDispose]();
  await using second = await createTestDatabase();
  expect(await runSql(second.connectionString, leftOvers)).toEqual([]);
});

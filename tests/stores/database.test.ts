import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createLogger } from '../../src/base/logger.ts';
import { checkDatabase, createDatabase, type Database, type DatabaseOptions } from '../../src/stores/database.ts';
import { startDatabaseProxy } from '../kit/database-proxy.ts';
import { createTestDatabase, runSql } from '../kit/database.ts';
import { eventually } from '../kit/eventually.ts';
import { giveUpMs, patienceMs, patientDatabase } from '../kit/patience.ts';
import { countStatements } from '../kit/statements.ts';

const logger = createLogger({ level: 'silent' });

function open(connectionString: string, options: Partial<DatabaseOptions> = {}): Database & AsyncDisposable {
  const database = createDatabase({ connectionString, poolSize: 5, ...patientDatabase, logger, ...options });
  return { ...database, [Symbol.asyncDispose]: async () => database.close() };
}

test('Prisma and hand-written SQL share one pool', async () => {
  await using test = await createTestDatabase();
  await using database = open(test.connectionString, { poolSize: 1 });
  await database.prisma.setting.create({ data: { key: 'colour', value: 'blue' } });
  expect((await database.pool.query('SELECT value FROM settings')).rows).toEqual([{ value: 'blue' }]);
  expect(database.pool.totalCount).toBe(1);
});

test('connections that the server ends are logged and replaced, and nothing else happens', async () => {
  await using test = await createTestDatabase();
  const lines: string[] = [];
  const { promise: bothGone, resolve } = Promise.withResolvers<void>();
  const destination = { write: (line: string) => void (lines.push(line) === 2 && resolve()) };
  await using database = open(test.connectionString, { logger: createLogger({ level: 'warn', destination }) });
  await Promise.all([database.pool.query('SELECT pg_sleep(0.05)'), database.pool.query('SELECT pg_sleep(0.05)')]);
  await runSql(
    test.connectionString,
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'colloquy' AND datname = current_database()",
  );
  await bothGone;
  expect(lines.join()).toContain('an idle database connection was cut');
  expect(await database.prisma.setting.count()).toBe(0);
});

test('a connection that is cut in mid-statement fails that statement alone', async () => {
  await using test = await createTestDatabase();
  await using proxy = await startDatabaseProxy(test.connectionString);
  await using database = open(proxy.connectionString);
  await database.pool.query('SELECT 1');
  const failing = database.pool.query('SELECT pg_sleep(60)').catch((error: unknown) => error);
  const transaction = database.prisma
    .$transaction(async (inner) => {
      await inner.setting.count();
      proxy.cut();
      return inner.setting.count();
    })
    .catch((error: unknown) => error);
  expect(await failing).toBeInstanceOf(Error);
  expect(await transaction).toBeInstanceOf(Error);
  expect(await database.prisma.setting.count()).toBe(0);
});

test('opens while the server is away, and works as soon as it is there', async () => {
  await using test = await createTestDatabase();
  await using proxy = await startDatabaseProxy(test.connectionString);
  await proxy.close();
  await using database = open(proxy.connectionString);
  await expect(database.prisma.setting.count()).rejects.toThrow();
  await proxy.reopen();
  expect(await database.prisma.setting.count()).toBe(0);
});

test('a statement ends at its time limit, by the word of the server', async () => {
  await using test = await createTestDatabase();
  await using database = open(test.connectionString, { statementTimeoutMs: 100 });
  await expect(database.pool.query('SELECT pg_sleep(60)')).rejects.toMatchObject({ cause: { message: 'canceling statement due to statement timeout' } });
});

test('a statement on a frozen server ends too', async () => {
  await using test = await createTestDatabase();
  await using proxy = await startDatabaseProxy(test.connectionString);
  await using database = open(proxy.connectionString, { statementTimeoutMs: 100, connectTimeoutMs: 500, answerTimeoutMs: 60_000 });
  await eventually(() => database.pool.query('SELECT 1'));
  proxy.freeze();
  await expect(database.pool.query('SELECT 1')).rejects.toMatchObject({ cause: { message: 'Query read timeout' } });
  await expect(database.pool.query('SELECT 1')).rejects.toMatchObject({ cause: { message: expect.stringContaining('timeout') } });
  proxy.thaw();
  expect((await eventually(() => database.pool.query('SELECT 1'))).rowCount).toBe(1);
});

test('the check says how long the database took', async () => {
  await using test = await createTestDatabase();
  await using database = open(test.connectionString);
  const latencyMs = await checkDatabase(database.pool, giveUpMs);
  expect(latencyMs).toBeGreaterThan(0);
  expect(latencyMs).toBeLessThan(giveUpMs);
});

test('the check fails in time when the database is frozen, away, or all connections are taken', async () => {
  await using test = await createTestDatabase();
  await using proxy = await startDatabaseProxy(test.connectionString);
  // Far above the time of the check, so that it is the check that ends it.
  const options = { poolSize: 1, statementTimeoutMs: 30_000, connectTimeoutMs: 30_000, answerTimeoutMs: 30_000 };
  await using database = open(proxy.connectionString, options);
  await checkDatabase(database.pool, giveUpMs);
  const client = await database.pool.connect();
  await expect(checkDatabase(database.pool, 50)).rejects.toThrow('The database does not answer: no answer within 50 ms.');
  client.release();
  proxy.freeze();
  const startedAt = performance.now();
  await expect(checkDatabase(database.pool, 50)).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    message: expect.stringMatching(/^The database does not answer: /),
  });
  expect(performance.now() - startedAt).toBeLessThan(1_000 + patienceMs);
  await proxy.close();
  proxy.thaw();
  await expect(checkDatabase(database.pool, 1_000)).rejects.toThrow('The database does not answer: ');
  await proxy.reopen();
  expect(await checkDatabase(database.pool, giveUpMs)).toBeGreaterThan(0);
});

test('closing waits for what is under way, but not for ever', async () => {
  await using test = await createTestDatabase();
  const patient = open(test.connectionString);
  const finishing = patient.pool.query('SELECT 7 AS number, pg_sleep(0.1)');
  // Taken out of the pool before it closes.
  await new Promise((resolve) => patient.pool.once('acquire', resolve));
  await patient.close(giveUpMs);
  expect((await finishing).rows).toMatchObject([{ number: 7 }]);

  const hasty = open(test.connectionString);
  const client = await hasty.pool.connect();
  const closed = Promise.all([hasty.close(50), hasty.close(50)]).then(() => 'closed');
  // By default it would be five seconds. Timers go off in their order, also after a stall.
  expect(await Promise.race([closed, setTimeout(4_900, 'too late', { ref: false })])).toBe('closed');
  client.release(true);
});

test('statements are counted wherever they come from', async () => {
  await using test = await createTestDatabase();
  await using database = open(test.connectionString);
  const { result, statements } = await countStatements(database.pool, async () => {
    await database.pool.query('SELECT 1');
    await database.prisma.setting.create({ data: { key: 'colour', value: 'blue' } });
    await database.prisma.$transaction(async (inner) => inner.setting.updateMany({ data: { value: 'red' } }));
    return database.prisma.setting.findMany();
  });
  expect(result).toMatchObject([{ key: 'colour', value: 'red' }]);
  expect(statements.map((text) => text.split(' ')[0])).toEqual(['SELECT', 'INSERT', 'BEGIN', 'UPDATE', 'COMMIT', 'SELECT']);
  expect((await countStatements(database.pool, async () => 'nothing')).statements).toEqual([]);
});

import { describe, expect, it } from 'vitest';
import { eventually } from '../kit/eventually.ts';
import { patienceMs } from '../kit/patience.ts';
import { AppError } from '../../src/base/errors.ts';
import { createLogger } from '../../src/base/logger.ts';
import { createDatabase, type Database, type DatabaseOptions } from '../../src/stores/database.ts';
import { understood } from '../../src/stores/outage.ts';
import { startDatabaseProxy } from '../kit/database-proxy.ts';
import { createTestDatabase, runSql } from '../kit/database.ts';
import { startRefusingPostgres } from '../kit/refusing-postgres.ts';

const logger = createLogger({ level: 'silent' });
/** Limits of statements and connections that end nothing here. */
const patient = { statementTimeoutMs: 30_000, connectTimeoutMs: 30_000 };
const away = { code: 'SERVICE_UNAVAILABLE', retryAfterMs: 1_000 };

function open(connectionString: string, options: Partial<DatabaseOptions> = {}): Database & AsyncDisposable {
  const database = createDatabase({ connectionString, poolSize: 3, ...patient, logger, ...options });
  return { ...database, [Symbol.asyncDispose]: async () => database.close() };
}

/** What a piece of work throws, and after how many milliseconds. */
async function failure(work: () => Promise<unknown>): Promise<{ readonly error: unknown; readonly afterMs: number }> {
  const startedAt = performance.now();
  const error = await work().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return { error, afterMs: performance.now() - startedAt };
}

/** Every way in which services use the database. */
function waysOf({ pool, prisma }: Database): Readonly<Record<string, () => Promise<unknown>>> {
  return {
    'SQL by hand': async () => pool.query('SELECT 1'),
    'a connection': async () => (await pool.connect()).release(),
    'a query of Prisma': async () => prisma.setting.count(),
    'raw SQL of Prisma': async () => prisma.$queryRaw`SELECT 1`,
    'a batch of Prisma': async () => prisma.$transaction([prisma.setting.count()]),
    'a transaction of Prisma': async () => prisma.$transaction(async (transaction) => transaction.setting.count()),
  };
}

describe('R07 an outage of the database is SERVICE_UNAVAILABLE for whatever asks', () => {
  it('when it refuses connections', async () => {
    await using test = await createTestDatabase();
    await using proxy = await startDatabaseProxy(test.connectionString);
    await using database = open(proxy.connectionString, patient);
    await proxy.close();
    for (const [way, ask] of Object.entries(waysOf(database))) {
      const { error, afterMs } = await failure(ask);
      expect(error, way).toBeInstanceOf(AppError);
      expect(error, way).toMatchObject(away);
      expect(afterMs, way).toBeLessThan(1_000 + patienceMs);
    }
    await proxy.reopen();
    for (const [way, ask] of Object.entries(waysOf(database))) expect((await failure(ask)).error, way).toBeNull();
  });

  it.each([
    ['57P03', 'the database system is starting up'],
    ['57P01', 'terminating connection due to administrator command'],
    ['53300', 'sorry, too many clients already'],
  ])('when it refuses with %s, "%s"', async (code, message) => {
    await using server = await startRefusingPostgres(code, message);
    await using database = open(server.connectionString);
    for (const [way, ask] of Object.entries(waysOf(database))) {
      const { error } = await failure(ask);
      expect(error, way).toMatchObject(away);
    }
    expect((await failure(async () => database.pool.query('SELECT 1'))).error).toMatchObject({ cause: { message } });
  });

  it('when it breaks off in the middle of a statement, or of a transaction', async () => {
    await using test = await createTestDatabase();
    await using proxy = await startDatabaseProxy(test.connectionString);
    await using database = open(proxy.connectionString);
    await database.pool.query('SELECT 1');
    const statement = failure(async () => database.pool.query('SELECT pg_sleep(60)'));
    const transaction = failure(async () =>
      database.prisma.$transaction(async (inner) => {
        await inner.setting.count();
        proxy.cut();
        return inner.setting.count();
      }),
    );
    expect((await statement).error).toMatchObject(away);
    expect((await transaction).error).toMatchObject(away);
    const commit = await failure(async () => database.prisma.$transaction(async (inner) => inner.setting.count().finally(() => proxy.cut())));
    expect(commit.error).toMatchObject(away);
    const killed = failure(async () => database.pool.query('SELECT pg_sleep(60)'));
    await eventually(async () =>
      runSql(test.connectionString, "SELECT 1 / count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND datname = current_database()"),
    );
    await runSql(
      test.connectionString,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'colloquy' AND datname = current_database()",
    );
    expect((await killed).error).toMatchObject(away);
    expect(await database.prisma.setting.count()).toBe(0);
  });

  it('when it is frozen: within two seconds, also for those who wait for a connection, at once from then on, and not any more when it is back', async () => {
    await using test = await createTestDatabase();
    await using proxy = await startDatabaseProxy(test.connectionString);
    await using database = open(proxy.connectionString, patient);
    await Promise.all([1, 2, 3].map(async () => database.pool.query('SELECT pg_sleep(0.02)')));
    proxy.freeze();
    // Taken out of the pool, an idle connection says nothing yet.
    const asking = Object.entries(waysOf(database)).filter(([way]) => way !== 'a connection');
    const crowd = Array.from({ length: 5 }, () => asking).flat();
    const failures = await Promise.all(crowd.map(async ([way, ask]) => ({ way, ...(await failure(ask)) })));
    for (const { way, error, afterMs } of failures) {
      expect(error, way).toMatchObject(away);
      expect(afterMs, way).toBeLessThan(2_000 + patienceMs);
    }
    for (const [way, ask] of Object.entries(waysOf(database))) {
      const attempts = [await failure(ask), await failure(ask)];
      for (const { error } of attempts) expect(error, way).toMatchObject(away);
      // Asked anew, it would take another 1.5 s. Of two attempts a stall delays one at most.
      expect(Math.min(...attempts.map(({ afterMs }) => afterMs)), way).toBeLessThan(1_400);
    }
    proxy.thaw();
    await eventually(async () => database.pool.query('SELECT 1'));
    for (const [way, ask] of Object.entries(waysOf(database))) expect((await failure(ask)).error, way).toBeNull();
  });

  it('is not what a slow statement is, however long the database takes over it', async () => {
    await using test = await createTestDatabase();
    // After half of it, the database must give a sign of life within the other half.
    await using database = open(test.connectionString, { ...patient, answerTimeoutMs: 2_000, poolSize: 2 });
    const slow = database.pool.query('SELECT 7 AS number, pg_sleep(5)');
    await Promise.all([slow, database.pool.query('SELECT pg_sleep(4)'), database.prisma.setting.count()]);
    expect((await slow).rows).toMatchObject([{ number: 7 }]);
  });

  it('is not what a statement at its time limit is either: the client may try again, and the others go on', async () => {
    await using test = await createTestDatabase();
    await using database = open(test.connectionString, { statementTimeoutMs: 300 });
    const slow = { ...away, message: 'The database took too long over this and was stopped: it is busy, or too much was asked for. Try again.' };
    expect((await failure(async () => database.pool.query('SELECT pg_sleep(60)'))).error).toMatchObject({ ...slow, cause: { code: '57014' } });
    expect((await failure(async () => database.prisma.$queryRaw`SELECT pg_sleep(60)::text`)).error).toMatchObject(slow);
    expect(await database.prisma.setting.count()).toBe(0);
  });

  it('is not what any other failure is', async () => {
    await using test = await createTestDatabase();
    await using database = open(test.connectionString);
    await expect(database.pool.query('SELECT 1 / 0')).rejects.toMatchObject({ code: '22012' });
    await expect(database.prisma.$queryRaw`SELECT 1 / 0`).rejects.not.toBeInstanceOf(AppError);
    await database.prisma.setting.create({ data: { key: 'colour', value: 'blue' } });
    await expect(database.prisma.setting.create({ data: { key: 'colour', value: 'red' } })).rejects.toMatchObject({ code: 'P2002' });
    for (const error of [new Error('Connection of ideas'), Object.assign(new Error('no such file'), { code: 'ENOENT' }), 'text', null]) {
      expect(understood(error)).toBe(error);
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/base/logger.ts';
import { createMemoryLimiter } from '../../src/limits/memory-limiter.ts';
import { createPostgresLimiter, removeExpiredCounts } from '../../src/limits/postgres-limiter.ts';
import { createDatabase, type Database } from '../../src/stores/database.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { patientDatabase } from '../kit/patience.ts';
import { countStatements } from '../kit/statements.ts';
import { describeLimiter } from './limiter-contract.ts';

let testDatabase: TestDatabase;
let database: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const { connectionString } = testDatabase;
  database = createDatabase({ connectionString, poolSize: 4, ...patientDatabase, logger: createLogger({ level: 'silent' }) });
});
afterAll(async () => {
  await database.close();
  await testDatabase[Symbol.asyncDispose]();
});

describeLimiter('memory', createMemoryLimiter, false);
describeLimiter('PostgreSQL', (settings) => createPostgresLimiter(database.pool, settings), true);

describe('the limiter in PostgreSQL', () => {
  it('asks the database once for each attempt, and no more after the refusal', async () => {
    const limiter = createPostgresLimiter(database.pool, { name: 'statements', points: 2, windowMs: 60_000 });
    const attempts = async (): Promise<void> => {
      for (let attempt = 0; attempt < 10; attempt += 1) await limiter.consume('somebody');
    };
    expect((await countStatements(database.pool, attempts)).statements).toHaveLength(3);
  });

  it('leaves nothing behind when its window is over', async () => {
    const limiter = createPostgresLimiter(database.pool, { name: 'expiring', points: 2, windowMs: 1_000 });
    await createPostgresLimiter(database.pool, { name: 'staying', points: 2, windowMs: 60_000 }).consume('somebody');
    await limiter.consume('somebody');
    await database.pool.query(`UPDATE rate_limits SET expire = $1 WHERE key = 'expiring:somebody'`, [Date.now() - 1]);
    expect(await removeExpiredCounts(database.pool)).toBeGreaterThan(0);
    const { rows } = await database.pool.query<{ key: string }>('SELECT key FROM rate_limits');
    expect(rows.map(({ key }) => key)).toContain('staying:somebody');
    expect(rows.map(({ key }) => key)).not.toContain('expiring:somebody');
  });

  it('counts in memory while the database is away', async () => {
    const away = createDatabase({
      connectionString: 'postgres://nobody@127.0.0.1:1/nothing',
      poolSize: 2,
      statementTimeoutMs: 500,
      connectTimeoutMs: 500,
      logger: createLogger({ level: 'silent' }),
    });
    try {
      const limiter = createPostgresLimiter(away.pool, { name: 'away', points: 2, windowMs: 60_000 });
      const answers = [await limiter.consume('somebody'), await limiter.consume('somebody'), await limiter.consume('somebody')];
      expect(answers.map(({ isAllowed }) => isAllowed)).toEqual([true, true, false]);
    } finally {
      await away.close();
    }
  });
});

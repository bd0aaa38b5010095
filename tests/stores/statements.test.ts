import { Pool } from 'pg';
import { describe, expect, it } from 'vitest';
import { createStatements } from '../../src/stores/statements.ts';
import { createTestDatabase } from '../kit/database.ts';

const prepared = 'SELECT statement FROM pg_prepared_statements ORDER BY 1';

describe('statements', () => {
  it('are parsed once a connection, whatever their values', async () => {
    await using database = await createTestDatabase({ isMigrated: false });
    const pool = new Pool({ connectionString: database.connectionString, max: 1 });
    const statements = createStatements({ pool });
    for (const value of [1, 2, 3]) expect((await statements.query('SELECT $1::int AS value', [value])).rows).toEqual([{ value }]);
    await statements.query('SELECT $1::text AS value', ['other']);
    expect((await pool.query(prepared)).rows).toEqual([{ statement: 'SELECT $1::int AS value' }, { statement: 'SELECT $1::text AS value' }]);
    await pool.end();
  });

  it('are only kept by name up to a number', async () => {
    await using database = await createTestDatabase({ isMigrated: false });
    const pool = new Pool({ connectionString: database.connectionString, max: 1 });
    const statements = createStatements({ pool });
    for (let index = 0; index < 510; index += 1) await statements.query(`SELECT $1::int AS value${index}`, [index]);
    expect((await pool.query('SELECT count(*)::int AS count FROM pg_prepared_statements')).rows).toEqual([{ count: 500 }]);
    await pool.end();
  });
});

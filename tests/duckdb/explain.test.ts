import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueryTable } from '../../src/duckdb/protocol.ts';
import type { Explanation } from '../../src/duckdb/table-job.ts';
import { refusal, startKit, type Kit } from './kit.ts';

describe('an explanation', () => {
  let kit: Kit;
  let tables: readonly QueryTable[];
  beforeAll(async () => {
    kit = await startKit();
    tables = [
      await kit.table('sales', "SELECT i AS id, i % 3 AS region_id, i * 1.5 AS price, DATE '2024-01-01' AS day FROM range(1000) t(i)"),
      await kit.table('regions', "SELECT i AS id, 'r' || i AS name, 'n' AS note FROM range(3) t(i)"),
      await kit.table('unused', 'SELECT 1 AS id'),
    ];
  });
  afterAll(() => kit[Symbol.asyncDispose]());

  const explain = (sql: string): Promise<Explanation> => kit.duckdb.explain({ tables, sql, userKey: 'user' }, new AbortController().signal);

  it.each([
    [
      'SELECT name, sum(price) AS total FROM sales JOIN regions ON region_id = regions.id WHERE price > 5 GROUP BY name',
      [
        { table: 'sales', columns: ['region_id', 'price'] },
        { table: 'regions', columns: ['id', 'name'] },
      ],
    ],
    ['WITH s AS (SELECT * FROM sales) SELECT day FROM s', [{ table: 'sales', columns: ['day'] }]],
    ['SELECT * FROM regions', [{ table: 'regions', columns: ['id', 'name', 'note'] }]],
    ['SELECT count(*) FROM sales', [{ table: 'sales', columns: [] }]],
    ['SELECT 1', []],
  ])('tells what is read: %s', async (sql, reads) => {
    const { reads: found } = await explain(sql);
    expect(found.toSorted((a, b) => b.table.localeCompare(a.table))).toEqual(reads);
  });

  it('shows the plan and the columns, and no path, and runs nothing', async () => {
    const { plan, columns } = await explain(
      "SELECT name, count(*) AS n FROM regions, range(1000000000) a, range(1000000000) b WHERE note = 'n' GROUP BY name ORDER BY n;",
    );
    expect(plan).toMatch(/ORDER_BY[^]*HASH_GROUP_BY[^]*PARQUET/);
    expect(plan).not.toContain(kit.folder);
    expect(columns).toEqual([
      { name: 'name', type: 'VARCHAR' },
      { name: 'n', type: 'BIGINT' },
    ]);
  });

  it.each([
    ['SELECT nam FROM regions', 'SQL_INVALID', 'LINE 1: SELECT nam FROM regions\n               ^'],
    ['EXPLAIN ANALYZE SELECT 1', 'SQL_NOT_ALLOWED', 'Only one SELECT'],
    ['SELECT 1; SELECT 2', 'SQL_NOT_ALLOWED', '2 statements'],
    ['SELECT', 'SQL_INVALID', 'SELECT clause without selection list'],
  ])('is refused for what could not be run: %s', async (sql, code, words) => {
    expect(await refusal(explain(sql))).toMatchObject({ code, message: expect.stringContaining(words) });
  });
});

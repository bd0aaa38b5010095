import { afterAll, beforeAll } from 'vitest';
import type { TableData } from '../../src/base/table.ts';
import type { QueryTable } from '../../src/duckdb/protocol.ts';
import { startKit, type Kit } from './kit.ts';

/** Three small tables that analytics can be asked about. */
async function makeSales(kit: Kit): Promise<readonly QueryTable[]> {
  const sales = await kit.table(
    'sales',
    `SELECT * FROM (VALUES
      (1, DATE '2024-01-05', 'north', 'tea',    10.50::DECIMAL(10,2), 2, ['a','b']),
      (2, DATE '2024-01-20', 'south', 'coffee',  4.00,                1, ['b']),
      (3, DATE '2024-02-03', 'north', 'coffee',  8.00,                3, []),
      (4, DATE '2024-02-14', 'south', 'tea',    20.00,                4, ['a']),
      (5, DATE '2024-03-01', 'north', 'tea',     5.25,                1, NULL)
    ) AS t(id, sold_on, region, product, amount, quantity, tags)`,
  );
  const regions = await kit.table('regions', "SELECT * FROM (VALUES ('north', 'Ann'), ('south', 'Bob'), ('west', 'Cid')) AS t(region, manager)");
  const spaced = await kit.table('odd name', 'SELECT 7 AS "the value"');
  return [sales, regions, spaced];
}

/** Asks about those tables, in a DuckDB that is started before the tests of a file and closed after them. */
export interface Sales {
  query(sql: string): Promise<TableData>;
  rows(sql: string): ReturnType<Kit['rows']>;
}

/** Opens the tables for the tests of a file. */
export function useSales(): Sales {
  let kit: Kit;
  let tables: readonly QueryTable[];
  beforeAll(async () => {
    kit = await startKit();
    tables = await makeSales(kit);
  });
  afterAll(async () => {
    await kit[Symbol.asyncDispose]();
  });
  return { query: (sql) => kit.query(sql, tables), rows: (sql) => kit.rows(sql, tables) };
}

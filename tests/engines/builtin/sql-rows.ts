import type { DuckDBConnection } from '@duckdb/node-api';

import type { Json } from '../../../src/base/json.ts';
import type { TableColumn } from '../../../src/base/table.ts';

/** Runs one SQL text in the process of the test; larger integers and decimals come as strings, as in the product. */
export async function runSql(
  connection: DuckDBConnection,
  sql: string,
): Promise<{ readonly columns: readonly TableColumn[]; readonly rows: readonly (readonly Json[])[] }> {
  const reader = await connection.runAndReadAll(sql);
  const types = reader.columnTypes().map(String);
  const columns = reader.columnNames().map((name, index) => ({ name, type: types[index] ?? 'VARCHAR' }));
  const rows = reader.getRowsJson().map((row) => row.map((value, index): Json => toJson(value, types[index] ?? '')));
  return { columns, rows };
}

/** A cell as text. */
export function cellText(cell: Json | undefined): string {
  return typeof cell === 'string' ? cell : JSON.stringify(cell ?? null);
}

function toJson(value: unknown, type: string): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') {
    const isSafe = /^U?(BIG|HUGE)INT$/.test(type) && Number.isSafeInteger(Number(value));
    if (isSafe) return Number(value);
    return type.startsWith('TIMESTAMP') ? value.replace(' ', 'T') : value;
  }
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((item) => toJson(item, ''));
  return JSON.stringify(value);
}

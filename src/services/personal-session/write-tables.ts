import { open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ColumnProfile } from '../../base/table.ts';
import type { Duckdb } from '../../duckdb/duckdb.ts';
import type { QueryTable } from '../../duckdb/protocol.ts';
import type { WriteResult } from '../../duckdb/table-job.ts';
import type { PreparedFile } from '../../stores/file-store.ts';
import type { Planner } from '../planner/planner-row.ts';
import { personalColumns, personalTableNames, weekColumns, weeksSql, type PersonalColumn } from './personal-tables.ts';
import type { Cell, PersonalRows } from './read-rows.ts';

/** A table that was written. */
export interface WrittenTable {
  readonly name: string;
  readonly path: string;
  readonly rowCount: number;
  readonly byteSize: number;
  readonly columns: readonly ColumnProfile[];
  readonly previewRows: WriteResult['previewRows'];
}

const columnCount = Math.max(...personalTableNames.map((name) => personalColumns[name].length));
const flushedRows = 2_000;

/**
 * A line of the file that all tables come in. Each value stands behind a sign, so that no text looks like a number or a date, and what is
 * missing is the sign alone: the types are said when the tables are made of it, and not guessed.
 */
const lineOf = (table: string, number: number, cells: readonly Cell[]): string =>
  `${JSON.stringify({ t: `=${table}`, n: `=${number}`, ...Object.fromEntries(cells.map((cell, index) => [`c${index}`, `=${cell === null ? '' : String(cell).toWellFormed()}`])) })}\n`;

async function writeLines(path: string, rows: PersonalRows): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  // Two lines that are no rows have every column, whatever there is, and make two lines at least.
  let text = lineOf(
    '',
    0,
    Array.from({ length: columnCount }, () => null),
  ).repeat(2);
  let waiting = 0;
  for (const name of personalTableNames) {
    for (const [index, cells] of rows[name].entries()) {
      text += lineOf(name, index, cells);
      waiting += 1;
      if (waiting < flushedRows) continue;
      await file.writeFile(text);
      [text, waiting] = ['', 0];
    }
  }
  await file.writeFile(text);
}

const tableSql = (name: string, columns: readonly PersonalColumn[]): string => `
  SELECT ${columns.map((column, index) => `CAST(nullif(substr("c${index}", 2), '') AS ${column.type}) AS "${column.name}"`).join(', ')}
  FROM lines WHERE t = '=${name}' ORDER BY CAST(substr(n, 2) AS INTEGER)`;

/** Profiles with what stands in the columns. */
function described(profiles: readonly ColumnProfile[], columns: readonly PersonalColumn[]): readonly ColumnProfile[] {
  const descriptions = new Map(columns.map(({ name, description }) => [name, description]));
  return profiles.map((profile) => ({ ...profile, description: descriptions.get(profile.name) ?? null }));
}

/**
 * Writes the tables of a person's own data as Parquet, in children of DuckDB like everything that people can put text into.
 *
 * @param folder a temporary place that is the caller's alone
 * @throws AppError what an ingest or a query can end with
 */
export async function writePersonalTables(
  duckdb: Pick<Duckdb, 'ingest' | 'writeAll'>,
  planner: Planner,
  rows: PersonalRows,
  { paths }: PreparedFile,
  signal: AbortSignal,
): Promise<readonly WrittenTable[]> {
  const { userId: userKey } = planner;
  const folder = dirname(paths.table);
  const lines: QueryTable = { name: 'lines', path: join(folder, 'lines.parquet') };
  const tableOf = (name: string): QueryTable => ({ name, path: join(folder, `${name}.parquet`) });
  await writeLines(paths.original, rows);
  await duckdb.ingest({ sourcePath: paths.original, format: 'JSON', options: { isAllText: true }, targetPath: lines.path, userKey }, signal);
  await rm(paths.original);
  const { firstDayOfWeek, today, weekStartOf } = planner;
  const tables = [
    ...personalTableNames.map((name) => ({ name, reads: [lines], sql: tableSql(name, personalColumns[name]), columns: personalColumns[name] })),
    { name: 'weeks', reads: personalTableNames.map(tableOf), sql: weeksSql(firstDayOfWeek, weekStartOf(today)), columns: weekColumns },
  ];
  const requests = tables.map(({ name, reads, sql }) => ({ ...tableOf(name), tables: reads, sql, format: 'PARQUET', isProfiled: true }) as const);
  const results = await duckdb.writeAll(requests, userKey, signal);
  return results.flatMap(({ rowCount, byteSize, previewRows, columns }, index) => {
    const table = tables[index];
    return table === undefined ? [] : [{ ...tableOf(table.name), rowCount, byteSize, previewRows, columns: described(columns, table.columns) }];
  });
}

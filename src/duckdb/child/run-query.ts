import { performance } from 'node:perf_hooks';
import type { DuckDBResult, DuckDBType, DuckDBVector } from '@duckdb/node-api';
import type { Json } from '../../base/json.ts';
import { messageOf } from '../../base/errors.ts';
import type { TableData } from '../../base/table.ts';
import type { QueryJob, QueryTable } from '../protocol.ts';
import { createCellBudget, readCell, type CellBudget } from './cell.ts';
import { ChildFailure, failureOf } from './failure.ts';
import { checkSql } from './guard.ts';
import { quoteName, quoteString } from './quote.ts';
import type { Workbench } from './workbench.ts';

const mostColumns = 1_000;

/**
 * Checks and runs one SELECT in a database that nobody else uses, and reads its result until a limit is reached.
 *
 * @throws ChildFailure with what a person can do about it
 */
export async function runQuery(workbench: Workbench, job: QueryJob, signal: AbortSignal): Promise<TableData> {
  const startedAt = performance.now();
  const secretTexts = job.tables.flatMap((table) => [table.path, table.path.slice(0, table.path.lastIndexOf('/') + 1)]);
  const onAbort = (): void => workbench.interrupt();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const used = job.isGuarded ? await checkedTables(workbench, job) : job.tables;
    await openTables(workbench, used);
    signal.throwIfAborted();
    const result = await workbench.stream(job.sql);
    if (result.columnCount > mostColumns) {
      throw new ChildFailure('SQL_TOO_LARGE', `The result has ${result.columnCount} columns; at most ${mostColumns} can be shown. Select those that matter.`);
    }
    const { rows, truncated } = await readRows(result, job);
    const names = result.columnNames();
    const columns = result.columnTypes().map((type: DuckDBType, index) => ({ name: names[index] ?? '', type: type.toString() }));
    return { columns, rows, truncated, elapsedMs: Math.round(performance.now() - startedAt) };
  } catch (error) {
    throw error instanceof ChildFailure ? error : failureOf(messageOf(error), secretTexts);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

async function checkedTables(workbench: Workbench, job: QueryJob): Promise<readonly QueryTable[]> {
  if (job.sql.length > job.maxSqlCharacters) {
    throw new ChildFailure('SQL_NOT_ALLOWED', `The SQL has ${job.sql.length} characters; at most ${job.maxSqlCharacters} are allowed.`);
  }
  // The parser's C strings end at a NUL: what is checked must be all that is run.
  if (job.sql.includes('\0')) throw new ChildFailure('SQL_INVALID', 'The SQL holds a NUL character; remove it.');
  const [answer] = await workbench.all('SELECT json_serialize_sql($1::VARCHAR)::VARCHAR AS tree', [job.sql]);
  const tree = answer?.['tree'];
  if (typeof tree !== 'string') throw new ChildFailure('SQL_INVALID', 'The SQL could not be parsed.');
  const names = checkSql(
    tree,
    job.sql,
    job.tables.map((table) => table.name),
  );
  return job.tables.filter((table) => names.includes(table.name));
}

async function openTables(workbench: Workbench, tables: readonly QueryTable[]): Promise<void> {
  try {
    // Locked first: then DuckDB takes the paths literally, where it would else take brackets and stars for a glob.
    await workbench.lock(tables.map((table) => table.path));
    for (const table of tables) await workbench.all(`CREATE VIEW ${quoteName(table.name)} AS SELECT * FROM read_parquet(${quoteString(table.path)})`);
  } catch (error) {
    // A file of ours that is missing or damaged is the server's fault, never the SQL's.
    throw new ChildFailure('INTERNAL_SERVER_ERROR', `The tables of the session could not be opened: ${messageOf(error)}`);
  }
}

/** A text of tens of megabytes does not even become a string of JavaScript: the cell says so, and the others are shown. */
function readBoundedCell(vector: DuckDBVector, index: number, budget: CellBudget): Json {
  try {
    return readCell(vector, index, budget);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    budget.isCut = true;
    return '(too large to show)…';
  }
}

async function readRows(result: DuckDBResult, limits: { readonly maxRows: number; readonly maxBytes: number }): Promise<Pick<TableData, 'rows' | 'truncated'>> {
  const rows: Json[][] = [];
  let bytesLeft = limits.maxBytes;
  let isCut = false;
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const vectors = Array.from({ length: chunk.columnCount }, (_, index) => chunk.getColumnVector(index));
    for (let index = 0; index < chunk.rowCount; index += 1) {
      if (rows.length >= limits.maxRows) return { rows, truncated: true };
      const budgets = vectors.map(() => createCellBudget());
      const row = vectors.map((vector, column) => readBoundedCell(vector, index, budgets[column] ?? createCellBudget()));
      bytesLeft -= Buffer.byteLength(JSON.stringify(row)) + 1;
      if (bytesLeft < 0) return { rows, truncated: true };
      isCut ||= budgets.some((budget) => budget.isCut);
      rows.push(row);
    }
  }
  return { rows, truncated: isCut };
}

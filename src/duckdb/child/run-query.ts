import { performance } from 'node:perf_hooks';
import type { DuckDBResult, DuckDBType, DuckDBVector } from '@duckdb/node-api';
import type { Json } from '../../base/json.ts';
import type { TableColumn, TableData } from '../../base/table.ts';
import type { QueryJob } from '../protocol.ts';
import { createCellBudget, readCell, type CellBudget } from './cell.ts';
import { ChildFailure } from './failure.ts';
import { checkTables, openTables, tellingFailures } from './tables-of-job.ts';
import type { Workbench } from './workbench.ts';

const mostColumns = 1_000;
const longestName = 1_000;

/**
 * Checks and runs one SELECT in a database that nobody else uses, and reads its result until a limit is reached.
 *
 * @throws ChildFailure with what a person can do about it
 */
export async function runQuery(workbench: Workbench, job: QueryJob, signal: AbortSignal): Promise<TableData> {
  const startedAt = performance.now();
  return tellingFailures(workbench, { paths: job.tables.map(({ path }) => path), sql: job.sql }, async () => {
    const used = job.isGuarded ? await checkTables(workbench, job) : job.tables;
    await openTables(workbench, used);
    signal.throwIfAborted();
    const result = await (job.isGuarded ? workbench.select(job.sql) : workbench.stream(job.sql));
    if (result.columnCount > mostColumns) throw tooWide(result.columnCount);
    const { rows, truncated } = await readRows(result, job);
    const names = result.columnNames();
    const columns = shownColumns(result.columnTypes().map((type: DuckDBType, index) => ({ name: names[index] ?? '', type: type.toString() })));
    return { columns, rows, truncated, elapsedMs: Math.round(performance.now() - startedAt) };
  });
}

function tooWide(columnCount: number): ChildFailure {
  return new ChildFailure('SQL_TOO_LARGE', `The result has ${columnCount} columns; at most ${mostColumns} can be shown. Select those that matter.`);
}

/**
 * The columns of a result as they are shown. Names and types come from the SQL as well: a struct of structs doubles its type with every step.
 *
 * @throws ChildFailure SQL_TOO_LARGE for more columns than anyone reads
 */
export function shownColumns(columns: readonly TableColumn[]): readonly TableColumn[] {
  if (columns.length > mostColumns) throw tooWide(columns.length);
  return columns.map(({ name, type }) => ({ name: cut(name), type: cut(type) }));
}

function cut(text: string): string {
  return text.length <= longestName ? text : `${text.slice(0, longestName).toWellFormed()}…`;
}

/** A text of tens of megabytes does not even become a string of JavaScript: the cell says so, and the others are shown. */
export function readBoundedCell(vector: DuckDBVector, index: number, budget: CellBudget): Json {
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

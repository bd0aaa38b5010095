import { stat } from 'node:fs/promises';
import type { TableColumn } from '../../base/table.ts';
import type { WriteJob, WriteResult } from '../table-job.ts';
import { ChildFailure } from './failure.ts';
import { parquetOptions } from './parquet-options.ts';
import { profileParquet } from './profile.ts';
import { quoteName, quoteString } from './quote.ts';
import { createResultView, type ResultView } from './result-view.ts';
import { checkTables, openTables, tellingFailures } from './tables-of-job.ts';
import { writeWorkbook } from './workbook.ts';
import type { Workbench } from './workbench.ts';

const previewRowCount = 50;
const sizeCheckMs = 100;

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

function tooLarge(maxBytes: number): ChildFailure {
  return new ChildFailure(
    'SQL_TOO_LARGE',
    `What the SQL gives is larger than the ${maxBytes} bytes that may be written. Filter, aggregate, or take fewer columns.`,
  );
}

/** Texts that a spreadsheet would take for a formula get an apostrophe in front, also in the header. (OWASP, "CSV Injection".) */
function spreadsheetSafe(columns: readonly TableColumn[]): string {
  return columns
    .map(({ name, type }) => {
      const safeName = /^[=+\-@\t\r]/.test(name) ? `'${name}` : name;
      const value =
        type === 'VARCHAR'
          ? `CASE WHEN regexp_matches(${quoteName(name)}, '^[=+\\-@\\t\\r]') THEN '''' || ${quoteName(name)} ELSE ${quoteName(name)} END`
          : quoteName(name);
      return `${value} AS ${quoteName(safeName)}`;
    })
    .join(', ');
}

/** Parquet has no integers of 128 bits: DuckDB would round them to doubles. Sums of integers are such. */
function exactIntegers(columns: readonly TableColumn[]): string {
  const isLong = ({ type }: TableColumn): boolean => type === 'HUGEINT' || type === 'UHUGEINT';
  const replaced = columns.filter(isLong).map(({ name }) => `CAST(${quoteName(name)} AS DECIMAL(38, 0)) AS ${quoteName(name)}`);
  return replaced.length === 0 ? '*' : `* REPLACE (${replaced.join(', ')})`;
}

function copySql({ name, columns }: ResultView, job: WriteJob): string {
  const target = quoteString(job.path);
  switch (job.format) {
    case 'PARQUET':
      return `COPY (SELECT ${exactIntegers(columns)} FROM ${name}) TO ${target} (${parquetOptions(columns.length)})`;
    case 'JSON':
      return `COPY (SELECT * FROM ${name}) TO ${target} (FORMAT json, ARRAY true, USE_TMP_FILE false)`;
    case 'CSV':
    case 'XLSX':
      return `COPY (SELECT ${job.isSpreadsheetSafe ? spreadsheetSafe(columns) : '*'} FROM ${name}) TO ${target} (FORMAT csv, HEADER true, USE_TMP_FILE false)`;
  }
}

/** Writes, and looks now and then at what has become of it: DuckDB itself has no limit for a file. */
async function writeBounded(bench: Workbench, view: ResultView, job: WriteJob): Promise<number> {
  let isTooLarge = false;
  const watch = setInterval(() => {
    void sizeOf(job.path).then((size) => {
      if (size <= job.maxBytes) return;
      isTooLarge = true;
      bench.interrupt();
    });
  }, sizeCheckMs);
  try {
    if (job.format === 'XLSX') return await writeWorkbook(await bench.stream(`SELECT * FROM ${view.name}`), job.path);
    const [written] = await bench.all(copySql(view, job));
    return Number(written?.['Count'] ?? 0);
  } catch (error) {
    throw isTooLarge ? tooLarge(job.maxBytes) : error;
  } finally {
    clearInterval(watch);
  }
}

async function write(bench: Workbench, job: WriteJob): Promise<WriteResult> {
  const used = await checkTables(bench, job);
  await openTables(bench, used, [job.path]);
  await bench.check(job.sql);
  const view = await createResultView(bench, job.sql);
  if (view.columns.length > job.maxColumns) {
    throw new ChildFailure(
      'SQL_TOO_LARGE',
      `The result has ${view.columns.length} columns; at most ${job.maxColumns} can be written. Select those that matter.`,
    );
  }
  const rowCount = await writeBounded(bench, view, job);
  const byteSize = await sizeOf(job.path);
  if (byteSize > job.maxBytes) throw tooLarge(job.maxBytes);
  if (rowCount > job.maxRows) {
    throw new ChildFailure('SQL_TOO_LARGE', `The SQL gives ${rowCount} rows; at most ${job.maxRows} may be written. Filter or aggregate.`);
  }
  const reads = used.map(({ name }) => name);
  if (!job.isProfiled) return { rowCount, byteSize, reads, columns: [], previewRows: [] };
  const columns = await profileParquet(bench, job.path, rowCount);
  const preview = await bench.all(`SELECT * FROM read_parquet(${quoteString(job.path)}) LIMIT ${previewRowCount}`);
  return { rowCount, byteSize, reads, columns, previewRows: preview.map((row) => columns.map(({ name }) => row[name] ?? null)) };
}

/**
 * Runs a SELECT and writes all of its rows into a file.
 *
 * @throws ChildFailure as for a query, and SQL_TOO_LARGE for more than may be written; the caller removes what is there of the file then
 */
export function writeResult(bench: Workbench, job: WriteJob): Promise<WriteResult> {
  return tellingFailures(bench, { paths: [job.path, ...job.tables.map(({ path }) => path)], sql: job.sql }, () => write(bench, job));
}

import { messageOf } from '../../base/errors.ts';
import type { Json } from '../../base/json.ts';
import type { IngestJob, IngestReport, RejectedRow } from '../protocol.ts';
import { uniqueColumnNames, type ColumnNames } from './column-names.ts';
import { headerFields } from './header.ts';
import { isComplaint, typedProjection, type ColumnType } from './column-types.ts';
import { prepareCsv, type CsvSource } from './csv-source.ts';
import { chosenType, proposeType, refineTypes, type ColumnDecision } from './decide-types.ts';
import { findDialect, readCsvCall, type Dialect } from './dialect.ts';
import { ChildFailure } from './failure.ts';
import { isWide, parquetOptions } from './parquet-options.ts';
import { quoteName, quoteString } from './quote.ts';
import type { Workbench } from './workbench.ts';

/** What was written, and how the file was read. */
export interface Ingested {
  readonly rowCount: number;
  readonly report: IngestReport;
}

const mostRejectedRows = 100;

/**
 * Writes the rows of a CSV file as zstd Parquet.
 *
 * All columns are read as text, and the projection above gives them their types, decided by the first rows. When a text further down does
 * not fit, the types are decided anew by all rows: so no value is changed and no row is lost by a wrong guess, and an ordinary file is
 * read once.
 */
export async function ingestCsv(bench: Workbench, job: IngestJob, folder: string, signal: AbortSignal): Promise<Ingested> {
  const source = await prepareCsv(job.sourcePath, job.isGzip, folder, job.maxExpandedBytes, signal);
  const [firstLine = ''] = source.head.split(/[\r\n]/, 1);
  if (isWide(firstLine.split(/[,;\t|]/).length)) await bench.all('SET threads = 1');
  await bench.lock([source.path, job.partialPath], [folder]);
  const dialect = await findDialect(bench, source, job.delimiterHint);
  if (dialect.columnCount > job.maxColumns) {
    throw new ChildFailure(
      'UNSUPPORTED_FILE',
      `The file has ${dialect.columnCount} columns; at most ${job.maxColumns} can be read. Remove those that do not matter.`,
    );
  }
  const { names, warnings } = readNames(source, dialect);
  const header = `, header = ${dialect.hasHeader}`;
  const rows = readCsvCall(source, dialect, `${header}, ignore_errors = true`);
  const write = (types: readonly ColumnType[], attempt: number): Promise<number> =>
    writeParquet(
      bench,
      job.partialPath,
      readCsvCall(source, dialect, `${header}, store_rejects = true, rejects_table = 'rejects_${attempt}', rejects_scan = 'scans_${attempt}'`),
      types,
      names,
    );

  let decisions = await proposeTypes(bench, rows, names);
  let attempt = 1;
  let rowCount: number;
  try {
    rowCount = await write(decisions.map(chosenType), attempt);
  } catch (error) {
    if (!isComplaint(messageOf(error))) throw error;
    decisions = await refineTypes(bench, rows, names, decisions);
    attempt = 2;
    rowCount = await write(decisions.map(chosenType), attempt);
  }
  const rejected = await readRejects(bench, `rejects_${attempt}`, names);
  if (rowCount === 0 && rejected.count > 0) {
    throw new ChildFailure(
      'UNSUPPORTED_FILE',
      `No row of the file could be read; the first problem is in line ${rejected.rows[0]?.line ?? 1}: ${rejected.rows[0]?.reason ?? 'unknown'}`,
    );
  }
  const empty = rowCount === 0 ? ['The file has a header and no rows.'] : [];
  const report: IngestReport = {
    delimiter: dialect.delimiter,
    quote: dialect.quote === '' ? null : dialect.quote,
    escape: dialect.escape === '' ? null : dialect.escape,
    header: dialect.hasHeader,
    encoding: source.encoding,
    rejectedRowCount: rejected.count,
    rejectedRows: rejected.rows,
    warnings: [...source.warnings, ...dialectWarnings(dialect), ...warnings, ...decisions.flatMap(({ warning }) => warning ?? []), ...empty],
  };
  return { rowCount, report };
}

function dialectWarnings(dialect: Dialect): readonly string[] {
  return [
    ...(dialect.skippedLines > 0 ? [`The first ${dialect.skippedLines} lines were skipped: they stand above the header.`] : []),
    ...(dialect.comment === '' ? [] : [`Lines that begin with ${dialect.comment} were left out as comments.`]),
    ...(dialect.hasHeader ? [] : ['The file has no header; the columns are called column_1, column_2 and so on.']),
  ];
}

function readNames(source: CsvSource, dialect: Dialect): ColumnNames {
  const indexes = Array.from({ length: dialect.columnCount }, (_, index) => index);
  if (!dialect.hasHeader) return { names: indexes.map((index) => `column_${index + 1}`), warnings: [] };
  const fields = headerFields(source.head, dialect);
  return uniqueColumnNames(indexes.map((index) => fields[index] ?? null));
}

/** The proposals by the first rows; for a column that begins empty, by its first values. */
async function proposeTypes(bench: Workbench, relation: string, names: readonly string[]): Promise<readonly ColumnDecision[]> {
  const sampleRows = Math.max(200, Math.min(10_000, Math.floor(200_000 / names.length)));
  const sample = await bench.all(`SELECT * FROM ${relation} LIMIT ${sampleRows}`);
  const textOf = (row: Readonly<Record<string, Json>>, index: number): string | null => {
    const text = row[`c${index}`];
    return typeof text === 'string' ? text : null;
  };
  const decisions: ColumnDecision[] = [];
  for (const [index, name] of names.entries()) {
    const decision = proposeType(
      sample.map((row) => textOf(row, index)),
      name,
    );
    const later =
      decision.isEmpty && sample.length === sampleRows
        ? await bench.all(`SELECT c${index} FROM ${relation} WHERE c${index} IS NOT NULL LIMIT ${sampleRows}`)
        : null;
    decisions.push(
      later === null
        ? decision
        : proposeType(
            later.map((row) => textOf(row, index)),
            name,
          ),
    );
  }
  return decisions;
}

/** Writes and counts the rows. */
async function writeParquet(bench: Workbench, path: string, relation: string, types: readonly ColumnType[], names: readonly string[]): Promise<number> {
  const projections = types.map((type, index) => typedProjection(type, index));
  const inner = projections.map((projection) => projection.inner).join(', ');
  const outer = projections.map((projection, index) => `${projection.outer} AS ${quoteName(names[index] ?? '')}`).join(', ');
  const [written] = await bench.all(`COPY (SELECT ${outer} FROM (SELECT ${inner} FROM ${relation})) TO ${quoteString(path)} (${parquetOptions(names.length)})`);
  return Number(written?.['Count'] ?? 0);
}

async function readRejects(
  bench: Workbench,
  table: string,
  names: readonly string[],
): Promise<{ readonly count: number; readonly rows: readonly RejectedRow[] }> {
  const [total] = await bench.all(`SELECT count(DISTINCT line) AS count FROM ${table}`);
  const rows = await bench.all(
    `SELECT line, any_value(column_name) AS name, string_agg(DISTINCT left(error_message, 300), ' ') AS reason, any_value(left(csv_line, 500)) AS text FROM ${table} GROUP BY line ORDER BY line LIMIT ${mostRejectedRows}`,
  );
  return {
    count: Number(total?.['count'] ?? 0),
    rows: rows.map((row) => ({
      line: Number(row['line'] ?? 0),
      column: typeof row['name'] === 'string' ? (names[Number(row['name'].slice(1))] ?? null) : null,
      reason: String(row['reason'] ?? ''),
      text: String(row['text'] ?? '').trimEnd(),
    })),
  };
}

import type { IngestReport } from '../../base/reading.ts';
import type { IngestJob } from '../protocol.ts';
import { prepareCsv, type CsvSource } from './csv-source.ts';
import { readCsvCall, type Dialect } from './dialect.ts';
import { ChildFailure } from './failure.ts';
import { isWide } from './parquet-options.ts';
import type { Account } from './reading/account.ts';
import { dialectOf, isComplete, isPlain, plainAccount } from './reading/direct.ts';
import type { FoundMarks } from './reading/find-marks.ts';
import { normalise } from './reading/normalise.ts';
import { plainDelimiter } from './reading/normaliser.ts';
import type { TablePlan } from './reading/plan.ts';
import { marksOf, planHead, type HeadPlan, type TextReading, type TextSource } from './reading/read-text.ts';
import { structureReport } from './reading/sentences.ts';
import type { Workbench } from './workbench.ts';
import { writeTyped, type TypedWritten } from './write-parquet.ts';

/** What was written, and how the file was read. */
export interface Ingested {
  readonly rowCount: number;
  readonly report: IngestReport;
}

interface Reading {
  readonly written: TypedWritten;
  readonly plan: TablePlan;
  readonly account: Account;
}

/**
 * Writes the rows of a CSV file as zstd Parquet.
 *
 * Our own reader finds the structure. A large file that is plain at both of its ends is read by DuckDB; where the lines of the file and
 * the rows that came of them do not agree, and for every other file, our reader writes plain CSV first, and accounts for each line.
 *
 * @throws ChildFailure UNSUPPORTED_FILE, PAYLOAD_TOO_LARGE
 */
export async function ingestCsv(bench: Workbench, job: IngestJob, folder: string, signal: AbortSignal): Promise<Ingested> {
  const request = { sourcePath: job.sourcePath, folder, maxBytes: job.maxExpandedBytes, encoding: job.options.encoding };
  const source = await prepareCsv(request, signal);
  const text: TextSource = { path: source.path, head: source.head.replace(/^\ufeff/, ''), isWholeInHead: source.bytes <= Buffer.byteLength(source.head) };
  const reading: TextReading = { options: job.options, hint: job.delimiterHint, maxColumns: job.maxColumns };
  const found = marksOf(text, reading);
  if (isWide(found.width)) await bench.all('SET threads = 1');
  await bench.lock([source.path, job.partialPath], [folder]);
  const head = planHead(text, found, reading);
  const { written, plan, account } =
    (await readDirectly(bench, job, source, found, head)) ?? (await readTolerantly(bench, job, { text, found, reading, head, folder }, signal));
  const report = structureReport(plan, account);
  if (written.rowCount === 0 && account.rejectedCount > 0) {
    const [first] = account.rejected;
    throw new ChildFailure(
      'UNSUPPORTED_FILE',
      `No row of the file could be read; the first problem is in line ${first?.line ?? 1}: ${first?.reason ?? 'unknown'}`,
    );
  }
  const empty = written.rowCount === 0 ? ['The file has a header and no rows.'] : [];
  return {
    rowCount: written.rowCount,
    report: {
      ...report,
      encoding: source.encoding,
      hasByteOrderMark: source.hasByteOrderMark,
      decimalMark: written.decimalMark,
      thousandsMark: written.thousandsMark,
      dateFormats: written.dateFormats,
      warnings: [...source.warnings, ...report.warnings, ...written.warnings, ...empty],
    },
  };
}

/** Lets DuckDB read the file as it is; null where it is not plain enough for that, or turns out not to be. */
async function readDirectly(bench: Workbench, job: IngestJob, source: CsvSource, found: FoundMarks, head: HeadPlan | null): Promise<Reading | null> {
  if (head === null || !(await isPlain(source, found, head, job.options))) return null;
  const { plan } = head;
  const dialect = dialectOf(plan);
  try {
    const written = await write(bench, job, plan, source.path, dialect);
    return (await isComplete(bench, job.partialPath, source, plan, written.rowCount))
      ? { written, plan, account: plainAccount(source, plan, written.rowCount) }
      : null;
  } catch (error) {
    if (isUnreadable(error)) return null;
    throw error;
  }
}

/** Whether DuckDB complains about the text of a file. */
function isUnreadable(error: unknown): boolean {
  return error instanceof Error && /CSV Error|Invalid Input Error: .*(CSV|Line)/s.test(error.message);
}

interface Tolerant {
  readonly text: TextSource;
  readonly found: FoundMarks;
  readonly reading: TextReading;
  readonly head: HeadPlan | null;
  readonly folder: string;
}

/** Reads the file with our own reader. */
async function readTolerantly(bench: Workbench, job: IngestJob, { text, found, reading, head, folder }: Tolerant, signal: AbortSignal): Promise<Reading> {
  const path = `${folder}/plain.csv`;
  const { plan, account } = await normalise(text, found, reading, head, path, signal);
  const dialect: Dialect = {
    delimiter: plainDelimiter(plan.marks),
    quote: '"',
    escape: '"',
    comment: '',
    skippedLines: 0,
    hasHeader: false,
    columnCount: plan.shape.width,
  };
  const written = await write(bench, job, plan, path, dialect, String.raw`, new_line = '\n'`);
  if (written.rowCount !== account.rowCount) {
    throw new ChildFailure('INTERNAL_SERVER_ERROR', `Of ${account.rowCount} rows of the file, ${written.rowCount} were written.`);
  }
  return { written, plan, account };
}

function write(bench: Workbench, job: IngestJob, plan: TablePlan, path: string, dialect: Dialect, options = ''): Promise<TypedWritten> {
  const rows = readCsvCall(path, dialect, `, max_line_size = 2097152, buffer_size = 8388608${options}`);
  return writeTyped(bench, { path: job.partialPath, names: plan.names, rows, rowsOfAttempt: () => rows, options: job.options });
}

import { messageOf } from '../../base/errors.ts';
import type { IngestJob, IngestResult } from '../protocol.ts';
import { ChildFailure, cleanFileMessage, failureOf } from './failure.ts';
import { ingestCsv, type Ingested } from './ingest-csv.ts';
import { ingestJson } from './ingest-json.ts';
import { ingestParquet } from './ingest-parquet.ts';
import { followIngest, type IngestProgress } from './ingest-progress.ts';
import { ingestXlsx } from './ingest-xlsx.ts';
import { profileParquet } from './profile.ts';
import { quoteString } from './quote.ts';
import { unpackSource } from './unpack.ts';
import type { Workbench } from './workbench.ts';

/** Opens a workbench for an ingest; `keepsOrder` false needs less memory. */
export type OpenBench = (settings: { readonly keepsOrder: boolean }) => Promise<Workbench>;

const previewRowCount = 50;

/**
 * Turns an uploaded file into Parquet of ours and tells what is in it. The file is read in a stream, whatever its size.
 *
 * @param openBench opens a database of its own for this file
 * @param folder a private folder for copies
 * @param tell is called from time to time with how much of the work is done, of 0 to 1
 * @throws ChildFailure UNSUPPORTED_FILE for what cannot be read, PAYLOAD_TOO_LARGE for what becomes too large
 */
export async function ingestFile(
  job: IngestJob,
  openBench: OpenBench,
  folder: string,
  signal: AbortSignal,
  tell: (fraction: number) => void,
): Promise<IngestResult> {
  using progress = followIngest(tell);
  const secrets = [job.sourcePath, job.partialPath, folder];
  try {
    return await ingestOnce(job, await openBench({ keepsOrder: true }), folder, signal, progress);
  } catch (error) {
    const failure = error instanceof ChildFailure ? error : failureOf(messageOf(error), secrets);
    if (failure.code !== 'SQL_TOO_LARGE' || signal.aborted) throw asFileFailure(failure, secrets);
  }
  // Keeping the order of very wide rows can need more memory than there is; the data matters more than its order.
  try {
    const result = await ingestOnce(job, await openBench({ keepsOrder: false }), folder, signal, progress);
    const warnings = [...result.report.warnings, 'The rows may stand in another order than in the file.'];
    return { ...result, report: { ...result.report, warnings } };
  } catch (error) {
    throw asFileFailure(error instanceof ChildFailure ? error : failureOf(messageOf(error), secrets), secrets);
  }
}

/** The codes of queries say nothing to someone who uploads a file. */
function asFileFailure(failure: ChildFailure, secrets: readonly string[]): ChildFailure {
  switch (failure.code) {
    case 'SQL_TOO_LARGE':
      return new ChildFailure('UNSUPPORTED_FILE', 'The file needs more memory to be read than it may use: its rows or values are too large.');
    case 'SQL_INVALID':
    case 'SQL_NOT_ALLOWED':
    case 'QUERY_CRASHED':
      return new ChildFailure('UNSUPPORTED_FILE', `The file cannot be read: ${cleanFileMessage(failure.message, secrets)}`);
    case 'SQL_TIMEOUT':
    case 'BAD_USER_INPUT':
    case 'UNSUPPORTED_FILE':
    case 'PAYLOAD_TOO_LARGE':
    case 'INTERNAL_SERVER_ERROR':
    case 'INTERRUPTED':
    case 'SERVICE_UNAVAILABLE':
      return failure;
  }
}

async function writeTable(bench: Workbench, job: IngestJob, folder: string, signal: AbortSignal): Promise<Ingested> {
  switch (job.format) {
    case 'CSV':
      return await ingestCsv(bench, job, folder, signal);
    case 'PARQUET':
      return await ingestParquet(bench, job, folder);
    case 'JSON':
      return await ingestJson(bench, job, folder, signal);
    case 'XLSX':
      return await ingestXlsx(bench, job, folder, signal);
  }
}

/** The options that mean something for a format; null where all do. */
const knownOptions: Readonly<Record<IngestJob['format'], readonly string[] | null>> = { CSV: null, XLSX: null, JSON: ['isAllText'], PARQUET: [] };

/** What a person is told of options that say nothing about files of this format. */
function ignoredOptions({ format, options }: IngestJob): readonly string[] {
  const known = knownOptions[format];
  const ignored = Object.keys(options).filter((name) => known !== null && !known.includes(name));
  if (ignored.length === 0) return [];
  return [`Ignored, for they say nothing about how ${format === 'JSON' ? 'JSON' : 'Parquet'} is read: ${ignored.map((name) => `"${name}"`).join(', ')}.`];
}

async function ingestOnce(packed: IngestJob, bench: Workbench, folder: string, signal: AbortSignal, progress: IngestProgress): Promise<IngestResult> {
  progress.follow(bench);
  try {
    const job = await unpackSource(packed, folder, signal);
    const { rowCount, report } = await writeTable(bench, job, folder, signal);
    progress.enterProfile();
    const columns = await profileParquet(bench, job.partialPath, rowCount);
    const preview = await bench.all(`SELECT * FROM read_parquet(${quoteString(job.partialPath)}) LIMIT ${previewRowCount}`);
    const previewRows = preview.map((row) => columns.map((column) => row[column.name] ?? null));
    return { rowCount, columns, previewRows, report: { ...report, warnings: [...ignoredOptions(job), ...report.warnings] } };
  } finally {
    bench.close();
  }
}

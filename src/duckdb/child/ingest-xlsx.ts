import { plainReport, type IngestReport } from '../../base/reading.ts';
import type { IngestJob } from '../protocol.ts';
import { ChildFailure } from './failure.ts';
import { ingestCsv, type Ingested } from './ingest-csv.ts';
import type { Workbench } from './workbench.ts';
import { openXlsxArchive, type XlsxArchive } from './xlsx-archive.ts';
import { peekDimension, writeSheet, type WrittenSheet } from './xlsx-csv.ts';
import { readWorkbook, type XlsxSheet, type XlsxWorkbook } from './xlsx-workbook.ts';

/** How many sheets a report lists. */
const mostListedSheets = 100;

const quoted = (sheets: readonly XlsxSheet[]): string =>
  sheets
    .slice(0, 20)
    .map(({ name }) => `"${name}"`)
    .join(', ');

/** The sheet that a person asked for: by name, or by number in `options.table`; null where nobody did. */
function askedSheet({ sheets }: XlsxWorkbook, { sheet, table }: IngestJob['options']): XlsxSheet | null {
  if (sheet !== undefined) {
    const found = sheets.find(({ name }) => name === sheet) ?? sheets.find(({ name }) => name.toLowerCase() === sheet.trim().toLowerCase());
    if (found === undefined) throw new ChildFailure('UNSUPPORTED_FILE', `The workbook has no sheet "${sheet}"; it has ${quoted(sheets)}.`);
    return found;
  }
  if (table === undefined) return null;
  const found = sheets[table - 1];
  if (found === undefined) throw new ChildFailure('UNSUPPORTED_FILE', `There is no sheet ${table}; the workbook has ${sheets.length}: ${quoted(sheets)}.`);
  return found;
}

/** Lists the sheets with the sizes that they say, and that of the one which was read as it is. */
async function listSheets(archive: XlsxArchive, workbook: XlsxWorkbook, read: XlsxSheet, written: WrittenSheet): Promise<IngestReport['tables']> {
  const tables: IngestReport['tables'][number][] = [];
  for (const sheet of workbook.sheets.slice(0, mostListedSheets)) {
    const isRead = sheet === read;
    const size = isRead ? written.used : await peekDimension(archive, workbook, sheet);
    tables.push({
      name: sheet.name,
      firstLine: size?.firstRow ?? 0,
      lastLine: size?.lastRow ?? 0,
      rowCount: size === null ? 0 : size.lastRow - size.firstRow + 1,
      columnCount: size === null ? 0 : size.lastColumn - size.firstColumn + 1,
      isRead,
    });
  }
  return tables;
}

function warningsOf(workbook: XlsxWorkbook, sheet: XlsxSheet, isAsked: boolean, { facts, filledCount }: WrittenSheet): readonly string[] {
  const others = workbook.sheets.filter((other) => other !== sheet && !other.isHidden);
  const hidden = workbook.sheets.filter((other) => other !== sheet && other.isHidden);
  return [
    ...(isAsked || others.length === 0
      ? []
      : [`The sheet "${sheet.name}" was read; the workbook also has ${quoted(others)}. Read the file again with another "sheet" for one of them.`]),
    ...(hidden.length === 0 ? [] : [`Hidden sheets were not looked at: ${quoted(hidden)}.`]),
    ...(filledCount === 0 ? [] : [`Under cells that are merged over several rows, ${filledCount} were given the value of their group.`]),
    ...(facts.errorCount === 0 ? [] : [`${facts.errorCount} cells hold errors such as ${facts.firstError ?? '#N/A'}; they were read as missing values.`]),
  ];
}

/**
 * Writes a sheet of a workbook as zstd Parquet: the one that was asked for, else the first visible one with at least two rows. The sheet is
 * written as CSV first, and then read as every other: so headers, titles above them and types are found in the same way.
 *
 * @throws ChildFailure UNSUPPORTED_FILE, PAYLOAD_TOO_LARGE
 */
export async function ingestXlsx(bench: Workbench, job: IngestJob, folder: string, signal: AbortSignal): Promise<Ingested> {
  using archive = await openXlsxArchive(job.sourcePath, job.maxExpandedBytes);
  const workbook = await readWorkbook(archive);
  const asked = askedSheet(workbook, job.options);
  const visible = workbook.sheets.filter(({ isHidden }) => !isHidden);
  const candidates = asked === null ? (visible.length > 0 ? visible : workbook.sheets) : [asked];
  const path = `${folder}/sheet.csv`;
  const limits = { maxBytes: job.maxExpandedBytes, maxColumns: job.maxColumns };
  for (const [index, sheet] of candidates.entries()) {
    const written = await writeSheet(archive, workbook, sheet, path, limits);
    signal.throwIfAborted();
    const isLast = index === candidates.length - 1;
    if (written.used === null || (written.used.lastRow === written.used.firstRow && !isLast)) continue;
    const tables = workbook.sheets.length > 1 ? await listSheets(archive, workbook, sheet, written) : [];
    const warnings = warningsOf(workbook, sheet, asked !== null, written);
    const ingested = await ingestCsv(bench, csvJob(job, path), folder, signal);
    return { ...ingested, report: sheetReport(ingested.report, tables, warnings) };
  }
  throw new ChildFailure('UNSUPPORTED_FILE', asked === null ? 'No sheet of the workbook holds any value.' : `The sheet "${asked.name}" holds no value.`);
}

/** What our own CSV looks like is known; what a person says about the table in it holds. */
function csvJob(job: IngestJob, path: string): IngestJob {
  const { sheet, table, ...options } = job.options;
  const tableOfSheet = sheet === undefined || table === undefined ? {} : { table };
  return { ...job, sourcePath: path, options: { ...options, ...tableOfSheet, encoding: 'utf-8', delimiter: ',', quote: '"', escape: '"', comment: '' } };
}

function sheetReport(report: IngestReport, tables: IngestReport['tables'], warnings: readonly string[]): IngestReport {
  const { delimiter, quote, escape, comment, encoding } = plainReport;
  return {
    ...report,
    delimiter,
    quote,
    escape,
    comment,
    encoding,
    tables: tables.length > 0 ? tables : report.tables,
    warnings: [...warnings, ...report.warnings],
  };
}

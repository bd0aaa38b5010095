import { open } from 'node:fs/promises';
import type { ReadingOptions } from '../../../base/reading.ts';
import type { CsvSource } from '../csv-source.ts';
import type { Dialect } from '../dialect.ts';
import { quoteName, quoteString } from '../quote.ts';
import type { Workbench } from '../workbench.ts';
import type { Account, Tally } from './account.ts';
import type { FoundMarks } from './find-marks.ts';
import { findFooter } from './footer.ts';
import type { TablePlan } from './plan.ts';
import type { HeadPlan } from './read-text.ts';
import type { TextRecord } from './tokenizer.ts';
import { recordsOf } from './tokenizer.ts';
import { readBytes } from '../read-bytes.ts';
import { describe } from '../describe.ts';

/** Smaller files are always read by our own reader: it is quick enough, and knows of each line where it went. */
const smallestDirectBytes = 4_194_304;
const tailBytes = 65_536;

/** Whether the structure of a large file is so plain, at its beginning and at its end, that DuckDB may read it. What is in between is seen when it has. */
export async function isPlain(source: CsvSource, found: FoundMarks, { plan, records }: HeadPlan, options: ReadingOptions): Promise<boolean> {
  const { marks, shape, table, tables } = plan;
  const { survey } = source;
  if (source.bytes < smallestDirectBytes || survey.hasNuls) return false;
  if (survey.carriageReturnCount > 0 && survey.carriageReturnCount !== survey.lineFeedCount) return false;
  if (marks.delimiter.length !== 1 || marks.comment !== '' || marks.isPadded || (marks.escape !== marks.quote && marks.escape !== '')) return false;
  if (found.isWrapped || tables.length > 1 || options.table !== undefined || shape.width < 2) return false;
  if (shape.dropsFirst || shape.dropsLast || shape.hasRowNames || shape.addedColumns > 0 || table.headerRowCount > 1 || table.isHeaderInComment) return false;
  const isRow = (record: TextRecord): boolean =>
    record.kind === 'row' && record.fields.length === shape.width && record.unclosedField === null && record.strayQuotes === 0;
  if (!records.filter(({ line }) => line >= plan.firstLine).every(isRow)) return false;
  const tail = await readTail(source.path);
  const last = recordsOf(tail, marks, shape.width).filter(({ kind }) => kind !== 'blank');
  const whole = last.slice(-20);
  if (!whole.every((record) => record.kind === 'row' && record.fields.length === shape.width)) return false;
  return findFooter({ ...table.block, tail: whole, rowCount: table.block.rowCount + 20 }, table.sample, 0).rowCount === 0;
}

/** The last lines of a file, as a text of bytes. */
async function readTail(path: string): Promise<string> {
  await using file = await open(path);
  const { size } = await file.stat();
  const text = (await readBytes(file, Math.max(0, size - tailBytes), tailBytes)).toString('latin1');
  return text.slice(text.indexOf('\n') + 1);
}

/** How DuckDB reads a plain file. */
export function dialectOf({ marks, shape, table, firstLine }: TablePlan): Dialect {
  return {
    delimiter: marks.delimiter,
    quote: marks.quote,
    escape: marks.escape,
    comment: '',
    skippedLines: firstLine - 1,
    hasHeader: table.headerRowCount > 0,
    columnCount: shape.width,
  };
}

/**
 * Whether each line of the file is in the table that DuckDB has written: rows and lines of the file must be as many, but for line ends
 * inside of values. Quotes that are never closed and blank lines are found by it.
 *
 * @param path the Parquet file
 */
export async function isComplete(bench: Workbench, path: string, source: CsvSource, plan: TablePlan, rowCount: number): Promise<boolean> {
  const { survey } = source;
  const { shape, marks } = plan;
  const lineCount = survey.lineFeedCount + (survey.endsWithLineFeed ? 0 : 1);
  const beyond = lineCount - rowCount - plan.table.headerRowCount - (plan.firstLine - 1);
  const columns = await describe(bench, `SELECT * FROM read_parquet(${quoteString(path)})`);
  const names = columns.map(({ name }) => quoteName(name));
  const [nothing] = await bench.all(
    `SELECT count(*) AS count FROM read_parquet(${quoteString(path)}) WHERE ${names.map((name) => `${name} IS NULL`).join(' AND ')}`,
  );
  if (Number(nothing?.['count'] ?? 0) > 0) return false;
  if (beyond === 0) return true;
  const texts = columns.filter(({ type }) => type === 'VARCHAR').map(({ name }) => quoteName(name));
  if (beyond < 0 || texts.length === 0) return false;
  // Lengths in bytes, and of those few values only that hold a line end: on a large file this is a third of the work.
  const has = (name: string): string => `contains(${name}, chr(10))`;
  const countOf = (name: string, mark: string): string => `(strlen(${name}) - strlen(replace(${name}, ${mark}, '')))`;
  const breaks = texts.map((name) => `CASE WHEN ${has(name)} THEN ${countOf(name, 'chr(10)')} ELSE 0 END`).join(' + ');
  const suspicious = texts.map((name) => `(${has(name)} AND ${countOf(name, quoteString(marks.delimiter))} >= ${shape.width - 1})`).join(' OR ');
  const [row] = await bench.all(
    `SELECT sum(${breaks}) AS breaks, count_if(coalesce(${suspicious}, false)) AS suspicious FROM read_parquet(${quoteString(path)}) WHERE ${texts.map(has).join(' OR ')}`,
  );
  return Number(row?.['breaks'] ?? 0) === beyond && Number(row?.['suspicious'] ?? 0) === 0;
}

const none: Tally = { count: 0, lines: [] };

/** The account of a file that DuckDB has read completely. */
export function plainAccount(source: CsvSource, plan: TablePlan, rowCount: number): Account {
  const above = source.head.split(/\r\n|\n|\r/, plan.firstLine - 1);
  return {
    rowCount,
    rejectedCount: 0,
    rejected: [],
    preamble: above.slice(0, 20),
    preambleLineCount: above.length,
    footer: [],
    footerLineCount: 0,
    headerLineCount: plan.table.headerRowCount,
    blankLineCount: 0,
    emptyRowCount: 0,
    commentLineCount: 0,
    rulerLineCount: 0,
    continuedLineCount: 0,
    trailingBlankCount: 0,
    hasQuotes: source.survey.hasQuotes && plan.marks.quote !== '',
    short: none,
    trimmed: none,
    unwrapped: none,
    stray: none,
    emptyValues: none,
  };
}

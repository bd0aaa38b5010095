import { cleanFileMessage, ChildFailure } from './failure.ts';
import type { CsvSource } from './csv-source.ts';
import { messageOf } from '../../base/errors.ts';
import { quoteString } from './quote.ts';
import type { Workbench } from './workbench.ts';

/** How the fields of a CSV file are marked. Empty strings are marks that it does not use. */
export interface Dialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
  readonly comment: string;
  readonly skippedLines: number;
  readonly hasHeader: boolean;
  readonly columnCount: number;
}

const wholeFileBytes = 8_388_608;
const sampleRows = 40_960;
const candidates = [',', ';', '\t', '|'];

/** How often a delimiter stands in a line outside of quotes. */
function countOutsideQuotes(line: string, delimiter: string): number {
  let isQuoted = false;
  let count = 0;
  for (const character of line) {
    if (character === '"') isQuoted = !isQuoted;
    else if (character === delimiter && !isQuoted) count += 1;
  }
  return count;
}

/** The delimiter that stands in most of the first lines equally often, at least once; null where none does. */
function guessDelimiter(head: string): string | null {
  const lines = head
    .split(/\r\n|\n|\r/)
    .slice(0, -1)
    .filter((line) => line.trim() !== '')
    .slice(0, 200);
  const scores = candidates.map((delimiter) => {
    const counts = lines.map((line) => countOutsideQuotes(line, delimiter));
    const first = counts[0] ?? 0;
    return { delimiter, share: first === 0 ? 0 : counts.filter((count) => count === first).length / lines.length, first };
  });
  const best = scores.toSorted((one, other) => other.share - one.share || other.first - one.first)[0];
  return best !== undefined && best.share >= 0.5 ? best.delimiter : null;
}

async function sniff(bench: Workbench, source: CsvSource, options: string): Promise<Dialect> {
  const size = source.bytes <= wholeFileBytes ? -1 : sampleRows;
  const sql = `SELECT Delimiter, Quote, Escape, Comment, SkipRows, HasHeader, len(Columns) AS ColumnCount FROM sniff_csv(${quoteString(source.path)}, sample_size = ${size}, encoding = 'utf-8'${options})`;
  const [row] = await bench.all(sql);
  const mark = (value: unknown): string => (typeof value === 'string' && value !== '(empty)' ? value : '');
  return {
    delimiter: mark(row?.['Delimiter']),
    quote: mark(row?.['Quote']),
    escape: mark(row?.['Escape']),
    comment: mark(row?.['Comment']),
    skippedLines: Number(row?.['SkipRows'] ?? 0),
    hasHeader: row?.['HasHeader'] === true,
    columnCount: Number(row?.['ColumnCount'] ?? 0),
  };
}

/** In a large file the first quote may come after the sample; a double quote does no harm where there is none. */
function withQuote(dialect: Dialect, source: CsvSource): Dialect {
  if (dialect.quote !== '') return { ...dialect, escape: dialect.escape === '' ? dialect.quote : dialect.escape };
  return source.bytes > wholeFileBytes ? { ...dialect, quote: '"', escape: '"' } : dialect;
}

/**
 * Finds how the fields of a file are marked: by DuckDB's sniffer, and where it finds a single column although one delimiter stands in most
 * lines equally often, by that delimiter. (A few ragged lines are enough to mislead the sniffer; they are rejected one by one later.)
 *
 * @param delimiterHint the delimiter that the name of the file promises; null for none
 * @throws ChildFailure UNSUPPORTED_FILE when no way of reading it was found
 */
export async function findDialect(bench: Workbench, source: CsvSource, delimiterHint: string | null): Promise<Dialect> {
  const guess = delimiterHint !== null && source.head.includes(delimiterHint) ? delimiterHint : guessDelimiter(source.head);
  try {
    const dialect = await sniff(bench, source, '').catch(() => null);
    if (dialect !== null && (guess === null || dialect.delimiter === guess || (dialect.columnCount > 1 && delimiterHint === null)))
      return withQuote(dialect, source);
    const options = guess === null ? '' : `, delim = ${quoteString(guess)}`;
    return withQuote(await sniff(bench, source, `${options}, ignore_errors = true, quote = '"', escape = '"'`), source);
  } catch (error) {
    throw new ChildFailure('UNSUPPORTED_FILE', `The file cannot be read as CSV: ${cleanFileMessage(messageOf(error), [source.path])}`);
  }
}

/**
 * The call that reads the file with every column as text, named `c0`, `c1` and so on.
 *
 * @param options further options, each with a comma in front
 */
export function readCsvCall(source: CsvSource, dialect: Dialect, options: string): string {
  const columns = Array.from({ length: dialect.columnCount }, (_, index) => `'c${index}': 'VARCHAR'`).join(', ');
  return [
    `read_csv(${quoteString(source.path)}, auto_detect = false, encoding = 'utf-8', compression = 'none', columns = {${columns}}`,
    `, delim = ${quoteString(dialect.delimiter)}, quote = ${quoteString(dialect.quote)}, escape = ${quoteString(dialect.escape)}`,
    dialect.comment === '' ? '' : `, comment = ${quoteString(dialect.comment)}`,
    `, skip = ${dialect.skippedLines}, max_line_size = 2097152, buffer_size = 8388608${options})`,
  ].join('');
}

import { quoteString } from './quote.ts';

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

/**
 * The call that reads a UTF-8 file with every column as text, named `c0`, `c1` and so on.
 *
 * @param options further options, each with a comma in front
 */
export function readCsvCall(path: string, dialect: Dialect, options: string): string {
  const columns = Array.from({ length: dialect.columnCount }, (_, index) => `'c${index}': 'VARCHAR'`).join(', ');
  return [
    `read_csv(${quoteString(path)}, auto_detect = false, encoding = 'utf-8', compression = 'none', columns = {${columns}}`,
    `, delim = ${quoteString(dialect.delimiter)}, quote = ${quoteString(dialect.quote)}, escape = ${quoteString(dialect.escape)}`,
    dialect.comment === '' ? '' : `, comment = ${quoteString(dialect.comment)}`,
    `, skip = ${dialect.skippedLines}, header = ${dialect.hasHeader}${options})`,
  ].join('');
}

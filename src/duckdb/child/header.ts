import type { Dialect } from './dialect.ts';

/**
 * The fields of the header, as they stand in the file. DuckDB would change names that are empty or stand twice without saying so.
 *
 * @param head the beginning of the file, without a byte order mark
 * @returns the fields; fewer where the header is longer than the beginning
 */
export function headerFields(head: string, dialect: Dialect): readonly string[] {
  let position = 0;
  for (let skipped = 0; skipped < dialect.skippedLines; skipped += 1) position = lineEndAfter(head, position);
  while (dialect.comment !== '' && head.startsWith(dialect.comment, position)) position = lineEndAfter(head, position);
  const fields: string[] = [];
  let field = '';
  let isQuoted = false;
  for (; position < head.length; position += 1) {
    const character = head[position] ?? '';
    const isQuote = character === dialect.quote && dialect.quote !== '';
    if (isQuoted && character === dialect.escape && head[position + 1] === dialect.quote) {
      field += dialect.quote;
      position += 1;
    } else if (isQuote && (isQuoted || field.trim() === '')) {
      isQuoted = !isQuoted;
      if (isQuoted) field = '';
    } else if (!isQuoted && character === dialect.delimiter) {
      fields.push(field);
      field = '';
    } else if (!isQuoted && (character === '\n' || character === '\r')) {
      break;
    } else {
      field += character;
    }
  }
  return [...fields, field];
}

function lineEndAfter(text: string, position: number): number {
  const end = /\r\n|\n|\r/g;
  end.lastIndex = position;
  return end.exec(text) === null ? text.length : end.lastIndex;
}

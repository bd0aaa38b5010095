/** A place in a text of SQL. */
export interface Place {
  /** From 1. */
  readonly line: number;
  /** In characters, from 1. */
  readonly column: number;
}

/** How much of a long line is shown on either side of the place. */
const shownCharacters = 60;

/**
 * The place of an offset that DuckDB tells.
 *
 * @param offset in bytes of UTF-8, from 0; outside of the text there is no place
 */
export function placeOf(sql: string, offset: number): Place | null {
  const bytes = Buffer.from(sql);
  if (!Number.isSafeInteger(offset) || offset < 0 || offset > bytes.length) return null;
  const before = bytes.subarray(0, offset).toString().split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** The line of a place with a mark under it, as DuckDB itself shows it; it begins with an empty line. */
export function excerptAt(sql: string, place: Place | null): string {
  if (place === null) return '';
  const line = sql.split('\n')[place.line - 1] ?? '';
  const column = place.column - 1;
  const from = Math.max(0, column - shownCharacters);
  const label = `LINE ${place.line}: `;
  return `\n\n${label}${line.slice(from, column + shownCharacters)}\n${' '.repeat(label.length + column - from)}^`;
}

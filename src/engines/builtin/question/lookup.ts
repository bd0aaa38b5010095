import type { Column, Table } from '../column.ts';
import { explore, type Script } from '../script.ts';
import { literal, literals } from '../sql.ts';
import type { ValueMention } from './filters.ts';
import type { Reading } from './parse.ts';

const mostWords = 5;
const mostColumns = 8;

/** Columns whose values people call by name. */
function namedColumns(table: Table): readonly Column[] {
  return table.columns.filter((column) => !column.isNumber && (column.role === 'category' || column.role === 'label')).slice(0, mostColumns);
}

/** Looks words that were not understood up in the data: "Steven Spielberg" may be a director. */
export function* lookUpValues(reading: Reading): Script<readonly ValueMention[]> {
  const { tokens, unknown, table } = reading;
  const columns = namedColumns(table);
  if (unknown.length === 0 || columns.length === 0) return [];
  const spans = tokens
    .flatMap((_, start) => Array.from({ length: mostWords }, (__, length) => ({ start, end: start + length + 1 })))
    .filter(({ start, end }) => end <= tokens.length && tokens.slice(start, end).some((token) => unknown.includes(token)));
  // Signs between words are lost in tokens, so the data is compared without them too.
  const texts = [...new Set(spans.map((span) => textOf(reading, span)))].slice(0, 60);
  const key = (column: Column): string => `trim(regexp_replace(lower(CAST(${column.sql} AS VARCHAR)), '[^\\p{L}\\p{N}]+', ' ', 'g'))`;
  const queries = columns.map(
    (column, index) =>
      `SELECT ${index} AS position, ${literal(column.name)} AS name, CAST(${column.sql} AS VARCHAR) AS value, ${key(column)} AS words, count(*) AS n FROM ${table.sql} WHERE ${key(column)} IN (${literals(texts)}) GROUP BY ALL`,
  );
  const [result] = yield* explore([`SELECT * FROM (${queries.join(' UNION ALL ')}) ORDER BY length(words) DESC, n DESC, position LIMIT 20`]);
  const found: ValueMention[] = [];
  for (const row of result?.rows ?? []) {
    const column = columns.find((one) => one.name === row.text('name'));
    const value = row.text('value');
    const span = spans.find((one) => textOf(reading, one) === row.text('words'));
    if (column === undefined || value === null || span === undefined) continue;
    if (found.every((other) => span.end <= other.start || span.start >= other.end)) found.push({ column, value, ...span });
  }
  return found;
}

function textOf(reading: Reading, span: { readonly start: number; readonly end: number }): string {
  return reading.tokens
    .slice(span.start, span.end)
    .map((token) =>
      token.text
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
        .trim(),
    )
    .join(' ');
}

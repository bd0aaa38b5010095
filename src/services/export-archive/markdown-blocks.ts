import type { Json } from '../../base/json.ts';

/** How much of a table a document shows. */
const shown = { rows: 50, columns: 30, characters: 500 } as const;

/** Text that Markdown would take for markup, as it is. Never for what people and models wrote, which is Markdown already. */
export function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_<>[\]|~#]/g, String.raw`\$&`);
}

/** A block of code. Its fence is longer than every one inside. */
export function fenced(language: string, code: string): string {
  const runs = code.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return `${fence}${language}\n${code}\n${fence}`;
}

function cell(value: Json | undefined): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const short = text.length > shown.characters ? `${text.slice(0, shown.characters)} ...` : text;
  return plain(short);
}

/** The first rows of a table, and how many more there are. */
export function markdownTable(columns: readonly string[], rows: readonly (readonly Json[])[], isCut: boolean): string {
  const names = columns.slice(0, shown.columns);
  if (names.length === 0) return '*A table without columns.*';
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const body = rows.slice(0, shown.rows).map((row) => line(names.map((_, index) => cell(row[index]))));
  const left = [
    ...(rows.length > shown.rows ? [`${rows.length - shown.rows} more rows`] : []),
    ...(isCut ? ['rows beyond the limit of the query'] : []),
    ...(columns.length > names.length ? [`${columns.length - names.length} more columns`] : []),
  ];
  const note = left.length === 0 ? [] : ['', `*Not shown: ${left.join(', ')}.*`];
  return [line(names.map(plain)), line(names.map(() => '---')), ...body, ...note].join('\n');
}

/** A size as people read it. */
export function readableSize(byteSize: number): string {
  if (byteSize < 1_000) return `${byteSize} bytes`;
  return byteSize < 1_000_000 ? `${Math.round(byteSize / 1_000)} kB` : `${(byteSize / 1_000_000).toFixed(1)} MB`;
}

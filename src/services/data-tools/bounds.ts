import type { Json } from '../../base/json.ts';
import type { ColumnProfile, DataDescription, TableProfile } from '../../base/table.ts';

/** How much of a description is shown. */
interface Detail {
  readonly sampleRows: number;
  readonly topValues: number;
  readonly textLength: number;
  readonly columns: number;
}

// Most to least: tried in this order until the description fits.
const details: readonly Detail[] = [
  { sampleRows: 5, topValues: 10, textLength: 200, columns: 500 },
  { sampleRows: 3, topValues: 10, textLength: 80, columns: 500 },
  { sampleRows: 2, topValues: 5, textLength: 60, columns: 300 },
  { sampleRows: 1, topValues: 3, textLength: 40, columns: 200 },
  { sampleRows: 0, topValues: 1, textLength: 30, columns: 100 },
  { sampleRows: 0, topValues: 0, textLength: 20, columns: 50 },
  { sampleRows: 0, topValues: 0, textLength: 20, columns: 20 },
  { sampleRows: 0, topValues: 0, textLength: 20, columns: 5 },
];

function cutText(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest).toWellFormed()}…`;
}

/**
 * A cell with its long texts and lists shortened, for an engine that pays for each character.
 *
 * @param longest how many characters of a text stay
 */
export function cutCell(cell: Json, longest: number): Json {
  if (typeof cell === 'string') return cutText(cell, longest);
  if (cell === null || typeof cell !== 'object') return cell;
  const text = JSON.stringify(cell);
  return text.length <= longest ? cell : cutText(text, longest);
}

function cutColumn(column: ColumnProfile, detail: Detail): ColumnProfile {
  return {
    ...column,
    // The quantiles say nearly as much in a tenth of the characters.
    histogram: [],
    type: cutText(column.type, 200),
    min: column.min === null ? null : cutText(column.min, detail.textLength),
    max: column.max === null ? null : cutText(column.max, detail.textLength),
    topValues: column.topValues.slice(0, detail.topValues).map(({ value, count }) => ({ value: cutText(value, detail.textLength), count })),
  };
}

function cutTable(table: TableProfile, detail: Detail): TableProfile {
  return {
    ...table,
    columns: table.columns.slice(0, detail.columns).map((column) => cutColumn(column, detail)),
    sampleRows: table.sampleRows.slice(0, detail.sampleRows).map((row) => row.slice(0, detail.columns).map((cell) => cutCell(cell, detail.textLength))),
  };
}

/**
 * A description as JSON text within a limit: with less detail the more there is, and at last with fewer columns, which it says.
 *
 * @param maxBytes how long the text may be; kept whenever the data has fewer than some hundred tables
 * @param besides what stands before the tables, whole
 */
export function describeWithin(description: DataDescription, maxBytes: number, besides: { readonly [name: string]: unknown } = {}): string {
  let text = '';
  for (const detail of details) {
    const hidden = description.tables.filter((table) => table.columns.length > detail.columns);
    const notes = hidden.map(
      (table) =>
        `"${table.name}" has ${table.columns.length} columns; the first ${detail.columns} are shown. DESCRIBE is not allowed, but SELECT * FROM ${table.name} LIMIT 1 shows all.`,
    );
    text = JSON.stringify({ ...besides, tables: description.tables.map((table) => cutTable(table, detail)), ...(notes.length > 0 ? { notes } : {}) });
    if (Buffer.byteLength(text) <= maxBytes) return text;
  }
  return text;
}

/**
 * The first rows of a result that fit into limits.
 *
 * @param options.textLength how many characters of a cell stay
 */
export function rowsWithin(
  rows: readonly (readonly Json[])[],
  options: { readonly maxRows: number; readonly maxBytes: number; readonly textLength: number },
): readonly (readonly Json[])[] {
  const kept: (readonly Json[])[] = [];
  let bytes = 0;
  for (const row of rows.slice(0, options.maxRows)) {
    const cut = row.map((cell) => cutCell(cell, options.textLength));
    bytes += Buffer.byteLength(JSON.stringify(cut)) + 1;
    if (bytes > options.maxBytes) break;
    kept.push(cut);
  }
  return kept;
}

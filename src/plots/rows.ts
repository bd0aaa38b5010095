import { AppError } from '../base/errors.ts';
import type { Json, JsonObject } from '../base/json.ts';
import type { TableColumn, TableData } from '../base/table.ts';

/**
 * The rows of a result as Vega-Lite wants them: one object a row, with decimals and large integers as numbers.
 *
 * @param data the result
 * @param temporal the columns that are drawn on a time axis
 * @param maxRows how many rows a plot may have
 * @throws AppError PLOT_INVALID when there are more rows than that, or no column at all
 */
export function rowObjects(data: TableData, temporal: ReadonlySet<string>, maxRows: number): readonly JsonObject[] {
  if (data.truncated || data.rows.length > maxRows) {
    const count = data.truncated ? `more than ${data.rows.length}` : `${data.rows.length}`;
    throw new AppError(
      'PLOT_INVALID',
      `The plot would have ${count} rows; at most ${maxRows} are allowed. Aggregate in the SQL (GROUP BY, bins, or a sample).`,
    );
  }
  return data.rows.map((row) => Object.fromEntries(data.columns.map((column, index) => [column.name, plotValue(row[index] ?? null, column, temporal)])));
}

function plotValue(value: Json, column: TableColumn, temporal: ReadonlySet<string>): Json {
  if (typeof value !== 'string') return value;
  // Vega keeps the items of a scale by their text in plain objects, which this one would not enter.
  if (value === '__proto__') return '__proto\u200B__';
  if (/^(DECIMAL|NUMERIC|U?BIGINT|U?HUGEINT|DOUBLE|FLOAT)/i.test(column.type) && value !== '' && Number.isFinite(Number(value))) return Number(value);
  if (temporal.has(column.name) && /^(DATE|TIMESTAMP)/i.test(column.type)) return wallClock(value, column.type);
  return value;
}

/**
 * JavaScript reads `2012-01-01` as midnight in Greenwich, and draws it as the last of December in New York. With a time and no zone it
 * is read as local time, so that everybody sees the first of January.
 */
function wallClock(value: string, type: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return `${value}T00:00:00`;
  return /WITH TIME ZONE|TIMESTAMPTZ/i.test(type) ? value : value.replace(' ', 'T').replace(/Z$/, '');
}

import { z } from 'zod';
import type { Json, JsonObject } from '../../base/json.ts';
import type { TableColumn, TableData } from '../../base/table.ts';
import type { Units } from '../../plots/form/names.ts';
import type { PlotSource } from '../../plots/plot-task.ts';
import type { CheckedPlot } from '../../plots/plots.ts';

const jsonObject = z.record(z.string(), z.json());

/** The stored `data` of a part of kind PLOT, and of its versions. */
export const plotData = z.object({
  title: z.string(),
  sql: z.string(),
  /** For clients: with data and the light theme. */
  spec: jsonObject,
  /** As its author meant it; absent in plots of before there were themes. */
  source: jsonObject.optional(),
  /** The columns of the rows with their DuckDB types. */
  columns: z.array(z.object({ name: z.string(), type: z.string() })).optional(),
  units: z.record(z.string(), z.string()).optional(),
  /** From 1; absent until the plot is edited. */
  version: z.number().int().optional(),
});

/** See `plotData`. */
export type PlotData = z.infer<typeof plotData>;

/** What a new plot is stored as. */
export function plotPartData({
  title,
  sql,
  units,
  columns,
  checked,
}: {
  readonly title: string;
  readonly sql: string;
  readonly units: Units;
  readonly columns: readonly TableColumn[];
  readonly checked: CheckedPlot;
}): JsonObject {
  return { title, sql, spec: checked.spec, source: checked.source, columns: columns.map(({ name, type }) => ({ name, type })), units };
}

/** What every look of a stored plot is made from. */
export function plotSource({ spec, source, units }: PlotData): PlotSource {
  const { $schema: _schema, data, config: _config, ...bare } = spec;
  return { source: source ?? bare, rows: rowsOf(data), units: units ?? {} };
}

/** The rows of a stored plot as a result, so that another specification can be checked against them. */
export function plotTable({ spec, columns }: PlotData): TableData {
  const rows = rowsOf(spec['data']);
  const known = columns ?? Object.keys(rows[0] ?? {}).map((name) => ({ name, type: 'VARCHAR' }));
  return {
    columns: known,
    rows: rows.map((row) => known.map(({ name, type }) => storedValue(row[name] ?? null, type))),
    truncated: false,
    elapsedMs: 0,
  };
}

/** Days are stored with the midnight that a time axis needs. */
function storedValue(value: Json, type: string): Json {
  return type === 'DATE' && typeof value === 'string' ? value.replace(/T00:00:00$/, '') : value;
}

function rowsOf(data: unknown): readonly JsonObject[] {
  const parsed = z.object({ values: z.array(jsonObject) }).safeParse(data);
  return parsed.success ? parsed.data.values : [];
}

import { z } from 'zod';

import type { Json } from '../../base/json.ts';
import type { DataDescription } from '../../base/table.ts';

/** The answer of `run_sql`, with access by column name. */
export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly ResultRow[];
  /** How many rows the whole result has; `rows` may hold fewer. */
  readonly rowCount: number;
}

/** A row of a result. */
export interface ResultRow {
  /** The value as a number; null where it is none. */
  number(column: string): number | null;
  /** The value as text; null where it is missing. */
  text(column: string): string | null;
}

const resultSchema = z.object({
  columns: z.array(z.object({ name: z.string() })),
  rows: z.array(z.array(z.json())),
  rowCount: z.number().optional(),
});

const profileSchema = z.object({
  name: z.string(),
  type: z.string(),
  unit: z.string().nullable().default(null),
  meaning: z.enum(['IDENTIFIER', 'CATEGORY', 'MEASURE', 'DATE', 'TEXT', 'GEOGRAPHIC', 'YES_NO']),
  nullCount: z.number(),
  distinctCount: z.number(),
  min: z.string().nullable(),
  max: z.string().nullable(),
  mean: z.number().nullable(),
  standardDeviation: z.number().nullable(),
  quartiles: z.tuple([z.number(), z.number(), z.number()]).nullable(),
  quantiles: z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()]).nullable().default(null),
  histogram: z.array(z.object({ from: z.string(), to: z.string(), count: z.number() })).default([]),
  topValues: z.array(z.object({ value: z.string(), count: z.number() })),
});

const descriptionSchema = z.object({
  verifiedQueries: z.array(z.object({ question: z.string(), sql: z.string() })).optional(),
  tables: z.array(
    z.object({ name: z.string(), fileName: z.string(), rowCount: z.number(), columns: z.array(profileSchema), sampleRows: z.array(z.array(z.json())) }),
  ),
});

/** Reads the answer of `describe_data`; null when it is something else. */
export function readDescription(content: string): DataDescription | null {
  const parsed = descriptionSchema.safeParse(parseJson(content));
  return parsed.success ? parsed.data : null;
}

/** Reads the answer of `run_sql`; null when it is something else. */
export function readResult(content: string): QueryResult | null {
  const parsed = resultSchema.safeParse(parseJson(content));
  if (!parsed.success) return null;
  const columns = parsed.data.columns.map((column) => column.name);
  const rows = parsed.data.rows.map((values) => createRow(columns, values));
  return { columns, rows, rowCount: parsed.data.rowCount ?? rows.length };
}

function createRow(columns: readonly string[], values: readonly Json[]): ResultRow {
  const value = (column: string): Json => values[columns.indexOf(column)] ?? null;
  return {
    number(column) {
      const found = value(column);
      if (found === null || found === '' || typeof found === 'boolean' || typeof found === 'object') return null;
      const number = Number(found);
      return Number.isFinite(number) ? number : null;
    },
    text(column) {
      const found = value(column);
      if (found === null) return null;
      return typeof found === 'object' ? JSON.stringify(found) : String(found);
    },
  };
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return null;
  }
}

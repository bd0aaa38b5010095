import type { Json } from './json.ts';

/** A column of a result: its name and its DuckDB type as text, for example `DECIMAL(10,2)`. */
export interface TableColumn {
  readonly name: string;
  readonly type: string;
}

/**
 * The result of a query, as JSON can carry it: numbers as numbers while they are exact in a double, larger integers and decimals as
 * strings, dates and timestamps in ISO 8601, lists and structs as JSON.
 */
export interface TableData {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Json[])[];
  /** Whether there were more rows than the limit on rows or bytes let through. */
  readonly truncated: boolean;
  readonly elapsedMs: number;
}

/** What a person would say that a column is. */
export type ColumnMeaning = 'IDENTIFIER' | 'CATEGORY' | 'MEASURE' | 'DATE' | 'TEXT' | 'GEOGRAPHIC' | 'YES_NO';

/** A column of a stored table with what one pass over its data told. */
export interface ColumnProfile {
  readonly name: string;
  readonly type: string;
  readonly meaning: ColumnMeaning;
  readonly nullCount: number;
  /** Approximate above some thousands. */
  readonly distinctCount: number;
  /** The smallest value as text; null where the type has no order or every value is null. */
  readonly min: string | null;
  readonly max: string | null;
  /** For numbers; null otherwise. */
  readonly mean: number | null;
  readonly standardDeviation: number | null;
  /** Quartiles of numbers, approximate for large tables; null otherwise. */
  readonly quartiles: readonly [number, number, number] | null;
  /** The most frequent values, most frequent first, at most ten; empty where nearly every value is different. */
  readonly topValues: readonly { readonly value: string; readonly count: number }[];
}

/** A table of a data session. */
export interface TableProfile {
  /** Its name in SQL. */
  readonly name: string;
  /** The name of the uploaded file, as a label. */
  readonly fileName: string;
  readonly rowCount: number;
  readonly columns: readonly ColumnProfile[];
  /** The first rows, values in the order of `columns`. */
  readonly sampleRows: readonly (readonly Json[])[];
}

/** What the tool `describe_data` answers. */
export interface DataDescription {
  readonly tables: readonly TableProfile[];
}

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
  /** What stands in it, where somebody has said so. */
  readonly description?: string | null | undefined;
  /** What its numbers count: the sign or code of a currency, `%`, `kg`; null where the file says nothing. */
  readonly unit: string | null;
  readonly meaning: ColumnMeaning;
  readonly nullCount: number;
  /** Exact in tables of up to 10,000 rows and where values repeat; else an estimate. */
  readonly distinctCount: number;
  /** The smallest value as text; null where the type has no order or every value is null. */
  readonly min: string | null;
  readonly max: string | null;
  /** For numbers; null otherwise. */
  readonly mean: number | null;
  readonly standardDeviation: number | null;
  /** Quartiles of numbers, exact where `distinctCount` is; null otherwise. */
  readonly quartiles: readonly [number, number, number] | null;
  /** The values below which 5, 25, 50, 75 and 95 % of the numbers lie, exact where `distinctCount` is; null where there are no numbers. */
  readonly quantiles: readonly [number, number, number, number, number] | null;
  /**
   * How numbers, dates and moments are spread: at most twenty bins with round edges, as text. A bin begins at `from` and ends before `to`; the
   * last holds its end. Empty for other types.
   */
  readonly histogram: readonly { readonly from: string; readonly to: string; readonly count: number }[];
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
  /** Questions with SQL that a person found right, the nearest to the question first; absent where there are none. */
  readonly verifiedQueries?: readonly { readonly question: string; readonly sql: string }[] | undefined;
}

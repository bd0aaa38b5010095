import type { Json } from '../base/json.ts';
import type { RowFilter, RowOrder } from '../base/rows.ts';
import type { ColumnProfile, TableColumn } from '../base/table.ts';
import type { QueryTable } from './protocol.ts';

/** Which rows of a table, after filter and order. */
export type RowChoice =
  /** The first `limit` rows beyond a row; from the end backwards when reversed. */
  | {
      readonly kind: 'page';
      /** Only rows that stand after this one, which is told by its number in the file. */
      readonly after: number | null;
      readonly before: number | null;
      readonly limit: number;
      readonly isReversed: boolean;
    }
  /** These rows, by their numbers in the file, in this order; without filter and order. */
  | { readonly kind: 'rows'; readonly numbers: readonly number[] }
  /** None: only how many there are. */
  | { readonly kind: 'count' };

/** Some rows of one Parquet file of ours, by SQL of ours. */
export interface PageJob {
  readonly kind: 'page';
  readonly path: string;
  /** The columns to read, in this order; null for all. */
  readonly columns: readonly string[] | null;
  readonly filter: readonly RowFilter[];
  readonly order: readonly RowOrder[];
  readonly choice: RowChoice;
  readonly maxBytes: number;
}

/** What a page job found. */
export interface RowPage {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Json[])[];
  /** The numbers of the rows in the file, from 0. */
  readonly numbers: readonly number[];
  /** Whether there are rows beyond the last one in the direction that was read. */
  readonly hasMore: boolean;
  /** How many rows the filter lets through, where that was asked; else 0. */
  readonly count: number;
}

/** One SELECT of somebody's to look at without running it. */
export interface ExplainJob {
  readonly kind: 'explain';
  readonly tables: readonly QueryTable[];
  readonly sql: string;
  readonly maxSqlCharacters: number;
}

/** What a SELECT would do. */
export interface Explanation {
  /** DuckDB's plan as a drawing of text. */
  readonly plan: string;
  readonly columns: readonly TableColumn[];
  readonly reads: readonly { readonly table: string; readonly columns: readonly string[] }[];
}

/** What a result can be written as. */
export type WriteFormat = 'CSV' | 'PARQUET' | 'JSON' | 'XLSX';

/** One SELECT of somebody's to write into a file. */
export interface WriteJob {
  readonly kind: 'write';
  readonly tables: readonly QueryTable[];
  readonly sql: string;
  readonly format: WriteFormat;
  /** Whether texts that spreadsheets would take for formulas get an apostrophe in front; for CSV. */
  readonly isSpreadsheetSafe: boolean;
  /** Whether the written Parquet is profiled, and its first rows are read. */
  readonly isProfiled: boolean;
  readonly path: string;
  readonly maxRows: number;
  readonly maxBytes: number;
  readonly maxColumns: number;
  readonly maxSqlCharacters: number;
}

/** Several SELECTs to write one after another, each with a database of its own; one may read what another before it wrote. */
export interface WriteAllJob {
  readonly kind: 'writeAll';
  readonly writes: readonly WriteJob[];
}

/** What was written. */
export interface WriteResult {
  readonly rowCount: number;
  readonly byteSize: number;
  /** The names of the tables that the SELECT reads. */
  readonly reads: readonly string[];
  /** Empty unless it was asked for. */
  readonly columns: readonly ColumnProfile[];
  /** The first fifty rows, values in the order of `columns`; empty unless the profile was asked for. */
  readonly previewRows: readonly (readonly Json[])[];
}

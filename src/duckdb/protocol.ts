import { z } from 'zod';
import { errorCodes, type ErrorCode } from '../base/errors.ts';
import type { Json } from '../base/json.ts';
import type { ColumnProfile, TableData } from '../base/table.ts';

/** A table that a query may read: its name in SQL, and the Parquet file of ours behind it. */
export interface QueryTable {
  readonly name: string;
  readonly path: string;
}

/** One SELECT to run. */
export interface QueryJob {
  readonly kind: 'query';
  readonly tables: readonly QueryTable[];
  readonly sql: string;
  readonly maxRows: number;
  readonly maxBytes: number;
  readonly maxSqlCharacters: number;
  /** False only in tests that show that the locked child is a wall without its guard. */
  readonly isGuarded: boolean;
}

/** One uploaded file to turn into Parquet. */
export interface IngestJob {
  readonly kind: 'ingest';
  readonly sourcePath: string;
  readonly format: 'CSV' | 'PARQUET';
  readonly isGzip: boolean;
  readonly delimiterHint: '\t' | null;
  /** Where the child writes; the parent renames it when the child has finished. */
  readonly partialPath: string;
  readonly maxExpandedBytes: number;
  readonly maxColumns: number;
}

/** What a child can be asked to do. */
export type Job = QueryJob | IngestJob;

/** What the parent sends. */
export type ParentMessage = { readonly kind: 'job'; readonly id: number; readonly job: Job } | { readonly kind: 'interrupt'; readonly id: number };

/** A row of the file that could not be read. */
export interface RejectedRow {
  /** Counted from 1, as an editor counts; the header is line 1. */
  readonly line: number;
  /** The column it broke in; null where the whole row is at fault. */
  readonly column: string | null;
  readonly reason: string;
  /** The row as it stands in the file, at most 500 characters of it. */
  readonly text: string;
}

/** How a file was read. The fields of the dialect are null for Parquet. */
export interface IngestReport {
  readonly delimiter: string | null;
  /** Null where the file quotes nothing. */
  readonly quote: string | null;
  readonly escape: string | null;
  /** Whether the first row holds the names of the columns. */
  readonly header: boolean | null;
  /** `utf-8`, `utf-16le`, `utf-16be` or `windows-1252`. */
  readonly encoding: string | null;
  readonly rejectedRowCount: number;
  /** The first hundred, in the order of the file. */
  readonly rejectedRows: readonly RejectedRow[];
  /** Sentences for people about what was decided or changed. */
  readonly warnings: readonly string[];
}

/** What one reading of a file told. */
export interface IngestResult {
  readonly rowCount: number;
  readonly columns: readonly ColumnProfile[];
  /** The first fifty rows, values in the order of `columns`, as in `TableData`. */
  readonly previewRows: readonly (readonly Json[])[];
  readonly report: IngestReport;
}

/** The failures that a child names; everything else is the parent's to say. `INTERRUPTED` answers an interrupt, `SERVICE_UNAVAILABLE` means that the disk is full. */
export type ChildFailureCode = Extract<
  ErrorCode,
  `SQL_${string}` | 'UNSUPPORTED_FILE' | 'PAYLOAD_TOO_LARGE' | 'INTERNAL_SERVER_ERROR' | 'INTERRUPTED' | 'QUERY_CRASHED' | 'SERVICE_UNAVAILABLE'
>;

/** What a child sends. */
export type ChildMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'queried'; readonly id: number; readonly data: TableData }
  | { readonly kind: 'ingested'; readonly id: number; readonly result: IngestResult }
  | { readonly kind: 'failed'; readonly id: number; readonly code: ChildFailureCode; readonly message: string };

const codes = Object.keys(errorCodes);
const row = z.custom<readonly Json[]>((value) => Array.isArray(value));
const rows = z.array(row);
const count = z.number().int().nonnegative();
const id = z.number().int();

/** The profile of a column, as a child sends it and as it is stored. */
export const columnProfile = z.object({
  name: z.string(),
  type: z.string(),
  meaning: z.enum(['IDENTIFIER', 'CATEGORY', 'MEASURE', 'DATE', 'TEXT', 'GEOGRAPHIC', 'YES_NO']),
  nullCount: count,
  distinctCount: count,
  min: z.string().nullable(),
  max: z.string().nullable(),
  mean: z.number().nullable(),
  standardDeviation: z.number().nullable(),
  quartiles: z.tuple([z.number(), z.number(), z.number()]).nullable(),
  topValues: z.array(z.object({ value: z.string(), count })),
});

/** The report of an ingest, as a child sends it and as it is stored. */
export const ingestReport = z.object({
  delimiter: z.string().nullable(),
  quote: z.string().nullable(),
  escape: z.string().nullable(),
  header: z.boolean().nullable(),
  encoding: z.string().nullable(),
  rejectedRowCount: count,
  rejectedRows: z.array(z.object({ line: count, column: z.string().nullable(), reason: z.string(), text: z.string() })),
  warnings: z.array(z.string()),
});

const childMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({
    kind: z.literal('queried'),
    id,
    data: z.object({ columns: z.array(z.object({ name: z.string(), type: z.string() })), rows, truncated: z.boolean(), elapsedMs: z.number() }),
  }),
  z.object({
    kind: z.literal('ingested'),
    id,
    result: z.object({ rowCount: count, columns: z.array(columnProfile), previewRows: rows, report: ingestReport }),
  }),
  z.object({
    kind: z.literal('failed'),
    id,
    code: z.custom<ChildFailureCode>((value) => typeof value === 'string' && codes.includes(value)),
    message: z.string(),
  }),
]);

/**
 * What a child sent, or null when it is not of the protocol: a child that ran hostile SQL is not believed blindly.
 *
 * @param value the message as it came over the channel
 */
export function parseChildMessage(value: unknown): ChildMessage | null {
  const parsed = childMessage.safeParse(value);
  return parsed.success ? parsed.data : null;
}

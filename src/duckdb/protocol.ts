import { z } from 'zod';
import { errorCodes, type ErrorCode } from '../base/errors.ts';
import type { Json } from '../base/json.ts';
import { ingestReport, type IngestReport, type ReadingOptions } from '../base/reading.ts';
import type { ColumnProfile, TableData } from '../base/table.ts';
import type { ExplainJob, Explanation, PageJob, RowPage, WriteAllJob, WriteJob, WriteResult } from './table-job.ts';

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

/** What an uploaded file is made of. */
export type SourceFormat = 'CSV' | 'PARQUET' | 'JSON' | 'XLSX';

/** How an uploaded file is packed. */
export type SourceCompression = 'none' | 'gzip' | 'zstd';

/** One uploaded file to turn into Parquet. */
export interface IngestJob {
  readonly kind: 'ingest';
  readonly sourcePath: string;
  readonly format: SourceFormat;
  readonly compression: SourceCompression;
  readonly delimiterHint: '\t' | null;
  /** What a person said about how to read it. */
  readonly options: ReadingOptions;
  /** Where the child writes; the parent renames it when the child has finished. */
  readonly partialPath: string;
  readonly maxExpandedBytes: number;
  readonly maxColumns: number;
}

/** What a child can be asked to do. */
export type Job = QueryJob | IngestJob | PageJob | ExplainJob | WriteJob | WriteAllJob;

/** What the parent sends. */
export type ParentMessage = { readonly kind: 'job'; readonly id: number; readonly job: Job } | { readonly kind: 'interrupt'; readonly id: number };

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
  | `SQL_${string}`
  | 'BAD_USER_INPUT'
  | 'UNSUPPORTED_FILE'
  | 'PAYLOAD_TOO_LARGE'
  | 'INTERNAL_SERVER_ERROR'
  | 'INTERRUPTED'
  | 'QUERY_CRASHED'
  | 'SERVICE_UNAVAILABLE'
>;

/** What a child sends. */
export type ChildMessage =
  | { readonly kind: 'ready' }
  /** It should get no other job: it has used so much that the next one would not find what it may use, or it has given its priority up. */
  | { readonly kind: 'worn' }
  /** It uses more memory than it may, and ends itself. */
  | { readonly kind: 'memoryExceeded' }
  /** How much of a job is done, of 0 to 1. */
  | { readonly kind: 'progress'; readonly id: number; readonly fraction: number }
  | { readonly kind: 'queried'; readonly id: number; readonly data: TableData }
  | { readonly kind: 'ingested'; readonly id: number; readonly result: IngestResult }
  | { readonly kind: 'paged'; readonly id: number; readonly page: RowPage }
  | { readonly kind: 'explained'; readonly id: number; readonly explanation: Explanation }
  | { readonly kind: 'written'; readonly id: number; readonly result: WriteResult }
  | { readonly kind: 'allWritten'; readonly id: number; readonly results: readonly WriteResult[] }
  | {
      readonly kind: 'failed';
      readonly id: number;
      readonly code: ChildFailureCode;
      readonly message: string;
      /** Where in the SQL, both from 1; null where that is unknown. */
      readonly place: { readonly line: number; readonly column: number } | null;
    };

const codes = Object.keys(errorCodes);
const row = z.custom<readonly Json[]>((value) => Array.isArray(value));
const rows = z.array(row);
const resultColumns = z.array(z.object({ name: z.string(), type: z.string() }));
const count = z.number().int().nonnegative();
const id = z.number().int();

/** The profile of a column, as a child sends it and as it is stored. What came later has a default, so that stored profiles stay readable. */
export const columnProfile = z.object({
  name: z.string(),
  type: z.string(),
  description: z.string().nullish(),
  unit: z.string().nullable().default(null),
  meaning: z.enum(['IDENTIFIER', 'CATEGORY', 'MEASURE', 'DATE', 'TEXT', 'GEOGRAPHIC', 'YES_NO']),
  nullCount: count,
  distinctCount: count,
  min: z.string().nullable(),
  max: z.string().nullable(),
  mean: z.number().nullable(),
  standardDeviation: z.number().nullable(),
  quartiles: z.tuple([z.number(), z.number(), z.number()]).nullable(),
  quantiles: z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()]).nullable().default(null),
  histogram: z.array(z.object({ from: z.string(), to: z.string(), count })).default([]),
  topValues: z.array(z.object({ value: z.string(), count })),
});

const writeResult = z.object({ rowCount: count, byteSize: count, reads: z.array(z.string()), columns: z.array(columnProfile), previewRows: rows });

const childMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['ready', 'worn', 'memoryExceeded']) }),
  z.object({ kind: z.literal('progress'), id, fraction: z.number().min(0).max(1) }),
  z.object({
    kind: z.literal('queried'),
    id,
    data: z.object({ columns: resultColumns, rows, truncated: z.boolean(), elapsedMs: z.number() }),
  }),
  z.object({
    kind: z.literal('ingested'),
    id,
    result: z.object({ rowCount: count, columns: z.array(columnProfile), previewRows: rows, report: ingestReport }),
  }),
  z.object({
    kind: z.literal('paged'),
    id,
    page: z.object({ columns: resultColumns, rows, numbers: z.array(count), hasMore: z.boolean(), count }),
  }),
  z.object({
    kind: z.literal('explained'),
    id,
    explanation: z.object({ plan: z.string(), columns: resultColumns, reads: z.array(z.object({ table: z.string(), columns: z.array(z.string()) })) }),
  }),
  z.object({ kind: z.literal('written'), id, result: writeResult }),
  z.object({ kind: z.literal('allWritten'), id, results: z.array(writeResult) }),
  z.object({
    kind: z.literal('failed'),
    id,
    code: z.custom<ChildFailureCode>((value) => typeof value === 'string' && codes.includes(value)),
    message: z.string(),
    place: z.object({ line: count, column: count }).nullable(),
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

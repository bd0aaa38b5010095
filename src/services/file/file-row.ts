import { z } from 'zod';
import type { Json } from '../../base/json.ts';
import { ingestReport, type IngestReport } from '../../base/reading.ts';
import type { ColumnProfile } from '../../base/table.ts';
import { columnProfile } from '../../duckdb/protocol.ts';
import type { FileFormat, FileStatus, Prisma } from '../../../prisma/generated/client.ts';

/** An uploaded file, without the large things that are known of it. */
export interface FileRow {
  readonly id: string;
  readonly sessionId: string | null;
  readonly name: string;
  readonly format: FileFormat;
  readonly byteSize: bigint;
  readonly tableName: string;
  readonly rowCount: bigint;
  readonly columnCount: number;
  readonly status: FileStatus;
  /** Counts the readings of the file, from 1. */
  readonly revision: number;
  readonly createdAt: Date;
}

/** The first rows of a table. */
export interface TablePreview {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Json[])[];
}

/** What is read of a file when nobody asks for its profile, preview or report: those can be hundreds of kilobytes a file. */
export const fileRowSelection = {
  id: true,
  sessionId: true,
  name: true,
  format: true,
  byteSize: true,
  tableName: true,
  rowCount: true,
  columnCount: true,
  status: true,
  revision: true,
  createdAt: true,
} as const satisfies Prisma.FileSelect;

const columnsShape = z.array(columnProfile);

const previewShape = z.array(z.array(z.json()));

/** The stored `columns` of a file. */
export function parseColumns(stored: unknown): readonly ColumnProfile[] {
  return columnsShape.parse(stored);
}

/** The stored `preview` of a file. */
export function parsePreview(stored: unknown): readonly (readonly Json[])[] {
  return previewShape.parse(stored);
}

/** The stored `ingest` of a file. */
export function parseIngest(stored: unknown): IngestReport {
  return ingestReport.parse(stored);
}

const replacement = '\u{FFFD}';

/** Text without what PostgreSQL cannot keep in JSON: the character NUL and halves of surrogate pairs. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', replacement);
}

/** A value as JSON that PostgreSQL can store. Cells of uploaded files, and what models say, may hold any character. */
export function storableJsonText(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'string' ? storableText(inner) : inner));
}

/**
 * The same in the shape that Prisma asks for.
 *
 * @param value anything JSON can carry
 */
export function storableJson(value: unknown): Prisma.InputJsonValue {
  const parsed: Prisma.InputJsonValue = JSON.parse(storableJsonText(value));
  return parsed;
}

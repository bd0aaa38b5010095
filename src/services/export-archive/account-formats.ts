import { z } from 'zod';
import type { Persona } from '../../../prisma/generated/client.ts';
import { count, label, moment } from './formats.ts';

/** Names a document of a data session. */
export const sessionFormat = 'colloquy-session/1';
/** Names an archive of a whole account. */
export const accountFormat = 'colloquy-account/1';

const tableName = z.string().min(1).max(200);

const sessionFile = z.object({
  id: z.uuid(),
  name: label,
  format: z.enum(['CSV', 'PARQUET', 'JSON', 'XLSX']),
  byteSize: count,
  tableName,
  rowCount: count,
  columnCount: count,
  /** `IngestReport`: for people; whoever reads the file anew finds it out again. */
  ingest: z.unknown(),
  status: z.enum(['READY', 'INGESTING']),
  revision: z.number().int().min(1).max(1_000_000),
  /** `ReadingOptions`. */
  options: z.unknown(),
  createdAt: moment,
});

const sessionTable = z.object({
  id: z.uuid(),
  name: tableName,
  version: z.number().int().min(1).max(1_000_000),
  isCurrent: z.boolean(),
  sql: z.string(),
  /** `[{ id, name, kind, revision }]`. */
  parents: z.unknown(),
  runId: z.uuid().nullable(),
  rowCount: count,
  columnCount: count,
  byteSize: count,
  /** `ColumnProfile[]`. */
  columns: z.unknown(),
  createdAt: moment,
});

/** The document of a data session; that of files that are in none has no session. */
export const sessionDocument = z.object({
  format: z.literal(sessionFormat),
  session: z.object({ id: z.uuid(), title: label.nullable(), createdAt: moment, updatedAt: moment }).nullable(),
  files: z.array(sessionFile).max(10_000),
  tables: z.array(sessionTable).max(10_000),
  verifiedQueries: z.array(z.object({ id: z.uuid(), question: z.string(), sql: z.string(), createdAt: moment })).max(10_000),
});

/** See `sessionDocument`. */
export type SessionDocument = z.infer<typeof sessionDocument>;
/** A file of the document of a data session. */
export type SessionDocumentFile = SessionDocument['files'][number];
/** A derived table of the document of a data session. */
export type SessionDocumentTable = SessionDocument['tables'][number];

/** What an archive says of an attachment; its bytes are beside it. */
export const attachmentFacts = z.object({
  id: z.uuid(),
  conversationId: z.uuid().nullable(),
  name: label,
  mediaType: z.string().max(200),
  byteSize: count,
  width: count.nullable(),
  height: count.nullable(),
  /** Of a recording that was written down; it is written down anew where it is imported. */
  transcript: z.json().default(null),
  createdAt: moment,
});

/** See `attachmentFacts`. */
export type AttachmentFacts = z.infer<typeof attachmentFacts>;

/** What an archive says of a person. */
export const profile = z.object({
  format: z.literal(accountFormat),
  email: z.string().nullable(),
  username: z.string().nullable(),
  fullName: label.nullable(),
  locale: z.string().max(100).nullable().default(null),
  /** The picture, which lies beside it as `avatar`. */
  avatar: z
    .object({ mediaType: z.string().max(200), byteSize: count, createdAt: moment })
    .nullable()
    .default(null),
  createdAt: moment,
});

/** See `profile`. */
export type ProfileDocument = z.infer<typeof profile>;

/** What somebody wants of every run. */
export const preferences = z.object({
  /** `AnswerDefaults`. */
  defaults: z.unknown(),
  updatedAt: moment,
});

/** See `preferences`. */
export type PreferencesDocument = z.infer<typeof preferences>;

/** A persona of an archive, and where it takes part. Where the archive is taken over it is not made again. */
export interface PersonaDocument extends Omit<Persona, 'ownerId'> {
  /** Of `mcp-servers.json`. */
  readonly mcpServerIds: readonly string[];
  /** The ids of the knowledge bases that it draws on. */
  readonly knowledgeBaseIds: readonly string[];
  readonly conversationIds: readonly string[];
}

/** What is in an archive. */
export const manifest = z.object({
  format: z.literal(accountFormat),
  createdAt: moment,
  counts: z.record(z.string(), count),
  /** The paths of entries that the disk had lost. */
  missing: z.array(z.string()),
  entries: z.array(z.object({ path: z.string(), byteSize: count, sha256: z.string().length(64) })),
});

/** See `manifest`. */
export type Manifest = z.infer<typeof manifest>;

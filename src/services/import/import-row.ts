import { z } from 'zod';
import { errorCodes, type ErrorCode } from '../../base/errors.ts';
import type { ImportStatus, Prisma } from '../../../prisma/generated/client.ts';

/** What an import can come from, as it is stored with conversations. */
export const importSources = ['chatgpt', 'claude', 'colloquy'] as const;

/** One of `importSources`. */
export type ImportSource = (typeof importSources)[number];

/** What came of an import, as its owner sees it. */
export interface ImportRow {
  readonly id: string;
  readonly name: string;
  readonly byteSize: bigint;
  readonly source: string | null;
  readonly status: ImportStatus;
  readonly progress: number;
  readonly counts: Prisma.JsonValue;
  readonly problems: Prisma.JsonValue;
  readonly problemCount: number;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly finishedAt: Date | null;
  readonly expiresAt: Date;
}

/** What is read of an import. */
export const importSelection = {
  id: true,
  name: true,
  byteSize: true,
  source: true,
  status: true,
  progress: true,
  counts: true,
  problems: true,
  problemCount: true,
  errorCode: true,
  errorMessage: true,
  createdAt: true,
  updatedAt: true,
  finishedAt: true,
  expiresAt: true,
} as const satisfies Prisma.ImportSelect;

const count = z.number().int().nonnegative().default(0);

const countsShape = z.object({
  /** New here. */
  conversations: count,
  /** There already, with messages that were new. */
  extendedConversations: count,
  /** There already, with everything. */
  presentConversations: count,
  messages: count,
  attachments: count,
  sessions: count,
  files: count,
  derivedTables: count,
  verifiedQueries: count,
  goals: count,
  weeklyPlans: count,
  dailyPlans: count,
  recurrences: count,
  planItems: count,
  promptTemplates: count,
  mcpServers: count,
  personas: count,
  knowledgeBases: count,
  documents: count,
});

/** How many of what came of an import. */
export type ImportCounts = z.infer<typeof countsShape>;

const problemShape = z.object({
  /** The title of the conversation, or the name of what it is about; null for the file as a whole. */
  subject: z.string().nullable(),
  reason: z.string(),
  /** How often it was so there. */
  count: z.number().int(),
});

/** Something that was not taken over, or not as it was. */
export type ImportProblem = z.infer<typeof problemShape>;

/** The stored counts. */
export function countsOf(stored: unknown): ImportCounts {
  return countsShape.parse(stored);
}

/** The stored problems. */
export function problemsOf(stored: unknown): readonly ImportProblem[] {
  return z.array(problemShape).parse(stored);
}

/** The source of an import, or of a conversation; null where it has none. */
export function sourceOf(stored: string | null): ImportSource | null {
  return importSources.find((source) => source === stored) ?? null;
}

/** Whether nothing will change any more. */
export function isImportOver({ status }: Pick<ImportRow, 'status'>): boolean {
  return status === 'COMPLETED' || status === 'FAILED' || status === 'CANCELLED';
}

const code = z.custom<ErrorCode>((value) => typeof value === 'string' && value in errorCodes);

/** Why an import failed; null when it did not. */
export function importErrorOf({ errorCode, errorMessage }: ImportRow): { readonly code: ErrorCode; readonly message: string } | null {
  if (errorCode === null) return null;
  return { code: code.catch('INTERNAL_SERVER_ERROR').parse(errorCode), message: errorMessage ?? '' };
}

import { z } from 'zod';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { later, type Clock } from '../../base/clock.ts';
import { notFound } from '../../base/errors.ts';
import type { IdSource } from '../../base/id.ts';
import { parseInput } from '../../base/validate.ts';
import type { Duckdb } from '../../duckdb/duckdb.ts';
import type { ExportFormat, Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import type { DownloadKind } from '../download/downloads.ts';
import type { Sessions } from '../session/sessions.ts';
import type { SessionTables } from '../session/tables.ts';
import { fileNameOf, writtenDownload, type WrittenDownloadDependencies } from './written-download.ts';

/** A result that can be downloaded for a while. */
export interface ExportRow {
  readonly id: string;
  readonly sessionId: string;
  readonly sql: string;
  readonly format: ExportFormat;
  /** The name of the file. */
  readonly name: string;
  readonly isSpreadsheetSafe: boolean;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** What is to be exported. */
export interface ExportInput {
  readonly sessionId: string;
  readonly sql: string;
  readonly format: ExportFormat;
  readonly name?: string | null | undefined;
  readonly isSpreadsheetSafe: boolean;
}

/** Exports of results. Each is seen by its owner alone. */
export interface Exports {
  /**
   * Makes an export: the SQL is checked now, and runs when the file is fetched.
   *
   * @throws AppError NOT_FOUND, BAD_USER_INPUT, and what explaining the SQL can end with
   */
  create(viewer: Viewer | null, input: ExportInput, signal: AbortSignal): Promise<ExportRow>;
  /** Those of some exports that the viewer may see and that have not expired, by their ids. */
  byIds(viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, ExportRow>>;
  /** Forgets those whose time is over; gives how many. For the house-keeping. */
  removeExpired(): Promise<number>;
}

/** What `createExports` stands on. */
export interface ExportsDependencies {
  readonly prisma: PrismaClient;
  readonly sessions: Pick<Sessions, 'get'>;
  readonly tables: Pick<SessionTables, 'list'>;
  readonly duckdb: Pick<Duckdb, 'explain'>;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly lifetimeMs: number;
}

const selection = {
  id: true,
  sessionId: true,
  sql: true,
  format: true,
  name: true,
  isSpreadsheetSafe: true,
  createdAt: true,
  expiresAt: true,
} as const satisfies Prisma.ExportSelect;

const name = z.string().trim().min(1, 'The name is empty; leave it out for one of ours.').max(200, 'The name is longer than 200 characters.').nullish();

/** Makes the service. */
export function createExports({ prisma, sessions, tables, duckdb, clock, newId, lifetimeMs }: ExportsDependencies): Exports {
  return {
    async create(viewer, input, signal) {
      const { userId } = requireViewer(viewer);
      const { sessionId, sql, format, isSpreadsheetSafe } = input;
      await sessions.get(viewer, sessionId);
      const checked = parseInput(z.object({ name }), { name: input.name });
      await duckdb.explain({ tables: await tables.list({ sessionId, userId }), sql, userKey: userId }, signal);
      const createdAt = clock.now();
      const label = checked.name ?? `export ${createdAt.toISOString().slice(0, 10)}`;
      return prisma.export.create({
        data: {
          id: newId(),
          ownerId: userId,
          sessionId,
          sql,
          format,
          name: fileNameOf(label, format),
          isSpreadsheetSafe,
          createdAt,
          // A link that is made in the last moment is still good for its time.
          expiresAt: later(createdAt, 2 * lifetimeMs),
        },
        select: selection,
      });
    },

    async byIds(viewer, ids) {
      const { userId } = requireViewer(viewer);
      const rows = await prisma.export.findMany({ where: { id: { in: [...ids] }, ownerId: userId, expiresAt: { gt: clock.now() } }, select: selection });
      return new Map(rows.map((row) => [row.id, row]));
    },

    async removeExpired() {
      const { count } = await prisma.export.deleteMany({ where: { expiresAt: { lte: clock.now() } } });
      return count;
    },
  };
}

/** Downloads of exports. */
export function createExportDownloads(dependencies: Pick<ExportsDependencies, 'prisma' | 'tables' | 'clock'> & WrittenDownloadDependencies): DownloadKind {
  const { prisma, tables, clock } = dependencies;
  return {
    async find(userId, id) {
      const found = await prisma.export.findFirst({ where: { id, ownerId: userId, expiresAt: { gt: clock.now() } }, select: selection });
      if (found === null) throw notFound('Export');
      const { name: fileName, format, sql, isSpreadsheetSafe, sessionId } = found;
      return writtenDownload(dependencies, { userId, name: fileName, format, sql, isSpreadsheetSafe, tablesOf: () => tables.list({ sessionId, userId }) });
    },
  };
}

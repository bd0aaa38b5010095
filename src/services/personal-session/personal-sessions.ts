import { copyFile, rename } from 'node:fs/promises';
import type { Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import { isUuid } from '../../base/id.ts';
import type { Logger } from '../../base/logger.ts';
import { plainReport } from '../../base/reading.ts';
import type { Duckdb } from '../../duckdb/duckdb.ts';
import type { FilePaths, FileStore } from '../../stores/file-store.ts';
import type { Statements } from '../../stores/statements.ts';
import { storableJson } from '../file/file-row.ts';
import { removeFromDisk } from '../file/files.ts';
import type { Planners } from '../planner/planners.ts';
import type { SessionRow, Sessions } from '../session/sessions.ts';
import { takenTableNames } from '../session/table-names.ts';
import { uniqueTableName } from '../upload/table-name.ts';
import { readPersonalRows } from './read-rows.ts';
import { writePersonalTables, type WrittenTable } from './write-tables.ts';

/** Data sessions over what a person has here: goals, items, moods, usage and conversations, as tables. */
export interface PersonalSessions {
  /**
   * Makes a session with tables of the viewer's own data, as it is at this moment.
   *
   * @throws AppError BAD_USER_INPUT; CONFLICT where there are too many; what making a table can end with. Nothing is left then.
   */
  create(viewer: Viewer | null, input: { readonly title?: string | null | undefined }, signal: AbortSignal): Promise<SessionRow>;
  /**
   * Makes the tables of such a session anew, also those that were deleted. Queries that are under way still read the old ones.
   *
   * @throws AppError NOT_FOUND; BAD_USER_INPUT for another kind of session; what making a table can end with. The old tables stay then.
   */
  refresh(viewer: Viewer | null, sessionId: string, signal: AbortSignal): Promise<SessionRow>;
}

/** What the service needs. */
export interface PersonalSessionDependencies {
  readonly prisma: PrismaClient;
  readonly statements: Statements;
  readonly duckdb: Pick<Duckdb, 'ingest' | 'writeAll'>;
  readonly fileStore: FileStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly planners: Pick<Planners, 'read'>;
  readonly sessions: Pick<Sessions, 'create' | 'get'>;
}

/** How many such sessions a person may have: each holds a copy of everything. */
const mostSessions = 5;
const defaultTitle = 'My data';

/** What a row of `files` says of a table. */
const factsOf = ({ rowCount, byteSize, columns, previewRows }: WrittenTable) => ({
  rowCount: BigInt(rowCount),
  columnCount: columns.length,
  byteSize: BigInt(byteSize),
  columns: storableJson(columns),
  preview: storableJson(previewRows),
});

/** The table as it can be fetched: the same Parquet. Whoever fetches the one before gets all of it, for that stays open. */
async function copyOriginal({ table, original }: FilePaths): Promise<void> {
  await copyFile(table, `${original}.next`);
  await rename(`${original}.next`, original);
}

/** Makes the service. */
export function createPersonalSessions(dependencies: PersonalSessionDependencies): PersonalSessions {
  const { prisma, statements, duckdb, fileStore, clock, logger, planners, sessions } = dependencies;

  /** Writes the tables into a temporary place, and does something with them while they lie there. */
  async function withTables<Result>(viewer: Viewer | null, signal: AbortSignal, use: (tables: readonly WrittenTable[]) => Promise<Result>): Promise<Result> {
    const planner = await planners.read(viewer);
    const rows = await readPersonalRows(statements, planner);
    const workshop = await fileStore.prepare();
    try {
      const tables = await writePersonalTables(duckdb, planner, rows, workshop, signal);
      signal.throwIfAborted();
      return await use(tables);
    } finally {
      await fileStore
        .discard(workshop.id)
        .catch((error: unknown) => logger.warn({ error, workshopId: workshop.id }, 'a workshop could not be removed; the sweep will try again'));
    }
  }

  /** Makes a table a file of its own, and gives what its row has. */
  async function keepTable(ownerId: string, table: WrittenTable, createdAt: Date) {
    const { id, paths } = await fileStore.prepare();
    await rename(table.path, paths.table);
    await copyOriginal(paths);
    await fileStore.keep(id);
    const { name } = table;
    const about = { id, ownerId, name: `${name}.parquet`, format: 'PARQUET', tableName: name, personalTable: name, createdAt } as const;
    return { ...about, ...factsOf(table), status: 'READY', ingest: storableJson(plainReport) } as const;
  }

  /** Stores files with their rows; when that fails, nothing is left of them, or the sweep removes what is. */
  async function keeping<Result>(work: (kept: string[]) => Promise<Result>): Promise<Result> {
    const kept: string[] = [];
    try {
      return await work(kept);
    } catch (error) {
      // After a lost connection the rows may be there: the files then stay.
      if (error instanceof AppError && error.code !== 'SERVICE_UNAVAILABLE') await removeFromDisk(fileStore, logger, kept);
      throw error;
    }
  }

  /** Puts new tables in the place of those of a session that is locked, and gives back those that it does not have. */
  async function replaceTables(transaction: Prisma.TransactionClient, sessionId: string, tables: readonly WrittenTable[]): Promise<readonly WrittenTable[]> {
    const files = await transaction.file.findMany({
      where: { sessionId, personalTable: { not: null } },
      select: { id: true, revision: true, personalTable: true },
    });
    const missing: WrittenTable[] = [];
    for (const table of tables) {
      const file = files.find(({ personalTable }) => personalTable === table.name);
      if (file === undefined) {
        missing.push(table);
        continue;
      }
      const revision = file.revision + 1;
      const paths = fileStore.pathsOf(file.id, revision);
      await rename(table.path, paths.table);
      await copyOriginal(paths);
      await transaction.file.update({ where: { id: file.id }, data: { revision, ...factsOf(table) }, select: { id: true } });
    }
    return missing;
  }

  return {
    async create(viewer, { title }, signal) {
      const { userId } = requireViewer(viewer);
      const count = await prisma.session.count({ where: { ownerId: userId, snapshotAt: { not: null } } });
      if (count >= mostSessions) {
        throw new AppError(
          'CONFLICT',
          `You have ${count} sessions over your own data, as many as are allowed; use one of them with "refreshPersonalSession", or delete one with "deleteSession".`,
        );
      }
      const snapshotAt = clock.now();
      return withTables(viewer, signal, (tables) =>
        keeping(async (kept) => {
          for (const table of tables) {
            const data = await keepTable(userId, table, snapshotAt);
            kept.push(data.id);
            await prisma.file.create({ data, select: { id: true } });
          }
          try {
            return await sessions.create(viewer, { title: title ?? defaultTitle, fileIds: kept, snapshotAt });
          } catch (error) {
            await prisma.file.deleteMany({ where: { id: { in: kept }, sessionId: null } });
            throw error;
          }
        }),
      );
    },

    async refresh(viewer, sessionId, signal) {
      const { userId } = requireViewer(viewer);
      if (!isUuid(sessionId)) throw notFound('Session');
      const session = await sessions.get(viewer, sessionId);
      if (session.snapshotAt === null) {
        throw badInput(['input', 'sessionId'], 'This session was not made of your own data; make one with "createPersonalSession".');
      }
      const snapshotAt = clock.now();
      return withTables(viewer, signal, (tables) =>
        keeping(async (kept) => {
          await prisma.$transaction(async (transaction) => {
            const { count } = await transaction.session.updateMany({ where: { id: sessionId, ownerId: userId }, data: { snapshotAt, updatedAt: snapshotAt } });
            if (count === 0) throw notFound('Session');
            const missing = await replaceTables(transaction, sessionId, tables);
            const taken = await takenTableNames(transaction, sessionId);
            const names = [...taken.files, ...taken.derived];
            for (const table of missing) {
              const data = await keepTable(userId, table, snapshotAt);
              kept.push(data.id);
              const tableName = uniqueTableName(data.tableName, names);
              names.push(tableName);
              await transaction.file.create({ data: { ...data, tableName, sessionId }, select: { id: true } });
            }
          });
          return sessions.get(viewer, sessionId);
        }),
      );
    },
  };
}

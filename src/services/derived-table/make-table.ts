import type { Clock } from '../../base/clock.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Duckdb } from '../../duckdb/duckdb.ts';
import type { WriteResult } from '../../duckdb/table-job.ts';
import type { FileStore } from '../../stores/file-store.ts';
import type { Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import { storableJson } from '../file/file-row.ts';
import { removeFromDisk } from '../file/files.ts';
import { takenTableNames } from '../session/table-names.ts';
import type { SessionTable, SessionTables, TablesOwner } from '../session/tables.ts';
import { tableNameOf } from '../upload/table-name.ts';
import { derivedTableSelection, parseDerivedTable, type DerivedTableRow, type TableParent } from './derived-row.ts';
import { makeCurrent, undone, versionsOf } from './versions.ts';

/** A table that is to be made. */
export interface NewTable {
  readonly name: string;
  /** One SELECT over the tables of the session. */
  readonly sql: string;
  /** The run that makes it; null for a person. */
  readonly runId: string | null;
  /** The tables that the SELECT read before: where a file has another name now, it is read by its old one as well. */
  readonly parents?: readonly TableParent[];
}

/** What `createTableMaker` stands on. */
export interface TableMakerDependencies {
  readonly prisma: PrismaClient;
  readonly fileStore: FileStore;
  readonly duckdb: Pick<Duckdb, 'write'>;
  readonly tables: Pick<SessionTables, 'list'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The most derived tables of a session, all versions counted. */
  readonly maxTablesPerSession: number;
}

/** Makes derived tables. */
export type TableMaker = (owner: TablesOwner, table: NewTable, signal: AbortSignal) => Promise<DerivedTableRow>;

/** The name, where it can be spoken and written without quotes. */
function checkName(name: string): string {
  const trimmed = name.trim();
  const speakable = tableNameOf(trimmed);
  if (speakable === trimmed) return trimmed;
  throw badInput(['input', 'name'], `"${trimmed.slice(0, 100)}" cannot be the name of a table, which SQL takes without quotes; write "${speakable}".`);
}

function checkFree(name: string, found: readonly SessionTable[]): void {
  if (!found.some((table) => table.kind === 'FILE' && table.name === name)) return;
  throw new AppError('CONFLICT', `"${name}" is the table of an uploaded file, which stays as it is. Choose another name, for example "${name}_2".`);
}

/** The tables by the names that the SELECT knows them by: a file that was renamed has both of its names. */
function withOldNames(name: string, found: readonly SessionTable[], parents: readonly TableParent[]): readonly SessionTable[] {
  const renamed = parents.flatMap((parent) => {
    const table = found.find(({ id }) => parent.kind === 'FILE' && id === parent.id);
    if (table === undefined || table.name === parent.name) return [];
    if (found.some((other) => other.name === parent.name)) {
      throw new AppError(
        'CONFLICT',
        `"${name}" was made of the table "${parent.name}", which is called "${table.name}" now, and "${parent.name}" is another table. Create "${name}" again with SQL that reads the one which is meant.`,
      );
    }
    return [{ ...table, name: parent.name }];
  });
  return [...found, ...renamed];
}

/**
 * Makes the maker of derived tables: it runs a SELECT, keeps all of its rows as a Parquet file of their own, and stores what they were made
 * of. A name that is there already gets a new version.
 *
 * It throws AppError NOT_FOUND for a session that is gone, BAD_USER_INPUT for a name that is none, CONFLICT for the name of a file, for a
 * parent whose name is that of another table now, or where there are too many, and what a query can end with; nothing is left of the table then.
 */
export function createTableMaker(dependencies: TableMakerDependencies): TableMaker {
  const { prisma, fileStore, duckdb, tables, clock, logger, maxTablesPerSession } = dependencies;

  /** Writes the row while the session is locked, so that versions and names are chosen one after another. */
  async function insert(owner: TablesOwner, table: NewTable, id: string, written: WriteResult, found: readonly SessionTable[]) {
    const { sessionId, userId } = owner;
    const { name, sql, runId } = table;
    const createdAt = clock.now();
    return prisma.$transaction(async (transaction: Prisma.TransactionClient) => {
      const { count } = await transaction.session.updateMany({ where: { id: sessionId, ownerId: userId }, data: { updatedAt: createdAt } });
      if (count === 0) throw notFound('Session');
      const { files } = await takenTableNames(transaction, sessionId);
      if (files.includes(name)) throw new AppError('CONFLICT', `A file became the table "${name}" in the meantime. Choose another name.`);
      const versions = await versionsOf(transaction, sessionId, name);
      const dropped = undone(versions).map((version) => version.id);
      await transaction.derivedTable.deleteMany({ where: { id: { in: dropped } } });
      const stored = await transaction.derivedTable.count({ where: { sessionId } });
      if (stored >= maxTablesPerSession) {
        throw new AppError('CONFLICT', `The session has ${stored} derived tables, all versions counted, and cannot have more. Delete one that is not needed.`);
      }
      await makeCurrent(transaction, versions, null);
      const row = await transaction.derivedTable.create({
        data: {
          id,
          ownerId: userId,
          sessionId,
          name,
          version: versions.length - dropped.length + 1,
          isCurrent: true,
          sql,
          runId,
          parents: found
            .filter((parent) => written.reads.includes(parent.name))
            .map(({ id: parentId, name: parentName, kind, revision }) => ({ id: parentId, name: parentName, kind, revision })),
          rowCount: BigInt(written.rowCount),
          columnCount: written.columns.length,
          byteSize: BigInt(written.byteSize),
          columns: storableJson(written.columns),
          preview: storableJson(written.previewRows),
          createdAt,
        },
        select: derivedTableSelection,
      });
      // Of a run that dies after this it is known all the same.
      if (runId !== null) await transaction.run.updateMany({ where: { id: runId }, data: { dataUpdated: true } });
      return { row: parseDerivedTable(row), dropped };
    });
  }

  return async (owner, table, signal) => {
    const name = checkName(table.name);
    const listed = await tables.list(owner);
    checkFree(name, listed);
    const found = withOldNames(name, listed, table.parents ?? []);
    const { id, paths } = await fileStore.prepare();
    let isKept = false;
    try {
      const request = { tables: found, sql: table.sql, format: 'PARQUET', path: paths.table, isProfiled: true, userKey: owner.userId } as const;
      const written = await duckdb.write(request, signal);
      signal.throwIfAborted();
      await fileStore.keep(id);
      isKept = true;
      const { row, dropped } = await insert(owner, { ...table, name }, id, written, found);
      await removeFromDisk(fileStore, logger, dropped);
      return row;
    } catch (error) {
      if (!isKept)
        await fileStore
          .discard(id)
          .catch((failure: unknown) => logger.warn({ error: failure, tableId: id }, 'a table that failed could not be removed; the sweep will try again'));
      // After a lost connection the row may be there: the file then stays, and the sweep removes it if it has none.
      else if (error instanceof AppError && error.code !== 'SERVICE_UNAVAILABLE') await removeFromDisk(fileStore, logger, [id]);
      throw error;
    }
  };
}

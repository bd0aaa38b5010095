import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { AppError, notFound } from '../../base/errors.ts';
import { isUuid } from '../../base/id.ts';
import type { ColumnProfile } from '../../base/table.ts';
import type { Prisma } from '../../../prisma/generated/client.ts';
import type { FileStore } from '../../stores/file-store.ts';
import { parseColumns } from '../file/file-row.ts';
import { removeFromDisk } from '../file/files.ts';
import type { SessionRow, Sessions } from '../session/sessions.ts';
import { derivedTableSelection, parseDerivedTable, type DerivedTableRow, type TableParent } from './derived-row.ts';
import type { TableMaker, TableMakerDependencies } from './make-table.ts';
import { makeCurrent, versionAfter, versionBefore, versionsOf, type Version } from './versions.ts';

/** A table of a session, by its name. */
export interface TableName {
  readonly sessionId: string;
  readonly name: string;
}

/** What a change of a table came to. */
export interface ChangedTable {
  readonly session: SessionRow;
  /** The version that is current now; null when there is none any more. */
  readonly table: DerivedTableRow | null;
}

/** A table that was made. */
export interface MadeTable {
  readonly session: SessionRow;
  readonly table: DerivedTableRow;
}

/** Derived tables. Each is seen by its owner alone. */
export interface DerivedTables {
  /**
   * Makes a table of a SELECT, or a new version of it.
   *
   * @throws AppError as the `TableMaker` does
   */
  create(viewer: Viewer | null, input: TableName & { readonly sql: string }, signal: AbortSignal): Promise<MadeTable>;
  /**
   * Runs the SELECT of the current version again, over the tables as they are now, and makes a new version of what it gives. Files that were
   * renamed since are read by the names that the SELECT knows.
   *
   * @throws AppError NOT_FOUND when there is no such table, and as the `TableMaker` does
   */
  refresh(viewer: Viewer | null, input: TableName, signal: AbortSignal): Promise<MadeTable>;
  /**
   * Goes back by one version; before the first there is no table.
   *
   * @throws AppError NOT_FOUND
   */
  undo(viewer: Viewer | null, input: TableName): Promise<ChangedTable>;
  /**
   * Goes forward again.
   *
   * @throws AppError NOT_FOUND when there is no such table; CONFLICT when nothing was undone
   */
  redo(viewer: Viewer | null, input: TableName): Promise<ChangedTable>;
  /**
   * Deletes a table with all of its versions.
   *
   * @throws AppError NOT_FOUND
   */
  delete(viewer: Viewer | null, input: TableName): Promise<{ readonly session: SessionRow; readonly deletedIds: readonly string[] }>;
  /** @throws AppError NOT_FOUND */
  get(viewer: Viewer | null, id: string): Promise<DerivedTableRow>;
  /** Those of some versions that the viewer may see, by their ids. */
  byIds(viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, DerivedTableRow>>;
  /** All versions of the tables of sessions, by the id of the session: by name, then by version. */
  ofSessions(viewer: Viewer | null, sessionIds: readonly string[]): Promise<ReadonlyMap<string, readonly DerivedTableRow[]>>;
  /** Whether what versions were made of has changed since, by their ids: a file that was read anew, a table that has another version. */
  areStale(viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, boolean>>;
  /** The profiles of the columns, by the id of the version. */
  columns(viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, readonly ColumnProfile[]>>;
}

/** What `createDerivedTables` stands on. */
export interface DerivedTablesDependencies extends Pick<TableMakerDependencies, 'prisma' | 'clock' | 'logger'> {
  readonly fileStore: FileStore;
  readonly sessions: Pick<Sessions, 'get'>;
  readonly make: TableMaker;
}

const notThere = (name: string): AppError => new AppError('NOT_FOUND', `The session has no derived table "${name.slice(0, 100)}".`);

/** Makes the service. */
export function createDerivedTables({ prisma, clock, logger, fileStore, sessions, make }: DerivedTablesDependencies): DerivedTables {
  /** Changes the versions of a table while its session is locked. */
  async function withVersions<T>(
    viewer: Viewer | null,
    input: TableName,
    work: (transaction: Prisma.TransactionClient, versions: readonly Version[]) => Promise<T>,
  ): Promise<T> {
    const { userId } = requireViewer(viewer);
    await sessions.get(viewer, input.sessionId);
    return prisma.$transaction(async (transaction) => {
      const { count } = await transaction.session.updateMany({ where: { id: input.sessionId, ownerId: userId }, data: { updatedAt: clock.now() } });
      if (count === 0) throw notFound('Session');
      const versions = await versionsOf(transaction, input.sessionId, input.name);
      if (versions.length === 0) throw notThere(input.name);
      return work(transaction, versions);
    });
  }

  async function changed(viewer: Viewer | null, input: TableName): Promise<ChangedTable> {
    const row = await prisma.derivedTable.findFirst({
      where: { sessionId: input.sessionId, name: input.name, isCurrent: true },
      select: derivedTableSelection,
    });
    return { session: await sessions.get(viewer, input.sessionId), table: row === null ? null : parseDerivedTable(row) };
  }

  async function create(
    viewer: Viewer | null,
    { sessionId, ...table }: TableName & { readonly sql: string; readonly parents?: readonly TableParent[] },
    signal: AbortSignal,
  ): Promise<MadeTable> {
    const { userId } = requireViewer(viewer);
    await sessions.get(viewer, sessionId);
    const made = await make({ sessionId, userId }, { ...table, runId: null }, signal);
    return { session: await sessions.get(viewer, sessionId), table: made };
  }

  async function byIds(viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, DerivedTableRow>> {
    const { userId } = requireViewer(viewer);
    const rows = await prisma.derivedTable.findMany({ where: { id: { in: [...ids] }, ownerId: userId }, select: derivedTableSelection });
    return new Map(rows.map((row) => [row.id, parseDerivedTable(row)]));
  }

  return {
    create,

    async refresh(viewer, input, signal) {
      requireViewer(viewer);
      const { table } = await changed(viewer, input);
      if (table === null) throw notThere(input.name);
      return create(viewer, { ...input, sql: table.sql, parents: table.parents }, signal);
    },

    async undo(viewer, input) {
      await withVersions(viewer, input, async (transaction, versions) => {
        const before = versionBefore(versions);
        if (before === undefined) throw notThere(input.name);
        await makeCurrent(transaction, versions, before?.id ?? null);
      });
      return changed(viewer, input);
    },

    async redo(viewer, input) {
      await withVersions(viewer, input, async (transaction, versions) => {
        const after = versionAfter(versions);
        if (after === undefined) throw new AppError('CONFLICT', `"${input.name}" is at its newest version, so there is nothing to do again.`);
        await makeCurrent(transaction, versions, after.id);
      });
      return changed(viewer, input);
    },

    async delete(viewer, input) {
      const deletedIds = await withVersions(viewer, input, async (transaction, versions) => {
        const ids = versions.map(({ id }) => id);
        await transaction.derivedTable.deleteMany({ where: { id: { in: ids } } });
        return ids;
      });
      await removeFromDisk(fileStore, logger, deletedIds);
      return { session: await sessions.get(viewer, input.sessionId), deletedIds };
    },

    async get(viewer, id) {
      const { userId } = requireViewer(viewer);
      const row = isUuid(id) ? await prisma.derivedTable.findFirst({ where: { id, ownerId: userId }, select: derivedTableSelection }) : null;
      if (row === null) throw notFound('DerivedTable');
      return parseDerivedTable(row);
    },

    byIds,

    async ofSessions(viewer, sessionIds) {
      const { userId } = requireViewer(viewer);
      const rows = await prisma.derivedTable.findMany({
        where: { sessionId: { in: [...sessionIds] }, session: { ownerId: userId } },
        select: derivedTableSelection,
        orderBy: [{ name: 'asc' }, { version: 'asc' }],
      });
      return Map.groupBy(rows.map(parseDerivedTable), (row) => row.sessionId);
    },

    async areStale(viewer, ids) {
      const tables = [...(await byIds(viewer, ids)).values()];
      const sessionIds = [...new Set(tables.map(({ sessionId }) => sessionId))];
      const parentIds = tables.flatMap(({ parents }) => parents.map(({ id }) => id));
      const files = await prisma.file.findMany({ where: { id: { in: parentIds } }, select: { id: true, revision: true } });
      const current = await prisma.derivedTable.findMany({
        where: { sessionId: { in: sessionIds }, isCurrent: true },
        select: { id: true, sessionId: true, name: true },
      });
      const isChanged = (sessionId: string, { id, name, kind, revision }: TableParent): boolean =>
        kind === 'FILE'
          ? files.some((file) => file.id === id && file.revision !== revision)
          : current.some((table) => table.sessionId === sessionId && table.name === name && table.id !== id);
      // Of a table that was made of its own version before, that one is the past and not a parent.
      return new Map(tables.map((table) => [table.id, table.parents.some((parent) => parent.name !== table.tableName && isChanged(table.sessionId, parent))]));
    },

    async columns(viewer, ids) {
      const { userId } = requireViewer(viewer);
      const rows = await prisma.derivedTable.findMany({ where: { id: { in: [...ids] }, ownerId: userId }, select: { id: true, columns: true } });
      return new Map(rows.map((row) => [row.id, parseColumns(row.columns)]));
    },
  };
}

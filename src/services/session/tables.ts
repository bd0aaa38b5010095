import type { DataDescription } from '../../base/table.ts';
import type { QueryTable } from '../../duckdb/protocol.ts';
import type { FileStore } from '../../stores/file-store.ts';
import type { PrismaClient } from '../../../prisma/generated/client.ts';
import { parseColumns, parsePreview } from '../file/file-row.ts';
import type { TableKind } from '../table/stored-tables.ts';

/** Whose data, and of which session. */
export interface TablesOwner {
  readonly sessionId: string;
  readonly userId: string;
}

/** A table as SQL reads it, and what it is. */
export interface SessionTable extends QueryTable {
  readonly id: string;
  readonly kind: TableKind;
  /** The revision of a file, the version of a derived table. */
  readonly revision: number;
}

/** The tables of data sessions: those of the files, then the derived ones that are current, each in the order of their making. */
export interface SessionTables {
  /** The names in SQL with the Parquet files behind them; empty when the session is gone or not the user's. */
  list(owner: TablesOwner): Promise<readonly SessionTable[]>;
  /** What is known of the data, from the database alone; no file is read. */
  describe(owner: TablesOwner): Promise<DataDescription>;
}

const inOrder = [{ createdAt: 'asc' as const }, { id: 'asc' as const }];

/** Makes the service. */
export function createSessionTables({ prisma, fileStore }: { readonly prisma: PrismaClient; readonly fileStore: FileStore }): SessionTables {
  const filesOf = ({ sessionId, userId }: TablesOwner) => ({ where: { sessionId, session: { ownerId: userId } }, orderBy: inOrder });
  const derivedOf = ({ sessionId, userId }: TablesOwner) => ({ where: { sessionId, isCurrent: true, session: { ownerId: userId } }, orderBy: inOrder });

  return {
    async list(owner) {
      const [files, derived] = await Promise.all([
        prisma.file.findMany({ ...filesOf(owner), select: { id: true, tableName: true, revision: true } }),
        prisma.derivedTable.findMany({ ...derivedOf(owner), select: { id: true, name: true, version: true } }),
      ]);
      return [
        ...files.map(({ id, tableName, revision }) => ({ id, kind: 'FILE' as const, name: tableName, revision, path: fileStore.pathsOf(id, revision).table })),
        ...derived.map(({ id, name, version }) => ({ id, kind: 'DERIVED' as const, name, revision: version, path: fileStore.pathsOf(id).table })),
      ];
    },

    async describe(owner) {
      const known = { rowCount: true, columns: true, preview: true } as const;
      const [files, derived] = await Promise.all([
        prisma.file.findMany({ ...filesOf(owner), select: { ...known, name: true, tableName: true } }),
        prisma.derivedTable.findMany({ ...derivedOf(owner), select: { ...known, name: true } }),
      ]);
      const tables = [...files, ...derived.map((table) => ({ ...table, tableName: table.name }))];
      return {
        tables: tables.map((table) => ({
          name: table.tableName,
          fileName: table.name,
          rowCount: Number(table.rowCount),
          columns: parseColumns(table.columns),
          sampleRows: parsePreview(table.preview),
        })),
      };
    },
  };
}

import type { DataDescription } from '../../base/table.ts';
import type { QueryTable } from '../../duckdb/protocol.ts';
import type { FileStore } from '../../stores/file-store.ts';
import type { PrismaClient } from '../../../prisma/generated/client.ts';
import { parseColumns, parsePreview } from '../file/file-row.ts';

/** Whose data, and of which session. */
export interface TablesOwner {
  readonly sessionId: string;
  readonly userId: string;
}

/** The tables of data sessions, as the tools of a run need them. */
export interface SessionTables {
  /** The names in SQL with the Parquet files behind them; empty when the session is gone or not the user's. */
  list(owner: TablesOwner): Promise<readonly QueryTable[]>;
  /** What is known of the data, from the database alone; no file is read. */
  describe(owner: TablesOwner): Promise<DataDescription>;
}

/** Makes the service. */
export function createSessionTables({ prisma, fileStore }: { readonly prisma: PrismaClient; readonly fileStore: FileStore }): SessionTables {
  return {
    async list({ sessionId, userId }) {
      const files = await prisma.file.findMany({
        where: { sessionId, session: { ownerId: userId } },
        select: { id: true, tableName: true },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      });
      return files.map(({ id, tableName }) => ({ name: tableName, path: fileStore.pathsOf(id).table }));
    },

    async describe({ sessionId, userId }) {
      const files = await prisma.file.findMany({
        where: { sessionId, session: { ownerId: userId } },
        select: { name: true, tableName: true, rowCount: true, columns: true, preview: true },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      });
      return {
        tables: files.map((file) => ({
          name: file.tableName,
          fileName: file.name,
          rowCount: Number(file.rowCount),
          columns: parseColumns(file.columns),
          sampleRows: parsePreview(file.preview),
        })),
      };
    },
  };
}

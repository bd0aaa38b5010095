import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Json } from '../../base/json.ts';
import type { TableColumn } from '../../base/table.ts';
import type { FileStore } from '../../stores/file-store.ts';
import type { PrismaClient } from '../../../prisma/generated/client.ts';
import { parseColumns, parsePreview } from '../file/file-row.ts';

/** Where a table comes from: an upload, or a SELECT over other tables. */
export type TableKind = 'FILE' | 'DERIVED';

/** A table as it is stored: what is known of it without reading its file, and where that lies. */
export interface StoredTable {
  readonly kind: TableKind;
  readonly id: string;
  /** Another number, other rows. */
  readonly revision: number;
  readonly rowCount: number;
  readonly columns: readonly TableColumn[];
  /** The first fifty rows, values in the order of the columns. */
  readonly firstRows: readonly (readonly Json[])[];
  readonly path: string;
}

/** Looks tables up. */
export interface StoredTables {
  /** Those of some tables that the viewer may see, by their ids, in one statement. */
  byIds(viewer: Viewer | null, kind: TableKind, ids: readonly string[]): Promise<ReadonlyMap<string, StoredTable>>;
}

const selection = { id: true, rowCount: true, columns: true, preview: true } as const;

/** Makes the service. */
export function createStoredTables({ prisma, fileStore }: { readonly prisma: PrismaClient; readonly fileStore: FileStore }): StoredTables {
  return {
    async byIds(viewer, kind, ids) {
      const { userId } = requireViewer(viewer);
      const where = { id: { in: [...ids] }, ownerId: userId };
      const rows =
        kind === 'FILE'
          ? await prisma.file.findMany({ where, select: { ...selection, revision: true } })
          : (await prisma.derivedTable.findMany({ where, select: selection })).map((row) => ({ ...row, revision: 1 }));
      return new Map(
        rows.map(({ id, revision, rowCount, columns, preview }) => [
          id,
          {
            kind,
            id,
            revision,
            rowCount: Number(rowCount),
            columns: parseColumns(columns).map(({ name, type }) => ({ name, type })),
            firstRows: parsePreview(preview),
            path: fileStore.pathsOf(id, revision).table,
          },
        ]),
      );
    },
  };
}

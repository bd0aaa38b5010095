import type { Duckdb } from '../../duckdb/duckdb.ts';
import type { QueryTable } from '../../duckdb/protocol.ts';
import type { FileStore } from '../../stores/file-store.ts';
import type { ExportFormat } from '../../../prisma/generated/client.ts';
import type { Download } from '../download/downloads.ts';

/** What makes a file of a SELECT. */
export interface WrittenDownloadDependencies {
  readonly fileStore: Pick<FileStore, 'prepare' | 'discard'>;
  readonly duckdb: Pick<Duckdb, 'write'>;
}

const kinds: Readonly<Record<ExportFormat, { readonly ending: string; readonly mediaType: string }>> = {
  CSV: { ending: '.csv', mediaType: 'text/csv; charset=utf-8; header=present' },
  PARQUET: { ending: '.parquet', mediaType: 'application/vnd.apache.parquet' },
  JSON: { ending: '.json', mediaType: 'application/json' },
  XLSX: { ending: '.xlsx', mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' },
};

/** The name with the ending of its format, once. */
export function fileNameOf(name: string, format: ExportFormat): string {
  const { ending } = kinds[format];
  return name.toLowerCase().endsWith(ending) ? name : `${name}${ending}`;
}

/** What a file of a format is. */
export function mediaTypeOf(format: ExportFormat): string {
  return kinds[format].mediaType;
}

/**
 * A download that is made when it is fetched: the SELECT runs, all of its rows are written into a temporary file, and that is sent and
 * dropped.
 *
 * @param tablesOf what the SELECT may read; asked when the download is fetched
 */
export function writtenDownload(
  { fileStore, duckdb }: WrittenDownloadDependencies,
  request: {
    readonly userId: string;
    readonly name: string;
    readonly format: ExportFormat;
    readonly sql: string;
    readonly isSpreadsheetSafe: boolean;
    readonly tablesOf: () => Promise<readonly QueryTable[]>;
  },
): Download {
  const { userId, name, format, sql, isSpreadsheetSafe, tablesOf } = request;
  return {
    fileName: fileNameOf(name, format),
    mediaType: mediaTypeOf(format),
    version: null,
    open: async (signal) => {
      const tables = await tablesOf();
      const { id, paths } = await fileStore.prepare();
      const release = (): Promise<void> => fileStore.discard(id);
      try {
        await duckdb.write({ tables, sql, format, path: paths.table, isSpreadsheetSafe, userKey: userId }, signal);
      } catch (error) {
        await release();
        throw error;
      }
      return { source: { kind: 'file', path: paths.table }, [Symbol.asyncDispose]: release };
    },
  };
}

import { z } from 'zod';
import { notFound } from '../../base/errors.ts';
import type { FileStore } from '../../stores/file-store.ts';
import type { PrismaClient } from '../../../prisma/generated/client.ts';
import { storedDownload, type DownloadKind } from '../download/downloads.ts';
import { fileNameOf, mediaTypeOf, writtenDownload, type WrittenDownloadDependencies } from '../export/written-download.ts';

/** The detail of a link to a table: which one it is, and as what it is wanted. */
export const tableDetail = z.tuple([z.enum(['FILE', 'DERIVED']), z.enum(['CSV', 'PARQUET', 'JSON', 'XLSX'])]);

/** Downloads of whole tables, of files and derived ones. As Parquet they lie there; as anything else they are written when they are fetched. */
export function createTableDownloads(
  dependencies: WrittenDownloadDependencies & { readonly prisma: PrismaClient; readonly fileStore: Pick<FileStore, 'pathsOf'> },
): DownloadKind {
  const { prisma, fileStore } = dependencies;
  return {
    async find(userId, id, detail) {
      const [kind, format] = tableDetail.parse(detail.split('.'));
      const where = { id, ownerId: userId };
      const file = kind === 'FILE' ? await prisma.file.findFirst({ where, select: { tableName: true, revision: true } }) : null;
      const derived = kind === 'DERIVED' ? await prisma.derivedTable.findFirst({ where, select: { name: true } }) : null;
      const name = file?.tableName ?? derived?.name;
      if (name === undefined) throw notFound('Table');
      const revision = file?.revision ?? 1;
      const path = fileStore.pathsOf(id, revision).table;
      if (format === 'PARQUET')
        return storedDownload(path, { fileName: fileNameOf(name, format), mediaType: mediaTypeOf(format), version: `${id}-${revision}` });
      return writtenDownload(dependencies, {
        userId,
        name,
        format,
        sql: 'SELECT * FROM t',
        isSpreadsheetSafe: false,
        tablesOf: async () => [{ name: 't', path }],
      });
    },
  };
}

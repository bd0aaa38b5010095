import { notFound } from '../../base/errors.ts';
import type { FileFormat, PrismaClient } from '../../../prisma/generated/client.ts';
import type { FileStore } from '../../stores/file-store.ts';
import { storedDownload, type DownloadKind } from './downloads.ts';

const mediaTypes: Readonly<Record<FileFormat, string>> = {
  CSV: 'text/csv',
  PARQUET: 'application/vnd.apache.parquet',
  JSON: 'application/json',
  XLSX: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** Downloads of uploaded files as they came. */
export function createFileDownloads({ prisma, fileStore }: { readonly prisma: PrismaClient; readonly fileStore: FileStore }): DownloadKind {
  return {
    async find(userId, id) {
      const file = await prisma.file.findFirst({ where: { id, ownerId: userId }, select: { name: true, format: true } });
      if (file === null) throw notFound('File');
      // A compressed file is sent as it came: its media type is that of the compression.
      const compression = /\.(gz|zst)$/i.exec(file.name)?.[1]?.toLowerCase();
      const mediaType = compression === undefined ? mediaTypes[file.format] : compression === 'gz' ? 'application/gzip' : 'application/zstd';
      return storedDownload(fileStore.pathsOf(id).original, { fileName: file.name, mediaType, version: `${id}-original` });
    },
  };
}

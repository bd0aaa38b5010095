import type { Pool } from 'pg';
import type { Attachment } from '../../../prisma/generated/client.ts';
import { notFound } from '../../base/errors.ts';
import type { FileStore } from '../../stores/file-store.ts';
import { storedDownload, type DownloadKind } from '../download/downloads.ts';
import { isVisibleTo } from './visible.ts';

const statement = `SELECT t.name, t.media_type AS "mediaType" FROM attachments t WHERE t.id = $1::uuid AND ${isVisibleTo('$2')}`;

/** Downloads of attachments as they came, for whoever may see them. */
export function createAttachmentDownloads({ pool, fileStore }: { readonly pool: Pool; readonly fileStore: FileStore }): DownloadKind {
  return {
    async find(userId, id) {
      const { rows } = await pool.query<Pick<Attachment, 'name' | 'mediaType'>>({ name: 'attachment-to-download', text: statement, values: [id, userId] });
      const [attachment] = rows;
      if (attachment === undefined) throw notFound('Attachment');
      const { name, mediaType } = attachment;
      const charset = /^(image|audio)\//.test(mediaType) ? '' : '; charset=utf-8';
      return storedDownload(fileStore.pathsOf(id).original, { fileName: name, mediaType: `${mediaType}${charset}`, version: `${id}-original` });
    },
  };
}

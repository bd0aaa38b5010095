import { stat } from 'node:fs/promises';
import type { PrismaClient } from '../../../prisma/generated/client.ts';
import { notFound } from '../../base/errors.ts';
import type { FileStore } from '../../stores/file-store.ts';
import { storedDownload, type DownloadKind } from '../download/downloads.ts';

/** The most bytes of a picture that is not ready yet. */
const mostPreviewBytes = 16 * 1024 * 1024;

/**
 * Keeps a picture that is not ready yet, for whoever watches. Nothing refers to it but an event, so the sweep of files removes it within hours.
 *
 * @returns its id
 */
export async function keepPreview(fileStore: FileStore, bytes: Uint8Array): Promise<string> {
  const source = async function* once(): AsyncGenerator<Uint8Array> {
    yield Uint8Array.from(bytes);
  };
  const { id } = await fileStore.receive(source(), { maxBytes: mostPreviewBytes }, new AbortController().signal);
  await fileStore.keep(id);
  return id;
}

/** Downloads of pictures that are not ready yet, for whoever may see their run. The detail of a link is the run. */
export function createPreviewDownloads({ prisma, fileStore }: { readonly prisma: PrismaClient; readonly fileStore: FileStore }): DownloadKind {
  return {
    async find(userId, id, runId) {
      const rows = await prisma.$queryRaw<unknown[]>`
        SELECT 1 FROM runs r JOIN participations a ON a.conversation_id = r.conversation_id AND a.user_id = ${userId}::uuid WHERE r.id = ${runId}::uuid`;
      const path = fileStore.pathsOf(id).original;
      const isThere =
        rows.length > 0 &&
        (await stat(path).then(
          () => true,
          () => false,
        ));
      if (!isThere) throw notFound('Preview');
      return storedDownload(path, { fileName: 'preview.png', mediaType: 'image/png', version: `${id}-preview` });
    },
  };
}

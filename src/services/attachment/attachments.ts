import { readFile } from 'node:fs/promises';
import type { Attachment, PrismaClient } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { AttachmentConfig } from '../../base/attachment-config.ts';
import { later, type Clock } from '../../base/clock.ts';
import { AppError, notFound } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Page } from '../../base/page.ts';
import type { FileStore, ReceivedFile } from '../../stores/file-store.ts';
import type { Statements } from '../../stores/statements.ts';
import { attachedFile } from '../context/attached-file.ts';
import type { ReadImage } from '../context/images.ts';
import { removeFromDisk } from '../file/files.ts';
import { keysetSql } from '../keyset.ts';
import { labelOf } from '../upload/file-name.ts';
import { createUploadSlots } from '../upload/upload-slots.ts';
import { inspectAttachment, type Inspected } from './inspect.ts';
import { isUnsent, isVisibleTo } from './visible.ts';

/** An attachment as people see it. */
export type AttachmentRow = Pick<Attachment, 'id' | 'name' | 'mediaType' | 'byteSize' | 'width' | 'height' | 'transcript' | 'createdAt'>;

/** Pictures and files that people add to messages. */
export type Attachments = ReturnType<typeof createAttachments>;

/** Attachments that are being received. Its disposal drops what was not committed. */
export interface AttachmentTransfer extends AsyncDisposable {
  /**
   * Receives one file.
   *
   * @throws AppError UNSUPPORTED_FILE, PAYLOAD_TOO_LARGE; what `FileStore.receive` throws
   */
  add(clientName: string, source: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** Makes all of them permanent and visible, together or not at all. */
  commit(): Promise<readonly AttachmentRow[]>;
}

/** What it stands on. */
export interface AttachmentsDependencies {
  readonly prisma: PrismaClient;
  readonly statements: Statements;
  readonly fileStore: FileStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: AttachmentConfig;
}

interface Arrived extends Inspected {
  readonly received: ReceivedFile;
  readonly name: string;
}

const columns = 't.id, t.name, t.media_type AS "mediaType", t.byte_size AS "byteSize", t.width, t.height, t.transcript, t.created_at AS "createdAt"';

/** Creates the service. */
export function createAttachments({ prisma, statements, fileStore, clock, logger, limits }: AttachmentsDependencies) {
  const slots = createUploadSlots(limits.maxTransfersPerUser);

  const checkRoom = async (userId: string, more: number): Promise<void> => {
    const { rows } = await statements.query<{ stored: number }>('SELECT COALESCE(sum(byte_size), 0)::float8 AS stored FROM attachments WHERE owner_id = $1', [
      userId,
    ]);
    const stored = rows[0]?.stored ?? 0;
    if (stored + more <= limits.maxBytesPerUser) return;
    throw new AppError(
      'PAYLOAD_TOO_LARGE',
      `Your attachments have ${stored} bytes, and would have ${stored + more}; ${limits.maxBytesPerUser} are the most. Delete some with "deleteAttachment", or conversations that you no longer need.`,
    );
  };

  const store = async (userId: string, arrived: readonly Arrived[]): Promise<readonly AttachmentRow[]> => {
    const createdAt = clock.now();
    const rows = arrived.map(({ received: { id, byteSize }, name, mediaType, size }): AttachmentRow => ({
      id,
      name,
      mediaType,
      byteSize,
      width: size?.width ?? null,
      height: size?.height ?? null,
      transcript: null,
      createdAt,
    }));
    try {
      for (const { id } of rows) await fileStore.keep(id);
      await prisma.attachment.createMany({
        data: rows.map(({ transcript: _none, ...row }, index) => ({ ...row, ownerId: userId, text: arrived[index]?.text ?? null })),
      });
    } catch (error) {
      await removeFromDisk(
        fileStore,
        logger,
        rows.map(({ id }) => id),
      );
      throw error;
    }
    return rows;
  };

  return {
    /**
     * Begins to receive attachments. Dispose of it when it is over.
     *
     * @throws AppError UNAUTHENTICATED; RATE_LIMITED when the viewer has too many transfers under way
     */
    receive: (viewer: Viewer | null): AttachmentTransfer => {
      const { userId } = requireViewer(viewer);
      const release = slots.take(userId);
      let arrived: readonly Arrived[] = [];
      const open = new Set<string>();
      return {
        add: async (clientName, source, signal) => {
          const name = labelOf(clientName) || 'attachment';
          const received = await fileStore.receive(source, { maxBytes: Math.max(limits.maxBytes, limits.maxAudioBytes) }, signal);
          open.add(received.id);
          if (received.byteSize === 0) throw new AppError('UNSUPPORTED_FILE', `"${name}" is empty.`);
          arrived = [...arrived, { received, name, ...(await inspectAttachment(received.paths.original, name, received.byteSize, limits)) }];
        },
        commit: async () => {
          await checkRoom(
            userId,
            arrived.reduce((sum, { received }) => sum + received.byteSize, 0),
          );
          const rows = await store(userId, arrived);
          open.clear();
          return rows;
        },
        [Symbol.asyncDispose]: async () => {
          release();
          for (const id of open) await fileStore.discard(id);
        },
      };
    },

    /** Those of some attachments that the viewer may see. */
    byIds: async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, AttachmentRow>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<AttachmentRow>(`SELECT ${columns} FROM attachments t WHERE t.id = ANY($1::uuid[]) AND ${isVisibleTo('$2')}`, [
        ids,
        userId,
      ]);
      return new Map(rows.map((row) => [row.id, row]));
    },

    /**
     * The viewer's own attachments, the newest first.
     *
     * @param isUnused only those that no message has
     */
    list: async (viewer: Viewer | null, isUnused: boolean, page: Page): Promise<readonly AttachmentRow[]> => {
      const { userId } = requireViewer(viewer);
      const keyset = keysetSql(page, 'DESC', 't.created_at', 't.id', 3);
      const { rows } = await statements.query<AttachmentRow>(
        `SELECT ${columns} FROM attachments t WHERE t.owner_id = $1::uuid AND CASE WHEN $2::boolean THEN ${isUnsent} ELSE ${isVisibleTo('$1')} END${keyset.where} ${keyset.limit}`,
        [userId, isUnused, ...keyset.values],
      );
      return rows;
    },

    /**
     * Deletes one of the viewer's own, also from messages: they keep its name alone.
     *
     * @returns its id
     * @throws AppError NOT_FOUND
     */
    delete: async (viewer: Viewer | null, id: string): Promise<string> => {
      const { userId } = requireViewer(viewer);
      const { count } = await prisma.attachment.deleteMany({ where: { id, ownerId: userId } });
      if (count === 0) throw notFound('Attachment');
      await removeFromDisk(fileStore, logger, [id]);
      return id;
    },

    /**
     * Makes sure that somebody has room for more bytes.
     *
     * @throws AppError PAYLOAD_TOO_LARGE
     */
    checkRoom,

    /** Removes those that were never sent. For the house-keeping of the server. */
    sweep: async (): Promise<number> => {
      const unused = { conversationId: null, uses: { none: {} }, createdAt: { lt: later(clock.now(), -limits.unusedForMs) } };
      const found = await prisma.attachment.findMany({ where: unused, select: { id: true }, take: 1_000 });
      const ids = found.map(({ id }) => id);
      // Between the look and the delete one may have been sent, which sets `conversationId`: the row that was waited for is looked at again, others are not.
      await prisma.attachment.deleteMany({ where: { id: { in: ids }, ...unused } });
      const kept = await prisma.attachment.findMany({ where: { id: { in: ids } }, select: { id: true } });
      const gone = ids.filter((id) => !kept.some((row) => row.id === id));
      await removeFromDisk(fileStore, logger, gone);
      return gone.length;
    },
  };
}

/** Reads pictures for engines. Which of them somebody may show is decided when they are sent. */
export function createImageReader({ fileStore, logger }: Pick<AttachmentsDependencies, 'fileStore' | 'logger'>): ReadImage {
  return async (image) => {
    const { attachmentId, mediaType } = attachedFile.parse(image);
    const known = (['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const).find((type) => type === mediaType);
    if (known === undefined) return null;
    try {
      return { mediaType: known, bytes: await readFile(fileStore.pathsOf(attachmentId).original) };
    } catch (error) {
      logger.info({ err: error, attachmentId }, 'a picture is not on the disk any more; the engine is told so');
      return null;
    }
  };
}

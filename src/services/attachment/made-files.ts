import type { PrismaClient } from '../../../prisma/generated/client.ts';
import type { AttachmentConfig } from '../../base/attachment-config.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { FileStore } from '../../stores/file-store.ts';
import type { AttachedFile } from '../context/attached-file.ts';
import { removeFromDisk } from '../file/files.ts';
import { inspectAttachment } from './inspect.ts';

/** A file that was made here, for somebody. */
export interface MadeFile {
  readonly userId: string;
  /** The conversation that it is said in. */
  readonly conversationId: string;
  /** A label without its ending, which the bytes decide. */
  readonly label: string;
  readonly bytes: Uint8Array;
}

/** Keeps what models make as attachments of whoever asked for it. */
export interface MadeFiles {
  /**
   * Keeps a picture.
   *
   * @throws AppError UNSUPPORTED_FILE for what is no picture, PAYLOAD_TOO_LARGE for one with too many pixels or bytes
   */
  keepPicture(made: MadeFile): Promise<AttachedFile>;
  /**
   * Makes sure that somebody has room for more.
   *
   * @throws AppError PAYLOAD_TOO_LARGE
   */
  checkRoom(userId: string): Promise<void>;
}

/** Creates it. */
export function createMadeFiles(deps: {
  readonly prisma: PrismaClient;
  readonly fileStore: FileStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: AttachmentConfig;
  readonly checkRoom: (userId: string, more: number) => Promise<void>;
}): MadeFiles {
  const { prisma, fileStore, clock, logger, limits } = deps;

  return {
    checkRoom: (userId) => deps.checkRoom(userId, 0),

    keepPicture: async ({ userId, conversationId, label, bytes }) => {
      const source = async function* once(): AsyncGenerator<Uint8Array> {
        // A copy: the store gives the memory of what it has written back.
        yield Uint8Array.from(bytes);
      };
      const { id, paths, byteSize } = await fileStore.receive(source(), { maxBytes: limits.maxBytes }, new AbortController().signal);
      let isKept = false;
      try {
        const { mediaType, size } = await inspectAttachment(paths.original, label, byteSize, limits);
        if (size === null) throw new AppError('UNSUPPORTED_FILE', `"${label}" is ${mediaType} and no picture.`);
        const file: AttachedFile = { attachmentId: id, name: `${label}.${mediaType.slice('image/'.length)}`, mediaType, byteSize, ...size };
        await fileStore.keep(id);
        isKept = true;
        const { attachmentId, ...columns } = file;
        await prisma.attachment.create({ data: { ...columns, id: attachmentId, ownerId: userId, conversationId, createdAt: clock.now() } });
        return file;
      } catch (error) {
        if (isKept) await removeFromDisk(fileStore, logger, [id]);
        else await fileStore.discard(id);
        throw error;
      }
    },
  };
}

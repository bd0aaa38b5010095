import { AppError } from '../../base/errors.ts';
import { isUuid } from '../../base/id.ts';
import { inspectAttachment, type Inspected } from '../attachment/inspect.ts';
import type { AttachedFile } from '../context/attached-file.ts';
import { removeFromDisk } from '../file/files.ts';
import { labelOf } from '../upload/file-name.ts';
import { bounded } from './bounded.ts';
import { createCleaner } from './clean.ts';
import type { ImportJob } from './import-job.ts';
import { ImportEnded } from './import-records.ts';
import type { Tell } from './sources/source-conversation.ts';

/** An attachment in the file that was sent. */
export interface FoundAttachment {
  readonly name: string;
  readonly createdAt: Date;
  /** Whether the conversation that asks is the one where it was sent first, as far as the file says so. */
  isAtHome(conversationId: string): boolean;
  /** Its bytes. */
  open(): AsyncIterable<Uint8Array>;
}

/** Looks an attachment up in the file that was sent, by its id there; null where it is not in it. */
export type FindAttachment = (sourceId: string) => Promise<FoundAttachment | null>;

/** The attachments of what is imported, each stored when a message first asks for it. */
export interface AttachmentStore {
  /**
   * The attachment here that an id of the source stands for.
   *
   * @param file as the message there names it
   * @param conversationId of the message, here; null for one that no message has
   * @returns whether it is here; one that is not has an id that nothing has
   */
  obtain(file: AttachedFile, conversationId: string | null, tell: Tell): Promise<{ readonly isHere: boolean; readonly file: AttachedFile }>;
}

const columns = { id: true, name: true, mediaType: true, byteSize: true, width: true, height: true } as const;

/** What is wrong with the file itself, and with nothing else. */
const isOfFile = (error: unknown): error is AppError => error instanceof AppError && (error.code === 'UNSUPPORTED_FILE' || error.code === 'PAYLOAD_TOO_LARGE');

/** Makes the store of a job. */
export function createAttachmentStore(job: ImportJob, find: FindAttachment): AttachmentStore {
  const { ids, userId, prisma, fileStore, partialFiles, clock, logger, report } = job;
  const limits = job.limits.attachments;

  async function requireRoom(name: string, more: number): Promise<void> {
    const { _sum } = await prisma.attachment.aggregate({ where: { ownerId: userId }, _sum: { byteSize: true } });
    if ((_sum.byteSize ?? 0) + more <= limits.maxBytesPerUser) return;
    throw new AppError(
      'PAYLOAD_TOO_LARGE',
      `"${name}" was left out: your attachments would have more than the ${limits.maxBytesPerUser} bytes that are allowed.`,
    );
  }

  /** Receives the bytes under the id, and says what they are. */
  async function receive(id: string, name: string, found: FoundAttachment): Promise<Inspected & { readonly byteSize: number }> {
    // What a process left that died in the middle of it has no row.
    await fileStore.discard(id);
    await fileStore.remove(id);
    await partialFiles.create(id);
    let byteSize = 0;
    await partialFiles.write(id, 0, bounded(found.open(), Math.max(limits.maxBytes, limits.maxAudioBytes), name), (count) => (byteSize = count));
    const place = await partialFiles.find(id);
    if (place === null || byteSize === 0) throw new AppError('UNSUPPORTED_FILE', `"${name}" is empty.`);
    const inspected = await inspectAttachment(place.paths.original, name, byteSize, limits);
    await requireRoom(name, byteSize);
    await fileStore.keep(id);
    return { ...inspected, byteSize };
  }

  async function store(id: string, found: FoundAttachment, conversationId: string | null, tell: Tell): Promise<AttachedFile | null> {
    const name = labelOf(found.name) || 'attachment';
    try {
      const { mediaType, size, text, byteSize } = await receive(id, name, found);
      const facts = { name, mediaType, byteSize, width: size?.width ?? null, height: size?.height ?? null };
      const createdAt = createCleaner(clock.now(), tell).past(found.createdAt, clock.now());
      await prisma.$transaction(async (transaction) => {
        // The conversation first, as whoever deletes it locks it.
        const rows =
          conversationId === null
            ? null
            : await transaction.$queryRaw<unknown[]>`SELECT id FROM conversations WHERE id = ${conversationId}::uuid FOR KEY SHARE`;
        const home = rows?.length === 0 ? null : conversationId;
        await transaction.attachment.create({ data: { id, ownerId: userId, conversationId: home, ...facts, text, createdAt }, select: { id: true } });
        report.add('attachments');
        await job.note(transaction);
      });
      return { attachmentId: id, ...facts };
    } catch (error) {
      // After a lost connection the row may be there: the file then stays, and the sweep removes it if it has none.
      if (!isOfFile(error) && !(error instanceof ImportEnded)) throw error;
      await fileStore.discard(id);
      await removeFromDisk(fileStore, logger, [id]);
      if (error instanceof ImportEnded) throw error;
      tell(error.message);
      return null;
    }
  }

  return {
    async obtain(file, conversationId, tell) {
      const sourceId = file.attachmentId;
      const id = ids.of('attachment', sourceId);
      // One that never left this account is there under its own id.
      const known = job.source === 'colloquy' && isUuid(sourceId) ? [id, sourceId] : [id];
      const row = await prisma.attachment.findFirst({ where: { id: { in: known }, ownerId: userId }, select: columns });
      const found = await find(sourceId);
      if (row !== null) {
        if (conversationId !== null && row.id === id && found?.isAtHome(conversationId) === true)
          await prisma.attachment.updateMany({ where: { id, ownerId: userId }, data: { conversationId } });
        else if (conversationId !== null)
          await prisma.$executeRaw`
            INSERT INTO attachment_uses (attachment_id, conversation_id) SELECT ${row.id}::uuid, id FROM conversations WHERE id = ${conversationId}::uuid
            ON CONFLICT DO NOTHING`;
        const { id: attachmentId, ...facts } = row;
        return { isHere: true, file: { attachmentId, ...facts } };
      }
      const stored = found === null ? null : await store(id, found, conversationId, tell);
      return stored === null ? { isHere: false, file: { ...file, attachmentId: id } } : { isHere: true, file: stored };
    },
  };
}

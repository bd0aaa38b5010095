import type { PrismaClient } from '../../../prisma/generated/client.ts';
import type { Clock } from '../../base/clock.ts';
import type { IdSource } from '../../base/id.ts';
import type { Logger } from '../../base/logger.ts';
import { audioTypes } from '../../base/audio.ts';
import type { ConversationLog } from '../../events/conversation-log.ts';
import type { FileStore } from '../../stores/file-store.ts';
import type { AttachedFile } from '../context/attached-file.ts';
import { removeFromDisk } from '../file/files.ts';
import { formatOf, type SpeechRow } from './speech-row.ts';

/** What it stands on. */
export interface StoreSpeechDependencies {
  readonly prisma: PrismaClient;
  readonly fileStore: FileStore;
  readonly conversationLog: ConversationLog;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly logger: Logger;
}

/**
 * Keeps the sound of a speech that is whole: as an attachment of whoever asked for it and, where it is a message that is spoken, as a part of
 * it. A message that was deleted meanwhile keeps nothing.
 *
 * @param bytes the sound
 */
export async function storeSpeech(deps: StoreSpeechDependencies, speech: SpeechRow, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const { prisma, fileStore, conversationLog, clock, newId, logger } = deps;
  const { mediaType, ending } = audioTypes[formatOf(speech)];
  const { id, byteSize } = await fileStore.receive(bytes, { maxBytes: Number.MAX_SAFE_INTEGER }, new AbortController().signal);
  await fileStore.keep(id);
  const file: AttachedFile = { attachmentId: id, name: `speech.${ending}`, mediaType, byteSize, width: null, height: null };
  try {
    await prisma.$transaction(async (transaction) => {
      const createdAt = clock.now();
      const row = { id, ownerId: speech.ownerId, name: file.name, mediaType, byteSize, createdAt };
      if (speech.messageId === null) await transaction.attachment.create({ data: row });
      else {
        // The conversation first, then its message, as everywhere.
        const [message] = await transaction.$queryRaw<{ readonly conversationId: string }[]>`
          SELECT m.conversation_id AS "conversationId" FROM conversations c JOIN messages m ON m.conversation_id = c.id
          WHERE m.id = ${speech.messageId}::uuid FOR NO KEY UPDATE OF c`;
        if (message === undefined) throw new Error('the message of a speech is gone');
        const { conversationId } = message;
        await transaction.attachment.create({ data: { ...row, conversationId } });
        const last = await transaction.part.findFirst({ where: { messageId: speech.messageId }, orderBy: { position: 'desc' }, select: { position: true } });
        const partId = newId();
        await transaction.part.create({ data: { id: partId, messageId: speech.messageId, position: (last?.position ?? -1) + 1, kind: 'AUDIO', data: file } });
        await conversationLog.append(transaction, conversationId, { type: 'PartChanged', messageId: speech.messageId, partId, version: 1 });
      }
      await transaction.speech.update({ where: { id: speech.id }, data: { status: 'READY', attachmentId: id, leaseExpiresAt: null }, select: { id: true } });
    });
  } catch (error) {
    await removeFromDisk(fileStore, logger, [id]);
    throw error;
  }
}

import type { Pool } from 'pg';
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import type { PrismaClient } from '../../../prisma/generated/client.ts';
import type { FileStore } from '../../stores/file-store.ts';
import type { DownloadKind } from '../download/downloads.ts';
import { conversationJson } from './conversation-json.ts';
import { conversationMarkdown } from './conversation-markdown.ts';
import { madeDownload, writePieces } from './made-download.ts';
import { openConversation } from './read-conversation.ts';

/** What of a conversation is downloaded, and as what. */
export const conversationWish = z.object({ format: z.enum(['MARKDOWN', 'JSON']), branches: z.enum(['ACTIVE', 'ALL']) });

/** See `conversationWish`. */
export type ConversationWish = z.infer<typeof conversationWish>;

/** What `createConversationDownloads` stands on. */
export interface ConversationDownloadsDependencies {
  readonly pool: Pool;
  readonly prisma: PrismaClient;
  readonly fileStore: FileStore;
  readonly clock: Clock;
}

const kinds = {
  MARKDOWN: { ending: '.md', mediaType: 'text/markdown; charset=utf-8' },
  JSON: { ending: '.json', mediaType: 'application/json; charset=utf-8' },
} as const;

/** Downloads of conversations, as they are when they are fetched. The detail of a link is `ConversationWish` in JSON. */
export function createConversationDownloads({ pool, prisma, fileStore, clock }: ConversationDownloadsDependencies): DownloadKind {
  return {
    async find(userId, id, detail) {
      const { format, branches } = conversationWish.parse(JSON.parse(detail));
      const conversation = await openConversation(pool, userId, id, branches);
      const { ending, mediaType } = kinds[format];
      const fileName = `${conversation.head.title ?? 'conversation'}${ending}`;
      return madeDownload(fileStore, { fileName, mediaType }, async (path, signal) => {
        const person = await prisma.user.findUnique({ where: { id: userId }, select: { fullName: true, username: true } });
        const personName = person?.fullName ?? person?.username ?? 'You';
        const pieces = format === 'JSON' ? conversationJson(conversation, clock.now()) : conversationMarkdown(conversation, personName);
        await writePieces(path, pieces, signal);
      });
    },
  };
}

import type { Foundation } from './compose.ts';
import { createAccountDownloads } from './services/export-archive/account-downloads.ts';
import { createConversationDownloads } from './services/export-archive/conversation-downloads.ts';

/** Wires the kinds of downloads that people take their things away with. */
export function composeTakeaway({ database: { pool, prisma }, fileStore, clock }: Foundation) {
  const dependencies = { pool, prisma, fileStore, clock };
  return { conversation: createConversationDownloads(dependencies), account: createAccountDownloads(dependencies) };
}

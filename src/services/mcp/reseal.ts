import type { PrismaClient } from '../../../prisma/generated/client.ts';
import type { SealedTexts } from '../../auth/sealed-text.ts';
import type { Logger } from '../../base/logger.ts';
import { openHeaders, resealHeaders } from './server-row.ts';

const batch = 500;

/**
 * Encrypts all headers of servers anew that a secret of before has encrypted, so that it can be thrown away. To be called now and then.
 *
 * @returns how many were encrypted anew, and how many cannot be read
 */
export async function resealServers({ prisma, sealed, logger }: { readonly prisma: PrismaClient; readonly sealed: SealedTexts; readonly logger: Logger }) {
  let [resealed, unreadable] = [0, 0];
  for (let after: string | null = null; ;) {
    const rows: readonly { readonly id: string; readonly ownerId: string; readonly sealedHeaders: string | null }[] = await prisma.mcpServer.findMany({
      where: { sealedHeaders: { not: null }, ...(after === null ? {} : { id: { gt: after } }) },
      orderBy: { id: 'asc' },
      take: batch,
      select: { id: true, ownerId: true, sealedHeaders: true },
    });
    for (const row of rows) {
      const opened = await openHeaders(sealed, row);
      if (opened === null) unreadable += 1;
      if (opened === null || opened.isCurrent) continue;
      // Not when it has changed meanwhile.
      const data = { sealedHeaders: await resealHeaders(sealed, row, opened.text) };
      resealed += (await prisma.mcpServer.updateMany({ where: { id: row.id, sealedHeaders: row.sealedHeaders }, data })).count;
    }
    after = rows.at(-1)?.id ?? null;
    if (rows.length < batch) break;
  }
  if (unreadable > 0) logger.warn({ unreadable }, 'headers of servers of tools cannot be read: the secret that sealed them is not among PREVIOUS_SECRETS');
  return { resealed, unreadable };
}

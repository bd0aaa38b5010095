import type { McpServer, PrismaClient } from '../../../prisma/generated/client.ts';
import type { SealedTexts } from '../../auth/sealed-text.ts';
import type { Logger } from '../../base/logger.ts';
import { openHeaders, openSignIn, resealHeaders, resealSignIn } from './server-row.ts';

const batch = 500;

type Sealed = Pick<McpServer, 'id' | 'ownerId' | 'sealedHeaders' | 'sealedSignIn'>;

/** The columns that hold something encrypted, and how each is read and written. */
const columns = [
  { name: 'sealedHeaders', open: openHeaders, reseal: resealHeaders },
  {
    name: 'sealedSignIn',
    open: (sealed: SealedTexts, row: Sealed) => (row.sealedSignIn === null ? { text: '', isCurrent: true } : openSignIn(sealed, row, row.sealedSignIn)),
    reseal: resealSignIn,
  },
] as const;

/**
 * Encrypts all headers and sign-ins of servers anew that a secret of before has encrypted, so that it can be thrown away. To be called now and then.
 *
 * @returns how many were encrypted anew, and how many cannot be read
 */
export async function resealServers({ prisma, sealed, logger }: { readonly prisma: PrismaClient; readonly sealed: SealedTexts; readonly logger: Logger }) {
  let [resealed, unreadable] = [0, 0];
  for (let after: string | null = null; ;) {
    const rows: readonly Sealed[] = await prisma.mcpServer.findMany({
      where: { OR: columns.map(({ name }) => ({ [name]: { not: null } })), ...(after === null ? {} : { id: { gt: after } }) },
      orderBy: { id: 'asc' },
      take: batch,
      select: { id: true, ownerId: true, sealedHeaders: true, sealedSignIn: true },
    });
    for (const row of rows) {
      for (const { name, open, reseal } of columns) {
        const opened = await open(sealed, row);
        if (opened === null) unreadable += 1;
        if (opened === null || opened.isCurrent) continue;
        // Not when it has changed meanwhile.
        resealed += (await prisma.mcpServer.updateMany({ where: { id: row.id, [name]: row[name] }, data: { [name]: await reseal(sealed, row, opened.text) } }))
          .count;
      }
    }
    after = rows.at(-1)?.id ?? null;
    if (rows.length < batch) break;
  }
  if (unreadable > 0)
    logger.warn({ unreadable }, 'headers or sign-ins of servers of tools cannot be read: the secret that sealed them is not among PREVIOUS_SECRETS');
  return { resealed, unreadable };
}

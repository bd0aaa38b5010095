import type { Clock } from '../../base/clock.ts';
import type { RowChanges } from '../../events/row-changes.ts';
import type { Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import { tellableError } from '../upload/upload-row.ts';

/** The rows of bases and documents: who watches one is told of each change, of a document those who watch its base as well. */
export type KnowledgeRecords = ReturnType<typeof createKnowledgeRecords>;

/** Makes the records. */
export function createKnowledgeRecords({ prisma, clock, changes }: { readonly prisma: PrismaClient; readonly clock: Clock; readonly changes: RowChanges }) {
  const tell = async (client: Prisma.TransactionClient, ...ids: readonly string[]): Promise<void> => {
    for (const id of ids) await changes.tell(client, id);
  };

  const update = async (
    client: Prisma.TransactionClient,
    id: string,
    where: Prisma.DocumentWhereInput,
    data: Prisma.DocumentUpdateManyMutationInput,
  ): Promise<boolean> => {
    const { count } = await client.document.updateMany({ where: { id, ...where }, data: { ...data, updatedAt: clock.now() } });
    if (count > 0) await changes.tell(client, id);
    return count > 0;
  };

  return {
    tell,

    /** Tells how far a document is, or that somebody is still at work on it. False when it is over. */
    advance: (id: string, progress: number | undefined): Promise<boolean> =>
      update(prisma, id, { status: 'PROCESSING' }, progress === undefined ? {} : { progress }),

    /** Ends the work at a document. */
    fail: async (id: string, knowledgeBaseId: string, error: unknown): Promise<void> => {
      const { code, message } = tellableError(error);
      if (await update(prisma, id, { status: 'PROCESSING' }, { status: 'FAILED', errorCode: code, errorMessage: message })) await tell(prisma, knowledgeBaseId);
    },

    /** Has documents worked at once more. Gives those that now wait. */
    requeue: async (where: Prisma.DocumentWhereInput): Promise<readonly string[]> => {
      const over: Prisma.DocumentWhereInput = { AND: [where, { status: { in: ['READY', 'FAILED'] } }] };
      const rows = await prisma.document.updateManyAndReturn({
        where: over,
        data: { status: 'QUEUED', readsStored: false, progress: 0, errorCode: null, errorMessage: null, updatedAt: clock.now() },
        select: { id: true, knowledgeBaseId: true },
      });
      await tell(prisma, ...rows.map(({ id }) => id), ...new Set(rows.map(({ knowledgeBaseId }) => knowledgeBaseId)));
      return rows.map(({ id }) => id);
    },
  };
}

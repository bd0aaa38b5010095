import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Statements } from '../../stores/statements.ts';
import type { PrismaClient } from '../../../prisma/generated/client.ts';
import { requirePermission } from '../room/permissions.ts';
import { holdUsable } from '../workspace/shared-thing.ts';
import { baseColumns, isReadable, type KnowledgeBaseRow } from './knowledge-row.ts';

/** The knowledge bases that conversations draw on. */
export type AttachedKnowledge = ReturnType<typeof createAttachedKnowledge>;

/** What the service stands on. */
export interface AttachedKnowledgeDependencies {
  readonly prisma: PrismaClient;
  readonly statements: Statements;
  readonly clock: Clock;
}

/** How many bases a conversation may draw on. */
export const mostAttached = 20;

/** Creates the service. */
export function createAttachedKnowledge({ prisma, statements, clock }: AttachedKnowledgeDependencies) {
  return {
    /** The bases that are attached to conversations, as far as the viewer may see both, in the order in which they were attached. */
    ofConversations: async (viewer: Viewer | null, conversationIds: readonly string[]): Promise<ReadonlyMap<string, readonly KnowledgeBaseRow[]>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<KnowledgeBaseRow & { readonly conversationId: string }>(
        `SELECT a.conversation_id AS "conversationId", ${baseColumns} FROM conversation_knowledge a JOIN knowledge_bases k ON k.id = a.knowledge_base_id
         JOIN participations p ON p.conversation_id = a.conversation_id AND p.user_id = $2::uuid
         WHERE a.conversation_id = ANY($1::uuid[]) AND ${isReadable('$2::uuid')} ORDER BY a.created_at, k.id`,
        [conversationIds, userId],
      );
      return Map.groupBy(rows, ({ conversationId }) => conversationId);
    },

    /**
     * Lets a conversation draw on bases. Attaching what is attached changes nothing.
     *
     * @throws AppError NOT_FOUND for a conversation or a base that the viewer may not see; FORBIDDEN for a READER; CONFLICT at the limit
     */
    attach: async (viewer: Viewer | null, conversationId: string, baseIds: readonly string[]): Promise<void> => {
      const { userId } = requireViewer(viewer);
      await requirePermission(prisma, { conversationId, userId }, 'ATTACH_KNOWLEDGE');
      const wanted = [...new Set(baseIds)];
      await prisma.$transaction(async (transaction) => {
        await transaction.$queryRaw`SELECT id FROM conversations WHERE id = ${conversationId}::uuid FOR UPDATE`;
        await holdUsable(transaction, 'KnowledgeBase', wanted, userId);
        const createdAt = clock.now();
        await transaction.conversationKnowledge.createMany({
          data: wanted.map((knowledgeBaseId) => ({ conversationId, knowledgeBaseId, createdAt })),
          skipDuplicates: true,
        });
        const count = await transaction.conversationKnowledge.count({ where: { conversationId } });
        if (count > mostAttached)
          throw new AppError('CONFLICT', `A conversation draws on ${mostAttached} knowledge bases at most. Detach one with "detachKnowledge".`);
      });
    },

    /**
     * Takes bases from a conversation. Answers that cite them stay. Detaching what is not attached changes nothing.
     *
     * @throws AppError NOT_FOUND for a conversation or a base that the viewer may not see; FORBIDDEN for a READER
     */
    detach: async (viewer: Viewer | null, conversationId: string, baseIds: readonly string[]): Promise<void> => {
      const { userId } = requireViewer(viewer);
      await requirePermission(prisma, { conversationId, userId }, 'ATTACH_KNOWLEDGE');
      const wanted = [...new Set(baseIds)];
      await prisma.$transaction(async (transaction) => {
        await holdUsable(transaction, 'KnowledgeBase', wanted, userId);
        await transaction.conversationKnowledge.deleteMany({ where: { conversationId, knowledgeBaseId: { in: wanted } } });
      });
    },
  };
}

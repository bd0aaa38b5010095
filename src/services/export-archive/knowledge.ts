import type { PrismaClient } from '../../../prisma/generated/client.ts';
import { knowledgeFormat, type KnowledgeDocument } from './knowledge-formats.ts';

/** How many there are. */
export interface KnowledgeCounts {
  knowledgeBases: number;
  documents: number;
}

/** The knowledge bases of somebody with their documents, the oldest first, each read when it is asked for. */
export async function* knowledgeOf(prisma: PrismaClient, userId: string, counts: KnowledgeCounts): AsyncGenerator<KnowledgeDocument> {
  const bases = await prisma.knowledgeBase.findMany({ where: { ownerId: userId }, select: { id: true }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
  for (const { id } of bases) {
    const knowledgeBase = await prisma.knowledgeBase.findUnique({
      where: { id },
      omit: { ownerId: true, workspaceId: true, embeddingLeaseUntil: true, version: true },
    });
    // It was deleted a moment ago.
    if (knowledgeBase === null) continue;
    const rows = await prisma.document.findMany({
      where: { knowledgeBaseId: id },
      omit: { ownerId: true, knowledgeBaseId: true, readsStored: true },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
    counts.knowledgeBases += 1;
    counts.documents += rows.length;
    yield { format: knowledgeFormat, knowledgeBase, documents: rows.map((row) => ({ ...row, byteSize: Number(row.byteSize) })) };
  }
}

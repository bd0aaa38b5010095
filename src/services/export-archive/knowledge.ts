import type { Document, KnowledgeBase, PrismaClient } from '../../../prisma/generated/client.ts';

/** Names a document about a knowledge base. */
const knowledgeFormat = 'colloquy-knowledge/1';

/** How many there are. */
export interface KnowledgeCounts {
  knowledgeBases: number;
  documents: number;
}

/** A knowledge base as an archive has it: what was made of its documents can be made again. */
export interface KnowledgeDocument {
  readonly format: typeof knowledgeFormat;
  readonly knowledgeBase: Omit<KnowledgeBase, 'ownerId' | 'embeddingLeaseUntil' | 'version'>;
  /** Their bytes are beside it. */
  readonly documents: readonly (Omit<Document, 'ownerId' | 'knowledgeBaseId' | 'byteSize'> & { readonly byteSize: number })[];
}

/** The knowledge bases of somebody with their documents, the oldest first, each read when it is asked for. */
export async function* knowledgeOf(prisma: PrismaClient, userId: string, counts: KnowledgeCounts): AsyncGenerator<KnowledgeDocument> {
  const bases = await prisma.knowledgeBase.findMany({ where: { ownerId: userId }, select: { id: true }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
  for (const { id } of bases) {
    const knowledgeBase = await prisma.knowledgeBase.findUnique({ where: { id }, omit: { ownerId: true, embeddingLeaseUntil: true, version: true } });
    // It was deleted a moment ago.
    if (knowledgeBase === null) continue;
    const rows = await prisma.document.findMany({
      where: { knowledgeBaseId: id },
      omit: { ownerId: true, knowledgeBaseId: true },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
    counts.knowledgeBases += 1;
    counts.documents += rows.length;
    yield { format: knowledgeFormat, knowledgeBase, documents: rows.map((row) => ({ ...row, byteSize: Number(row.byteSize) })) };
  }
}

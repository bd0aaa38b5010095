import { later, type Clock } from '../../base/clock.ts';
import { embedAll } from '../../base/embedder.ts';
import { AppError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { VectorStore } from '../../stores/vectors/vector-store.ts';
import type { KnowledgeBase, Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import { createReadings } from '../upload/readings.ts';
import { tellableError } from '../upload/upload-row.ts';
import type { Embedders } from './embedders.ts';
import type { KnowledgeRecords } from './knowledge-records.ts';
import { isEmbedding } from './knowledge-row.ts';
import { byOwner } from './metered-embedder.ts';
import { countEmbedded, embeddedText, shareOf } from './save-passages.ts';

/**
 * Embeds the passages of bases that have no vectors of their model: after a change of it, while the old vectors are still searched, and where a quota did
 * not allow it before.
 */
export interface EmbeddingJobs {
  /** Begins with a base, unless another node is at it. */
  start(knowledgeBaseId: string): void;
  /** Takes up those that wait, also after a failure. */
  recover(): Promise<void>;
  close(): Promise<void>;
}

/** What it stands on. */
export interface EmbeddingJobDependencies {
  readonly prisma: PrismaClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly embedders: Embedders;
  readonly vectors: VectorStore;
  readonly records: KnowledgeRecords;
}

interface Passage {
  readonly id: string;
  readonly documentId: string;
  /** Of its document. */
  readonly name: string;
  readonly text: string;
  readonly headings: readonly string[];
}

const passagesAtOnce = 128;
const leaseMs = 60_000;
/** How long a base rests after a failure, before it is tried again. */
const restMs = 300_000;

const missing = `
  SELECT c.id, c.document_id AS "documentId", d.name, c.text, c.headings FROM chunks c JOIN documents d ON d.id = c.document_id
  WHERE c.knowledge_base_id = $1::uuid AND NOT EXISTS (SELECT 1 FROM chunk_vectors v WHERE v.chunk_id = c.id AND v.model = $2)
  ORDER BY c.document_id, c.position LIMIT $3::int`;

/** Makes them. */
export function createEmbeddingJobs({ prisma, clock, logger, embedders, vectors, records }: EmbeddingJobDependencies): EmbeddingJobs {
  const jobs = createReadings();

  /** Whether a base, now locked, still wants vectors of this model. */
  async function stillWants(transaction: Prisma.TransactionClient, id: string, model: string): Promise<boolean> {
    const rows = await transaction.$queryRaw<{ model: string | null }[]>`
      SELECT embedding_model AS model FROM knowledge_bases WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
    return rows[0]?.model === model;
  }

  /** The vectors of the new model are searched from now on, and those of others go. Not while passages without one are left. */
  const finish = (id: string, model: string): Promise<boolean> =>
    prisma.$transaction(
      async (transaction) => {
        if (!(await stillWants(transaction, id, model))) return true;
        const left = await transaction.$queryRawUnsafe<unknown[]>(missing, id, model, 1);
        if (left.length > 0) return false;
        await transaction.$executeRaw`
          DELETE FROM chunk_vectors v USING chunks c WHERE c.id = v.chunk_id AND c.knowledge_base_id = ${id}::uuid AND v.model <> ${model}`;
        await transaction.knowledgeBase.update({
          where: { id },
          data: {
            vectorModel: model,
            lacksVectors: false,
            embeddingProgress: 1,
            version: { increment: 1 },
            embeddingLeaseUntil: null,
            embeddingErrorCode: null,
            embeddingErrorMessage: null,
          },
          select: { id: true },
        });
        // What a quota did not allow is done.
        await transaction.document.updateMany({
          where: { knowledgeBaseId: id, status: 'READY', errorCode: 'QUOTA_EXCEEDED' },
          data: { errorCode: null, errorMessage: null },
        });
        await records.tell(transaction, id);
        return true;
      },
      { timeout: 60_000 },
    );

  async function save(id: string, model: string, passages: readonly Passage[], made: readonly Float32Array[], progress: number): Promise<boolean> {
    await vectors.prepare(made[0]?.length ?? 0);
    return prisma.$transaction(
      async (transaction) => {
        if (!(await stillWants(transaction, id, model))) return false;
        const ids = passages.map((passage) => passage.id);
        const there = await transaction.$queryRaw<{ id: string }[]>`SELECT id FROM chunks WHERE id = ANY(${ids}::uuid[]) FOR KEY SHARE`;
        const kept = new Set(there.map((row) => row.id));
        const rows = passages.flatMap((passage, index) => (kept.has(passage.id) ? [{ ...passage, vector: made[index] ?? new Float32Array() }] : []));
        for (const [documentId, some] of Map.groupBy(rows, (row) => row.documentId)) {
          const chunkIds = some.map((row) => row.id);
          await vectors.save(transaction, { knowledgeBaseId: id, documentId, model, chunkIds, vectors: some.map(({ vector }) => vector) });
        }
        const data = { embeddingProgress: progress, embeddingLeaseUntil: later(clock.now(), leaseMs) };
        await transaction.knowledgeBase.update({ where: { id }, data, select: { id: true } });
        await records.tell(transaction, id);
        return true;
      },
      { timeout: 60_000 },
    );
  }

  async function embed({ id, ownerId, embeddingModel: model }: KnowledgeBase, signal: AbortSignal): Promise<void> {
    if (model === null) throw new Error('a base without a model keeps no vectors');
    const embedder = await embedders.of(byOwner(ownerId), model);
    for (;;) {
      signal.throwIfAborted();
      const passages = await prisma.$queryRawUnsafe<Passage[]>(missing, id, model, passagesAtOnce);
      if (passages.length === 0) {
        if (await finish(id, model)) return;
        continue;
      }
      const { vectors: made, failure } = await embedAll(
        embedder,
        passages.map((passage) => embeddedText(passage.name, passage)),
        'PASSAGE',
        signal,
      );
      if (made.length === 0) throw failure;
      const { total, done } = await countEmbedded(prisma, id, model);
      const progress = shareOf({ total, done: done + made.length });
      if (!(await save(id, model, passages.slice(0, made.length), made, progress))) return;
      if (failure !== null) throw failure;
    }
  }

  async function work(id: string, stopping: AbortSignal): Promise<void> {
    const now = clock.now();
    const { count } = await prisma.knowledgeBase.updateMany({
      where: { id, OR: [{ embeddingLeaseUntil: null }, { embeddingLeaseUntil: { lte: now } }] },
      data: { embeddingLeaseUntil: later(now, leaseMs) },
    });
    if (count === 0) return;
    try {
      for (;;) {
        const base = await prisma.knowledgeBase.findUnique({ where: { id } });
        // Another model may have been chosen while the one before was at work.
        if (base === null || !isEmbedding(base)) break;
        await embed(base, stopping);
      }
      await prisma.knowledgeBase.updateMany({ where: { id }, data: { embeddingLeaseUntil: null } });
    } catch (error) {
      const isLeft = stopping.aborted || (error instanceof AppError && error.code === 'SERVICE_UNAVAILABLE');
      if (!isLeft && !(error instanceof AppError)) logger.error({ err: error, knowledgeBaseId: id }, 'a knowledge base could not be embedded anew');
      const { code, message } = tellableError(error);
      const data = isLeft
        ? { embeddingLeaseUntil: null }
        : { embeddingErrorCode: code, embeddingErrorMessage: message, embeddingLeaseUntil: later(clock.now(), restMs) };
      await prisma.knowledgeBase.updateMany({ where: { id }, data });
      await records.tell(prisma, id);
    }
  }

  const start = (id: string): void =>
    jobs.start(id, (signal) =>
      work(id, signal).catch((error: unknown) =>
        logger.warn({ err: error, knowledgeBaseId: id }, 'the embedding of a knowledge base was left; it goes on later'),
      ),
    );

  return {
    start,
    async recover() {
      const found = await prisma.$queryRaw<{ id: string }[]>`
        SELECT id FROM knowledge_bases WHERE embedding_model IS NOT NULL AND (embedding_model IS DISTINCT FROM vector_model OR lacks_vectors)
          AND (embedding_lease_until IS NULL OR embedding_lease_until <= ${clock.now()}) LIMIT 100`;
      for (const { id } of found) start(id);
    },
    close: () => jobs.close(),
  };
}

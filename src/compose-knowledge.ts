import { createSealedTexts } from './auth/sealed-text.ts';
import { AppError } from './base/errors.ts';
import type { Foundation } from './compose.ts';
import { createDirectFetch, createGuardedFetch } from './engines/guarded-fetch.ts';
import { createOutsideAddresses } from './engines/outside-address.ts';
import type { RowChanges } from './events/row-changes.ts';
import { removeFromDisk } from './services/file/files.ts';
import { createAttachedKnowledge } from './services/knowledge/attached-knowledge.ts';
import { createDocumentJobs, quietForMs } from './services/knowledge/document-jobs.ts';
import { createKnowledgeDocuments } from './services/knowledge/documents.ts';
import { createEmbedders } from './services/knowledge/embedders.ts';
import { createEmbeddingJobs } from './services/knowledge/embedding-jobs.ts';
import { createIndexing } from './services/knowledge/index-document.ts';
import { createKnowledgeBases } from './services/knowledge/knowledge-bases.ts';
import { createKnowledgeRecords } from './services/knowledge/knowledge-records.ts';
import { byOwner } from './services/knowledge/metered-embedder.ts';
import { createRunKnowledge } from './services/knowledge/run-knowledge.ts';
import { createProviderAccesses, embeddingAccesses } from './services/knowledge/provider-accesses.ts';
import { createRerankers } from './services/knowledge/rerank/rerankers.ts';
import { createReranking } from './services/knowledge/rerank/reranking.ts';
import { createKnowledgeSearch } from './services/knowledge/search/knowledge-search.ts';
import { createMeaningSearch } from './services/knowledge/search/search-meaning.ts';
import { createWordSearch } from './services/knowledge/search/search-words.ts';
import type { ModelCalls } from './services/model-calls.ts';
import type { Metering } from './services/usage/metering.ts';
import type { Statements } from './stores/statements.ts';

/** How long a name server may take for a name that a person gave. */
const lookupTimeoutMs = 2_000;
/** Whoever reads a page counts its bytes and says what is too much; the guard ends what goes on for longer. */
const mostBeyond = 1024 * 1024;
/** Of the vectors of a batch. */
const mostAnswerBytes = 32 * 1024 * 1024;

/** Wires knowledge bases: the services, what runs know of them, and the jobs that start and stop with the server. */
export function composeKnowledge(
  foundation: Foundation,
  {
    statements,
    changes,
    metering,
    modelCalls,
  }: { readonly statements: Statements; readonly changes: RowChanges; readonly metering: Metering; readonly modelCalls: ModelCalls },
) {
  const { config, secret, clock, newId, logger, fileStore, documents, vectors, embedded, fetch } = foundation;
  const { prisma, pool } = foundation.database;
  const limits = config.knowledge;
  const { timers } = config.engines;
  const addressesWith = (allowedPrivateHosts: readonly string[]) => createOutsideAddresses({ allowedPrivateHosts, timeoutMs: lookupTimeoutMs });
  const { connectTimeoutMs } = timers;
  const addresses = addressesWith(config.providers.allowedPrivateHosts);
  const accesses = createProviderAccesses({
    pool,
    sealed: createSealedTexts({ secret, previousSecrets: config.previousSecrets, purpose: 'provider-keys' }),
    configured: embeddingAccesses(config.engines),
    surroundings: {
      known: { fetch: createDirectFetch(fetch), timers },
      given: { fetch: createGuardedFetch({ addresses, connectTimeoutMs, maxBytes: mostAnswerBytes }), timers },
    },
  });
  const embedders = createEmbedders({ embedded, accesses, metering });
  const pages = {
    // What models may be asked at is not what people may read pages of: operators allow each by itself.
    fetch: createGuardedFetch({
      addresses: addressesWith(limits.allowedPrivateHosts),
      connectTimeoutMs,
      maxBytes: limits.maxDocumentBytes + mostBeyond,
      givesRedirects: true,
    }),
    maxBytes: limits.maxDocumentBytes,
    timeoutMs: limits.pageTimeoutMs,
  };
  const records = createKnowledgeRecords({ prisma, clock, changes });
  const index = createIndexing({ ...foundation, prisma, embedders, vectors, records, pages, documents });
  const documentJobs = createDocumentJobs({ prisma, clock, logger, records, index, maxRunning: limits.maxRunning, timeoutMs: limits.documentTimeoutMs });
  const embeddingJobs = createEmbeddingJobs({ prisma, clock, logger, embedders, vectors, records });

  const forget = async (ids: readonly string[]): Promise<void> => {
    for (const id of ids) await documentJobs.stop(id);
    await removeFromDisk(fileStore, logger, ids);
    for (const id of ids)
      await fileStore
        .discard(id)
        .catch((error: unknown) => logger.warn({ err: error, documentId: id }, 'what was not whole could not be removed; the sweep will'));
  };
  const search = createKnowledgeSearch({
    statements,
    words: createWordSearch({ pool, maxRanked: limits.maxRanked }),
    meaning: createMeaningSearch({ embedders, vectors, timeoutMs: limits.embeddingTimeoutMs }),
    reranking: createReranking({
      modelCalls,
      rerankers: createRerankers({ accesses, metering }),
      chatsPerUser: foundation.limits.chatsPerUser,
      logger,
      timeoutMs: limits.rerankTimeoutMs,
    }),
    logger,
  });

  let timer: NodeJS.Timeout | null = null;
  const recover = (quietMs: number): Promise<void> =>
    Promise.all([documentJobs.recover(quietMs), embeddingJobs.recover()]).then(
      () => undefined,
      (error: unknown) => logger.warn({ err: error }, 'documents of dead processes could not be looked after'),
    );
  return {
    knowledge: createRunKnowledge({ statements, search }),
    services: {
      knowledgeBases: createKnowledgeBases({
        prisma,
        statements,
        clock,
        newId,
        changes,
        records,
        embedders,
        modelCalls,
        forget,
        embed: embeddingJobs.start,
        defaultModel: limits.embeddingModel,
        maxPerUser: limits.maxBasesPerUser,
      }),
      knowledgeDocuments: createKnowledgeDocuments({ prisma, statements, fileStore, clock, newId, changes, records, jobs: documentJobs, forget, limits }),
      attachedKnowledge: createAttachedKnowledge({ prisma, statements, clock }),
      knowledgeSearch: search,
    },
    /** For documents that come with imports. */
    brought: {
      hasModel: (userId: string, name: string): Promise<boolean> =>
        embedders.of(byOwner(userId), name).then(
          () => true,
          (error: unknown) => {
            if (!(error instanceof AppError) || error.code === 'SERVICE_UNAVAILABLE') throw error;
            return false;
          },
        ),
      async begin(documentId: string, baseId: string): Promise<void> {
        await records.tell(prisma, baseId);
        documentJobs.start(documentId);
      },
    },
    upkeep: {
      /** @param isAlone whether no other process can be at work on the same data: then what looks under way is not */
      async start(isAlone: boolean): Promise<void> {
        await recover(isAlone ? 0 : quietForMs);
        timer = setInterval(() => void recover(quietForMs), quietForMs);
        timer.unref();
      },
      async close(): Promise<void> {
        if (timer !== null) clearInterval(timer);
        await Promise.all([documentJobs.close(), embeddingJobs.close()]);
      },
    },
  };
}

import { LRUCache } from 'lru-cache';
import type { VectorStore } from '../../../stores/vectors/vector-store.ts';
import type { Embedders } from '../embedders.ts';
import type { KnowledgeBaseRow } from '../knowledge-row.ts';
import type { Asker } from '../metered-embedder.ts';

/** Passages that are found by what they mean. */
export interface MeaningSearch {
  /** Whether somebody may ask the model of a base: not where that would be with the key of another person. */
  mayAsk(userId: string, base: KnowledgeBaseRow): Promise<boolean>;
  /**
   * The passages of bases with vectors of one model, of one owner, that mean what is nearest to the question, the nearest first.
   *
   * @param asker for whom the question is embedded
   * @throws AppError of the provider of the model; SERVICE_UNAVAILABLE
   */
  find(
    bases: readonly KnowledgeBaseRow[],
    question: string,
    documentIds: readonly string[] | null,
    limit: number,
    asker: Asker,
    signal: AbortSignal,
  ): Promise<readonly string[]>;
}

/** What it stands on. */
export interface MeaningSearchDependencies {
  readonly embedders: Embedders;
  readonly vectors: VectorStore;
  readonly timeoutMs: number;
}

const mostRemembered = 1_000;

/** Creates the search by meaning. The vectors of the last questions are remembered: a page of a search asks the same again. */
export function createMeaningSearch({ embedders, vectors, timeoutMs }: MeaningSearchDependencies): MeaningSearch {
  const questions = new LRUCache<string, Float32Array>({ max: mostRemembered });

  return {
    mayAsk: async (userId, { ownerId, vectorModel }) => ownerId === userId || vectorModel === null || embedders.isOpenTo(userId, ownerId, vectorModel),

    async find(bases, question, documentIds, limit, asker, signal) {
      const [first] = bases;
      const model = first?.vectorModel;
      if (first === undefined || model == null) return [];
      const both = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      // By its owner too: behind the same name may stand another provider of somebody else.
      const key = `${first.ownerId} ${model} ${question}`;
      let vector = questions.get(key);
      if (vector === undefined) {
        const embedder = await embedders.of({ ...asker, ownerId: first.ownerId }, model);
        [vector] = (await embedder.embed([question], 'QUERY', both)).vectors;
        if (vector === undefined) return [];
        questions.set(key, vector);
      }
      const found = await vectors.nearest({ bases, model, vector, limit, documentIds }, both);
      return found.map(({ chunkId }) => chunkId);
    },
  };
}

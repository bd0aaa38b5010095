import { requireViewer, type Viewer } from '../../../auth/viewer.ts';
import { AppError, notFound } from '../../../base/errors.ts';
import type { Logger } from '../../../base/logger.ts';
import { parseInput } from '../../../base/validate.ts';
import type { Statements } from '../../../stores/statements.ts';
import { placeInWords } from '../citation.ts';
import { baseColumns, isReadable, type KnowledgeBaseRow, type SearchedBase } from '../knowledge-row.ts';
import type { Asker } from '../metered-embedder.ts';
import { mostReranked, type Reranking } from '../rerank/reranking.ts';
import { fuse, type Fused } from './fuse.ts';
import { basesShape, questionShape, type KnowledgeFilter, type KnowledgeFindings, type KnowledgeHit, type KnowledgeQuestion } from './question.ts';
import type { MeaningSearch } from './search-meaning.ts';
import type { WordSearch } from './search-words.ts';

/** Searches knowledge bases. */
export type KnowledgeSearch = ReturnType<typeof createKnowledgeSearch>;

/** What it stands on. */
export interface KnowledgeSearchDependencies {
  readonly statements: Statements;
  readonly words: WordSearch;
  readonly meaning: MeaningSearch;
  readonly reranking: Reranking;
  readonly logger: Logger;
}

/** How many of each list are fused. */
const poolSize = 100;
const defaultHits = 10;

const hitColumns = `c.id AS "chunkId", c.document_id AS "documentId", c.knowledge_base_id AS "knowledgeBaseId", d.name AS "documentName", c.text, c.headings, c.page,
  c.page_end AS "pageEnd", c.row, c.row_end AS "rowEnd"`;

/** Creates it. */
export function createKnowledgeSearch({ statements, words, meaning, reranking, logger }: KnowledgeSearchDependencies) {
  /** The bases that somebody names. @throws AppError NOT_FOUND when one is not theirs to read */
  async function basesOf(userId: string, ids: readonly string[]): Promise<readonly KnowledgeBaseRow[]> {
    const wanted = [...new Set(ids)];
    const { rows } = await statements.query<KnowledgeBaseRow>(
      `SELECT ${baseColumns} FROM knowledge_bases k WHERE k.id = ANY($1::uuid[]) AND ${isReadable('$2::uuid')}`,
      [wanted, userId],
    );
    if (rows.length < wanted.length) throw notFound('KnowledgeBase');
    return rows;
  }

  /** The documents that a filter leaves; null for all. */
  async function filtered(baseIds: readonly string[], filter: KnowledgeFilter | null | undefined): Promise<readonly string[] | null> {
    const { documentIds, mediaTypes, addedAfter, addedBefore } = filter ?? {};
    if (documentIds == null && mediaTypes == null && addedAfter == null && addedBefore == null) return null;
    const { rows } = await statements.query<{ id: string }>(
      `SELECT d.id FROM documents d WHERE d.knowledge_base_id = ANY($1::uuid[]) AND ($2::uuid[] IS NULL OR d.id = ANY($2::uuid[]))
         AND ($3::text[] IS NULL OR d.media_type = ANY($3::text[])) AND ($4::timestamptz IS NULL OR d.created_at > $4) AND ($5::timestamptz IS NULL OR d.created_at < $5)`,
      [baseIds, documentIds ?? null, mediaTypes ?? null, addedAfter ?? null, addedBefore ?? null],
    );
    if (documentIds != null && documentIds.some((id) => !rows.some((row) => row.id === id)) && mediaTypes == null && addedAfter == null && addedBefore == null)
      throw notFound('Document');
    return rows.map(({ id }) => id);
  }

  /** Those of bases whose model somebody may ask, and why the others are searched by words alone. */
  async function askable(askerId: string, bases: readonly SearchedBase[]) {
    const answers = await Promise.all(bases.map(async (base) => base.isGiven === true || meaning.mayAsk(askerId, base)));
    const left = bases.filter((_base, index) => answers[index] === false).map(({ name }) => `"${name}"`);
    const problem = `Searched by words alone: ${left.join(', ')}. The model is asked with the key of the owner, which nobody else spends.`;
    return { bases: bases.filter((_base, index) => answers[index] === true), problem: left.length === 0 ? null : problem };
  }

  async function searchMeaning(
    bases: readonly SearchedBase[],
    query: string,
    documentIds: readonly string[] | null,
    isAlone: boolean,
    asker: Asker,
    signal: AbortSignal,
  ) {
    const { bases: embedded, problem: kept } = await askable(
      asker.askerId,
      bases.filter(({ vectorModel }) => vectorModel !== null),
    );
    if (kept !== null && (isAlone || embedded.length === 0)) {
      if (isAlone) throw new AppError('CONFLICT', kept);
      return { lists: [], problem: kept };
    }
    if (embedded.length === 0) {
      const problem =
        'None of the knowledge bases has vectors yet: choose an embedding model with "updateKnowledgeBase", or wait until it has embedded the passages.';
      if (isAlone) throw new AppError('CONFLICT', problem);
      return { lists: [], problem };
    }
    const groups = Map.groupBy(embedded, ({ ownerId, vectorModel }) => `${ownerId} ${vectorModel ?? ''}`);
    try {
      return { lists: await Promise.all([...groups.values()].map((group) => meaning.find(group, query, documentIds, poolSize, asker, signal))), problem: kept };
    } catch (error) {
      if (isAlone || signal.aborted) throw error;
      if (!(error instanceof AppError)) logger.warn({ err: error }, 'a search by meaning failed; it was done by words alone');
      return { lists: [], problem: error instanceof AppError ? error.message : 'The search by meaning failed or took too long.' };
    }
  }

  async function hitsOf(found: readonly Fused[], wordLists: number): Promise<readonly KnowledgeHit[]> {
    const { rows } = await statements.query<Omit<KnowledgeHit, 'score' | 'textRank' | 'vectorRank' | 'rerankRank'>>(
      `SELECT ${hitColumns} FROM chunks c JOIN documents d ON d.id = c.document_id WHERE c.id = ANY($1::uuid[])`,
      [found.map(({ id }) => id)],
    );
    const byId = new Map(rows.map((row) => [row.chunkId, row]));
    const best = (ranks: readonly (number | null)[]): number | null =>
      ranks.reduce((least, rank) => (least === null || (rank !== null && rank < least) ? rank : least), null);
    return found.flatMap(({ id, score, ranks }) => {
      const row = byId.get(id);
      // It was deleted a moment ago.
      return row === undefined
        ? []
        : [{ ...row, score, textRank: best(ranks.slice(0, wordLists)), vectorRank: best(ranks.slice(wordLists)), rerankRank: null }];
    });
  }

  /** Has a model put the first of what was found in order. What it leaves out keeps its place behind. */
  async function rerank(
    model: string,
    query: string,
    hits: readonly KnowledgeHit[],
    asker: Asker,
    signal: AbortSignal,
  ): Promise<Pick<KnowledgeFindings, 'hits' | 'rerankedBy' | 'problem'>> {
    const shown = hits.slice(0, mostReranked);
    const passages = shown.map((hit) => ({ document: hit.documentName, place: placeInWords(hit), text: hit.text }));
    const reranked = await reranking.order(model, query, passages, asker, signal);
    if ('problem' in reranked) return { hits, rerankedBy: null, problem: reranked.problem };
    const placed = reranked.order.flatMap((place, index) => shown.slice(place, place + 1).map((hit) => ({ ...hit, rerankRank: index + 1 })));
    const left = shown.filter((_hit, place) => !reranked.order.includes(place));
    return { hits: [...placed, ...left, ...hits.slice(mostReranked)], rerankedBy: reranked.model, problem: null };
  }

  /** Searches bases that are known to be readable. */
  async function searchIn(
    bases: readonly SearchedBase[],
    question: Omit<KnowledgeQuestion, 'knowledgeBaseIds'>,
    asker: Asker,
    signal: AbortSignal,
  ): Promise<KnowledgeFindings> {
    const { query, mode, first, rerank: named } = parseInput(questionShape, question);
    const model = named === undefined ? (bases.find(({ reranker }) => reranker !== null)?.reranker ?? null) : named;
    const wanted = mode ?? 'HYBRID';
    const documentIds = await filtered(
      bases.map(({ id }) => id),
      question.filter,
    );
    const languages = Map.groupBy(bases, ({ language }) => language);
    const [textLists, vectors] = await Promise.all([
      wanted === 'VECTOR' ? [] : Promise.all([...languages.values()].map((group) => words.find(group, query, documentIds, poolSize))),
      wanted === 'TEXT' ? { lists: [], problem: null } : searchMeaning(bases, query, documentIds, wanted === 'VECTOR', asker, signal),
    ]);
    const count = first ?? defaultHits;
    const fused = fuse([...textLists, ...vectors.lists]).slice(0, model === null ? count : Math.max(count, mostReranked));
    const found = await hitsOf(fused, textLists.length);
    const { hits, rerankedBy, problem } =
      model === null || found.length === 0 ? { hits: found, rerankedBy: null, problem: null } : await rerank(model, query, found, asker, signal);
    return {
      hits: hits.slice(0, count),
      mode: wanted === 'HYBRID' && vectors.lists.length === 0 ? 'TEXT' : wanted,
      rerankedBy,
      problem: [vectors.problem, problem].filter((text) => text !== null).join(' ') || null,
    };
  }

  return {
    /**
     * Finds passages.
     *
     * @throws AppError NOT_FOUND when the viewer may not read one of the bases or documents; BAD_USER_INPUT; with mode VECTOR what keeps it
     *   from searching by meaning
     */
    find: async (viewer: Viewer | null, question: KnowledgeQuestion, signal: AbortSignal = new AbortController().signal): Promise<KnowledgeFindings> => {
      const { userId } = requireViewer(viewer);
      const { knowledgeBaseIds } = parseInput(basesShape, question);
      return searchIn(await basesOf(userId, knowledgeBaseIds), question, { askerId: userId, runId: null, conversationId: null }, signal);
    },

    /** The same in bases of which the caller knows that they may be read. */
    searchIn,
  };
}

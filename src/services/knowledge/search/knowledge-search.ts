import { z } from 'zod';
import { requireViewer, type Viewer } from '../../../auth/viewer.ts';
import { AppError, notFound } from '../../../base/errors.ts';
import type { Logger } from '../../../base/logger.ts';
import { parseInput } from '../../../base/validate.ts';
import type { Statements } from '../../../stores/statements.ts';
import { baseColumns, isReadable, type KnowledgeBaseRow } from '../knowledge-row.ts';
import { fuse, type Fused } from './fuse.ts';
import type { MeaningSearch } from './search-meaning.ts';
import type { WordSearch } from './search-words.ts';

/** How passages are found: by their words, by what they mean, or by both. */
export const searchModes = ['HYBRID', 'TEXT', 'VECTOR'] as const;

/** One of `searchModes`. */
export type KnowledgeSearchMode = (typeof searchModes)[number];

/** Which documents are searched; what is absent does not matter. */
export interface KnowledgeFilter {
  readonly documentIds?: readonly string[] | null | undefined;
  readonly mediaTypes?: readonly string[] | null | undefined;
  readonly addedAfter?: Date | null | undefined;
  readonly addedBefore?: Date | null | undefined;
}

/** What is looked for. */
export interface KnowledgeQuestion {
  readonly query: string;
  readonly knowledgeBaseIds: readonly string[];
  readonly mode?: KnowledgeSearchMode | null | undefined;
  readonly first?: number | null | undefined;
  readonly filter?: KnowledgeFilter | null | undefined;
}

/** A passage that was found. */
export interface KnowledgeHit {
  readonly chunkId: string;
  readonly documentId: string;
  readonly knowledgeBaseId: string;
  readonly documentName: string;
  readonly text: string;
  readonly headings: readonly string[];
  readonly page: number | null;
  readonly pageEnd: number | null;
  readonly row: number | null;
  readonly rowEnd: number | null;
  readonly score: number;
  /** Its place among those found by words, and by meaning, from 1; null where it was not among them. */
  readonly textRank: number | null;
  readonly vectorRank: number | null;
}

/** What was found. */
export interface KnowledgeFindings {
  readonly hits: readonly KnowledgeHit[];
  /** How it was searched in the end. */
  readonly mode: KnowledgeSearchMode;
  /** Why it was searched by words alone although meaning was asked for as well; null when it was not. */
  readonly problem: string | null;
}

/** Searches knowledge bases. */
export type KnowledgeSearch = ReturnType<typeof createKnowledgeSearch>;

/** What it stands on. */
export interface KnowledgeSearchDependencies {
  readonly statements: Statements;
  readonly words: WordSearch;
  readonly meaning: MeaningSearch;
  readonly logger: Logger;
}

/** How many of each list are fused. */
const poolSize = 100;
const mostBases = 20;
const mostHits = 50;
const defaultHits = 10;

const questionShape = z.object({
  query: z
    .string()
    .trim()
    .min(1, 'say what to look for')
    .max(1_000, 'a query has at most 1,000 characters')
    .refine((text) => !text.includes('\u0000'), 'a query must not contain the character U+0000'),
  knowledgeBaseIds: z.array(z.string()).min(1, 'name at least one knowledge base').max(mostBases, `name at most ${mostBases} knowledge bases`),
  mode: z.enum(searchModes).nullish(),
  first: z.int().min(1, 'must be from 1 to 50').max(mostHits, 'must be from 1 to 50').nullish(),
});

const hitColumns = `c.id AS "chunkId", c.document_id AS "documentId", c.knowledge_base_id AS "knowledgeBaseId", d.name AS "documentName", c.text, c.headings, c.page,
  c.page_end AS "pageEnd", c.row, c.row_end AS "rowEnd"`;

/** Creates it. */
export function createKnowledgeSearch({ statements, words, meaning, logger }: KnowledgeSearchDependencies) {
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
  async function askable(userId: string, bases: readonly KnowledgeBaseRow[]) {
    const answers = await Promise.all(bases.map((base) => meaning.mayAsk(userId, base)));
    const left = bases.filter((_base, index) => answers[index] === false).map(({ name }) => `"${name}"`);
    const problem = `Searched by words alone: ${left.join(', ')}. The model is asked with the key of the owner, which nobody else spends.`;
    return { bases: bases.filter((_base, index) => answers[index] === true), problem: left.length === 0 ? null : problem };
  }

  async function searchMeaning(
    userId: string,
    bases: readonly KnowledgeBaseRow[],
    query: string,
    documentIds: readonly string[] | null,
    isAlone: boolean,
    signal: AbortSignal,
  ) {
    const { bases: embedded, problem: kept } = await askable(
      userId,
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
      return { lists: await Promise.all([...groups.values()].map((group) => meaning.find(group, query, documentIds, poolSize, signal))), problem: kept };
    } catch (error) {
      if (isAlone || signal.aborted) throw error;
      if (!(error instanceof AppError)) logger.warn({ err: error }, 'a search by meaning failed; it was done by words alone');
      return { lists: [], problem: error instanceof AppError ? error.message : 'The search by meaning failed or took too long.' };
    }
  }

  async function hitsOf(found: readonly Fused[], wordLists: number): Promise<readonly KnowledgeHit[]> {
    const { rows } = await statements.query<Omit<KnowledgeHit, 'score' | 'textRank' | 'vectorRank'>>(
      `SELECT ${hitColumns} FROM chunks c JOIN documents d ON d.id = c.document_id WHERE c.id = ANY($1::uuid[])`,
      [found.map(({ id }) => id)],
    );
    const byId = new Map(rows.map((row) => [row.chunkId, row]));
    const best = (ranks: readonly (number | null)[]): number | null =>
      ranks.reduce((least, rank) => (least === null || (rank !== null && rank < least) ? rank : least), null);
    return found.flatMap(({ id, score, ranks }) => {
      const row = byId.get(id);
      // It was deleted a moment ago.
      return row === undefined ? [] : [{ ...row, score, textRank: best(ranks.slice(0, wordLists)), vectorRank: best(ranks.slice(wordLists)) }];
    });
  }

  /** Searches bases that somebody is known to be allowed to read. */
  async function searchIn(userId: string, bases: readonly KnowledgeBaseRow[], question: KnowledgeQuestion, signal: AbortSignal): Promise<KnowledgeFindings> {
    const { query, mode, first } = parseInput(questionShape, { ...question, knowledgeBaseIds: bases.map(({ id }) => id) });
    const wanted = mode ?? 'HYBRID';
    const documentIds = await filtered(
      bases.map(({ id }) => id),
      question.filter,
    );
    const languages = Map.groupBy(bases, ({ language }) => language);
    const [textLists, vectors] = await Promise.all([
      wanted === 'VECTOR' ? [] : Promise.all([...languages.values()].map((group) => words.find(group, query, documentIds, poolSize))),
      wanted === 'TEXT' ? { lists: [], problem: null } : searchMeaning(userId, bases, query, documentIds, wanted === 'VECTOR', signal),
    ]);
    const fused = fuse([...textLists, ...vectors.lists]).slice(0, first ?? defaultHits);
    const hits = await hitsOf(fused, textLists.length);
    return { hits, mode: wanted === 'HYBRID' && vectors.lists.length === 0 ? 'TEXT' : wanted, problem: vectors.problem };
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
      const { knowledgeBaseIds } = parseInput(questionShape, question);
      return searchIn(userId, await basesOf(userId, knowledgeBaseIds), question, signal);
    },

    /** The same in bases of which the caller knows that they may be read. */
    searchIn,
  };
}

import { z } from 'zod';
import { modelText } from '../../run/options.ts';

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
  /** The model that puts what was found in order; null for none, and absent for what the bases say. */
  readonly rerank?: string | null | undefined;
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
  /** Its place in the order that a model made, from 1; null where it left it out or there is none. */
  readonly rerankRank: number | null;
}

/** What was found. */
export interface KnowledgeFindings {
  readonly hits: readonly KnowledgeHit[];
  /** How it was searched in the end. */
  readonly mode: KnowledgeSearchMode;
  /** The model that put it in order, `provider:model`; null where none did. */
  readonly rerankedBy: string | null;
  /** Why it was searched by words alone although meaning was asked for as well, or not put in order; null when all went well. */
  readonly problem: string | null;
}

const mostBases = 20;
const mostHits = 50;

/** A question, checked; the bases by `basesShape`. */
export const questionShape = z.object({
  query: z
    .string()
    .trim()
    .min(1, 'say what to look for')
    .max(1_000, 'a query has at most 1,000 characters')
    .refine((text) => !text.includes('\u0000'), 'a query must not contain the character U+0000'),
  mode: z.enum(searchModes).nullish(),
  first: z.int().min(1, 'must be from 1 to 50').max(mostHits, 'must be from 1 to 50').nullish(),
  rerank: modelText.nullish(),
});

/** The bases that somebody names. */
export const basesShape = z.object({
  knowledgeBaseIds: z.array(z.string()).min(1, 'name at least one knowledge base').max(mostBases, `name at most ${mostBases} knowledge bases`),
});

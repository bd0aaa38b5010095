import { z } from 'zod';
import { count, label, moment } from './formats.ts';

/** Names a document about a knowledge base. */
export const knowledgeFormat = 'colloquy-knowledge/1';

/** What an archive says of a document of a knowledge base; its bytes are beside it. */
export const documentFacts = z.object({
  id: z.uuid(),
  name: label,
  mediaType: z.string().max(200).nullable(),
  source: z.enum(['UPLOAD', 'URL']),
  /** Of a web page, as it was given. */
  url: z.string().max(10_000).nullable(),
  status: z.enum(['QUEUED', 'PROCESSING', 'READY', 'FAILED']),
  progress: z.number(),
  byteSize: count,
  hash: z.string().max(200).nullable(),
  pageCount: count.nullable(),
  chunkCount: count,
  revision: count,
  errorCode: z.string().max(60).nullable(),
  errorMessage: z.string().nullable(),
  createdAt: moment,
  updatedAt: moment,
  indexedAt: moment.nullable(),
});

/** See `documentFacts`. */
export type DocumentFacts = z.infer<typeof documentFacts>;

const knowledgeBase = z.object({
  id: z.uuid(),
  name: label,
  description: z.string().nullable(),
  language: z.string().max(100),
  embeddingModel: z.string().max(10_000).nullable(),
  vectorModel: z.string().max(10_000).nullable(),
  embeddingProgress: z.number(),
  embeddingErrorCode: z.string().max(60).nullable(),
  embeddingErrorMessage: z.string().nullable(),
  createdAt: moment,
  updatedAt: moment,
});

/** A knowledge base as an archive has it, as it is read: each of its documents is looked at by itself. */
export const knowledgeDocument = z.object({ format: z.literal(knowledgeFormat), knowledgeBase, documents: z.array(z.unknown()) });

/** A knowledge base as an archive has it: what was made of its documents can be made again. */
export interface KnowledgeDocument {
  readonly format: typeof knowledgeFormat;
  readonly knowledgeBase: z.infer<typeof knowledgeBase>;
  readonly documents: readonly DocumentFacts[];
}

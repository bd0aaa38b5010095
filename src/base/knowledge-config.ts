import { z } from 'zod';
import { megabyte, wholeNumber } from './config-values.ts';
import { privateHosts } from './provider-config.ts';

/** How much knowledge people may keep, and how it is read, embedded and searched. */
export interface KnowledgeConfig {
  /** Of one document. */
  readonly maxDocumentBytes: number;
  /** Of all documents of a person. */
  readonly maxBytesPerUser: number;
  readonly maxBasesPerUser: number;
  readonly maxDocumentsPerBase: number;
  /** Of a PDF. */
  readonly maxPages: number;
  /** Of the text of a document. */
  readonly maxCharacters: number;
  /** Of a document. */
  readonly maxPassages: number;
  /** Of a DOCX, unpacked. */
  readonly maxUnpackedBytes: number;
  /** How long reading a document may take. */
  readonly readTimeoutMs: number;
  /** What reading one may take. */
  readonly readMemoryBytes: number;
  /** How many documents a node works at, and reads at once. */
  readonly maxRunning: number;
  /** How long all work at one may take: fetching, reading and embedding. */
  readonly documentTimeoutMs: number;
  /** Host names and networks that web pages may be fetched from although they are not public. */
  readonly allowedPrivateHosts: readonly string[];
  /** How long a web page may take to come. */
  readonly pageTimeoutMs: number;
  /** `provider:model` for bases that do not say; null for words alone. */
  readonly embeddingModel: string | null;
  /** How long a batch may take in the embedded model, and how long a search waits for the vector of its question. */
  readonly embeddingTimeoutMs: number;
  /** How long a search waits for the order of a model. */
  readonly rerankTimeoutMs: number;
  /** How much memory vectors may take where pgvector is not there. */
  readonly vectorCacheBytes: number;
  /** How many passages are ranked by their words, those with the rarest words of the question. */
  readonly maxRanked: number;
}

/** The variables of knowledge. */
export const knowledgeVariables = {
  MAX_DOCUMENT_BYTES: wholeNumber(50 * megabyte, 1, 1024 * megabyte),
  MAX_DOCUMENT_BYTES_PER_USER: wholeNumber(5 * 1024 * megabyte, 1, Number.MAX_SAFE_INTEGER),
  MAX_KNOWLEDGE_BASES_PER_USER: wholeNumber(100, 1, 100_000),
  MAX_DOCUMENTS_PER_KNOWLEDGE_BASE: wholeNumber(20_000, 1, 10_000_000),
  MAX_DOCUMENT_PAGES: wholeNumber(2_000, 1, 100_000),
  MAX_DOCUMENT_CHARACTERS: wholeNumber(10_000_000, 1, 1_000_000_000),
  MAX_DOCUMENT_PASSAGES: wholeNumber(20_000, 1, 1_000_000),
  MAX_DOCUMENT_UNPACKED_BYTES: wholeNumber(128 * megabyte, 1, 4_096 * megabyte),
  DOCUMENT_READ_TIMEOUT_MS: wholeNumber(60_000, 100, 3_600_000),
  DOCUMENT_READ_MEMORY_MB: wholeNumber(512, 64, 65_536),
  MAX_RUNNING_DOCUMENTS: wholeNumber(2, 1, 64),
  DOCUMENT_TIMEOUT_MINUTES: wholeNumber(60, 1, 10_080),
  WEB_PAGE_ALLOWED_PRIVATE_HOSTS: privateHosts,
  WEB_PAGE_TIMEOUT_MS: wholeNumber(20_000, 100, 600_000),
  EMBEDDING_MODEL: z
    .string()
    .regex(/^(none|[a-z0-9-]+:.{1,150})$/, 'must be provider:model, for example embedded:english, or none')
    .default('embedded:english'),
  EMBEDDING_TIMEOUT_MS: wholeNumber(15_000, 100, 600_000),
  KNOWLEDGE_RERANK_TIMEOUT_MS: wholeNumber(8_000, 100, 600_000),
  KNOWLEDGE_VECTOR_CACHE_MB: wholeNumber(512, 1, 1_048_576),
  KNOWLEDGE_MAX_RANKED: wholeNumber(1_000, 10, 100_000),
};

const variables = z.object(knowledgeVariables);

/** The part of the configuration. */
export function shapeKnowledge(values: z.infer<typeof variables>): KnowledgeConfig {
  return {
    maxDocumentBytes: values.MAX_DOCUMENT_BYTES,
    maxBytesPerUser: values.MAX_DOCUMENT_BYTES_PER_USER,
    maxBasesPerUser: values.MAX_KNOWLEDGE_BASES_PER_USER,
    maxDocumentsPerBase: values.MAX_DOCUMENTS_PER_KNOWLEDGE_BASE,
    maxPages: values.MAX_DOCUMENT_PAGES,
    maxCharacters: values.MAX_DOCUMENT_CHARACTERS,
    maxPassages: values.MAX_DOCUMENT_PASSAGES,
    maxUnpackedBytes: values.MAX_DOCUMENT_UNPACKED_BYTES,
    readTimeoutMs: values.DOCUMENT_READ_TIMEOUT_MS,
    readMemoryBytes: values.DOCUMENT_READ_MEMORY_MB * megabyte,
    maxRunning: values.MAX_RUNNING_DOCUMENTS,
    documentTimeoutMs: values.DOCUMENT_TIMEOUT_MINUTES * 60_000,
    allowedPrivateHosts: values.WEB_PAGE_ALLOWED_PRIVATE_HOSTS,
    pageTimeoutMs: values.WEB_PAGE_TIMEOUT_MS,
    embeddingModel: values.EMBEDDING_MODEL === 'none' ? null : values.EMBEDDING_MODEL,
    embeddingTimeoutMs: values.EMBEDDING_TIMEOUT_MS,
    rerankTimeoutMs: values.KNOWLEDGE_RERANK_TIMEOUT_MS,
    vectorCacheBytes: values.KNOWLEDGE_VECTOR_CACHE_MB * megabyte,
    maxRanked: values.KNOWLEDGE_MAX_RANKED,
  };
}

import { z } from 'zod';
import type { Document, KnowledgeBase } from '../../../prisma/generated/client.ts';
import { errorCodes, type ErrorCode } from '../../base/errors.ts';
import { isUsable } from '../workspace/sharing.ts';

/** A knowledge base as its people see it. */
export type KnowledgeBaseRow = Omit<KnowledgeBase, 'embeddingLeaseUntil'>;

/** A base that is searched for somebody. */
export interface SearchedBase extends KnowledgeBaseRow {
  /** Whether its owner has given it to the persona that answers, and so agreed that their key is used for whoever asks. */
  readonly isGiven?: boolean;
}

/** A document as its people see it. */
export type DocumentRow = Omit<Document, 'readsStored'>;

/** The columns of a base `k` in SQL, named as Prisma names them. */
export const baseColumns = `k.id, k.owner_id AS "ownerId", k.workspace_id AS "workspaceId", k.name, k.description, k.language, k.embedding_model AS "embeddingModel", k.vector_model AS "vectorModel",
  k.version, k.embedding_progress AS "embeddingProgress", k.embedding_error_code AS "embeddingErrorCode", k.embedding_error_message AS "embeddingErrorMessage",
  k.lacks_vectors AS "lacksVectors", k.reranker,
  k.created_at AS "createdAt", k.updated_at AS "updatedAt"`;

/** The columns of a document `d`. */
export const documentColumns = `d.id, d.owner_id AS "ownerId", d.knowledge_base_id AS "knowledgeBaseId", d.name, d.media_type AS "mediaType", d.source, d.url, d.status,
  d.progress, d.byte_size AS "byteSize", d.hash, d.page_count AS "pageCount", d.chunk_count AS "chunkCount", d.revision, d.error_code AS "errorCode",
  d.error_message AS "errorMessage", d.created_at AS "createdAt", d.updated_at AS "updatedAt", d.indexed_at AS "indexedAt"`;

/**
 * The bases that somebody may read, of base `k` in SQL. Every way to what is in a base goes through this: lists, searches, tools of runs, and what
 * is attached to conversations.
 *
 * @param user the SQL of the id of the person
 */
export const isReadable = (user: string): string => isUsable('k', user);

/** A failure that is stored with a row. */
export interface StoredError {
  readonly code: ErrorCode;
  readonly message: string;
}

const code = z.custom<ErrorCode>((value) => typeof value === 'string' && value in errorCodes);

/** A stored failure; null when there is none. */
export function storedError(errorCode: string | null, message: string | null): StoredError | null {
  return errorCode === null ? null : { code: code.catch('INTERNAL_SERVER_ERROR').parse(errorCode), message: message ?? '' };
}

/** Whether nothing is under way with a document. */
export function isDocumentOver({ status }: Pick<DocumentRow, 'status'>): boolean {
  return status === 'READY' || status === 'FAILED';
}

/** Whether passages of a base are yet to be embedded in the background: by another model than the one that is searched, or because a quota did not allow it. */
export function isEmbedding({ embeddingModel, vectorModel, lacksVectors }: Pick<KnowledgeBaseRow, 'embeddingModel' | 'vectorModel' | 'lacksVectors'>): boolean {
  return embeddingModel !== vectorModel || lacksVectors;
}

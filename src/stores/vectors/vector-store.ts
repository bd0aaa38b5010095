import type { Near } from './scan.ts';

/** The statements of a transaction of Prisma. */
export interface VectorTransaction {
  $executeRawUnsafe(statement: string, ...values: unknown[]): Promise<number>;
}

/** The vectors of a document by one model. */
export interface DocumentVectors {
  readonly knowledgeBaseId: string;
  readonly documentId: string;
  /** `provider:model`. */
  readonly model: string;
  /** The passages, and their vectors in the same order. */
  readonly chunkIds: readonly string[];
  readonly vectors: readonly Float32Array[];
}

/** A base as a search sees it. */
export interface SearchedBase {
  readonly id: string;
  /** Goes up with every change of its passages and vectors. */
  readonly version: number;
}

/** What is looked for. */
export interface NearestRequest {
  /** Bases whose vectors are of the same model. */
  readonly bases: readonly SearchedBase[];
  readonly model: string;
  /** Of length 1. */
  readonly vector: Float32Array;
  readonly limit: number;
  /** Only in these documents; null for all. */
  readonly documentIds: readonly string[] | null;
}

/** The vectors of passages. Rows of `chunk_vectors` are the truth; a store may keep more, to find faster. */
export interface VectorStore {
  /** How it searches: through all of them, or along a graph that pgvector keeps. */
  readonly kind: 'EXACT' | 'HNSW';
  /** Makes ready for vectors of a dimension. Before the transaction that saves some. */
  prepare(dimensions: number): Promise<void>;
  /** Saves the vectors of a document that has none of this model for these passages. They go with their passages. */
  save(transaction: VectorTransaction, document: DocumentVectors): Promise<void>;
  /**
   * The passages whose vectors are nearest, the nearest first.
   *
   * @throws AppError SERVICE_UNAVAILABLE when a base is too large to be searched here
   */
  nearest(request: NearestRequest, signal: AbortSignal): Promise<readonly Near[]>;
  close(): Promise<void>;
}

const insert = `
  INSERT INTO chunk_vectors (chunk_id, model, document_id, dimensions, vector)
  SELECT t.chunk_id, $2, $3::uuid, $4::int, t.vector FROM unnest($1::uuid[], $5::bytea[]) AS t (chunk_id, vector)`;

/** As many go into one statement. */
const rowsAtOnce = 500;

/** The bytes of a vector as they are stored: little-endian, as all machines are that Node runs on. */
export function bytesOf(vector: Float32Array): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}

/** Saves the rows that are the truth. */
export async function saveRows(transaction: VectorTransaction, { documentId, model, chunkIds, vectors }: DocumentVectors): Promise<void> {
  for (let start = 0; start < chunkIds.length; start += rowsAtOnce) {
    const some = vectors.slice(start, start + rowsAtOnce);
    await transaction.$executeRawUnsafe(insert, chunkIds.slice(start, start + rowsAtOnce), model, documentId, some[0]?.length ?? 0, some.map(bytesOf));
  }
}

import type { Pool } from 'pg';
import type { Logger } from '../../base/logger.ts';
import type { Near } from './scan.ts';
import { saveRows, type VectorStore } from './vector-store.ts';

/**
 * The extension's types are in no migration: where it is missing they cannot be, and Prisma would want to remove them. So they have a
 * schema of their own.
 */
const setUp = [
  'BEGIN',
  // Two servers that start at once would stand in one another's way.
  `SELECT pg_advisory_xact_lock(hashtext('knowledge_vectors'))`,
  'CREATE SCHEMA IF NOT EXISTS knowledge_vectors',
  `CREATE TABLE IF NOT EXISTS knowledge_vectors.passages (
     chunk_id uuid NOT NULL, model text NOT NULL, knowledge_base_id uuid NOT NULL, document_id uuid NOT NULL, dimensions int NOT NULL, embedding vector NOT NULL,
     PRIMARY KEY (chunk_id, model), FOREIGN KEY (chunk_id, model) REFERENCES chunk_vectors (chunk_id, model) ON DELETE CASCADE)`,
  'CREATE INDEX IF NOT EXISTS passages_knowledge_base_idx ON knowledge_vectors.passages (knowledge_base_id, model)',
  'COMMIT',
].join(';\n');

/** Filters beside the graph need iterative scans, which came with this version. */
const leastVersion = [0, 8] as const;
/** The most numbers that an index of half-precision vectors takes. */
const mostIndexedDimensions = 4_000;
/** How many candidates a search keeps: more find more, and take longer. */
const searchWidth = 100;

const insert = `
  INSERT INTO knowledge_vectors.passages (chunk_id, model, knowledge_base_id, document_id, dimensions, embedding)
  SELECT t.chunk_id, $2, $3::uuid, $4::uuid, $5::int, t.embedding::vector FROM unnest($1::uuid[], $6::text[]) AS t (chunk_id, embedding)
  ON CONFLICT DO NOTHING`;

const missing = `
  SELECT v.chunk_id AS "chunkId", v.model, v.document_id AS "documentId", c.knowledge_base_id AS "knowledgeBaseId", v.dimensions, v.vector
  FROM chunk_vectors v JOIN chunks c ON c.id = v.chunk_id
  WHERE NOT EXISTS (SELECT 1 FROM knowledge_vectors.passages p WHERE p.chunk_id = v.chunk_id AND p.model = v.model) LIMIT 500`;

const textOf = (vector: Float32Array): string => `[${vector.join(',')}]`;

/** Whether the server has the extension in a version that serves, installing it where it may. */
async function hasExtension(pool: Pool, logger: Logger): Promise<boolean> {
  const { rows: offered } = await pool.query<{ version: string }>(`SELECT default_version AS version FROM pg_available_extensions WHERE name = 'vector'`);
  if (offered.length === 0) return false;
  try {
    await pool.query('CREATE EXTENSION IF NOT EXISTS vector');
    const { rows } = await pool.query<{ version: string }>(`SELECT extversion AS version FROM pg_extension WHERE extname = 'vector'`);
    const [major = 0, minor = 0] = (rows[0]?.version ?? '0.0').split('.').map(Number);
    if (major > leastVersion[0] || (major === leastVersion[0] && minor >= leastVersion[1])) return true;
    logger.warn({ version: rows[0]?.version }, 'pgvector is older than 0.8 and is not used; ALTER EXTENSION vector UPDATE helps');
  } catch (error) {
    logger.warn({ err: error }, 'pgvector is there but cannot be set up by this role; an administrator does CREATE EXTENSION vector once');
  }
  return false;
}

/**
 * Vectors that pgvector finds along a graph (HNSW), in half precision; ranked by their full precision. Almost exact, and quick for millions.
 *
 * @returns null where the server does not have it, in version 0.8 or later
 */
export async function createHnswVectors({ pool, logger }: { readonly pool: Pool; readonly logger: Logger }): Promise<VectorStore | null> {
  if (!(await hasExtension(pool, logger))) return null;
  await pool.query(setUp);
  const prepared = new Set<number>();

  async function prepare(dimensions: number): Promise<void> {
    if (prepared.has(dimensions) || dimensions > mostIndexedDimensions) return;
    await pool.query(
      `CREATE INDEX IF NOT EXISTS passages_hnsw_${dimensions}_idx ON knowledge_vectors.passages
       USING hnsw ((embedding::halfvec(${dimensions})) halfvec_cosine_ops) WHERE dimensions = ${dimensions}`,
    );
    prepared.add(dimensions);
  }

  /** What was saved while the extension was not there. */
  async function fill(): Promise<void> {
    for (;;) {
      const { rows } = await pool.query<{ chunkId: string; model: string; documentId: string; knowledgeBaseId: string; dimensions: number; vector: Buffer }>(
        missing,
      );
      for (const row of rows) {
        await prepare(row.dimensions);
        const vector = new Float32Array(Uint8Array.from(row.vector).buffer);
        await pool.query(insert, [[row.chunkId], row.model, row.knowledgeBaseId, row.documentId, row.dimensions, [textOf(vector)]]);
      }
      if (rows.length === 0) return;
    }
  }
  await fill();

  return {
    kind: 'HNSW',
    prepare,
    async save(transaction, document) {
      await saveRows(transaction, document);
      const { chunkIds, model, knowledgeBaseId, documentId, vectors } = document;
      if (chunkIds.length === 0) return;
      await transaction.$executeRawUnsafe(insert, chunkIds, model, knowledgeBaseId, documentId, vectors[0]?.length ?? 0, vectors.map(textOf));
    },
    async nearest({ bases, model, vector, limit, documentIds }, signal) {
      signal.throwIfAborted();
      const { length } = vector;
      const client = await pool.connect();
      try {
        await client.query(`BEGIN READ ONLY; SET LOCAL hnsw.iterative_scan = strict_order; SET LOCAL hnsw.ef_search = ${searchWidth}`);
        const { rows } = await client.query<Near>(
          `SELECT n.chunk_id AS "chunkId", 1 - (n.embedding <=> $1::vector) AS similarity FROM (
             SELECT p.chunk_id, p.embedding FROM knowledge_vectors.passages p
             WHERE p.dimensions = ${length} AND p.model = $2 AND p.knowledge_base_id = ANY($3::uuid[]) AND ($4::uuid[] IS NULL OR p.document_id = ANY($4::uuid[]))
             ORDER BY p.embedding::halfvec(${length}) <=> $1::halfvec(${length}) LIMIT $5::int
           ) n ORDER BY similarity DESC, n.chunk_id`,
          [textOf(vector), model, bases.map(({ id }) => id), documentIds, limit],
        );
        await client.query('COMMIT');
        return rows;
      } catch (error) {
        await client.query('ROLLBACK').catch(() => undefined);
        throw error;
      } finally {
        client.release();
      }
    },
    close: () => Promise.resolve(),
  };
}

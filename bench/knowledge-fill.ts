import { randomFillSync } from 'node:crypto';
import type { Pool } from 'pg';
import { normalised } from '../src/base/embedder.ts';

const dimensions = 512;

/** Three passages of 110 words a document, as those have that are sent. */
const documents = `
  WITH base AS (SELECT id, owner_id FROM knowledge_bases), document AS (
    INSERT INTO documents (id, owner_id, knowledge_base_id, name, source, status, chunk_count, revision, created_at, updated_at)
    SELECT gen_random_uuid(), base.owner_id, base.id, n || '.md', 'UPLOAD', 'READY', 3, 1, now(), now() FROM base, generate_series($1::int, $2::int) n RETURNING id, knowledge_base_id
  ), written AS (
    SELECT document.id, document.knowledge_base_id, place,
      (SELECT string_agg('word' || floor(20000 * random() ^ 4)::int, ' ') FROM generate_series(1, 110) WHERE document.id IS NOT NULL AND place >= 0) AS text
    FROM document, generate_series(0, 2) place
  )
  INSERT INTO chunks (id, document_id, knowledge_base_id, position, text, token_count, words)
  SELECT gen_random_uuid(), id, knowledge_base_id, place, text, 200, to_tsvector('english', text) FROM written`;

const without = 'SELECT c.id, c.document_id FROM chunks c WHERE NOT EXISTS (SELECT 1 FROM chunk_vectors v WHERE v.chunk_id = c.id)';

/**
 * Fills a base up to a number of documents by SQL, with random vectors of the embedded model: how long a search takes does not depend on what they
 * mean, and making them takes an hour of a busy machine.
 */
export async function fillBase(pool: Pool, from: number, to: number): Promise<number> {
  if (from < to) await pool.query(documents, [from + 1, to]);
  const { rows } = await pool.query<{ id: string; document_id: string }>(without);
  for (let start = 0; start < rows.length; start += 1_000) {
    const some = rows.slice(start, start + 1_000);
    const vectors = some.map(() => {
      const numbers = Int8Array.from(randomFillSync(new Int8Array(dimensions)));
      return Buffer.from((normalised(numbers) ?? new Float32Array(dimensions)).buffer);
    });
    await pool.query(
      `INSERT INTO chunk_vectors (chunk_id, model, document_id, dimensions, vector) SELECT t.c, 'embedded:english', t.d, ${dimensions}, t.v FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) AS t (c, d, v)`,
      [some.map(({ id }) => id), some.map((chunk) => chunk.document_id), vectors],
    );
  }
  await pool.query(`UPDATE knowledge_bases SET embedding_model = 'embedded:english', vector_model = 'embedded:english', version = version + 1`);
  return rows.length;
}

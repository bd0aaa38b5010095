import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normalised } from '../../src/base/embedder.ts';
import { createLogger } from '../../src/base/logger.ts';
import { createExactVectors } from '../../src/stores/vectors/exact-vectors.ts';
import { createHnswVectors } from '../../src/stores/vectors/hnsw-vectors.ts';
import type { VectorStore, VectorTransaction } from '../../src/stores/vectors/vector-store.ts';
import { createTestDatabase } from '../kit/database.ts';
import { startVectorDatabase } from '../kit/vector-database.ts';

const logger = createLogger({ level: 'silent' });
const model = 'test:small';
const signal = new AbortController().signal;

/** What of the schema vectors hang on. */
const tables = [
  'CREATE TABLE knowledge_bases (id uuid PRIMARY KEY)',
  'CREATE TABLE documents (id uuid PRIMARY KEY, knowledge_base_id uuid REFERENCES knowledge_bases ON DELETE CASCADE, revision int DEFAULT 1)',
  'CREATE TABLE chunks (id uuid PRIMARY KEY, knowledge_base_id uuid, document_id uuid REFERENCES documents ON DELETE CASCADE)',
  'CREATE TABLE chunk_vectors (chunk_id uuid REFERENCES chunks ON DELETE CASCADE, model text, document_id uuid, dimensions int, vector bytea, PRIMARY KEY (chunk_id, model))',
].join(';');

const vectorOf = (...values: readonly number[]): Float32Array => normalised(values) ?? new Float32Array();

interface Opened {
  readonly store: VectorStore;
  readonly pool: Pool;
  close(): Promise<void>;
}

/** Both bodies: the exact one on the database of the tests, that of pgvector on a PostgreSQL that has the extension. */
const bodies: readonly { readonly kind: VectorStore['kind']; open(): Promise<Opened> }[] = [
  {
    kind: 'EXACT',
    open: async () => {
      const database = await createTestDatabase({ isMigrated: false });
      const pool = new Pool({ connectionString: database.connectionString });
      await pool.query(tables);
      const store = createExactVectors({ pool, logger, maxCacheBytes: 1024 * 1024 });
      const close = async (): Promise<void> => {
        await store.close();
        await pool.end();
        await database[Symbol.asyncDispose]();
      };
      return { store, pool, close };
    },
  },
  {
    kind: 'HNSW',
    open: async () => {
      const database = await startVectorDatabase();
      const pool = new Pool({ connectionString: database.connectionString, max: 1 });
      await pool.query(tables);
      const store = await createHnswVectors({ pool, logger });
      if (store === null) throw new Error('this PostgreSQL should have pgvector');
      const close = async (): Promise<void> => {
        await pool.end();
        await database[Symbol.asyncDispose]();
      };
      return { store, pool, close };
    },
  },
];

describe.each(bodies)('vectors of the kind $kind', ({ kind, open }) => {
  let opened: Opened;
  beforeAll(async () => void (opened = await open()));
  afterAll(() => opened.close());

  const transaction = (): VectorTransaction => ({
    $executeRawUnsafe: async (statement, ...values) => (await opened.pool.query(statement, values)).rowCount ?? 0,
  });

  /** A base with documents, each of some vectors; gives the ids of the passages. */
  async function fill(baseId: string, documents: Readonly<Record<string, readonly Float32Array[]>>): Promise<readonly (readonly string[])[]> {
    await opened.pool.query('INSERT INTO knowledge_bases VALUES ($1) ON CONFLICT DO NOTHING', [baseId]);
    const all: string[][] = [];
    for (const [documentId, vectors] of Object.entries(documents)) {
      await opened.pool.query('INSERT INTO documents VALUES ($1, $2)', [documentId, baseId]);
      const chunkIds = vectors.map(() => randomUUID());
      await opened.pool.query('INSERT INTO chunks SELECT unnest($1::uuid[]), $2, $3', [chunkIds, baseId, documentId]);
      await opened.store.prepare(vectors[0]?.length ?? 0);
      await opened.store.save(transaction(), { knowledgeBaseId: baseId, documentId, model, chunkIds, vectors });
      all.push(chunkIds);
    }
    return all;
  }

  it('are found by their nearness, the nearest first, in the bases that are named', async () => {
    expect(opened.store.kind).toBe(kind);
    const [one, other] = [randomUUID(), randomUUID()];
    const [[right, up] = []] = await fill(one, { [randomUUID()]: [vectorOf(1, 0, 0.1), vectorOf(0, 1, 0)] });
    const [[near] = []] = await fill(other, { [randomUUID()]: [vectorOf(1, 0.5, 0)] });
    const ask = (...ids: readonly string[]) =>
      opened.store.nearest({ bases: ids.map((id) => ({ id, version: 1 })), model, vector: vectorOf(1, 0, 0), limit: 10, documentIds: null }, signal);
    const alone = await ask(one);
    expect(alone.map(({ chunkId }) => chunkId)).toEqual([right, up]);
    expect(alone[0]?.similarity).toBeCloseTo(0.995, 2);
    expect(alone[1]?.similarity).toBeCloseTo(0, 2);
    expect((await ask(one, other)).map(({ chunkId }) => chunkId)).toEqual([right, near, up]);
    expect(
      await opened.store.nearest({ bases: [{ id: one, version: 1 }], model: 'another:model', vector: vectorOf(1, 0, 0), limit: 10, documentIds: null }, signal),
    ).toEqual([]);
  });

  it('are limited in number, and to documents where some are named', async () => {
    const baseId = randomUUID();
    const [first, second] = [randomUUID(), randomUUID()];
    const [, ofSecond = []] = await fill(baseId, { [first]: [vectorOf(1, 0), vectorOf(1, 0.1)], [second]: [vectorOf(0.5, 1), vectorOf(0, 1)] });
    const common = { bases: [{ id: baseId, version: 1 }], model, vector: vectorOf(1, 0) };
    expect(await opened.store.nearest({ ...common, limit: 3, documentIds: null }, signal)).toHaveLength(3);
    expect((await opened.store.nearest({ ...common, limit: 10, documentIds: [second] }, signal)).map(({ chunkId }) => chunkId)).toEqual(ofSecond);
    expect(await opened.store.nearest({ ...common, limit: 10, documentIds: [] }, signal)).toEqual([]);
  });

  it('follow what is added, deleted and indexed anew, once the base has another version', async () => {
    const baseId = randomUUID();
    const [kept, gone] = [randomUUID(), randomUUID()];
    await fill(baseId, { [kept]: [vectorOf(1, 0)], [gone]: [vectorOf(0.9, 0.1)] });
    const ask = async (version: number) =>
      (await opened.store.nearest({ bases: [{ id: baseId, version }], model, vector: vectorOf(1, 0), limit: 10, documentIds: null }, signal)).map(
        ({ chunkId }) => chunkId,
      );
    expect(await ask(1)).toHaveLength(2);
    await opened.pool.query('DELETE FROM documents WHERE id = $1', [gone]);
    const [[added] = []] = await fill(baseId, { [randomUUID()]: [vectorOf(0.8, 0.2)] });
    expect(await ask(2)).toHaveLength(2);
    expect(await ask(2)).toContain(added);
    // Indexed anew: other passages under the same document.
    await opened.pool.query('DELETE FROM chunks WHERE document_id = $1', [kept]);
    await opened.pool.query('UPDATE documents SET revision = 2 WHERE id = $1', [kept]);
    const chunkId = randomUUID();
    await opened.pool.query('INSERT INTO chunks VALUES ($1, $2, $3)', [chunkId, baseId, kept]);
    await opened.store.save(transaction(), { knowledgeBaseId: baseId, documentId: kept, model, chunkIds: [chunkId], vectors: [vectorOf(0.7, 0.3)] });
    expect(new Set(await ask(3))).toEqual(new Set([added, chunkId]));
  });

  it('are the nearest of thousands, nearly always', async () => {
    const baseId = randomUUID();
    let seed = 1;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647 - 0.5;
    const vectors = Array.from({ length: 800 }, () => vectorOf(...Array.from({ length: 16 }, random)));
    const [ids = []] = await fill(baseId, { [randomUUID()]: vectors });
    const wanted = vectorOf(...Array.from({ length: 16 }, random));
    const best = vectors
      .map((vector, index) => ({ id: ids[index], similarity: vector.reduce((sum, value, place) => sum + value * (wanted[place] ?? 0), 0) }))
      .toSorted((a, b) => b.similarity - a.similarity)
      .slice(0, 20);
    const found = await opened.store.nearest({ bases: [{ id: baseId, version: 1 }], model, vector: wanted, limit: 20, documentIds: null }, signal);
    const hits = found.filter(({ chunkId }) => best.some(({ id }) => id === chunkId)).length;
    expect(hits).toBeGreaterThanOrEqual(kind === 'EXACT' ? 20 : 17);
    expect(found[0]?.chunkId).toBe(best[0]?.id);
  });
});

describe('vectors that were saved while pgvector was not there', () => {
  it('are taken over at the next start', async () => {
    await using database = await startVectorDatabase();
    const pool = new Pool({ connectionString: database.connectionString, max: 1 });
    const [baseId, documentId, chunkId] = [randomUUID(), randomUUID(), randomUUID()];
    await pool.query(tables);
    await pool.query(
      `INSERT INTO knowledge_bases VALUES ('${baseId}'); INSERT INTO documents VALUES ('${documentId}', '${baseId}'); INSERT INTO chunks VALUES ('${chunkId}', '${baseId}', '${documentId}')`,
    );
    const exact = createExactVectors({ pool, logger, maxCacheBytes: 1024 });
    const transaction: VectorTransaction = { $executeRawUnsafe: async (statement, ...values) => (await pool.query(statement, values)).rowCount ?? 0 };
    await exact.save(transaction, { knowledgeBaseId: baseId, documentId, model, chunkIds: [chunkId], vectors: [vectorOf(1, 2)] });
    const store = await createHnswVectors({ pool, logger });
    const request = { bases: [{ id: baseId, version: 1 }], model, vector: vectorOf(1, 2), limit: 5, documentIds: null };
    expect(await store?.nearest(request, signal)).toMatchObject([{ chunkId, similarity: expect.closeTo(1, 5) }]);
    await pool.end();
  });
});

describe('vectors without pgvector', () => {
  it('say when a base is larger than the memory that they may take', async () => {
    await using database = await createTestDatabase({ isMigrated: false });
    const pool = new Pool({ connectionString: database.connectionString });
    await pool.query(tables);
    const store = createExactVectors({ pool, logger, maxCacheBytes: 8 });
    const [baseId, documentId, chunkId] = [randomUUID(), randomUUID(), randomUUID()];
    await pool.query(
      `INSERT INTO knowledge_bases VALUES ('${baseId}'); INSERT INTO documents VALUES ('${documentId}', '${baseId}'); INSERT INTO chunks VALUES ('${chunkId}', '${baseId}', '${documentId}')`,
    );
    const transaction: VectorTransaction = { $executeRawUnsafe: async (statement, ...values) => (await pool.query(statement, values)).rowCount ?? 0 };
    await store.save(transaction, { knowledgeBaseId: baseId, documentId, model, chunkIds: [chunkId], vectors: [vectorOf(1, 2, 3)] });
    const request = { bases: [{ id: baseId, version: 1 }], model, vector: vectorOf(1, 2, 3), limit: 5, documentIds: null };
    await expect(store.nearest(request, signal)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      message: expect.stringContaining('KNOWLEDGE_VECTOR_CACHE_MB'),
    });
    expect(await createHnswVectors({ pool, logger })).toBeNull();
    await store.close();
    await pool.end();
  });
});

import type { Pool } from 'pg';
import type { ScanMessage } from './scan-thread.ts';
import type { SearchedBase } from './vector-store.ts';

/** What the thread holds of the bases, kept as the database has it. */
export interface VectorCaches {
  /**
   * Brings the cache of a base up to date: what is new is read, what is gone is dropped.
   *
   * @returns its name; null when the base is larger than all caches may be
   */
  sync(base: SearchedBase, model: string): Promise<string | null>;
}

/** What it stands on. */
export interface VectorCacheOptions {
  readonly pool: Pool;
  /** Of all vectors together. */
  readonly maxBytes: number;
  readonly tell: (message: ScanMessage, transferred: readonly ArrayBuffer[]) => void;
}

interface Cache {
  version: number;
  /** By the document: which indexing of it is held, and how many bytes that has. */
  readonly documents: Map<string, { readonly state: string; readonly byteCount: number }>;
  byteCount: number;
}

interface ListedDocument {
  readonly id: string;
  readonly state: string;
  readonly byteCount: number;
}

/** The state changes with everything that changes the vectors of a document. */
const listStatement = `
  SELECT d.id, d.revision || ':' || count(v.chunk_id) AS state, COALESCE(sum(v.dimensions), 0)::float8 * 4 AS "byteCount"
  FROM documents d JOIN chunk_vectors v ON v.document_id = d.id AND v.model = $2 WHERE d.knowledge_base_id = $1 GROUP BY d.id`;

const readStatement = `
  SELECT document_id AS "documentId", array_agg(chunk_id ORDER BY chunk_id) AS ids, string_agg(vector, ''::bytea ORDER BY chunk_id) AS bytes
  FROM chunk_vectors WHERE document_id = ANY($1::uuid[]) AND model = $2 GROUP BY document_id`;

/** As many bytes are read at once: each piece is a pause of the server of a few milliseconds. */
const bytesAtOnce = 2 * 1024 * 1024;

function* piecesOf(documents: readonly ListedDocument[]): Generator<readonly ListedDocument[]> {
  let piece: ListedDocument[] = [];
  let bytes = 0;
  for (const document of documents) {
    piece.push(document);
    bytes += document.byteCount;
    if (bytes < bytesAtOnce) continue;
    yield piece;
    piece = [];
    bytes = 0;
  }
  if (piece.length > 0) yield piece;
}

/** The numbers of some bytes, in memory of their own that can be handed over. */
function valuesOf(bytes: Buffer): Float32Array<ArrayBuffer> {
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return new Float32Array(copy);
}

/** Makes the caches, all empty. */
export function createVectorCaches({ pool, maxBytes, tell }: VectorCacheOptions): VectorCaches {
  /** In the order of their last use. */
  const caches = new Map<string, Cache>();
  const syncing = new Map<string, Promise<string | null>>();

  const drop = (name: string): void => {
    caches.delete(name);
    tell({ kind: 'drop', cache: name }, []);
  };
  const makeRoom = (kept: string): void => {
    let total = [...caches.values()].reduce((sum, { byteCount }) => sum + byteCount, 0);
    for (const [name, { byteCount }] of caches) {
      if (total <= maxBytes) return;
      if (name === kept) continue;
      drop(name);
      total -= byteCount;
    }
  };

  async function bringUpToDate(name: string, base: SearchedBase, model: string): Promise<string | null> {
    const cache: Cache = caches.get(name) ?? { version: -1, documents: new Map(), byteCount: 0 };
    // Moved to the end: used last.
    caches.delete(name);
    caches.set(name, cache);
    if (cache.version === base.version) return name;
    // Vectors of a model of before are of no use any more.
    for (const other of caches.keys()) if (other.startsWith(`${base.id} `) && other !== name) drop(other);
    const { rows: listed } = await pool.query<ListedDocument>(listStatement, [base.id, model]);
    const total = listed.reduce((sum, { byteCount }) => sum + byteCount, 0);
    if (total > maxBytes) {
      drop(name);
      return null;
    }
    const states = new Map(listed.map(({ id, state }) => [id, state]));
    const gone = [...cache.documents].flatMap(([id, { state }]) => (states.get(id) === state ? [] : [id]));
    for (const id of gone) {
      cache.byteCount -= cache.documents.get(id)?.byteCount ?? 0;
      cache.documents.delete(id);
    }
    if (gone.length > 0) tell({ kind: 'remove', cache: name, documentIds: gone }, []);
    const missing = listed.filter(({ id }) => !cache.documents.has(id));
    cache.byteCount += missing.reduce((sum, { byteCount }) => sum + byteCount, 0);
    makeRoom(name);
    for (const piece of piecesOf(missing)) {
      const { rows } = await pool.query<{ documentId: string; ids: string[]; bytes: Buffer }>(readStatement, [piece.map(({ id }) => id), model]);
      for (const { documentId, ids, bytes } of rows) {
        const values = valuesOf(bytes);
        tell({ kind: 'put', cache: name, documentId, segment: { ids, values } }, [values.buffer]);
      }
      for (const { id, state, byteCount } of piece) cache.documents.set(id, { state, byteCount });
    }
    cache.version = base.version;
    return name;
  }

  return {
    sync(base, model) {
      const name = `${base.id} ${model}`;
      // One after the other: two that read the same would hold it twice while they do.
      const before = syncing.get(name) ?? Promise.resolve(null);
      const mine = before
        .catch(() => null)
        .then(() => bringUpToDate(name, base, model))
        .finally(() => syncing.get(name) === mine && syncing.delete(name));
      syncing.set(name, mine);
      return mine;
    },
  };
}

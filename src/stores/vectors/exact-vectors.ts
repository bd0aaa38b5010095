import { Worker } from 'node:worker_threads';
import type { Pool } from 'pg';
import { abortable, createDeferred, type Deferred } from '../../base/async.ts';
import { AppError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Near } from './scan.ts';
import type { ScanAnswer, ScanMessage } from './scan-thread.ts';
import { createVectorCaches, type VectorCaches } from './vector-caches.ts';
import { saveRows, type VectorStore } from './vector-store.ts';

/** What it stands on. */
export interface ExactVectorsOptions {
  readonly pool: Pool;
  readonly logger: Logger;
  /** How much memory the vectors of the bases that were searched last may take. */
  readonly maxCacheBytes: number;
}

interface Thread {
  readonly worker: Worker;
  readonly caches: VectorCaches;
  readonly waiting: Map<number, Deferred<readonly Near[]>>;
}

/**
 * Vectors that are found by looking at all of a base: exact, and quick enough for a hundred thousand of them. They are held in memory by a
 * thread, from the first search on, so that the server answers others meanwhile. The thread starts with the first search.
 */
export function createExactVectors({ pool, logger, maxCacheBytes }: ExactVectorsOptions): VectorStore {
  let thread: Thread | null = null;
  let lastId = 0;

  function start(): Thread {
    const worker = new Worker(new URL('./scan-thread.ts', import.meta.url), { execArgv: ['--no-warnings'] });
    const tell = (message: ScanMessage, transferred: readonly ArrayBuffer[]): void => worker.postMessage(message, transferred);
    const started: Thread = { worker, caches: createVectorCaches({ pool, maxBytes: maxCacheBytes, tell }), waiting: new Map() };
    worker.on('message', ({ id, found }: ScanAnswer) => {
      started.waiting.get(id)?.resolve(found);
      started.waiting.delete(id);
    });
    worker.on('error', (error) => logger.error({ err: error }, 'the thread of vectors ended unexpectedly; the next search starts another one'));
    worker.on('exit', () => {
      if (thread === started) thread = null;
      for (const deferred of started.waiting.values())
        deferred.reject(new AppError('SERVICE_UNAVAILABLE', 'The search by meaning ended unexpectedly; try again.'));
    });
    // It does not keep the server alive.
    worker.unref();
    return started;
  }

  return {
    kind: 'EXACT',
    prepare: () => Promise.resolve(),
    save: (transaction, document) => saveRows(transaction, document),
    async nearest({ bases, model, vector, limit, documentIds }, signal) {
      const { worker, caches, waiting } = (thread ??= start());
      const names: string[] = [];
      for (const base of bases) {
        const name = await abortable(caches.sync(base, model), signal);
        if (name === null) {
          const message = `The vectors of a knowledge base are more than the ${maxCacheBytes} bytes of KNOWLEDGE_VECTOR_CACHE_MB: search by words, raise it, or install pgvector.`;
          throw new AppError('SERVICE_UNAVAILABLE', message);
        }
        names.push(name);
      }
      lastId += 1;
      const deferred = createDeferred<readonly Near[]>();
      waiting.set(lastId, deferred);
      worker.postMessage({ kind: 'scan', id: lastId, caches: names, vector, limit, documentIds } satisfies ScanMessage, []);
      return abortable(deferred.promise, signal);
    },
    close: async () => {
      await thread?.worker.terminate();
    },
  };
}

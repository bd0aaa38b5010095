import type { Pool, PoolClient } from 'pg';

/** What a piece of work asked of the database. */
export interface CountedStatements<T> {
  readonly result: T;
  /** The SQL of every statement in order, also BEGIN and COMMIT. */
  readonly statements: readonly string[];
}

/**
 * Runs some work and counts the SQL statements that go through a pool in the meantime: its own, those of Prisma on top of it, and
 * those of connections that are taken out of it. Statements of anything else that uses the pool at the same time count too.
 *
 * @param pool the pool of the process
 * @param work what to count
 */
export async function countStatements<T>(pool: Pool, work: () => Promise<T>): Promise<CountedStatements<T>> {
  const statements: string[] = [];
  const watched = new Map<PoolClient, PoolClient['query']>();
  const watch = (client: PoolClient): void => {
    if (watched.has(client)) return;
    const original = client.query;
    watched.set(client, original);
    Object.assign(client, {
      query: (...given: readonly unknown[]): unknown => {
        const text = textOf(given[0]);
        // The first words on a new connection are the pool's, not those of the work.
        if (text !== null && !text.startsWith('SET statement_timeout')) statements.push(text);
        return Reflect.apply(original, client, given);
      },
    });
  };
  // Also `pool.query` takes a connection out of the pool, so that this sees everything.
  pool.on('acquire', watch);
  pool.on('connect', watch);
  try {
    return { result: await work(), statements };
  } finally {
    pool.off('acquire', watch);
    pool.off('connect', watch);
    for (const [client, query] of watched) Object.assign(client, { query });
  }
}

function textOf(query: unknown): string | null {
  if (typeof query === 'string') return query;
  if (typeof query === 'object' && query !== null && 'text' in query && typeof query.text === 'string') return query.text;
  return null;
}

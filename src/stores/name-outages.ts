import type { ClientBase, Pool } from 'pg';
import type { PrismaClient } from '../../prisma/generated/client.ts';
import { noAnswer, outOfPrisma, understood } from './outage.ts';
import type { OutageWatch } from './outage-watch.ts';

/** What was asked of the database, with its outages named. What is given back through a callback stays as it is: pg calls itself so. */
function named(asked: unknown, onFailure: (error: unknown) => void = () => undefined): unknown {
  if (!(asked instanceof Promise)) return asked;
  return asked.catch((error: unknown) => {
    onFailure(error);
    throw understood(error);
  });
}

/** Makes a pool throw AppError SERVICE_UNAVAILABLE for outages, at once while the watch knows of one. */
export function nameOutages(pool: Pool, watch: OutageWatch): void {
  const { query, connect } = pool;
  const guarded =
    (method: typeof query | typeof connect) =>
    (...given: readonly unknown[]): unknown => {
      if (typeof given.at(-1) === 'function') return Reflect.apply(method, pool, given);
      try {
        watch.begin();
      } catch (error) {
        return Promise.reject(error);
      }
      return named(Reflect.apply(method, pool, given));
    };
  Object.assign(pool, { query: guarded(query), connect: guarded(connect) });
}

/** The same for a connection that is taken out of the pool, for a transaction. */
export function nameOutagesOf(client: ClientBase & { end(): Promise<void> }): void {
  const { query } = client;
  const dropUnanswered = (failure: unknown): void => {
    // The connection still owes the answer: back in the pool it would hold up whoever gets it next.
    if (failure instanceof Error && failure.message === noAnswer) client.end().catch(() => undefined);
  };
  Object.assign(client, { query: (...given: readonly unknown[]): unknown => named(Reflect.apply(query, client, given), dropUnanswered) });
}

/** The same for Prisma on top of such a pool. Out of the start and the end of a transaction errors come as they are. */
export function nameOutagesOfPrisma(prisma: PrismaClient): PrismaClient {
  const extended = prisma.$extends({
    query: {
      $allOperations: async ({ args, query }) => {
        try {
          return await query(args);
        } catch (error) {
          throw outOfPrisma(error);
        }
      },
    },
  });
  // The type of an extended client is another one, although nothing of what it can do has changed.
  return new Proxy(prisma, { get: (_plain, property) => Reflect.get(extended, property) });
}

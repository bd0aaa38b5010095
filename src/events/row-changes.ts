import type { Reader } from '../base/takeable.ts';
import type { SqlTransaction } from './conversation-log.ts';
import { createStateReader } from './reader.ts';
import { createWakes } from './wakes.ts';

/** Who follows the rows of a table, on whichever node they change. */
export interface RowChanges {
  readonly channel: string;
  /** Tells followers of a change, in the transaction that makes it: they look when it commits. */
  tell(transaction: SqlTransaction, id: string): Promise<void>;
  /**
   * Follows a row: gives it as it is, then after each change as it is by then. Changes in between are left out when nobody took them.
   * Ends with the row that is final, or when it is gone.
   *
   * @param options.load reads it; null when it is gone
   * @param options.isSame whether two readings say the same
   * @param options.isFinal whether it will not change any more
   */
  follow<Row>(id: string, options: FollowOptions<Row>): Reader<Row>;
  /** Resolves at the next change of a row, or whenever it makes sense to look again. */
  next(id: string, signal: AbortSignal): Promise<void>;
  /** Called with the payload of a notification on `channel`. */
  notified(payload: string): void;
  /** Notifications may have been lost: everybody looks again. */
  wakeAll(): void;
}

/** How a row is followed. */
export interface FollowOptions<Row> {
  readonly load: () => Promise<Row | null>;
  readonly isSame: (one: Row, other: Row) => boolean;
  readonly isFinal: (row: Row) => boolean;
}

/**
 * New, without followers.
 *
 * @param options.channel a name of PostgreSQL for NOTIFY
 * @param options.pollIntervalMs after how long a follower looks again without having been woken
 */
export function createRowChanges({ channel, pollIntervalMs }: { readonly channel: string; readonly pollIntervalMs: number }): RowChanges {
  const wakes = createWakes(pollIntervalMs);
  return {
    channel,
    tell: async (transaction, id) => {
      await transaction.$queryRawUnsafe('SELECT pg_notify($1, $2)::text AS told', channel, id);
    },
    follow: <Row>(id: string, { load, isSame, isFinal }: FollowOptions<Row>): Reader<Row> => {
      let last: Row | null = null;
      return createStateReader<Row>({
        fetch: async () => {
          if (last !== null && isFinal(last)) return { state: null, ended: true };
          const row = await load();
          if (row === null) return { state: null, ended: true };
          if (last !== null && isSame(last, row)) return { state: null, ended: false };
          last = row;
          return { state: row, ended: isFinal(row) };
        },
        subscribe: (wake) => wakes.subscribe(id, wake),
      });
    },
    next: (id, signal) =>
      new Promise((resolve) => {
        const end = (): void => {
          stop();
          signal.removeEventListener('abort', end);
          resolve();
        };
        const stop = wakes.subscribe(id, end);
        signal.addEventListener('abort', end, { once: true });
        if (signal.aborted) end();
      }),
    notified: (payload) => wakes.wake(payload),
    wakeAll: () => wakes.wakeAll(),
  };
}

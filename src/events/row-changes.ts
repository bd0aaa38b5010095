import type { Reader } from '../base/takeable.ts';
import type { SqlTransaction } from './conversation-log.ts';
import { createReader } from './reader.ts';
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

interface Step<Row> {
  readonly seq: number;
  readonly row: Row;
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
      const steps = createReader<Step<Row>>(
        {
          fetch: async (seq) => {
            if (last !== null && isFinal(last)) return { entries: [], ended: true };
            const row = await load();
            if (row === null) return { entries: [], ended: true };
            if (last !== null && isSame(last, row)) return { entries: [], ended: false };
            last = row;
            return { entries: [{ seq: seq + 1, row }], ended: isFinal(row) };
          },
          seqOf: (step) => step.seq,
          subscribe: (wake) => wakes.subscribe(id, wake),
        },
        0,
      );
      return rowsOf(steps);
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

function rowsOf<Row>(steps: Reader<Step<Row>>): Reader<Row> {
  const resultOf = ({ done, value }: IteratorResult<Step<Row>, undefined>): IteratorResult<Row, undefined> =>
    done === true ? { done, value: undefined } : { done: false, value: value.row };
  const rows: Reader<Row> = {
    take: () => steps.take()?.row ?? null,
    isOver: () => steps.isOver(),
    whenReady: (listener) => steps.whenReady(listener),
    leave: () => steps.leave(),
    next: async () => resultOf(await steps.next()),
    return: async () => {
      steps.leave();
      return { done: true, value: undefined };
    },
    throw: async (error) => {
      steps.leave();
      throw error;
    },
    [Symbol.asyncIterator]: () => rows,
  };
  return rows;
}

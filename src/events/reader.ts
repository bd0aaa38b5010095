import { createDeferred } from '../base/async.ts';

/** Where a reader gets its entries from. */
export interface ReaderSource<Entry> {
  /** The entries that follow a number, in order; empty when there are none yet. `ended` says that nothing will ever follow them. */
  fetch(after: number): Promise<{ readonly entries: readonly Entry[]; readonly ended: boolean }>;
  /** The number of an entry. */
  seqOf(entry: Entry): number;
  /** Calls `wake` whenever there may be something new; returns how to stop that. */
  subscribe(wake: () => void): () => void;
}

/** An iterator that ends at once when it is left. */
export type Reader<Entry> = AsyncIterableIterator<Entry, undefined, undefined>;

/**
 * Reads a log from a position and then follows it, at the pace of whoever calls `next`: at most one batch is held in memory, however
 * far the log runs ahead. Nothing is read before the first `next`.
 *
 * It is an iterator by hand and not an `async function*`, because a generator that waits does not run its `finally` when the client leaves;
 * `return()` here ends the wait.
 *
 * @param source what is read
 * @param after the number of the last entry that the caller has; 0 for none
 * @param pollIntervalMs after how long it looks again without having been woken, should a wake-up be lost
 */
export function createReader<Entry>(source: ReaderSource<Entry>, after: number, pollIntervalMs: number): Reader<Entry> {
  let position = after;
  let batch: readonly Entry[] = [];
  let nextInBatch = 0;
  let isClosed = false;
  let isDirty = false;
  let isEnded = false;
  let wakeUp = createDeferred();
  let unsubscribe: (() => void) | null = null;

  const wake = (): void => {
    isDirty = true;
    wakeUp.resolve();
  };
  const close = (): void => {
    isClosed = true;
    unsubscribe?.();
    unsubscribe = null;
    wakeUp.resolve();
  };
  const waitForWake = async (): Promise<void> => {
    const timer = setTimeout(wake, pollIntervalMs);
    try {
      await wakeUp.promise;
    } finally {
      clearTimeout(timer);
    }
  };

  const next = async (): Promise<IteratorResult<Entry, undefined>> => {
    // The wake-up is subscribed to before the log is read, so nothing falls between the two.
    if (!isClosed) unsubscribe ??= source.subscribe(wake);
    while (!isClosed) {
      const entry = batch[nextInBatch];
      if (entry !== undefined) {
        nextInBatch += 1;
        position = source.seqOf(entry);
        return { done: false, value: entry };
      }
      if (isEnded) break;
      isDirty = false;
      wakeUp = createDeferred();
      const found = await source.fetch(position);
      batch = found.entries;
      nextInBatch = 0;
      isEnded = found.ended;
      if (batch.length === 0 && !isEnded && !isDirty && !isClosed) await waitForWake();
    }
    close();
    return { done: true, value: undefined };
  };

  // Calls of `next` that overlap are answered one after the other.
  let turn: Promise<unknown> = Promise.resolve();
  return {
    next: () => {
      const result = turn.then(next);
      turn = result.catch(close);
      return result;
    },
    return: async () => {
      close();
      return { done: true, value: undefined };
    },
    throw: async (error) => {
      close();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

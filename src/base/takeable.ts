/**
 * Something that entries are taken from without a promise, for whoever follows thousands of streams at once: take until there is nothing at
 * hand, then leave word with `whenReady`. Whoever takes sets the pace.
 */
export interface Takeable<Entry> {
  /**
   * The next entry, or null when none is at hand.
   *
   * @throws what went wrong in getting it; it is over then
   */
  take(): Entry | null;
  /** Whether nothing will follow: it has ended, was left, or failed. */
  isOver(): boolean;
  /** Calls `listener` once, as soon as there is an entry, the end, or a failure to take; at once when there is. A new listener takes the place of the old one. */
  whenReady(listener: () => void): void;
  /** Ends it at once; who waits is told. */
  leave(): void;
}

/** The listener of a `Takeable`: the newest one, and called once. */
export interface Listener {
  set(listener: () => void): void;
  /** Calls it, where one is set. */
  tell(): void;
}

/** Nobody listens yet. */
export function createListener(): Listener {
  let listener: (() => void) | null = null;
  return {
    set(next) {
      listener = next;
    },
    tell() {
      const told = listener;
      listener = null;
      told?.();
    },
  };
}

/** An iterator that can be taken from as well. Use it in one of the two ways. */
export interface Reader<Entry> extends AsyncIterableIterator<Entry, undefined, undefined>, Takeable<Entry> {}

/**
 * Makes an iterator of what can be taken from. It is one by hand and not an `async function*`, because a generator that waits does not run its
 * `finally` when the client leaves; `return()` here ends the wait.
 */
export function readerOf<Entry>(source: Takeable<Entry>): Reader<Entry> {
  const { take, isOver, whenReady, leave } = source;
  const next = (): Promise<IteratorResult<Entry, undefined>> =>
    new Promise((resolve, reject) => {
      const attempt = (): void => {
        try {
          const entry = take();
          if (entry !== null) resolve({ done: false, value: entry });
          else if (isOver()) resolve({ done: true, value: undefined });
          else whenReady(attempt);
        } catch (error) {
          reject(error);
        }
      };
      attempt();
    });

  // Calls of `next` that overlap are answered one after the other.
  let turn: Promise<unknown> = Promise.resolve();
  const reader: Reader<Entry> = {
    take,
    isOver,
    whenReady,
    leave,
    next: () => {
      const result = turn.then(next);
      turn = result.catch(leave);
      return result;
    },
    return: async () => {
      leave();
      return { done: true, value: undefined };
    },
    throw: async (error) => {
      leave();
      throw error;
    },
    [Symbol.asyncIterator]: () => reader,
  };
  return reader;
}

/** Whether an iterable can be taken from. */
export function isTakeable<Entry>(iterable: AsyncIterable<Entry>): iterable is AsyncIterable<Entry> & Takeable<Entry> {
  return 'take' in iterable && 'whenReady' in iterable && 'leave' in iterable;
}

import { setImmediate } from 'node:timers/promises';

/** A stream of results that can be ended from outside, at once, whatever its source is doing. */
export interface ResultStream<R> extends AsyncGenerator<R, undefined, undefined> {
  /**
   * Ends the stream: whoever waits for the next result gets this one, then the end. The source is told through its `return()`.
   *
   * @param last the last result; null for none
   */
  end(last: R | null): void;
}

// A source that has everything at hand, as in a replay, and a socket that takes everything never leave the turn of the event loop.
const longestStreak = 32;

/** How a stream of results is read. */
export interface ResultStreamOptions<R> {
  /** What is passed on for each result. */
  readonly map: (result: R) => R;
  /** The last result of a source that threw. */
  readonly failure: (error: unknown) => R;
  /** Runs once when the stream is over, for whatever reason. */
  readonly onEnd: () => void;
}

/**
 * A stream over the results of a subscription. A source that throws ends in a last result instead; nothing thrown gets through.
 *
 * An `async function*` that waits does not hear `return()` until its wait is over, so this stream never waits for the source to end.
 */
export function createResultStream<R>(source: AsyncIterable<R>, options: ResultStreamOptions<R>): ResultStream<R> {
  const iterator = source[Symbol.asyncIterator]();
  const over: IteratorReturnResult<undefined> = { done: true, value: undefined };
  let isOver = false;
  let streak = 0;
  let last: R | null = null;
  let waiting: ((step: IteratorResult<R, undefined>) => void) | null = null;

  function finish(): void {
    if (isOver) return;
    isOver = true;
    options.onEnd();
  }

  function takeLast(): IteratorResult<R, undefined> {
    const value = last;
    last = null;
    return value === null ? over : { done: false, value };
  }

  function release(): void {
    waiting?.(takeLast());
    waiting = null;
  }

  function leaveSource(): void {
    // What a source throws while it is left concerns nobody any more.
    Promise.resolve(iterator.return?.()).catch(() => {});
  }

  function end(final: R | null): void {
    if (isOver) return;
    finish();
    last = final;
    release();
    leaveSource();
  }

  async function step(): Promise<IteratorResult<R, undefined>> {
    try {
      streak += 1;
      if (streak % longestStreak === 0) await setImmediate();
      const result = await iterator.next();
      if (isOver) return over;
      if (result.done !== true) return { done: false, value: options.map(result.value) };
      finish();
      return over;
    } catch (error) {
      if (isOver) return over;
      const value = options.failure(error);
      finish();
      return { done: false, value };
    }
  }

  async function answer(resolve: (result: IteratorResult<R, undefined>) => void): Promise<void> {
    const result = await step();
    if (waiting === resolve) waiting = null;
    resolve(result);
  }

  const stream: ResultStream<R> = {
    end,
    next() {
      if (isOver) return Promise.resolve(takeLast());
      const { promise, resolve } = Promise.withResolvers<IteratorResult<R, undefined>>();
      waiting = resolve;
      void answer(resolve);
      return promise;
    },
    return() {
      end(null);
      return Promise.resolve(over);
    },
    throw() {
      end(null);
      return Promise.resolve(over);
    },
    [Symbol.asyncIterator]: () => stream,
    [Symbol.asyncDispose]: async () => end(null),
  };
  return stream;
}

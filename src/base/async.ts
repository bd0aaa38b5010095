/** A promise that is settled from outside. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

/** A new, unsettled deferred. */
export function createDeferred<T = void>(): Deferred<T> {
  return Promise.withResolvers<T>();
}

/**
 * Waits, and hears the abort.
 *
 * @param milliseconds how long
 * @param signal ends the wait early
 * @throws the reason of the signal, when it aborts first
 */
export async function delay(milliseconds: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = createDeferred();
  const timer = setTimeout(resolve, milliseconds);
  const onAbort = (): void => reject(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

/**
 * The outcome of a promise, or the abort, whichever comes first. The promise itself goes on.
 *
 * @throws the reason of the signal when it aborts first, else what the promise throws
 */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // When the abort comes first nobody looks at the work any more, and how it ends is nobody's failure.
  work.catch(() => {});
  signal.throwIfAborted();
  const { promise, reject } = createDeferred<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/**
 * The values of an iterator until the abort: the `next` that waits then, and every one after it, is rejected with the signal's reason at
 * once, whether or not the iterator hears the abort. One listener for the whole stream, where `abortable` would need one a value.
 *
 * @param iterator asked for one value at a time
 * @returns `next`, and `release`, which takes the listener away and leaves the iterator as it is
 */
export function abortableNext<T>(
  iterator: AsyncIterator<T>,
  signal: AbortSignal,
): { readonly next: () => Promise<IteratorResult<T>>; readonly release: () => void } {
  let waiting: ((error: unknown) => void) | null = null;
  const onAbort = (): void => waiting?.(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    next: () =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        waiting = reject;
        iterator.next().then(resolve, reject);
      }),
    release: () => signal.removeEventListener('abort', onAbort),
  };
}

/**
 * A signal that aborts with any of the others, or after a time with a `TimeoutError`. Unlike `AbortSignal.any` it is a plain signal, to
 * which listeners are added and taken away for every token at a fifth of the cost.
 *
 * @param timeoutMs as for `AbortSignal.timeout`
 * @returns the signal, and `release`, which lets go of the others and of the timer
 */
export function linkedSignal(signals: readonly AbortSignal[], timeoutMs: number): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  const links = signals.map((signal) => {
    const abort = (): void => controller.abort(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    return (): void => signal.removeEventListener('abort', abort);
  });
  const timer = setTimeout(() => controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')), timeoutMs);
  timer.unref();
  return {
    signal: controller.signal,
    release: () => {
      clearTimeout(timer);
      for (const unlink of links) unlink();
    },
  };
}

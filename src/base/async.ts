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

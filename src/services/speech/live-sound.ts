import { createDeferred, type Deferred } from '../../base/async.ts';

/** Sound that is being made, kept in memory until it is whole, for any number of listeners at their own pace. */
export interface LiveSound {
  /** Adds a piece. */
  push(piece: Uint8Array): void;
  /** No more will come. */
  end(): void;
  /** No more will come, because of this. */
  fail(error: unknown): void;
  /**
   * All of it from the beginning, as it comes.
   *
   * @param signal ends the listening
   * @throws what it failed with, or the reason of the signal
   */
  listen(signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined>;
}

/** Creates one. */
export function createLiveSound(): LiveSound {
  const pieces: Uint8Array[] = [];
  let state: { readonly type: 'open' } | { readonly type: 'ended' } | { readonly type: 'failed'; readonly error: unknown } = { type: 'open' };
  let changed: Deferred<void> = createDeferred();
  const tell = (): void => {
    changed.resolve();
    changed = createDeferred();
  };
  return {
    push: (piece) => {
      pieces.push(piece);
      tell();
    },
    end: () => {
      state = { type: 'ended' };
      tell();
    },
    fail: (error) => {
      state = { type: 'failed', error };
      tell();
    },
    listen: async function* listen(signal) {
      const left = createDeferred();
      const onAbort = (): void => left.resolve();
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        for (let next = 0; ;) {
          signal.throwIfAborted();
          const piece = pieces[next];
          if (piece !== undefined) {
            next += 1;
            yield piece;
          } else if (state.type === 'failed') throw state.error;
          else if (state.type === 'ended') return;
          else await Promise.race([changed.promise, left.promise]);
        }
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}

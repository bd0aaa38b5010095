/** The waits of a stream that have a limit. */
export type Stage = 'headers' | 'first token' | 'next token' | 'total';

/** A wait that took longer than its limit; the reason with which a guard aborts. */
export class StageTimeout extends Error {
  override readonly name = 'StageTimeout';
  readonly stage: Stage;
  readonly limitMs: number;

  constructor(stage: Stage, limitMs: number) {
    super(`no ${stage} within ${limitMs} ms`);
    this.stage = stage;
    this.limitMs = limitMs;
  }
}

/** Watches over a request: ends it when it is aborted from outside or when a wait takes too long. */
export interface StreamGuard {
  /** Aborts with the reason of the parent, or with a `StageTimeout`. */
  readonly signal: AbortSignal;
  /**
   * Starts a wait, in place of the one under way.
   *
   * @param stage what is waited for
   * @param limitMs how long, in milliseconds
   */
  limit(stage: Stage, limitMs: number): void;
  /** Ends the wait under way: nothing is waited for. */
  rest(): void;
  /** Ends the wait and lets go of the parent. Nothing aborts the signal any more. */
  close(): void;
}

/** The longest delay that a timer of Node can hold; a longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Creates a guard that is not waiting for anything.
 *
 * @param parent whose abort is passed on
 */
export function createStreamGuard(parent: AbortSignal): StreamGuard {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | null = null;
  const onAbort = (): void => controller.abort(parent.reason);
  if (parent.aborted) onAbort();
  else parent.addEventListener('abort', onAbort, { once: true });

  const rest = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  return {
    signal: controller.signal,
    limit: (stage, limitMs) => {
      rest();
      timer = setTimeout(() => controller.abort(new StageTimeout(stage, limitMs)), Math.min(limitMs, longestTimerMs));
    },
    rest,
    close: () => {
      rest();
      parent.removeEventListener('abort', onAbort);
    },
  };
}

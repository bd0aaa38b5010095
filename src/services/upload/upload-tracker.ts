import type { Logger } from '../../base/logger.ts';

/** What changes while an upload is under way. */
export interface UploadAdvance {
  readonly receivedBytes?: number;
  /** 0 to 1. */
  readonly progress?: number;
}

/** Writes down how far an upload is: at once, then at most four times a second, and now and then without news, as a sign of life. */
export interface UploadTracker extends AsyncDisposable {
  advance(change: UploadAdvance): void;
}

const intervalMs = 250;
/** How often a sign of life is written. What gave none for several times as long belongs to a process that died. */
export const signOfLifeMs = 10_000;

/**
 * Makes a tracker. What cannot be written is left out: progress is not worth an upload.
 *
 * @param write stores an advance
 */
export function createUploadTracker(write: (change: UploadAdvance) => Promise<unknown>, logger: Logger): UploadTracker {
  let waiting: UploadAdvance = {};
  let hasNews = false;
  let isOver = false;
  let lastAt = -Infinity;
  let writing: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;

  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (writing !== null || isOver) return;
    const change = waiting;
    waiting = {};
    hasNews = false;
    lastAt = performance.now();
    writing = write(change)
      .catch((error: unknown) => logger.debug({ error }, 'the progress of an upload could not be written'))
      .then(() => {
        writing = null;
        schedule();
      });
  };
  const schedule = (): void => {
    if (!hasNews || timer !== null || writing !== null || isOver) return;
    const waitMs = lastAt + intervalMs - performance.now();
    if (waitMs <= 0) flush();
    else timer = setTimeout(flush, waitMs);
  };
  const signsOfLife = setInterval(flush, signOfLifeMs);

  return {
    advance(change) {
      waiting = { ...waiting, ...change };
      hasNews = true;
      schedule();
    },
    async [Symbol.asyncDispose]() {
      isOver = true;
      clearInterval(signsOfLife);
      if (timer !== null) clearTimeout(timer);
      await writing;
    },
  };
}

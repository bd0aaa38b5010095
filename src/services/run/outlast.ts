import { delay } from '../../base/async.ts';
import { AppError } from '../../base/errors.ts';

const firstWaitMs = 100;
const longestWaitMs = 1_000;

/**
 * Does what must not be lost to an outage of the database: again and again until it is done.
 *
 * @param work must come to the same when it is done twice, because an outage may swallow the answer of what was done
 * @param signal gives it up
 * @throws the reason of the signal; what the work throws that is no outage
 */
export async function outlast<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'SERVICE_UNAVAILABLE') throw error;
      await delay(waitMs, signal);
    }
  }
}

import { createDeferred, type Deferred } from '../base/async.ts';
import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { startChild, type ChildOptions, type DuckdbChild, type JobOutcome } from './child-process.ts';
import type { Job } from './protocol.ts';

/** A bounded number of children of one kind, replaced as they are used up. */
export interface ChildPool {
  /**
   * Runs a job in a free child, which the caller's queue makes sure there is room for.
   *
   * @param onProgress is called with how much is done, of 0 to 1, by jobs that tell it
   * @throws AppError SERVICE_UNAVAILABLE when no child can be started
   */
  run(job: Job, timeoutMs: number, signal: AbortSignal, onProgress?: (fraction: number) => void): Promise<JobOutcome>;
  /** The ids of the processes that live now. */
  processIds(): readonly number[];
  /** Kills every child and waits until all are gone. */
  close(): Promise<void>;
}

/** How a pool keeps its children. */
export interface ChildPoolOptions extends Omit<ChildOptions, 'onWorn' | 'signal'> {
  /** How many children there are at most. */
  readonly workers: number;
  /** How many of them are kept started while nothing is to do. */
  readonly warm: number;
  /** When they are started at first. */
  readonly warmAfterMs: number;
  readonly jobsPerChild: number;
  readonly log: Logger;
}

/** Makes a pool; the warm children are started in the background. */
export function createChildPool(options: ChildPoolOptions): ChildPool {
  const idle: DuckdbChild[] = [];
  const alive = new Set<DuckdbChild>();
  const waiters: Deferred<DuckdbChild>[] = [];
  const starting = new Set<Promise<void>>();
  const closing = new AbortController();
  const { signal: closed } = closing;
  const warm = Math.min(options.warm, options.workers);
  // A child is replaced ahead of time: its last jobs give the next one the quarter of a second to start.
  const isFresh = (child: DuckdbChild): boolean => child.isAlive() && !child.isWorn() && child.jobCount() < 0.9 * options.jobsPerChild;

  const offer = (child: DuckdbChild): void => {
    const isUsedUp = child.isWorn() || child.jobCount() >= options.jobsPerChild;
    if (!child.isAlive() || closed.aborted || isUsedUp) return child.kill();
    const waiter = waiters.shift();
    if (waiter !== undefined) waiter.resolve(child);
    else if (idle.length < warm) idle.push(child);
    else child.kill();
  };

  const start = async (): Promise<void> => {
    try {
      const child = await startChild({ ...options, onWorn: () => refill(), signal: closed });
      alive.add(child);
      void child.gone
        .catch(() => undefined)
        .then(() => {
          alive.delete(child);
          const index = idle.indexOf(child);
          if (index >= 0) idle.splice(index, 1);
          refill();
        });
      offer(child);
    } catch (error) {
      if (!closed.aborted) options.log.error({ error }, 'a DuckDB child could not be started');
      waiters.shift()?.reject(error);
    }
  };

  const refill = (): void => {
    if (closed.aborted) return;
    const fresh = [...alive].filter(isFresh).length;
    const wanted = Math.max(warm - fresh, waiters.length) - starting.size;
    // One more than there are workers, while one of them is replaced.
    const room = options.workers + 1 - alive.size - starting.size;
    for (let missing = Math.min(wanted, room); missing > 0; missing -= 1) {
      const promise = start().finally(() => starting.delete(promise));
      starting.add(promise);
    }
  };

  const take = async (): Promise<DuckdbChild> => {
    for (let child = idle.shift(); child !== undefined; child = idle.shift()) {
      if (child.isAlive()) return child;
    }
    const waiter = createDeferred<DuckdbChild>();
    waiters.push(waiter);
    refill();
    // A killed process may hang in the kernel; its place is then not free, and the caller should not hang with it.
    const timer = setTimeout(() => {
      const index = waiters.indexOf(waiter);
      if (index >= 0) waiters.splice(index, 1);
      waiter.reject(new AppError('SERVICE_UNAVAILABLE', 'The data service could not start; try again.'));
    }, 2 * options.spawnTimeoutMs);
    try {
      return await waiter.promise;
    } finally {
      clearTimeout(timer);
    }
  };

  const firstFill = options.warmAfterMs === 0 ? null : setTimeout(refill, options.warmAfterMs);
  if (firstFill === null) refill();
  return {
    async run(job, timeoutMs, signal, onProgress) {
      if (closed.aborted) throw new AppError('SERVICE_UNAVAILABLE', 'The data service is shutting down; try again in a moment.');
      const child = await take();
      if (signal.aborted) {
        offer(child);
        return { kind: 'aborted' };
      }
      const running = child.run(job, timeoutMs, signal, onProgress);
      refill();
      const outcome = await running;
      // One that was stopped in the middle of a job may be at the end of its memory: the next job must not find out.
      if (outcome.kind === 'answered') offer(child);
      else child.kill();
      return outcome;
    },
    processIds: () => [...alive].flatMap((child) => (child.processId === undefined ? [] : [child.processId])),
    async close() {
      closing.abort();
      if (firstFill !== null) clearTimeout(firstFill);
      await Promise.allSettled(starting);
      const children = [...alive];
      for (const child of children) child.kill();
      await Promise.allSettled(children.map((child) => child.gone));
    },
  };
}

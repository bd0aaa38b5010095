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
   * @throws AppError SERVICE_UNAVAILABLE when no child can be started
   */
  run(job: Job, timeoutMs: number, signal: AbortSignal): Promise<JobOutcome>;
  /** The ids of the processes that live now. */
  processIds(): readonly number[];
  /** Kills every child and waits until all are gone. */
  close(): Promise<void>;
}

/** How a pool keeps its children. */
export interface ChildPoolOptions extends ChildOptions {
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
  let isClosed = false;
  const warm = Math.min(options.warm, options.workers);

  const offer = (child: DuckdbChild): void => {
    const isUsedUp = child.jobCount() >= options.jobsPerChild;
    if (!child.isAlive() || isClosed || isUsedUp) return child.kill();
    const waiter = waiters.shift();
    if (waiter !== undefined) waiter.resolve(child);
    else if (idle.length < warm) idle.push(child);
    else child.kill();
  };

  const start = async (): Promise<void> => {
    try {
      const child = await startChild(options);
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
      options.log.error({ error }, 'a DuckDB child could not be started');
      waiters.shift()?.reject(error);
    }
  };

  const refill = (): void => {
    if (isClosed) return;
    const count = alive.size + starting.size;
    const wanted = Math.max(warm - count, Math.min(waiters.length - starting.size, options.workers - count));
    for (let missing = wanted; missing > 0; missing -= 1) {
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
    async run(job, timeoutMs, signal) {
      if (isClosed) throw new AppError('SERVICE_UNAVAILABLE', 'The data service is shutting down; try again in a moment.');
      const child = await take();
      try {
        return signal.aborted ? { kind: 'aborted' } : await child.run(job, timeoutMs, signal);
      } finally {
        offer(child);
      }
    },
    processIds: () => [...alive].flatMap((child) => (child.processId === undefined ? [] : [child.processId])),
    async close() {
      isClosed = true;
      if (firstFill !== null) clearTimeout(firstFill);
      await Promise.allSettled(starting);
      const children = [...alive];
      for (const child of children) child.kill();
      await Promise.allSettled(children.map((child) => child.gone));
    },
  };
}

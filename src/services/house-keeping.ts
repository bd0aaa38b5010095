import type { Logger } from '../base/logger.ts';

/** A chore that is done from time to time. */
export interface Chore {
  /** What the log calls it. */
  readonly name: string;
  /** What to do; its result is logged. */
  run(): Promise<unknown>;
}

/** Does the chores of a node. */
export interface HouseKeeping {
  /** Does every chore soon, and again after each interval. */
  start(): void;
  /** Does no more; a chore that is under way is waited for. */
  stop(): Promise<void>;
}

/**
 * Chores that may run on any number of nodes at once, and of which one that fails does no harm.
 *
 * @param options.firstAfterMs when they are done for the first time, so that they do not slow down the start
 * @param options.intervalMs how long they rest
 */
export function createHouseKeeping(options: {
  readonly chores: readonly Chore[];
  readonly logger: Logger;
  readonly firstAfterMs: number;
  readonly intervalMs: number;
}): HouseKeeping {
  const { chores, logger } = options;
  let timer: NodeJS.Timeout | null = null;
  let round: Promise<void> = Promise.resolve();
  let isStopped = false;

  const doAll = async (): Promise<void> => {
    for (const chore of chores) {
      if (isStopped) return;
      try {
        logger.debug({ chore: chore.name, result: await chore.run() }, 'a chore was done');
      } catch (error) {
        logger.warn({ err: error, chore: chore.name }, 'a chore failed; it is done again later');
      }
    }
  };
  const schedule = (waitMs: number): void => {
    timer = setTimeout(() => {
      round = doAll().then(() => {
        if (!isStopped) schedule(options.intervalMs);
      });
    }, waitMs);
    timer.unref();
  };

  return {
    start: () => schedule(options.firstAfterMs),
    stop: async () => {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
      await round;
    },
  };
}

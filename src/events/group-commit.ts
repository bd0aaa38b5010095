import { delay } from '../base/async.ts';

/** Something that has entries to store. */
export interface CommitSource<Entry> {
  /** Takes out what is pending; it is stored with this commit or, after a failure, with a later one. */
  drain(): readonly Entry[];
  /** Called with what `drain` returned once it is stored. */
  committed(entries: readonly Entry[]): void;
  /** Called with what `drain` returned when the store refuses it for good. */
  refused(entries: readonly Entry[]): void;
}

/** Collects the entries of many sources and stores them together. */
export interface GroupCommit<Entry> {
  /**
   * Says that a source has something to store.
   *
   * @param isUrgent store it at once unless a commit is under way; else it may wait for the interval
   */
  schedule(source: CommitSource<Entry>, isUrgent: boolean): void;
  /** Stores what is pending, then stops. */
  close(): Promise<void>;
}

/** How a group is stored. */
export interface GroupCommitOptions<Entry> {
  /** Stores all entries or throws. Returns the sources whose entries were refused. */
  store(groups: ReadonlyMap<CommitSource<Entry>, readonly Entry[]>): Promise<ReadonlySet<CommitSource<Entry>>>;
  /** The least time between two commits, in milliseconds. Up to eight times as much while commits take long. */
  intervalMs: number;
  /** Called when `store` threw; the same entries are tried again after `retryDelayMs`. */
  onFailure(error: unknown): void;
  retryDelayMs: number;
}

// A commit takes at most about a quarter of the time, so that a store that is busy gets fewer and fuller frames to store.
const restPerCommit = 4;
const mostIntervals = 8;
/** How much the newest commit counts in the average, so that one that is slow by chance delays nobody. */
const weightOfNewest = 0.2;

/**
 * One commit at a time, each with everything that has gathered meanwhile: under load the groups grow and the number of commits does not.
 */
export function createGroupCommit<Entry>(options: GroupCommitOptions<Entry>): GroupCommit<Entry> {
  const pending = new Set<CommitSource<Entry>>();
  const stopped = new AbortController();
  let lastCommitAt = 0;
  let averageMs = 0;
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> | null = null;
  let isUrgentWaiting = false;

  const storeUntilDone = async (groups: ReadonlyMap<CommitSource<Entry>, readonly Entry[]>): Promise<ReadonlySet<CommitSource<Entry>>> => {
    for (;;) {
      try {
        return await options.store(groups);
      } catch (error) {
        options.onFailure(error);
        await delay(options.retryDelayMs, stopped.signal);
      }
    }
  };

  const commitOnce = async (): Promise<void> => {
    isUrgentWaiting = false;
    lastCommitAt = performance.now();
    const groups = new Map<CommitSource<Entry>, readonly Entry[]>();
    for (const source of pending) {
      const entries = source.drain();
      if (entries.length > 0) groups.set(source, entries);
    }
    pending.clear();
    if (groups.size === 0) return;
    const refused = await storeUntilDone(groups);
    averageMs += weightOfNewest * (performance.now() - lastCommitAt - averageMs);
    for (const [source, entries] of groups) {
      if (refused.has(source)) source.refused(entries);
      else source.committed(entries);
    }
  };

  const start = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    // `close` ends a commit that is being retried by aborting its wait; nobody is left to tell.
    running = commitOnce()
      .catch(() => {})
      .finally(() => {
        running = null;
        if (pending.size > 0) arm();
      });
  };

  const arm = (): void => {
    if (running !== null || (timer !== null && !isUrgentWaiting)) return;
    const { intervalMs } = options;
    const spacingMs = Math.min(Math.max(intervalMs, restPerCommit * averageMs), mostIntervals * intervalMs);
    const wait = isUrgentWaiting ? 0 : lastCommitAt + spacingMs - performance.now();
    if (wait <= 0) start();
    else timer ??= setTimeout(start, wait);
  };

  return {
    schedule: (source, isUrgent) => {
      pending.add(source);
      isUrgentWaiting ||= isUrgent;
      arm();
    },
    close: async () => {
      // Everything that can be stored is; a store that fails from now on is not tried again.
      const giveUp = setTimeout(() => stopped.abort(new Error('closed')), options.retryDelayMs);
      try {
        while (running !== null || (pending.size > 0 && !stopped.signal.aborted)) {
          if (running === null) start();
          await running;
        }
      } finally {
        clearTimeout(giveUp);
        if (timer !== null) clearTimeout(timer);
      }
    },
  };
}

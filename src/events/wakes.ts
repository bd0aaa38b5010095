import { createRounds } from '../base/rounds.ts';

/** Who wants to be woken for which log. */
export interface Wakes {
  /** Calls `wake` for this id from now on, and from time to time without a reason; returns how to stop. */
  subscribe(id: string, wake: () => void): () => void;
  /** Wakes everyone who waits for this id. */
  wake(id: string): void;
  /** Wakes everyone, because wake-ups may have been lost. */
  wakeAll(): void;
  /** How many wait. */
  size(): number;
}

/**
 * New, without anyone.
 *
 * @param pollIntervalMs after how long everyone is woken without a reason, should a wake-up be lost
 */
export function createWakes(pollIntervalMs: number): Wakes {
  const subscribers = new Map<string, Set<() => void>>();
  const polls = createRounds(pollIntervalMs);
  return {
    subscribe: (id, wake) => {
      // A function of our own, so that the same function may be subscribed twice.
      const entry = (): void => wake();
      const existing = subscribers.get(id);
      if (existing === undefined) subscribers.set(id, new Set([entry]));
      else existing.add(entry);
      const stopPolls = polls.add(entry);
      return () => {
        stopPolls();
        const set = subscribers.get(id);
        set?.delete(entry);
        if (set?.size === 0) subscribers.delete(id);
      };
    },
    wake: (id) => {
      for (const wake of subscribers.get(id) ?? []) wake();
    },
    wakeAll: () => {
      for (const set of subscribers.values()) for (const wake of set) wake();
    },
    size: () => [...subscribers.values()].reduce((sum, set) => sum + set.size, 0),
  };
}

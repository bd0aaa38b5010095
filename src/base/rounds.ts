/** Calls everything that was added once every interval, with one timer for all. */
export interface Rounds {
  /** Adds something to be called; returns how to take it out again. */
  add(call: () => void): () => void;
}

interface Entry {
  readonly call: () => void;
  /** In which part of the interval it is called. */
  readonly slot: number;
}

const slotsPerInterval = 8;

/**
 * Rounds without a timer while nobody takes part: a timer each costs more memory than what it is for.
 *
 * @param intervalMs how often each is called; not all at once, but in eight portions spread over the interval
 */
export function createRounds(intervalMs: number): Rounds {
  const entries = new Set<Entry>();
  let nextSlot = 0;
  let dueSlot = 0;
  let timer: NodeJS.Timeout | null = null;

  const callDue = (): void => {
    dueSlot = (dueSlot + 1) % slotsPerInterval;
    for (const entry of entries) if (entry.slot === dueSlot) entry.call();
  };

  return {
    add(call) {
      nextSlot = (nextSlot + 1) % slotsPerInterval;
      const entry = { call, slot: nextSlot };
      entries.add(entry);
      timer ??= setInterval(callDue, intervalMs / slotsPerInterval);
      return () => {
        entries.delete(entry);
        if (entries.size > 0 || timer === null) return;
        clearInterval(timer);
        timer = null;
      };
    },
  };
}

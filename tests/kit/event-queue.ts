/** Events that have come and not been read yet, read one by one. */
export interface EventQueue<Event> {
  push(event: Event): void;
  /**
   * The next event, at once or when it comes.
   *
   * @throws Error with the events read so far when none comes in time, or none can come any more
   */
  next(): Promise<Event>;
  /** The next `count` events. */
  take(count: number): Promise<readonly Event[]>;
  /** All that have come and not been read. */
  pending(): readonly Event[];
  /** No event will come any more. */
  finish(): void;
}

const mostShown = 5;

/**
 * A queue of events.
 *
 * @param what names the source in failures
 * @param timeoutMs how long `next` waits
 */
export function createEventQueue<Event>(what: string, timeoutMs: number): EventQueue<Event> {
  const arrived: Event[] = [];
  const read: Event[] = [];
  let waiting: ((event: Event | null) => void) | null = null;
  let isFinished = false;

  const evidence = (reason: string): Error =>
    new Error(
      `${what}: ${reason}. Read before: ${read.length} events, the last of them:\n${read
        .slice(-mostShown)
        .map((event) => JSON.stringify(event))
        .join('\n')}`,
    );

  async function next(): Promise<Event> {
    const first = arrived.shift();
    if (first !== undefined) {
      read.push(first);
      return first;
    }
    if (isFinished) throw evidence('it is over, no event can come');
    const { promise, resolve } = Promise.withResolvers<Event | null>();
    waiting = resolve;
    const timer = setTimeout(() => resolve(null), timeoutMs);
    try {
      const event = await promise;
      if (event === null) throw evidence(isFinished ? 'it ended while the next event was awaited' : `no event came within ${timeoutMs} ms`);
      read.push(event);
      return event;
    } finally {
      clearTimeout(timer);
      waiting = null;
    }
  }

  return {
    push(event) {
      if (waiting === null) arrived.push(event);
      else waiting(event);
      waiting = null;
    },
    next,
    async take(count) {
      const events: Event[] = [];
      while (events.length < count) events.push(await next());
      return events;
    },
    pending: () => arrived,
    finish() {
      isFinished = true;
      waiting?.(null);
    },
  };
}

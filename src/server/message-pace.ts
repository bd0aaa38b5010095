/** Hands on messages not faster than they may come. */
export interface MessagePace {
  take(message: string): void;
  /** Forgets what waits. */
  close(): void;
}

/**
 * Paces the messages of one connection, so that a client that sends thousands a second does not take the processor from all others. One
 * second's worth may come at once; what is more waits, and meanwhile no more is read, which slows the client down over its own connection.
 * Nothing is lost and the order is kept.
 *
 * @param options.deliver gets each message
 * @param options.pause stops to read from the connection; what was read already may still come
 * @param options.resume reads on
 */
export function createMessagePace(options: {
  readonly perSecond: number;
  readonly deliver: (message: string) => void;
  readonly pause: () => void;
  readonly resume: () => void;
}): MessagePace {
  const { perSecond, deliver, pause, resume } = options;
  const waiting: string[] = [];
  let allowance = perSecond;
  let countedAtMs = performance.now();
  let timer: NodeJS.Timeout | null = null;

  function refill(): void {
    const nowMs = performance.now();
    allowance = Math.min(perSecond, allowance + ((nowMs - countedAtMs) * perSecond) / 1_000);
    countedAtMs = nowMs;
  }

  function wait(): void {
    timer = setTimeout(drain, Math.ceil(((1 - allowance) * 1_000) / perSecond));
  }

  function drain(): void {
    timer = null;
    refill();
    while (allowance >= 1) {
      const message = waiting.shift();
      if (message === undefined) break;
      allowance -= 1;
      deliver(message);
    }
    if (waiting.length > 0) wait();
    else resume();
  }

  return {
    take(message) {
      refill();
      if (timer === null && allowance >= 1) {
        allowance -= 1;
        deliver(message);
        return;
      }
      waiting.push(message);
      if (timer !== null) return;
      pause();
      wait();
    },
    close() {
      waiting.length = 0;
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}

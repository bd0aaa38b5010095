import type { TextStream } from './text-stream.ts';

/** Where results are written to. */
export interface Sink {
  /** Writes a result; false when the reader should be waited for before the next one. */
  write(text: string): boolean;
  /** Calls `listener` once when the reader has caught up; never, when it does not. */
  whenDrained(listener: () => void): void;
  /** Whether there is nobody to write to any more. */
  isGone(): boolean;
}

// A source that has everything at hand, as in a replay, and a socket that takes everything never leave the turn of the event loop.
const longestStreak = 64;

/**
 * Writes a stream to its end, at the pace of the sink. No promise is made for a result: a thousand streams of twenty results a second
 * would make a hundred thousand of them.
 *
 * @param onOver called once when everything is written; not when the sink is gone
 */
export function pump(stream: TextStream, sink: Sink, onOver: () => void): void {
  let streak = 0;
  const step = (): void => {
    for (;;) {
      if (sink.isGone()) return;
      const text = stream.take();
      if (text === null) break;
      streak += 1;
      if (!sink.write(text)) return sink.whenDrained(step);
      if (streak % longestStreak === 0) return void setImmediate(step);
    }
    if (stream.isOver()) onOver();
    else stream.whenReady(step);
  };
  step();
}

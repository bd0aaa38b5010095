import { LRUCache } from 'lru-cache';
import type { Clock } from '../base/clock.ts';

/** Answers that every request asks for, and that are good for a moment. */
export interface Remembered<Answer> {
  /**
   * The answer under a name. Whoever asks while it is being looked up waits for the same; a failure is not an answer, and the next one asks again.
   *
   * @param load looks it up, when it is not remembered
   */
  find(name: string, load: () => Promise<Answer>): Promise<Answer>;
  /** Forgets an answer, after what it was about has changed. */
  forget(name: string): void;
  /** Forgets all of them. */
  forgetAll(): void;
}

const mostRemembered = 10_000;

/**
 * Remembers nothing yet.
 *
 * @param options.forMs how long an answer is good for, counted from the question
 * @param options.isKept which answers are remembered; all of them by default
 */
export function createRemembered<Answer>(options: {
  readonly clock: Clock;
  readonly forMs: number;
  readonly isKept?: (answer: Answer) => boolean;
}): Remembered<Answer> {
  const { clock, forMs, isKept = () => true } = options;
  const answers = new LRUCache<string, Promise<Answer>>({
    max: mostRemembered,
    ttl: forMs,
    ttlResolution: 0,
    perf: { now: () => clock.now().getTime() },
  });
  return {
    find(name, load) {
      const known = answers.get(name);
      if (known !== undefined) return known;
      const loading = load();
      answers.set(name, loading);
      const drop = (): unknown => answers.peek(name) === loading && answers.delete(name);
      loading.then((answer) => isKept(answer) || drop(), drop);
      return loading;
    },
    forget: (name) => void answers.delete(name),
    forgetAll: () => answers.clear(),
  };
}

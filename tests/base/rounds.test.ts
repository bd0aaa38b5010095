import { describe, expect, it, vi } from 'vitest';
import { createDeferred } from '../../src/base/async.ts';
import { createRounds } from '../../src/base/rounds.ts';

describe('rounds', () => {
  it('call everyone again and again, and not all at once', async () => {
    const rounds = createRounds(8);
    const calls = [0, 0, 0];
    const done = createDeferred();
    const removals = calls.map((_, index) =>
      rounds.add(() => {
        calls[index] = (calls[index] ?? 0) + 1;
        if (calls.every((count) => count >= 3)) done.resolve();
      }),
    );
    await done.promise;
    for (const remove of removals) remove();
    expect(Math.max(...calls) - Math.min(...calls)).toBeLessThanOrEqual(1);
  });

  it('call each once an interval, spread over it', () => {
    vi.useFakeTimers();
    try {
      const rounds = createRounds(8);
      const calls: number[] = [];
      const removals = [0, 1, 2].map((name) => rounds.add(() => calls.push(name)));
      for (let elapsedMs = 0, before = 0; elapsedMs < 24; elapsedMs += 1, before = calls.length) {
        vi.advanceTimersByTime(1);
        expect(calls.length - before).toBeLessThanOrEqual(1);
      }
      expect(calls.toSorted((left, right) => left - right)).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
      for (const remove of removals) remove();
      expect(vi.getTimerCount(), 'no timer while nobody takes part').toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('call nobody who was taken out', async () => {
    const rounds = createRounds(1);
    let isCalled = false;
    rounds.add(() => (isCalled = true))();
    const others = createDeferred();
    let count = 0;
    const remove = rounds.add(() => ++count === 3 && others.resolve());
    await others.promise;
    remove();
    expect(isCalled).toBe(false);
  });
});

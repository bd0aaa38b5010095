import { describe, expect, it } from 'vitest';
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

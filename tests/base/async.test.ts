import { describe, expect, it } from 'vitest';
import { abortable, createDeferred, delay } from '../../src/base/async.ts';

describe('abortable', () => {
  it('gives what the work gives', async () => {
    expect(await abortable(Promise.resolve(1), new AbortController().signal)).toBe(1);
  });

  it('throws the reason of a signal that aborts first, and forgets its listener', async () => {
    const controller = new AbortController();
    const work = createDeferred<number>();
    const result = abortable(work.promise, controller.signal);
    controller.abort('STOP');
    await expect(result).rejects.toBe('STOP');
  });

  it('leaves no unhandled rejection behind when the work fails after the abort', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    try {
      const work = createDeferred<number>();
      await expect(abortable(work.promise, AbortSignal.abort('STOP'))).rejects.toBe('STOP');
      work.reject(new Error('later'));
      await new Promise((resolve) => setImmediate(resolve));
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });
});

describe('delay', () => {
  it('hears the abort', async () => {
    const controller = new AbortController();
    const waiting = delay(60_000, controller.signal);
    controller.abort('STOP');
    await expect(waiting).rejects.toBe('STOP');
  });
});

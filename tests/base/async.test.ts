import { describe, expect, it } from 'vitest';
import { abortable, abortableNext, createDeferred, delay, linkedSignal } from '../../src/base/async.ts';

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

describe('abortableNext', () => {
  const stuck: AsyncIterator<number> = { next: () => new Promise(() => {}) };

  async function* oneAndTwo(): AsyncGenerator<number> {
    yield 1;
    yield 2;
  }

  it('gives what the iterator gives', async () => {
    const { next, release } = abortableNext(oneAndTwo(), new AbortController().signal);
    expect([await next(), await next(), await next()]).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
      { done: true, value: undefined },
    ]);
    release();
  });

  it('rejects the value that is waited for when the signal aborts, and all after it', async () => {
    const controller = new AbortController();
    const { next } = abortableNext(stuck, controller.signal);
    const waiting = next();
    controller.abort('STOP');
    await expect(waiting).rejects.toBe('STOP');
    await expect(next()).rejects.toBe('STOP');
  });

  it('hears nothing any more once it is released', async () => {
    const controller = new AbortController();
    const answer = createDeferred<IteratorResult<number>>();
    const { next, release } = abortableNext({ next: () => answer.promise }, controller.signal);
    const waiting = next();
    release();
    controller.abort('STOP');
    answer.resolve({ done: false, value: 1 });
    expect(await waiting).toEqual({ done: false, value: 1 });
  });
});

describe('linkedSignal', () => {
  it('aborts with the reason of whichever signal aborts, also one that has already', () => {
    const controller = new AbortController();
    const { signal } = linkedSignal([new AbortController().signal, controller.signal], 60_000);
    controller.abort('STOP');
    expect(signal.reason).toBe('STOP');
    expect(linkedSignal([AbortSignal.abort('GONE')], 60_000).signal.reason).toBe('GONE');
  });

  it('aborts with a TimeoutError after its time', async () => {
    const { signal } = linkedSignal([], 1);
    await expect(delay(60_000, signal)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('lets go of the other signals', () => {
    const controller = new AbortController();
    const { signal, release } = linkedSignal([controller.signal], 60_000);
    release();
    controller.abort('STOP');
    expect(signal.aborted).toBe(false);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDeferred } from '../../src/base/async.ts';
import { createReader, type ReaderSource } from '../../src/events/reader.ts';
import { createWakes } from '../../src/events/wakes.ts';

// Nobody is woken without a reason before a test is over: a wake-up that is lost shows.
const neverMs = 3_600_000;

/** A log in memory that ends at `last`. */
function createLog(last: number, batchSize = 3) {
  const wakes = createWakes(neverMs);
  let stored = 0;
  let fetches = 0;
  const source: ReaderSource<number> = {
    fetch: (after) => {
      fetches += 1;
      const entries = Array.from({ length: Math.max(0, Math.min(batchSize, stored - after)) }, (_, index) => after + index + 1);
      return Promise.resolve({ entries, ended: entries.at(-1) === last });
    },
    seqOf: (entry) => entry,
    subscribe: (wake) => wakes.subscribe('log', wake),
  };
  const append = (count: number): void => {
    stored = Math.min(last, stored + count);
    wakes.wake('log');
  };
  return { source, append, waiting: () => wakes.size(), fetches: () => fetches };
}

describe('a reader', () => {
  it('gives every entry once and in order, however appending and reading interleave', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 20 }),
        fc.nat(5),
        async (last, portions, delayTurns) => {
          const log = createLog(last);
          const read = (async () => {
            const seen: number[] = [];
            for await (const entry of createReader(log.source, 0)) seen.push(entry);
            return seen;
          })();
          for (const portion of [...portions, last]) {
            for (let turn = 0; turn < delayTurns; turn += 1) await Promise.resolve();
            log.append(portion);
          }
          expect(await read).toEqual(Array.from({ length: last }, (_, index) => index + 1));
          expect(log.waiting()).toBe(0);
        },
      ),
    );
  });

  it('continues behind the position that it is given', async () => {
    const log = createLog(10);
    log.append(10);
    const seen: number[] = [];
    for await (const entry of createReader(log.source, 7)) seen.push(entry);
    expect(seen).toEqual([8, 9, 10]);
  });

  it('R02 does not lose an entry that is stored between its look at the log and its wait', async () => {
    const gate = createDeferred();
    const log = createLog(1);
    let isFirst = true;
    const source: ReaderSource<number> = {
      ...log.source,
      fetch: async (after) => {
        const found = await log.source.fetch(after);
        if (isFirst) {
          isFirst = false;
          log.append(1);
          await gate.promise;
        }
        return found;
      },
    };
    const reader = createReader(source, 0);
    const first = reader.next();
    gate.resolve();
    expect(await first).toEqual({ done: false, value: 1 });
  });

  it('ends a wait at once when it is left, and forgets its subscription', async () => {
    const log = createLog(1);
    const reader = createReader(log.source, 0);
    const waiting = reader.next();
    await Promise.resolve();
    expect(log.waiting()).toBe(1);
    await reader.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(log.waiting()).toBe(0);
  });

  it('looks again by itself when a wake-up was lost', async () => {
    const wakes = createWakes(5);
    let calls = 0;
    const source: ReaderSource<number> = {
      fetch: () => Promise.resolve(++calls < 3 ? { entries: [], ended: false } : { entries: [1], ended: true }),
      seqOf: (entry) => entry,
      subscribe: (wake) => wakes.subscribe('log', wake),
    };
    expect(await createReader(source, 0).next()).toEqual({ done: false, value: 1 });
  });

  it('passes on what the log throws, and is closed then', async () => {
    const wakes = createWakes(60_000);
    const source: ReaderSource<number> = {
      fetch: () => Promise.reject(new Error('away')),
      seqOf: (entry) => entry,
      subscribe: (wake) => wakes.subscribe('log', wake),
    };
    const reader = createReader(source, 0);
    await expect(reader.next()).rejects.toThrow('away');
    expect(wakes.size()).toBe(0);
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  describe('taken from without a promise', () => {
    it('gives what is in memory at once, and says when there is more', () => {
      const { source, append } = createLog(4);
      const reader = createReader({ ...source, fetch: (after) => memory(after) }, 0);
      let stored = 2;
      const memory = (after: number) => ({ entries: [1, 2, 3, 4].slice(after, stored), ended: stored === 4 });
      let calls = 0;
      expect([reader.take(), reader.take(), reader.take()]).toEqual([1, 2, null]);
      reader.whenReady(() => (calls += 1));
      expect(calls).toBe(0);
      stored = 4;
      append(1);
      append(1);
      expect(calls).toBe(1);
      expect([reader.take(), reader.take(), reader.take(), reader.isOver()]).toEqual([3, 4, null, true]);
    });

    it('waits for a store, and hears what it throws', async () => {
      const gate = createDeferred();
      const source = { ...createLog(1).source, fetch: () => gate.promise.then(() => Promise.reject(new Error('away'))) };
      const reader = createReader<number>(source, 0);
      expect(reader.take()).toBeNull();
      const ready = new Promise<void>((resolve) => reader.whenReady(resolve));
      gate.resolve();
      await ready;
      expect(() => reader.take()).toThrow('away');
      expect(reader.isOver()).toBe(true);
    });

    it('tells who waits when it is left', () => {
      const reader = createReader(createLog(1).source, 0);
      let isTold = false;
      reader.take();
      reader.whenReady(() => (isTold = true));
      reader.leave();
      expect([isTold, reader.take(), reader.isOver()]).toEqual([true, null, true]);
    });
  });
});

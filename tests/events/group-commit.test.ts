import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createDeferred, delay } from '../../src/base/async.ts';
import { createGroupCommit, type CommitSource } from '../../src/events/group-commit.ts';

/** A source that collects what became of its entries. */
function createSource() {
  let pending: number[] = [];
  const committed: number[] = [];
  const refused: number[] = [];
  let settled = createDeferred();
  const source: CommitSource<number> = {
    drain: () => pending.splice(0),
    committed: (entries) => {
      committed.push(...entries);
      settled.resolve();
    },
    refused: (entries) => {
      refused.push(...entries);
      settled.resolve();
    },
  };
  const push = (...entries: number[]): Promise<void> => {
    pending = [...pending, ...entries];
    settled = createDeferred();
    return settled.promise;
  };
  return { source, push, committed, refused };
}

type Groups = ReadonlyMap<CommitSource<number>, readonly number[]>;

const nobody: ReadonlySet<CommitSource<number>> = new Set();

describe('a group commit', () => {
  it('leaves a store that takes long three times as long in peace', async () => {
    // Time passes for these commits alone: one that really takes longer than eight intervals rests for none.
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const begun: number[] = [];
    const ended: number[] = [];
    const commits = createGroupCommit<number>({
      store: async () => {
        begun.push(performance.now());
        await delay(20);
        ended.push(performance.now());
        return nobody;
      },
      intervalMs: 10,
      retryDelayMs: 1,
      onFailure: () => undefined,
    });
    const { source, push } = createSource();
    for (let count = 1; count <= 12; count += 1) {
      const stored = push(count);
      commits.schedule(source, false);
      await vi.runAllTimersAsync();
      await stored;
    }
    const rests = begun.slice(1).map((beginning, index) => beginning - (ended[index] ?? 0));
    // The average has to learn first; the longest spacing is eight intervals.
    expect(Math.min(...rests.slice(-3))).toBeGreaterThan(30);
  });

  it('stores what gathers during a commit together in the next one', async () => {
    const stores: number[][] = [];
    const gate = createDeferred();
    const commits = createGroupCommit<number>({
      store: async (groups: Groups) => {
        stores.push([...groups.values()].flat());
        if (stores.length === 1) await gate.promise;
        return nobody;
      },
      intervalMs: 1,
      retryDelayMs: 1,
      onFailure: () => undefined,
    });
    const [one, two] = [createSource(), createSource()];
    void one.push(1);
    commits.schedule(one.source, true);
    void one.push(2, 3);
    const last = two.push(4);
    commits.schedule(one.source, true);
    commits.schedule(two.source, true);
    gate.resolve();
    await last;
    expect(stores).toEqual([[1], [2, 3, 4]]);
    expect(one.committed).toEqual([1, 2, 3]);
  });

  it('tries the same entries again, in order, until the store takes them', async () => {
    const failures: unknown[] = [];
    const attempts: number[][] = [];
    const commits = createGroupCommit<number>({
      store: (groups: Groups) => {
        attempts.push([...groups.values()].flat());
        return attempts.length < 3 ? Promise.reject(new Error('away')) : Promise.resolve(nobody);
      },
      intervalMs: 1,
      retryDelayMs: 1,
      onFailure: (error) => failures.push(error),
    });
    const one = createSource();
    const done = one.push(1, 2);
    commits.schedule(one.source, true);
    await done;
    expect(attempts).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    expect(failures).toHaveLength(2);
  });

  it('tells a source that is refused, and harms no other', async () => {
    const [good, bad] = [createSource(), createSource()];
    const commits = createGroupCommit<number>({
      store: () => Promise.resolve(new Set([bad.source])),
      intervalMs: 1,
      retryDelayMs: 1,
      onFailure: () => undefined,
    });
    const both = Promise.all([good.push(1), bad.push(2)]);
    commits.schedule(good.source, false);
    commits.schedule(bad.source, false);
    await both;
    expect([good.committed, good.refused, bad.committed, bad.refused]).toEqual([[1], [], [], [2]]);
  });

  it('stores what is pending before it closes', async () => {
    const one = createSource();
    const commits = createGroupCommit<number>({ store: () => Promise.resolve(nobody), intervalMs: 60_000, retryDelayMs: 1_000, onFailure: () => undefined });
    void one.push(1);
    commits.schedule(one.source, true);
    void one.push(2);
    commits.schedule(one.source, false);
    await commits.close();
    expect(one.committed).toEqual([1, 2]);
  });

  it('gives up closing when the store stays away', async () => {
    const one = createSource();
    const commits = createGroupCommit<number>({ store: () => Promise.reject(new Error('away')), intervalMs: 1, retryDelayMs: 5, onFailure: () => undefined });
    void one.push(1);
    commits.schedule(one.source, true);
    await commits.close();
    expect(one.committed).toEqual([]);
  });
});

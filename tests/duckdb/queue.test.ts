import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createDeferred, type Deferred } from '../../src/base/async.ts';
import { createFairQueue, type FairQueueOptions } from '../../src/duckdb/queue.ts';
import { refusal } from './kit.ts';

const settings: FairQueueOptions = {
  slots: 1,
  longAfterMs: 10_000,
  longSlots: 0,
  maxRunningPerUser: 1,
  maxWaitingPerUser: 3,
  queueTimeoutMs: 10_000,
  retryAfterMs: 1_000,
};

/** A queue whose jobs end when they are told to, and the order in which they began. */
function startQueue(options: Partial<FairQueueOptions> = {}) {
  const queue = createFairQueue({ ...settings, ...options });
  const begun: string[] = [];
  const ends = new Map<string, Deferred<void>>();
  return {
    queue,
    begun,
    add(userKey: string, name: string, signal = new AbortController().signal): Promise<string> {
      const end = createDeferred();
      ends.set(name, end);
      return queue.run(userKey, signal, async () => {
        begun.push(name);
        await end.promise;
        return name;
      });
    },
    async end(name: string): Promise<void> {
      ends.get(name)?.resolve();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** Stops the clock until the test is over: on a busy machine jobs would become long by themselves. */
function stopClock(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
}

/** Lets as much time pass as makes a job long. */
const becomesLong = async (): Promise<void> => void (await vi.advanceTimersByTimeAsync(20));

describe('D03: the fair queue', () => {
  it('takes turns among users, whatever number of jobs each has', async () => {
    const { add, end, begun } = startQueue();
    const work = [add('a', 'a1'), add('a', 'a2'), add('a', 'a3'), add('b', 'b1'), add('c', 'c1'), add('b', 'b2')];
    for (const name of ['a1', 'a2', 'b1', 'c1', 'a3', 'b2']) await end(name);
    await Promise.all(work);
    expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2']);
  });

  it('runs one job of a user at a time while slots are free for others', async () => {
    const { add, end, begun } = startQueue({ slots: 2 });
    const work = [add('a', 'a1'), add('a', 'a2'), add('b', 'b1')];
    await end('nothing');
    expect(begun).toEqual(['a1', 'b1']);
    for (const name of ['a1', 'a2', 'b1']) await end(name);
    await Promise.all(work);
  });

  it('refuses the job after the last that may wait, and says when to come back', async () => {
    const { add, end } = startQueue({ slots: 2 });
    const work = ['a1', 'a2', 'a3', 'a4'].map((name) => add('a', name));
    const error = await refusal(add('a', 'a5'));
    expect(error).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 1_000 });
    const other = add('b', 'b1');
    for (const name of ['b1', 'a1', 'a2', 'a3', 'a4']) await end(name);
    expect(await other).toBe('b1');
    await Promise.all(work);
  });

  it('gives the place of an aborted job up', async () => {
    const { add, end, begun } = startQueue({ maxWaitingPerUser: 1 });
    const first = add('a', 'a1');
    const controller = new AbortController();
    const second = add('a', 'a2', controller.signal);
    controller.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    const third = add('a', 'a3');
    await end('a1');
    await end('a3');
    await Promise.all([first, third]);
    expect(begun).toEqual(['a1', 'a3']);
  });

  it('refuses a job that waited too long, and runs the next', async () => {
    const { add, end } = startQueue({ queueTimeoutMs: 20 });
    const first = add('a', 'a1');
    expect(await refusal(add('b', 'b1'))).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await end('a1');
    await first;
    const next = add('b', 'b2');
    await end('b2');
    expect(await next).toBe('b2');
  });

  describe('with room for long jobs', () => {
    const withLong = { longAfterMs: 10, longSlots: 1 };
    beforeEach(stopClock);

    it('gives the slot of a job that runs for long to the next user', async () => {
      const { add, end, begun } = startQueue(withLong);
      const work = [add('a', 'long'), add('b', 'short')];
      await becomesLong();
      expect(begun).toEqual(['long', 'short']);
      for (const name of ['short', 'long']) await end(name);
      await Promise.all(work);
    });

    it('keeps the second job of the user of a long one waiting', async () => {
      const { add, end, begun } = startQueue(withLong);
      const work = [add('a', 'long'), add('a', 'second')];
      await becomesLong();
      expect(begun).toEqual(['long']);
      for (const name of ['long', 'second']) await end(name);
      await Promise.all(work);
    });

    it('leaves a second long job its slot until there is room, and hands no slot out twice', async () => {
      const { add, end, begun } = startQueue(withLong);
      const work = [add('a', 'first'), add('b', 'second'), add('c', 'third'), add('d', 'fourth')];
      await becomesLong();
      await becomesLong();
      expect(begun).toEqual(['first', 'second']);
      await end('first');
      expect(begun).toEqual(['first', 'second', 'third']);
      for (const name of ['second', 'third', 'fourth']) await end(name);
      await Promise.all(work);
      const after = [add('a', 'a1'), add('b', 'b1')];
      await end('nothing');
      expect(begun.slice(4)).toEqual(['a1']);
      for (const name of ['a1', 'b1']) await end(name);
      await Promise.all(after);
    });
  });

  it('keeps the last slot for users whose last job was not long', async () => {
    stopClock();
    const { add, end, begun } = startQueue({ slots: 2, longAfterMs: 10 });
    const first = [add('a', 'a1'), add('b', 'b1')];
    await becomesLong();
    for (const name of ['a1', 'b1']) await end(name);
    await Promise.all(first);
    const work = [add('a', 'a2'), add('b', 'b2'), add('c', 'c1')];
    await end('nothing');
    expect(begun.slice(2)).toEqual(['a2', 'c1']);
    // A short job makes a user like all others again.
    for (const name of ['a2', 'b2', 'c1']) await end(name);
    await Promise.all(work);
    const after = [add('a', 'a3'), add('b', 'b3')];
    await end('nothing');
    expect(begun.slice(-2)).toEqual(['a3', 'b3']);
    for (const name of ['a3', 'b3']) await end(name);
    await Promise.all(after);
  });

  it('goes on after a job that throws', async () => {
    const { queue } = startQueue();
    const signal = new AbortController().signal;
    await expect(queue.run('a', signal, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await queue.run('a', signal, async () => 'works')).toBe('works');
  });

  it('refuses those who wait when it closes', async () => {
    const { add, end, queue } = startQueue();
    const first = add('a', 'a1');
    const second = refusal(add('b', 'b1'));
    queue.close();
    expect((await second).code).toBe('SERVICE_UNAVAILABLE');
    await end('a1');
    expect(await first).toBe('a1');
    expect((await refusal(add('c', 'c1'))).code).toBe('SERVICE_UNAVAILABLE');
  });
});

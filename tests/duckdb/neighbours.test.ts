import { readFile, readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../kit/eventually.ts';
import { limitsWith, startKit, type Kit } from './kit.ts';

const endless = 'SELECT sum(range) FROM range(1000000000000)';

let kit: Kit;

beforeAll(async () => {
  kit = await startKit({ limits: limitsWith({ workers: 1, warm: 1, longWorkers: 1, longAfterMs: 200 }) });
});

afterAll(async () => {
  await kit[Symbol.asyncDispose]();
});

/** The priorities of all threads of a process (proc(5), field 19 of stat; the name before it may hold spaces). */
async function niceness(processId: number): Promise<ReadonlySet<number>> {
  const threads = await readdir(`/proc/${processId}/task`);
  const stats = await Promise.all(threads.map((thread) => readFile(`/proc/${processId}/task/${thread}/stat`, 'utf8')));
  return new Set(stats.map((stat) => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])));
}

const until = (condition: () => Promise<boolean> | boolean): Promise<void> => eventually(async () => expect(await condition()).toBe(true));

describe('D03 D04 D06: the queries of others', () => {
  it('find all the memory that they may use, after a large one has used it or was refused for its size', async () => {
    await using calm = await startKit({ limits: limitsWith({ workers: 1, warm: 1, longAfterMs: 60_000 }) });
    const large = 'SELECT range, count(*) FROM range(2000000) GROUP BY range';
    for (const userKey of ['first', 'second', 'third']) expect((await calm.query(large, [], undefined, userKey)).rows).toHaveLength(1_000);
    await expect(calm.query("SELECT repeat('x', 500000000)")).rejects.toMatchObject({ code: 'SQL_TOO_LARGE' });
    expect((await calm.query(large)).rows).toHaveLength(1_000);
  });

  it('come before a long one: all threads of its process have the lowest priority, those of others the usual one of children', async () => {
    await kit.query('SELECT 1');
    const controller = new AbortController();
    const long = kit.query(endless, [], controller.signal, 'long').catch(() => undefined);
    const lowest = async (): Promise<number | undefined> => {
      const ids = kit.duckdb.processIds().query;
      const found = await Promise.all(ids.map(async (id) => ({ id, values: await niceness(id) })));
      return found.find(({ values }) => values.size === 1 && values.has(19))?.id;
    };
    await until(async () => (await lowest()) !== undefined);
    const busy = await lowest();
    await until(() => kit.duckdb.processIds().query.length > 1);
    const other = kit.duckdb.processIds().query.find((id) => id !== busy) ?? 0;
    await until(async () => [...(await niceness(other))].join() === '5');
    controller.abort(new Error('enough'));
    await long;
    // It is not used again: its priority cannot be raised.
    await until(() => !kit.duckdb.processIds().query.includes(busy ?? 0));
    expect(await kit.rows('SELECT 42')).toEqual([[42]]);
  });

  it('get the place of a long one, though there is one place only', async () => {
    const controller = new AbortController();
    const long = kit.query(endless, [], controller.signal, 'long').catch(() => 'stopped');
    for (const userKey of ['a', 'b', 'c']) expect((await kit.query('SELECT 42', [], undefined, userKey)).rows).toEqual([[42]]);
    controller.abort(new Error('enough'));
    expect(await long).toBe('stopped');
  });

  it('do not wait for a child that is replaced after its jobs', async () => {
    await using short = await startKit({ limits: limitsWith({ workers: 1, warm: 1, jobsPerChild: 10, longAfterMs: 60_000 }) });
    await short.query('SELECT 1');
    const [first = 0] = short.duckdb.processIds().query;
    for (let job = 1; job < 9; job += 1) await short.query('SELECT 1');
    await until(() => short.duckdb.processIds().query.length === 2);
    expect(short.duckdb.processIds().query).toContain(first);
    await short.query('SELECT 1');
    await short.query('SELECT 1');
    await until(() => !short.duckdb.processIds().query.includes(first));
  });
});

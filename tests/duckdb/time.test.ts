import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { delay } from '../../src/base/async.ts';
import { limitsWith, refusal, startKit, type Kit } from './kit.ts';

const timeoutMs = 1_000;

let kit: Kit;

beforeAll(async () => {
  kit = await startKit({ limits: limitsWith({ timeoutMs }) });
  await kit.query('SELECT 1');
});

afterAll(async () => {
  await kit[Symbol.asyncDispose]();
});

describe('D03: time', () => {
  it.each([
    ['a sum over a million millions', 'SELECT sum(range) FROM range(1000000000000)'],
    ['an endless recursion', 'WITH RECURSIVE endless AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM endless) SELECT count(*) FROM endless'],
    ['a cross join of three', 'SELECT count(*) FROM range(1000000) a, range(1000000) b, range(1000000) c WHERE a.range + b.range + c.range = 7'],
    ['a function that hears no interrupt', "SELECT sum(levenshtein(repeat('ab', 20000 + range::INT % 7), repeat('ba', 20000))) FROM range(1000)"],
  ])('ends %s within the limit and a second, and the next query works', async (_name, sql) => {
    const startedAt = performance.now();
    const error = await refusal(kit.query(sql));
    const elapsedMs = performance.now() - startedAt;
    expect(error).toMatchObject({ code: 'SQL_TIMEOUT', message: expect.stringContaining('1000 ms') });
    // The second that is promised, and a little for a machine that is busy with other tests.
    expect(elapsedMs).toBeLessThan(timeoutMs + 1_000 + 1_500);
    expect(await kit.rows('SELECT 42')).toEqual([[42]]);
  });

  it('releases an aborted caller at once, with the reason of the signal', async () => {
    const controller = new AbortController();
    const work = kit.query('SELECT sum(range) FROM range(1000000000000)', [], controller.signal);
    await delay(100);
    const startedAt = performance.now();
    controller.abort(new Error('stopped by its reader'));
    await expect(work).rejects.toThrow('stopped by its reader');
    expect(performance.now() - startedAt).toBeLessThan(500);
    expect(await kit.rows('SELECT 42')).toEqual([[42]]);
  });

  it('refuses a signal that has aborted before', async () => {
    await expect(kit.query('SELECT 1', [], AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });
});

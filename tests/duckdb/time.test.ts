import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { delay } from '../../src/base/async.ts';
import { patienceMs } from '../kit/patience.ts';
import { limitsWith, refusal, startKit, type Kit } from './kit.ts';

const timeoutMs = 1_000;
const deaf = "SELECT sum(levenshtein(repeat('ab', 20000 + range::INT % 7), repeat('ba', 20000))) FROM range(1000)";

const endless = 'SELECT sum(range) FROM range(1000000000000)';
const never = new AbortController().signal;

let kit: Kit;

beforeAll(async () => {
  kit = await startKit();
  await kit.query('SELECT 1');
});

afterAll(async () => {
  await kit[Symbol.asyncDispose]();
});

describe('D03: time', () => {
  it.each([
    ['a sum over a million millions', endless],
    ['an endless recursion', 'WITH RECURSIVE endless AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM endless) SELECT count(*) FROM endless'],
    ['a cross join of three', 'SELECT count(*) FROM range(1000000) a, range(1000000) b, range(1000000) c WHERE a.range + b.range + c.range = 7'],
    ['a function that hears no interrupt', deaf],
  ])('ends %s within the limit and a second, and the next query works', async (_name, sql) => {
    const startedAt = performance.now();
    const error = await refusal(kit.duckdb.query({ tables: [], sql, timeoutMs, userKey: 'user' }, never));
    const elapsedMs = performance.now() - startedAt;
    expect(error).toMatchObject({ code: 'SQL_TIMEOUT', message: expect.stringContaining('1000 ms') });
    // Left alone, each would take minutes.
    expect(elapsedMs).toBeLessThan(timeoutMs + 1_000 + patienceMs);
    expect(await kit.rows('SELECT 42')).toEqual([[42]]);
  });

  it('is what the configuration allows, also where a request wants more', async () => {
    await using hasty = await startKit({ limits: limitsWith({ timeoutMs: 300, workers: 1, warm: 1 }) });
    for (const wanted of [{}, { timeoutMs: 60_000 }]) {
      const error = await refusal(hasty.duckdb.query({ tables: [], sql: endless, ...wanted, userKey: 'user' }, never));
      expect(error).toMatchObject({ code: 'SQL_TIMEOUT', message: expect.stringContaining('300 ms') });
    }
  });

  it('releases an aborted caller at once, with the reason of the signal', async () => {
    // Neither the limit of the query nor that of the interrupt would end it soon.
    await using slow = await startKit({ limits: { ...limitsWith({}), interruptGraceMs: 60_000 } });
    for (const sql of [endless, deaf]) {
      const controller = new AbortController();
      const work = slow.query(sql, [], controller.signal);
      await delay(100);
      const startedAt = performance.now();
      controller.abort(new Error('stopped by its reader'));
      await expect(work).rejects.toThrow('stopped by its reader');
      expect(performance.now() - startedAt).toBeLessThan(patienceMs);
      expect((await slow.query('SELECT 42', [], undefined, sql === deaf ? 'another' : 'user')).rows).toEqual([[42]]);
    }
  });

  it('refuses a signal that has aborted before', async () => {
    await expect(kit.query('SELECT 1', [], AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });
});

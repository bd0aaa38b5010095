import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import { memoryBombs, textBombs, timeBombs } from './attacks/bombs.ts';
import { limitsWith, startKit, type Kit } from './kit.ts';

let kit: Kit;

beforeAll(async () => {
  kit = await startKit({ limits: { ...limitsWith({ workers: 3, warm: 3, threads: 1 }), interruptGraceMs: 50 } });
});

afterAll(async () => {
  await kit[Symbol.asyncDispose]();
});

/** How a bomb ended: its code, or how large its answer was. */
async function fire(sql: string): Promise<string> {
  try {
    const { rows, columns } = await kit.duckdb.query({ tables: [], sql, timeoutMs: 200, userKey: sql }, new AbortController().signal);
    const bytes = JSON.stringify({ rows, columns }).length;
    return bytes < 2 * 1024 * 1024 ? 'an answer within the limits' : `an answer of ${bytes} bytes`;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.message.length).toBeLessThan(2_000);
    return error.code;
  }
}

// Which limit a bomb meets first depends on the machine; that it meets one does not. (A process whose own memory is refused ends itself.)
describe.each([
  ['D03', 'all the time', timeBombs, ['SQL_TIMEOUT', 'SQL_TOO_LARGE']],
  ['D04', 'all the memory', memoryBombs, ['SQL_TOO_LARGE', 'SQL_TIMEOUT', 'SQL_INVALID', 'QUERY_CRASHED', 'an answer within the limits']],
  ['D06', 'all the stack', textBombs, ['SQL_INVALID', 'SQL_TOO_LARGE', 'SQL_TIMEOUT', 'QUERY_CRASHED', 'an answer within the limits']],
])('%s: SQL that wants %s', (_id, _what, bombs, ends) => {
  it.concurrent.each(bombs.map((sql) => [sql.slice(0, 100), sql] as const))('ends, and the next query works: %s', async (_title, sql) => {
    expect(ends).toContain(await fire(sql));
    expect((await kit.query('SELECT 42', [], undefined, sql)).rows).toEqual([[42]]);
  });
});

describe('D06: after all of them', () => {
  it('there are no more processes and folders than before', () => {
    // Three that run, two for long queries, one that is being replaced.
    expect(kit.duckdb.processIds().query.length).toBeLessThanOrEqual(6);
  });
});

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limitsWith, refusal, startKit, type Kit } from './kit.ts';

const megabyte = 1024 * 1024;

let kit: Kit;

beforeAll(async () => {
  kit = await startKit();
  await kit.query('SELECT 1');
});

afterAll(async () => {
  await kit[Symbol.asyncDispose]();
});

/** By how much the memory of this process grows at most while the work runs. */
async function growthDuring(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 10);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return Math.max(most, process.memoryUsage.rss()) - before;
}

describe('D04: size', () => {
  it('stops fifty million rows at a thousand', async () => {
    const growth = await growthDuring(async () => {
      const data = await kit.query("SELECT range AS n, 'row ' || range AS label FROM range(50000000)");
      expect(data.rows).toHaveLength(1_000);
      expect(data.truncated).toBe(true);
      expect(data.rows[999]).toEqual([999, 'row 999']);
    });
    expect(growth).toBeLessThan(100 * megabyte);
  });

  it('stops at the rows that the request asks for, and at no more than the limit', async () => {
    const signal = new AbortController().signal;
    const five = await kit.duckdb.query({ tables: [], sql: 'SELECT * FROM range(10)', maxRows: 5, userKey: 'user' }, signal);
    expect([five.rows.length, five.truncated]).toEqual([5, true]);
    const ten = await kit.duckdb.query({ tables: [], sql: 'SELECT * FROM range(10)', maxRows: 10, userKey: 'user' }, signal);
    expect([ten.rows.length, ten.truncated]).toEqual([10, false]);
    const many = await kit.duckdb.query({ tables: [], sql: 'SELECT * FROM range(5000)', maxRows: 100_000, userKey: 'user' }, signal);
    expect(many.rows).toHaveLength(1_000);
  });

  it('stops at a megabyte of wide rows', async () => {
    const data = await kit.query("SELECT repeat('wide ', 2000) AS text FROM range(1000)");
    const bytes = Buffer.byteLength(JSON.stringify(data.rows));
    expect(bytes).toBeLessThanOrEqual(megabyte);
    expect(bytes).toBeGreaterThan(0.9 * megabyte);
    expect(data.truncated).toBe(true);
  });

  it.each([
    ['a text of 20 MB', "SELECT repeat('x', 20000000) AS cell"],
    ['a list of two million numbers', 'SELECT list(range) AS cell FROM range(2000000)'],
    ['a list of long texts', "SELECT list(repeat('y', 100000)) AS cell FROM range(100)"],
    ['a struct of long texts', "SELECT {first: repeat('a', 1000000), second: repeat('b', 1000000)} AS cell"],
    ['a map of many entries', 'SELECT map(list(range), list(range)) AS cell FROM range(20000)'],
  ])('cuts %s in the child', async (_name, sql) => {
    const data = await kit.query(sql);
    expect(data.truncated).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(data.rows))).toBeLessThan(megabyte);
  });

  it('cuts a text with an ellipsis and keeps its neighbours', async () => {
    const [[short, long] = []] = await kit.rows("SELECT 'short', repeat('x', 100000)");
    expect(short).toBe('short');
    expect(long).toBe(`${'x'.repeat(32_768)}…`);
  });

  it.each([
    ['a text of 500 MB', "SELECT repeat('x', 500000000)"],
    ['a padded text of 400 MB', "SELECT lpad('x', 400000000, 'y')"],
    ['a list of a hundred million', 'SELECT range(100000000)'],
    ['an unnested list of two hundred million', 'SELECT unnest(range(200000000))'],
    ['ten texts of 100 MB', "SELECT repeat('x', 100000000) FROM range(10)"],
    ['an aggregate that keeps everything', 'SELECT list(hash(range)::VARCHAR) FROM range(50000000)'],
  ])('answers %s with SQL_TOO_LARGE or within its caps, and the server keeps its memory', async (_name, sql) => {
    const growth = await growthDuring(async () => {
      expect(await refusal(kit.query(sql))).toMatchObject({
        code: expect.stringMatching(/SQL_TOO_LARGE|SQL_TIMEOUT/),
        message: expect.not.stringContaining('memory_limit'),
      });
    });
    expect(growth).toBeLessThan(100 * megabyte);
    expect(await kit.rows('SELECT 42')).toEqual([[42]]);
  });

  it('cuts the names and types of columns, which come from the SQL as well', async () => {
    const doubled = `SELECT x FROM ${'(SELECT {a: x, b: x} AS x FROM '.repeat(9)}(SELECT 1 AS x)${')'.repeat(9)}`;
    const [column] = (await kit.query(doubled)).columns;
    expect(column?.type).toMatch(/^STRUCT.{994}…$/);
    const explained = await kit.duckdb.explain({ tables: [], sql: doubled, userKey: 'user' }, new AbortController().signal);
    expect(explained.columns[0]?.type).toHaveLength(1_001);
    const [named] = (await kit.query(`SELECT 1 AS "${'n'.repeat(5_000)}"`)).columns;
    expect(named?.name).toBe(`${'n'.repeat(1_000)}…`);
  });

  it('refuses a result of more columns than anyone reads', async () => {
    const columns = Array.from({ length: 1_001 }, (_, index) => `${index} AS c${index}`).join(', ');
    expect(await refusal(kit.query(`SELECT ${columns}`))).toMatchObject({ code: 'SQL_TOO_LARGE', message: expect.stringContaining('1001 columns') });
  });
});

describe('D04: the memory of a child', () => {
  it('is limited by the operating system, and the child lives to say so', async () => {
    await using held = await startKit({ limits: limitsWith({ workers: 1, warm: 1 }) });
    await held.query('SELECT 1');
    const [processId] = held.duckdb.processIds().query;
    expect(await readFile(`/proc/${processId}/limits`, 'utf8')).toMatch(/Max data size +1073741824 /);
    const error = await refusal(held.query("SELECT sum(length(lpad('x', 300000000 + range::INT, 'y'))) FROM range(20)"));
    expect(error.code).toBe('SQL_TOO_LARGE');
    expect(await held.rows('SELECT 42')).toEqual([[42]]);
  });

  it('is watched by the child itself, where the operating system holds no limit', async () => {
    await using watched = await startKit({
      memoryGuard: 'watchdog',
      limits: limitsWith({ memoryBytes: 100 * megabyte, residentSpareBytes: 100 * megabyte }),
    });
    // The function allocates outside of what DuckDB counts.
    const error = await refusal(watched.query("SELECT sum(length(lpad('x', 100000000 + range::INT, 'y'))) FROM range(20)"));
    expect(error.code).toBe('SQL_TOO_LARGE');
    expect(await watched.rows('SELECT 42')).toEqual([[42]]);
  });
});

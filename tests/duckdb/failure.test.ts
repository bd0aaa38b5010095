import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../../src/duckdb/child/failure.ts';
import { openWorkbench, type Workbench } from '../../src/duckdb/child/workbench.ts';

const context = { sql: "SELECT a / b FROM t WHERE c = '/their/own/path'", columns: [] };

describe('D02: what an error tells', () => {
  it.each([
    ['a path of the server', "Invalid Input Error: cannot read '/srv/data/files/7/own.parquet' at byte 4", "cannot read '…' at byte 4"],
    ['a path on Windows', String.raw`Invalid Input Error: cannot read C:\data\files\own.parquet`, 'cannot read …'],
    ['a stack trace', 'Invalid Input Error: no\n\nStack Trace:\n\nduckdb::Exception()', 'Invalid Input Error: no'],
    [
      'how to install extensions',
      'Catalog Error: no such function\n\nPlease try installing and loading:\nINSTALL x;\nLOAD x;',
      'Catalog Error: no such function',
    ],
    ['how to change settings', 'Binder Error: more than one row\n\nUse "SET a=false" to allow it.', 'Binder Error: more than one row'],
  ])('holds no more %s', (_what, text, expected) => {
    expect(failureOf(text, [], context)).toMatchObject({ code: 'SQL_INVALID', message: expect.stringMatching(/./) });
    expect(failureOf(text, [], context).message.endsWith(expected)).toBe(true);
  });

  it('keeps the paths that the SQL itself holds, and divisions', () => {
    expect(failureOf("Conversion Error: '/their/own/path' is no number, nor is a/b", [], context).message).toContain(
      "'/their/own/path' is no number, nor is a/b",
    );
  });

  it.each([
    ['{"exception_type":"Binder","exception_message":"no","position":"7"}', 'SQL_INVALID', { line: 1, column: 8 }],
    ['Failed to execute: Binder Error: no', 'SQL_INVALID', null],
    ['{"exception_type":"INTERNAL","exception_message":"Attempted to access index 5 /src/vector.cpp"}', 'QUERY_CRASHED', null],
    ['{"exception_type":"Out of Memory","exception_message":"failed to pin block"}', 'SQL_TOO_LARGE', null],
    ['{"exception_type":"Permission","exception_message":"/etc/passwd"}', 'SQL_NOT_ALLOWED', null],
    ['{"exception_type":"IO","exception_message":"/etc/passwd"}', 'SQL_NOT_ALLOWED', null],
    ['{"exception_type":"IO","exception_message":"write: No space left on device"}', 'SERVICE_UNAVAILABLE', null],
    ['{"exception_type":"INTERRUPT","exception_message":"Interrupted!"}', 'INTERRUPTED', null],
    ['std::bad_alloc', 'SQL_TOO_LARGE', null],
    ['Maximum call stack size exceeded', 'SQL_TOO_LARGE', null],
    ['{"exception_type":', 'INTERNAL_SERVER_ERROR', null],
    ['something of Node', 'INTERNAL_SERVER_ERROR', null],
  ])('is understood: %s', (text, code, place) => {
    const failure = failureOf(text, [], context);
    expect(failure).toMatchObject({ code, place });
    if (code !== 'INTERNAL_SERVER_ERROR') expect(failure.message).not.toMatch(/passwd|vector\.cpp|exception_type/);
  });
});

describe('D01: DuckDB itself, behind the guard', () => {
  let bench: Workbench;

  beforeAll(async () => {
    bench = await openWorkbench({ folder: '/nowhere', memoryBytes: 64_000_000, threads: 1, isSpilling: false });
  });

  afterAll(() => {
    bench.close();
  });

  it.each([
    'SELECT 1; SELECT 2',
    'CREATE TABLE made AS SELECT 1',
    'SET threads = 4',
    "COPY (SELECT 1) TO '/nowhere/out.csv'",
    'EXPLAIN SELECT 1',
    'CALL pragma_version()',
  ])('does not take %s for one SELECT', async (sql) => {
    await expect(bench.select(sql)).rejects.toMatchObject({ code: 'SQL_NOT_ALLOWED' });
    expect(await bench.all('SELECT table_name FROM duckdb_tables()')).toEqual([]);
  });

  it.each(['SELECT 1', '(SELECT 1);', 'FROM range(1)', 'VALUES (1)', 'WITH a AS (SELECT 1) FROM a', 'DESCRIBE SELECT 1', 'SUMMARIZE SELECT 1', 'SHOW TABLES'])(
    'takes %s for one',
    async (sql) => {
      expect((await bench.select(sql)).columnCount).toBeGreaterThan(0);
    },
  );
});

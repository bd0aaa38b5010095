import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueryTable } from '../../src/duckdb/protocol.ts';
import { refusal, startKit, type Kit } from './kit.ts';

let kit: Kit;
let own: QueryTable;
let foreign: QueryTable;

beforeAll(async () => {
  kit = await startKit();
  own = await kit.table('own', "SELECT 1 AS id, 'mine' AS label");
  foreign = await kit.table('foreign', "SELECT 'a secret of another user' AS label");
});

afterAll(async () => {
  await kit[Symbol.asyncDispose]();
});

describe('D01: only one SELECT is run', () => {
  it.each([
    ['SELECT 1; SELECT 2', '2 statements'],
    ['SELECT 1; DROP VIEW own', 'Only one SELECT'],
    ["COPY own TO 'out.csv'", 'begins with COPY'],
    ["ATTACH 'other.db'", 'begins with ATTACH'],
    ['INSTALL httpfs', 'begins with INSTALL'],
    ['LOAD httpfs', 'begins with LOAD'],
    ['SET threads = 4', 'begins with SET'],
    ['PRAGMA threads = 4', 'begins with PRAGMA'],
    ['CALL pragma_version()', 'begins with CALL'],
    ["EXPORT DATABASE 'out'", 'begins with EXPORT'],
    ['EXPLAIN ANALYZE DELETE FROM own', 'begins with EXPLAIN'],
    ['EXPLAIN SELECT 1', 'begins with EXPLAIN'],
    ['DELETE FROM own', 'begins with DELETE'],
    ['CREATE TABLE copied AS SELECT * FROM own', 'begins with CREATE'],
    ['CREATE TEMP MACRO sum(x) AS 0', 'begins with CREATE'],
    ['INSERT INTO own VALUES (1)', 'begins with INSERT'],
    ['UPDATE own SET id = 2', 'begins with UPDATE'],
    ['/* a comment */ -- another\n DROP VIEW own', 'begins with DROP'],
    ['CHECKPOINT', 'begins with CHECKPOINT'],
    ['PIVOT own ON label USING count(*)', 'PIVOT needs the values'],
    ['SELECT ?', 'Parameters'],
    ['SELECT $1', 'Parameters'],
  ])('refuses %s', async (sql, reason) => {
    const error = await refusal(kit.query(sql, [own]));
    expect(error.code).toBe('SQL_NOT_ALLOWED');
    expect(error.message).toContain(reason);
    expect(await kit.rows('SELECT * FROM own', [own])).toEqual([[1, 'mine']]);
  });

  it('refuses a text without a statement, and says so', async () => {
    expect(await refusal(kit.query('  '))).toMatchObject({ code: 'SQL_INVALID', message: expect.stringContaining('empty') });
  });

  it('refuses a text that is longer than the limit before it parses it', async () => {
    expect(await refusal(kit.query(`SELECT ${'1 + '.repeat(20_000)}1`))).toMatchObject({
      code: 'SQL_NOT_ALLOWED',
      message: expect.stringContaining('at most 65536'),
    });
  });
});

describe('D02: nothing but the tables of the session is read', () => {
  const reaches = (path: string): readonly string[] => [
    `SELECT * FROM read_csv('${path}')`,
    `SELECT * FROM read_text('${path}')`,
    `SELECT * FROM read_blob('${path}')`,
    `SELECT * FROM read_parquet('${path}')`,
    `SELECT * FROM read_json_auto('${path}')`,
    `SELECT * FROM glob('${path}')`,
    `SELECT * FROM sniff_csv('${path}')`,
    `SELECT * FROM parquet_metadata('${path}')`,
    `SELECT * FROM parquet_schema('${path}')`,
    `SELECT * FROM '${path}'`,
    `SELECT * FROM "${path}"`,
    `SELECT (SELECT count(*) FROM '${path}')`,
    `WITH a AS (SELECT * FROM '${path}') SELECT * FROM a`,
    `WITH "${path}" AS (SELECT * FROM "${path}") SELECT * FROM "${path}"`,
    `SELECT * FROM own WHERE id IN (SELECT 1 FROM '${path}')`,
    `SELECT * FROM own JOIN '${path}' ON true`,
    `SELECT * FROM query('SELECT * FROM ''${path}''')`,
    `SELECT * FROM query_table(['${path}'])`,
    `FROM (DESCRIBE SELECT * FROM '${path}')`,
    `SUMMARIZE '${path}'`,
    `SELECT 1 UNION ALL SELECT 2 FROM '${path}'`,
    `SELECT json_execute_serialized_sql('SELECT * FROM ''${path}''')`,
  ];

  it.each(['/etc/passwd', '../../../../../../etc/passwd', '/etc/*', 'file.csv', 'https://example.org/a.csv', '/proc/self/environ'])(
    'refuses every way to %s without naming it',
    async (path) => {
      for (const sql of reaches(path)) {
        const error = await refusal(kit.query(sql, [own]));
        expect([sql, error.code]).toEqual([sql, 'SQL_NOT_ALLOWED']);
        expect(error.message).not.toContain(path);
        expect(error.message).not.toContain('root:');
      }
    },
  );

  it("refuses another user's file, directly and through a link", async () => {
    const link = join(kit.folder, 'link.parquet');
    await symlink(foreign.path, link);
    await writeFile(join(kit.folder, 'plain.txt'), 'a secret in a file');
    for (const path of [foreign.path, link, join(kit.folder, 'plain.txt'), join(kit.folder, 'x/../foreign.parquet')]) {
      for (const sql of reaches(path)) {
        const error = await refusal(kit.query(sql, [own]));
        expect([sql, error.code]).toEqual([sql, 'SQL_NOT_ALLOWED']);
        expect(error.message).not.toContain(kit.folder);
        expect(error.message).not.toContain('secret');
      }
    }
  });

  it.each([
    'SELECT * FROM duckdb_settings()',
    'SELECT * FROM duckdb_views()',
    'SELECT * FROM information_schema.tables',
    'SELECT * FROM pg_catalog.pg_class',
    'SELECT * FROM sqlite_master',
    'SELECT * FROM pragma_version()',
    "SELECT current_setting('allowed_paths')",
    "SELECT getenv('HOME')",
    "SELECT getvariable('x')",
    "SELECT nextval('s')",
    "SELECT write_log('x')",
    'SELECT sleep_ms(1000)',
    'SELECT pg_sleep(1)',
    "SELECT * FROM enable_logging('QueryLog')",
    "SELECT * FROM check_peg_parser('SELECT 1')",
    "SELECT * FROM sql_auto_complete('SEL')",
    "SELECT json_serialize_sql('SELECT 1')",
    'SHOW ALL TABLES',
    'SHOW DATABASES',
    'SELECT * FROM histogram_values(own, id)',
    'SELECT * FROM summary((SELECT 1))',
  ])('refuses %s', async (sql) => {
    expect(await refusal(kit.query(sql, [own]))).toMatchObject({ code: 'SQL_NOT_ALLOWED' });
  });
});

describe('errors help to write it right', () => {
  it('names the tables and the nearest one', async () => {
    const error = await refusal(kit.query('SELECT * FROM owm', [own]));
    const message = 'Catalog Error: Table with name owm does not exist! Did you mean "own"? The tables are "own".';
    expect(error).toMatchObject({
      code: 'SQL_INVALID',
      message: `${message}\n\nLINE 1: SELECT * FROM owm\n                      ^`,
      issues: [{ path: ['sql'], message, line: 1, column: 15 }],
    });
  });

  it('keeps the candidates and the place of an unknown column', async () => {
    const error = await refusal(kit.query('SELECT labl FROM own', [own]));
    expect(error.code).toBe('SQL_INVALID');
    expect(error.message).toContain('There is no column "labl" here.\nDid you mean "label"? "own" has "id", "label".');
    expect(error.message).toContain('LINE 1: SELECT labl FROM own');
    expect(error.message).not.toContain(kit.folder);
  });

  it('shows the place of a syntax error', async () => {
    const error = await refusal(kit.query('SELECT id\nFRM own\nWHERE', [own]));
    expect(error.code).toBe('SQL_INVALID');
    expect(error.message).toMatch(/syntax error at or near "own"[^]*LINE 2: FRM own\n {12}\^/);
  });

  it('names the nearest function', async () => {
    expect((await refusal(kit.query('SELECT medien(id) FROM own', [own]))).message).toContain('Did you mean "median"?');
  });

  it('tells a server that lost its file from bad SQL', async () => {
    const lost = { name: 'lost', path: join(kit.folder, 'lost.parquet') };
    await expect(kit.query('SELECT * FROM lost', [lost])).rejects.toThrow('could not be opened');
    await expect(kit.query('SELECT * FROM lost', [lost])).rejects.not.toHaveProperty('code');
  });
});

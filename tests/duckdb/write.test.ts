import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultLimits } from '../../src/duckdb/limits.ts';
import type { QueryTable } from '../../src/duckdb/protocol.ts';
import type { WriteRequest } from '../../src/duckdb/table-jobs.ts';
import type { WriteResult } from '../../src/duckdb/table-job.ts';
import { refusal, startKit, type Kit } from './kit.ts';

const never = new AbortController().signal;

/** The parts of a zip of which the central directory says where they are. */
function unzip(zip: Buffer): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  let at = zip.readUInt32LE(zip.length - 6);
  while (zip.readUInt32LE(at) === 0x02014b50) {
    const [packed, nameLength, extraLength, offset] = [
      zip.readUInt32LE(at + 20),
      zip.readUInt16LE(at + 28),
      zip.readUInt16LE(at + 30),
      zip.readUInt32LE(at + 42),
    ];
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const start = offset + 30 + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28);
    const bytes = zip.subarray(start, start + packed);
    found[name] = (zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(bytes) : bytes).toString();
    at += 46 + nameLength + extraLength;
  }
  return found;
}

describe('D07 results that are written', () => {
  let kit: Kit;
  let sales: QueryTable;
  let tables: readonly QueryTable[];
  let number = 0;
  beforeAll(async () => {
    kit = await startKit({
      limits: { ...defaultLimits, write: { ...defaultLimits.write, warm: 1, maxRows: 300_000, maxBytes: 3_000_000, maxColumns: 50, timeoutMs: 10_000 } },
    });
    sales = await kit.table(
      'sales',
      `SELECT * FROM (VALUES ('=1+1', 1.5, DATE '2024-02-29', true), ('say "hi", all', NULL, NULL, false), ('ä' || chr(10) || '<&' || chr(1) || '_x0041_', -2, DATE '0100-01-01', NULL)) t("-item", price, day, ok)`,
    );
    tables = [sales, await kit.table('other', 'SELECT 1 AS one')];
  });
  afterAll(() => kit[Symbol.asyncDispose]());

  const pathOf = (): string => join(kit.folder, `out-${(number += 1)}`);
  const write = async (request: Partial<WriteRequest>, signal = never): Promise<WriteResult & { readonly bytes: Buffer }> => {
    const path = pathOf();
    try {
      const result = await kit.duckdb.write({ tables, sql: 'SELECT * FROM sales', format: 'CSV', path, userKey: 'user', ...request }, signal);
      return { ...result, bytes: await readFile(path) };
    } catch (error) {
      expect(existsSync(path)).toBe(false);
      throw error;
    }
  };

  it('are CSV, and on demand such that spreadsheets take no text for a formula', async () => {
    const plain = await write({});
    expect(plain).toMatchObject({ rowCount: 3, byteSize: plain.bytes.length, reads: ['sales'], columns: [] });
    expect(plain.bytes.toString()).toMatch(/^-item,price,day,ok\n=1\+1,1.5,2024-02-29,true\n"say ""hi"", all",,,false\n/);
    const safe = (await write({ isSpreadsheetSafe: true })).bytes.toString();
    expect(safe).toMatch(/^'-item,price,day,ok\n'=1\+1,1.5,2024-02-29,true\n/);
    expect(safe).toContain(',-2.0,');
  });

  it('are JSON', async () => {
    const { bytes } = await write({ sql: 'SELECT price, day FROM sales ORDER BY price DESC NULLS LAST; -- the end', format: 'JSON' });
    expect(JSON.parse(bytes.toString())).toEqual([
      { price: 1.5, day: '2024-02-29' },
      { price: -2, day: '0100-01-01' },
      { price: null, day: null },
    ]);
  });

  it('are Parquet, with a profile and the first rows where that is asked for', async () => {
    const { bytes, ...result } = await write({
      sql: 'SELECT day, count(*) AS n, day FROM sales GROUP BY day ORDER BY day',
      format: 'PARQUET',
      isProfiled: true,
    });
    expect(bytes.subarray(0, 4).toString()).toBe('PAR1');
    expect(result).toMatchObject({
      rowCount: 3,
      columns: [{ name: 'day', type: 'DATE', nullCount: 1 }, { name: 'n', type: 'BIGINT' }, { name: 'day_1' }],
      previewRows: [
        ['0100-01-01', 1, '0100-01-01'],
        ['2024-02-29', 1, '2024-02-29'],
        [null, 1, null],
      ],
    });
  });

  it('keep every digit of a sum of whole numbers in Parquet', async () => {
    const sql = `SELECT sum(n) AS "a ""sum" FROM (VALUES (9007199254740993::BIGINT), (9007199254740993::BIGINT), (1::BIGINT)) AS t(n)`;
    const { columns, previewRows } = await write({ sql, format: 'PARQUET', isProfiled: true });
    expect(columns).toMatchObject([{ name: 'a "sum', type: 'DECIMAL(38,0)' }]);
    expect(previewRows).toEqual([['18014398509481987']]);
  });

  it('are a workbook of Excel, with numbers, dates and texts as such', async () => {
    const { bytes, rowCount } = await write({ format: 'XLSX' });
    const parts = unzip(bytes);
    expect(rowCount).toBe(3);
    expect(Object.keys(parts).toSorted()).toEqual([
      '[Content_Types].xml',
      '_rels/.rels',
      'xl/_rels/workbook.xml.rels',
      'xl/styles.xml',
      'xl/workbook.xml',
      'xl/worksheets/sheet1.xml',
    ]);
    const sheet = parts['xl/worksheets/sheet1.xml'] ?? '';
    const cell = (text: string, style = ''): string => `<c t="inlineStr"${style}><is><t xml:space="preserve">${text}</t></is></c>`;
    expect(sheet).toContain(`<row>${['-item', 'price', 'day', 'ok'].map((name) => cell(name, ' s="3"')).join('')}</row>`);
    expect(sheet).toContain(`<row>${cell('=1+1')}<c><v>1.5</v></c><c s="1"><v>45351</v></c><c t="b"><v>1</v></c></row>`);
    expect(sheet).toContain(`<row>${cell('ä\n&lt;&amp;_x0001__x005F_x0041_')}<c><v>-2</v></c>${cell('0100-01-01')}<c/></row>`);
  });

  it.each([
    ['SUMMARIZE sales;', 4],
    ['DESCRIBE sales', 4],
    ['PIVOT other ON one IN (1) USING sum(one)', 1],
    ['WITH a AS (SELECT 1) SELECT * FROM a /* the end */ ;', 1],
    ['FROM other', 1],
    ['(SELECT 1) UNION ALL (SELECT 2)', 2],
  ])('can come from %s', async (sql, rows) => {
    expect((await write({ sql })).rowCount).toBe(rows);
  });

  it.each([
    ["COPY sales TO '/tmp/x'", 'SQL_NOT_ALLOWED', 'Only one SELECT is allowed'],
    ["SELECT 1) TO '/tmp/x'; --", 'SQL_INVALID', 'syntax error'],
    ["SELECT * FROM read_text('/etc/passwd')", 'SQL_NOT_ALLOWED', 'read_text'],
    ['SELECT pric FROM sales', 'SQL_INVALID', 'LINE 1: SELECT pric FROM sales'],
    ['SELECT * FROM nothing', 'SQL_INVALID', 'nothing'],
    ["SELECT error('no')", 'SQL_INVALID', 'no'],
    ['SELECT 1 / 0 AS x, CAST("-item" AS INTEGER) FROM sales', 'SQL_INVALID', 'Could not convert'],
    ['SELECT i FROM range(300001) t(i)', 'SQL_TOO_LARGE', '300001 rows; at most 300000'],
    ['SELECT hash(i) || repeat(hash(i)::VARCHAR, 50) FROM range(299999) t(i)', 'SQL_TOO_LARGE', 'larger than the 3000000 bytes'],
    [`SELECT ${Array.from({ length: 51 }, (_, index) => `1 AS c${index}`).join()}`, 'SQL_TOO_LARGE', '51 columns; at most 50'],
    ['SELECT sum(a.i * b.i) FROM range(1000000) a(i), range(1000000) b(i)', 'SQL_TIMEOUT', '10000 ms'],
  ])('are refused, and leave no file: %s', async (sql, code, words) => {
    const error = await refusal(write({ sql }));
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
    expect(error.message).not.toContain(kit.folder);
  });

  it('can be several in one go, of which a later one reads an earlier one', async () => {
    const [first, second] = [pathOf(), pathOf()];
    const written = await kit.duckdb.writeAll(
      [
        { tables, sql: 'SELECT price FROM sales', format: 'PARQUET', path: first, isProfiled: true },
        { tables: [{ name: 'prices', path: first }], sql: 'SELECT count(price) AS n FROM prices', format: 'JSON', path: second },
      ],
      'user',
      never,
    );
    expect(written.map(({ rowCount, reads, columns }) => [rowCount, reads, columns.map(({ name }) => name)])).toEqual([
      [3, ['sales'], ['price']],
      [1, ['prices'], []],
    ]);
    expect(JSON.parse(await readFile(second, 'utf8'))).toEqual([{ n: 2 }]);
  });

  it('leave none of several when one of them fails, and know of one another only what they are given', async () => {
    const [first, second] = [pathOf(), pathOf()];
    const writing = kit.duckdb.writeAll(
      [
        { tables, sql: 'SELECT price FROM sales', format: 'PARQUET', path: first },
        { tables: [], sql: 'SELECT * FROM sales', format: 'PARQUET', path: second },
      ],
      'user',
      never,
    );
    expect(await refusal(writing)).toMatchObject({ code: 'SQL_INVALID', message: expect.stringContaining('sales') });
    expect([existsSync(first), existsSync(second)]).toEqual([false, false]);
  });

  it('are not written where a sheet cannot hold them', async () => {
    expect(await refusal(write({ sql: "SELECT repeat('x', 40000) AS text", format: 'XLSX' }))).toMatchObject({
      code: 'SQL_TOO_LARGE',
      message: expect.stringContaining('Row 1 of "text" has a text of 40000 characters'),
    });
  });

  it('are given up when their signal aborts', async () => {
    const controller = new AbortController();
    const writing = write({ sql: 'SELECT count(*) FROM range(10000000) a, range(10000000) b' }, controller.signal);
    controller.abort(new Error('left'));
    await expect(writing).rejects.toThrow('left');
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadingOptions } from '../../src/base/reading.ts';
import { quoteString } from '../../src/duckdb/child/quote.ts';
import { profileParquet } from '../../src/duckdb/child/profile.ts';
import { openWorkbench, type Workbench } from '../../src/duckdb/child/workbench.ts';
import { writeTyped, type TypedWritten } from '../../src/duckdb/child/write-parquet.ts';
import { dateCases, moneyCases, numberCases, textCases, truthCases, unitCases } from './type-cases.ts';

let folder: string;
let bench: Workbench;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'colloquy-types-'));
  bench = await openWorkbench({ folder, memoryBytes: 256_000_000, threads: 2, isSpilling: true });
});

afterAll(async () => {
  bench.close();
  await rm(folder, { recursive: true, force: true });
});

interface Read {
  readonly written: TypedWritten;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly unit: string | null }[];
  readonly values: (column: number) => readonly unknown[];
}

/** Columns of text, read as one file. A column is `name: value | value`; a relation may be given instead of the values. */
async function read(columns: readonly string[], options: ReadingOptions = {}, relation?: string): Promise<Read> {
  const parsed = columns.map((column) => [column.slice(0, column.indexOf(':')), column.slice(column.indexOf(':') + 2).split(' | ')] as const);
  const rows = (parsed[0]?.[1] ?? []).map((_, row) => `(${parsed.map(([, values]) => quoteString(values[row] ?? '')).join(', ')})`);
  const texts = parsed.map((_, index) => `c${index}`).join(', ');
  const path = join(folder, 'table.parquet');
  const names = parsed.map(([name]) => name);
  const source = relation ?? `(VALUES ${rows.join(', ')}) AS t(${texts})`;
  const written = await writeTyped(bench, { path, names, rows: source, rowsOfAttempt: () => source, options });
  const profiles = await profileParquet(bench, path, written.rowCount);
  const found = await bench.all(`FROM read_parquet(${quoteString(path)})`);
  return { written, columns: profiles, values: (column) => found.map((row) => row[names[column] ?? '']) };
}

describe.each([
  ['numbers', numberCases],
  ['money', moneyCases],
  ['shares and measures', unitCases],
  ['text', textCases],
  ['yes and no', truthCases],
  ['dates and times', dateCases],
] as const)('%s', (_name, cases) => {
  it.each(cases)('%s is %s of %s', async (column, type, unit, values) => {
    const found = await read([column]);
    expect([found.columns[0]?.type, found.columns[0]?.unit, found.values(0)]).toEqual([type, unit, values]);
  });
});

describe('what one column leaves open', () => {
  it('is decided by the others: 1.234 where decimals have a comma', async () => {
    const found = await read(['a: 1.234 | 5.678', 'b: 1,5 | 2,25']);
    expect([found.values(0), found.values(1)]).toEqual([
      [1_234, 5_678],
      [1.5, 2.25],
    ]);
    expect(found.written).toMatchObject({ decimalMark: ',', thousandsMark: '.', warnings: [] });
  });

  it('is decided by the others: 1,234 and 1.234 where decimals have a point', async () => {
    const found = await read(['a: 1.234 | 5.678', 'b: 1.5 | 2.25', 'c: 1,234 | 2,345']);
    expect([found.values(0), found.values(2)]).toEqual([
      [1.234, 5.678],
      [1_234, 2_345],
    ]);
    expect(found.written).toMatchObject({ decimalMark: '.', thousandsMark: ',', warnings: [] });
  });

  it('is a guess with a warning where nothing decides', async () => {
    const [points, commas] = [await read(['a: 1.234 | 5.678']), await read(['a: 1,234 | 5,678'])];
    expect([points.values(0), commas.values(0)]).toEqual([
      [1.234, 5.678],
      [1_234, 5_678],
    ]);
    expect(points.written.warnings.join()).toContain('(such as 1.234) can be read in two ways; the mark was read as that of decimals');
    expect(commas.written.warnings.join()).toContain('(such as 1,234) can be read in two ways; the mark was read as that of thousands');
  });

  it.each<[string, ReadingOptions, readonly unknown[]]>([
    ['a: 1.234 | 5.678', { decimalMark: ',' }, [1_234, 5_678]],
    ['a: 1,234 | 5,678', { decimalMark: ',' }, [1.234, 5.678]],
    ['a: 1.5 | 2.5', { decimalMark: ',' }, ['1.5', '2.5']],
    ['a: 1,234 | 5,678', { thousandsMark: '' }, [1.234, 5.678]],
    ['a: 01/02/2024 | 03/04/2024', { dateOrder: 'DMY' }, ['2024-02-01', '2024-04-03']],
    ['a: 01/02/2024 | 31/04/2024', { dateOrder: 'MDY' }, ['01/02/2024', '31/04/2024']],
    ['a: $1.50 | $2', { isAllText: true }, ['$1.50', '$2']],
    ['a: NA | 2', { isAllText: true }, ['NA', '2']],
  ])('%s is what a person says: %o', async (column, options, values) => {
    const found = await read([column], options);
    expect([found.values(0), found.written.warnings]).toEqual([values, []]);
  });

  it('is the order of day and month of the other dates', async () => {
    const found = await read(['a: 01/02/2024 | 03/04/2024', 'b: 31.12.2024 | 1.2.2024', 'c: 25/12/2024 | 1/2/2024']);
    expect(found.values(0)).toEqual(['2024-02-01', '2024-04-03']);
    expect(found.written.dateFormats).toEqual([
      { column: 'a', format: '%d/%m/%Y' },
      { column: 'b', format: '%d.%m.%Y' },
      { column: 'c', format: '%d/%m/%Y' },
    ]);
  });

  it('is text where amounts are of several currencies, and is said', async () => {
    expect((await read(['price: $5 | €6'])).written.warnings).toEqual(['"price" holds amounts of several currencies ($, €); it was kept as text.']);
  });
});

describe('a column that changes below the rows that were looked at', () => {
  it.each<[string, string, string, string, unknown]>([
    ['a whole amount', "'$' || i", '($1,200.50)', 'DECIMAL(18,2)', -1_200.5],
    ['an amount', "'$' || i || '.25'", '$1.2345', 'DECIMAL(18,4)', 1.2345],
    ['a whole number', 'i::VARCHAR', '1,234,567', 'BIGINT', 1_234_567],
    ['a whole number', 'i::VARCHAR', '1.234,5', 'DOUBLE', 1_234.5],
    ['a whole number', 'i::VARCHAR', '−5', 'BIGINT', -5],
    ['a whole number', 'i::VARCHAR', '1e5', 'VARCHAR', '1e5'],
    ['a decimal number', "i || '.5'", '1e5', 'VARCHAR', '1e5'],
    ['a decimal number', "i || '.5'", '(5.5)', 'DOUBLE', -5.5],
    ['a share', "i || '%'", '1,234.5%', 'DOUBLE', 1_234.5],
    ['a share', "i || '%'", '0.5', 'VARCHAR', '0.5'],
    ['a weight', "i || ' kg'", '5 km', 'VARCHAR', '5 km'],
    ['yes', "CASE WHEN i % 2 = 0 THEN 'yes' ELSE 'no' END", 'maybe', 'VARCHAR', 'maybe'],
    ['a day that could be a month', "(1 + i % 12) || '/' || (1 + i % 12) || '/2024'", '31/12/2024', 'DATE', '2024-12-31'],
    ['a day', "(1 + i % 12) || '/' || (1 + i % 12) || '/2024'", '1/2/24', 'VARCHAR', '1/2/24'],
    ['a time', "'10:' || (10 + i % 50) || ':00'", '30:00:00', 'INTERVAL', '30:00:00'],
  ])('from %s (%s) to %s keeps all values, as %s', async (_from, sql, last, type, value) => {
    const relation = `(SELECT CASE WHEN i < 10200 THEN ${sql} ELSE ${quoteString(last)} END AS c0 FROM range(10201) AS r(i))`;
    const found = await read(['a: '], {}, relation);
    expect([found.columns[0]?.type, found.values(0).at(-1), found.values(0).includes(null)]).toEqual([type, value, false]);
  });
});

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ColumnProfile } from '../../src/base/table.ts';
import { limitsOfOneReader, startKit, type Kit } from './kit.ts';

let kit: Kit;

beforeAll(async () => {
  kit = await startKit({ limits: limitsOfOneReader });
});

afterAll(async () => {
  await kit[Symbol.asyncDispose]();
});

async function profile(header: string, rows: readonly string[]): Promise<Record<string, ColumnProfile>> {
  const { columns } = await kit.ingest('profile.csv', `${header}\n${rows.join('\n')}\n`);
  return Object.fromEntries(columns.map((column) => [column.name, column]));
}

function sumOf(column: ColumnProfile | undefined): number {
  return column?.histogram.reduce((sum, { count }) => sum + count, 0) ?? 0;
}

describe('the profile of a column', () => {
  it('has the numbers of a column of numbers', async () => {
    const { x } = await profile('n,x', ['1,1', '2,2', '3,2', '4,5', '5,']);
    expect(x).toEqual({
      name: 'x',
      type: 'BIGINT',
      unit: null,
      meaning: 'MEASURE',
      nullCount: 1,
      distinctCount: 3,
      min: '1',
      max: '5',
      mean: 2.5,
      standardDeviation: expect.closeTo(1.7320508, 6),
      quartiles: [1.75, 2, 2.75],
      quantiles: [1.15, 1.75, 2, 2.75, expect.closeTo(4.55, 9)],
      histogram: [
        { from: '1', to: '2', count: 1 },
        { from: '2', to: '3', count: 2 },
        { from: '3', to: '4', count: 0 },
        { from: '4', to: '5', count: 0 },
        { from: '5', to: '6', count: 1 },
      ],
      topValues: [
        { value: '2', count: 2 },
        { value: '1', count: 1 },
        { value: '5', count: 1 },
      ],
    });
  });

  it('has no numbers for texts, and its values in the order of how frequent they are', async () => {
    const { label } = await profile('n,label', ['1,b', '2,a', '3,b', '4,c', '5,a', '6,b']);
    expect(label).toMatchObject({ min: 'a', max: 'c', mean: null, standardDeviation: null, quartiles: null, nullCount: 0, distinctCount: 3 });
    expect(label?.topValues).toEqual([
      { value: 'b', count: 3 },
      { value: 'a', count: 2 },
      { value: 'c', count: 1 },
    ]);
  });

  it('has ten values at most, and none where nearly every value is different', async () => {
    const columns = await profile(
      'unique,many',
      Array.from({ length: 3_000 }, (_, index) => `u${index},m${index % 30}`),
    );
    expect(columns['unique']).toMatchObject({ distinctCount: 3_000, topValues: [] });
    expect(columns['many']?.topValues).toHaveLength(10);
    expect(columns['many']?.topValues[0]).toEqual({ value: 'm0', count: 100 });
  });

  it('is close for a large table, and exact where values repeat', async () => {
    const columns = await profile(
      'id,group,x,y,moment',
      Array.from(
        { length: 50_000 },
        (_, index) =>
          `${index},g${index % 7},${index % 1_000},${((index * 7_919) % 50_000) / 8 + 0.5},${new Date(1_700_000_000_000 + index * 61_000).toISOString()}`,
      ),
    );
    expect(columns['id']?.distinctCount).toBeGreaterThan(45_000);
    expect(columns['id']?.distinctCount).toBeLessThanOrEqual(50_000);
    expect(columns['group']).toMatchObject({ distinctCount: 7 });
    expect(columns['x']?.distinctCount).toBe(1_000);
    const [lower, middle, upper] = columns['x']?.quartiles ?? [0, 0, 0];
    expect(Math.abs(lower - 249.75)).toBeLessThan(10);
    expect(Math.abs(middle - 499.5)).toBeLessThan(10);
    expect(Math.abs(upper - 749.25)).toBeLessThan(10);
    const [low, , median, , high] = columns['y']?.quantiles ?? [0, 0, 0, 0, 0];
    expect([low / 312.5, median / 3_125, high / 5_937.5].every((ratio) => Math.abs(ratio - 1) < 0.05)).toBe(true);
    expect(columns['y']).toMatchObject({ min: '0.5', max: '6250.375', mean: expect.closeTo(3_125.4375, 4) });
    // 4,000 values lie in 500: each is an eighth apart.
    expect(columns['y']?.histogram.slice(0, 2)).toEqual([
      { from: '0', to: '500', count: 3_996 },
      { from: '500', to: '1000', count: 4_000 },
    ]);
    for (const name of ['id', 'x', 'y', 'moment']) expect([name, sumOf(columns[name])]).toEqual([name, 50_000]);
    expect(columns['moment']?.histogram[0]?.from).toBe('2023-11-13T00:00:00');
  });

  it.each([20, 20_000])('counts whole, endless and missing numbers and days of %i rows', async (rowCount) => {
    const lines = Array.from(
      { length: rowCount },
      (_, index) => `${index / 10},${index % 10 === 0 ? '' : '-1.5'},2024-02-${String((index % 20) + 1).padStart(2, '0')},${index % 3 === 0}`,
    );
    const columns = await profile('x,sparse,day,flag', lines);
    expect(sumOf(columns['x'])).toBe(rowCount);
    expect(columns['sparse']?.histogram).toEqual([{ from: '-1.5', to: '-1.499', count: rowCount * 0.9 }]);
    expect(columns['day']?.histogram).toHaveLength(20);
    expect(columns['day']?.histogram[19]).toEqual({ from: '2024-02-20', to: '2024-02-21', count: rowCount / 20 });
    expect(columns['flag']).toMatchObject({ histogram: [], quantiles: null, distinctCount: 2, nullCount: 0 });
  });

  it('leaves NaN and infinities out of the numbers, and counts the rows', async () => {
    const { path } = await kit.table(
      'endless',
      `SELECT CASE i WHEN 3 THEN 'infinity' WHEN 4 THEN 'nan' ELSE i::VARCHAR END::DOUBLE AS x FROM range(20000) AS r(i)`,
    );
    const { columns } = await kit.ingest('endless.parquet', await readFile(path));
    expect(columns[0]).toMatchObject({ nullCount: 0, max: 'nan' });
    expect(sumOf(columns[0])).toBe(19_998);
    expect(columns[0]?.quantiles?.every(Number.isFinite)).toBe(true);
  });

  it('is empty for an empty column', async () => {
    const columns = await profile('n,nothing', ['1,', '2,']);
    expect(columns['nothing']).toMatchObject({ type: 'VARCHAR', nullCount: 2, distinctCount: 0, min: null, max: null, topValues: [], meaning: 'TEXT' });
  });
});

describe('the meaning of a column', () => {
  const cities = ['Rome', 'Oslo', 'Kyiv', 'Lima'];
  const rows = Array.from({ length: 200 }, (_, index) =>
    [
      index + 1,
      `A-${10_000 + index}`,
      index % 7,
      cities[index % 4],
      (index * 0.37) % 50,
      index % 2 === 0 ? 'yes' : 'no',
      index % 2,
      index % 3 === 0 ? 'true' : 'false',
      `2024-01-${String((index % 28) + 1).padStart(2, '0')}`,
      1990 + (index % 30),
      `"A long remark number ${index} that nobody would call a category, because it says something else each time"`,
      ['low', 'middle', 'high'][index % 3],
      50 + index / 100,
      (index * 31) % 97,
    ].join(','),
  );

  it('follows from type, name and values', async () => {
    const columns = await profile('id,order_code,customer_id,City,price,subscribed,flag,is_new,day,Year,remark,level,Latitude,quantity', rows);
    expect(Object.fromEntries(Object.values(columns).map(({ name, meaning }) => [name, meaning]))).toEqual({
      id: 'IDENTIFIER',
      order_code: 'IDENTIFIER',
      customer_id: 'CATEGORY',
      City: 'GEOGRAPHIC',
      price: 'MEASURE',
      subscribed: 'YES_NO',
      flag: 'YES_NO',
      is_new: 'YES_NO',
      day: 'DATE',
      Year: 'DATE',
      remark: 'TEXT',
      level: 'CATEGORY',
      Latitude: 'GEOGRAPHIC',
      quantity: 'MEASURE',
    });
  });
});

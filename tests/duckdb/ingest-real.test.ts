import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limitsOfOneReader, startKit, type Kit } from './kit.ts';

let kit: Kit;

beforeAll(async () => {
  kit = await startKit({ limits: limitsOfOneReader });
});

afterAll(async () => {
  await kit[Symbol.asyncDispose]();
});

const types = (result: { readonly columns: readonly { readonly name: string; readonly type: string }[] }): Record<string, string> =>
  Object.fromEntries(result.columns.map(({ name, type }) => [name, type]));

describe('real files', () => {
  const datasets = fileURLToPath(new URL('../../node_modules/vega-datasets/data/', import.meta.url));

  it('reads seattle-weather', async () => {
    const result = await kit.ingest('weather.csv', await readFile(join(datasets, 'seattle-weather.csv')));
    expect(result.rowCount).toBe(1_461);
    expect(types(result)).toEqual({ date: 'DATE', precipitation: 'DOUBLE', temp_max: 'DOUBLE', temp_min: 'DOUBLE', wind: 'DOUBLE', weather: 'VARCHAR' });
    expect(result.columns.map(({ meaning }) => meaning)).toEqual(['DATE', 'MEASURE', 'MEASURE', 'MEASURE', 'MEASURE', 'CATEGORY']);
    expect(result.columns[0]).toMatchObject({ min: '2012-01-01', max: '2015-12-31', distinctCount: 1_461, nullCount: 0 });
  });

  it.each<[string, Record<string, string>]>([
    ['movies', { Title: 'VARCHAR', 'US Gross': 'BIGINT', 'Release Date': 'DATE', 'IMDB Rating': 'DOUBLE', 'MPAA Rating': 'VARCHAR' }],
    ['cars', { Name: 'VARCHAR', Miles_per_Gallon: 'DOUBLE', Cylinders: 'BIGINT', Year: 'DATE', Origin: 'VARCHAR' }],
    ['penguins', { Species: 'VARCHAR', Island: 'VARCHAR', 'Body Mass (g)': 'BIGINT', Sex: 'VARCHAR' }],
    ['gapminder', { year: 'BIGINT', country: 'VARCHAR', pop: 'BIGINT', life_expect: 'DOUBLE', fertility: 'DOUBLE' }],
  ])('reads %s, turned from JSON into CSV', async (name, expected) => {
    const records: Record<string, unknown>[] = JSON.parse(await readFile(join(datasets, `${name}.json`), 'utf8'));
    const names = Object.keys(records[0] ?? {});
    const field = (value: unknown): string =>
      value === null || value === undefined ? '' : /[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);
    const csv = [names.map(field).join(','), ...records.map((record) => names.map((key) => field(record[key])).join(','))].join('\n');
    const result = await kit.ingest(`${name}.csv`, csv);
    expect(result.rowCount).toBe(records.length);
    expect(result.report.rejectedRowCount).toBe(0);
    expect(types(result)).toMatchObject(expected);
  });

  it('reads ten megabytes as they are: every value comes back', async () => {
    const rowCount = 250_000;
    const line = (index: number): string =>
      `${index},${String(index).padStart(7, '0')},2024-01-${String((index % 28) + 1).padStart(2, '0')},${index / 4},"text ${index}, quoted"`;
    const csv = `id,code,day,amount,label\n${Array.from({ length: rowCount }, (_, index) => line(index)).join('\n')}\n`;
    expect(csv.length).toBeGreaterThan(10_000_000);
    const result = await kit.ingest('large.csv', csv);
    expect(types(result)).toEqual({ id: 'BIGINT', code: 'VARCHAR', day: 'DATE', amount: 'DOUBLE', label: 'VARCHAR' });
    expect(result.rowCount).toBe(rowCount);
    const [[sum, wrong] = []] = await kit.rows(
      "SELECT sum(id), count(*) FILTER (WHERE code <> lpad(id::VARCHAR, 7, '0') OR amount <> id / 4 OR label <> 'text ' || id || ', quoted') FROM data",
      [result.table],
    );
    expect([sum, wrong]).toEqual([(rowCount * (rowCount - 1)) / 2, 0]);
    expect(await kit.rows('SELECT id FROM data LIMIT 2 OFFSET 200000', [result.table])).toEqual([[200_000], [200_001]]);
    expect((await stat(result.table.path)).size).toBeLessThan(csv.length / 4);
    expect(result.previewRows).toHaveLength(50);
    expect(result.previewRows[49]).toEqual([49, '0000049', '2024-01-22', 12.25, 'text 49, quoted']);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limitsOfOneReader, startKit, type Kit } from './kit.ts';

let kit: Kit;

beforeAll(async () => {
  kit = await startKit({ limits: limitsOfOneReader });
});

afterAll(async () => {
  await kit[Symbol.asyncDispose]();
});

/** A column of values, with the type and the values that it is read as. */
async function column(
  values: readonly string[],
): Promise<{ readonly type: string | undefined; readonly values: readonly unknown[]; readonly warnings: readonly string[] }> {
  const result = await kit.ingest('types.csv', `n,x\n${values.map((value, index) => `${index},"${value}"`).join('\n')}\n`);
  return { type: result.columns[1]?.type, values: result.previewRows.map(([, value]) => value), warnings: result.report.warnings };
}

describe('the type of a column', () => {
  it.each<[string, readonly string[], string, readonly unknown[]]>([
    ['integers', ['1', '-2', '30'], 'BIGINT', [1, -2, 30]],
    ['integers with spaces', [' 1', '2 '], 'BIGINT', [1, 2]],
    ['large integers', ['9223372036854775807', '1'], 'BIGINT', ['9223372036854775807', 1]],
    ['ids with leading zeros', ['00123', '456'], 'VARCHAR', ['00123', '456']],
    ['a zero', ['0', '10'], 'BIGINT', [0, 10]],
    ['telephone numbers', ['+491701234', '+33123'], 'VARCHAR', ['+491701234', '+33123']],
    ['ids longer than a number holds', ['123456789012345678901', '5'], 'VARCHAR', ['123456789012345678901', '5']],
    ['underscored numbers', ['1_000', '2_000'], 'VARCHAR', ['1_000', '2_000']],
    ['decimal numbers', ['1.5', '-0.25', '3'], 'DOUBLE', [1.5, -0.25, 3]],
    ['decimal numbers with exponents', ['1e3', '2.5E-2'], 'DOUBLE', [1000, 0.025]],
    ['decimal numbers below one', ['.5', '0.5', '-.25'], 'DOUBLE', [0.5, 0.5, -0.25]],
    ['codes with zeros and a point', ['01.5', '02.7'], 'VARCHAR', ['01.5', '02.7']],
    ['truths', ['true', 'FALSE', 'True'], 'BOOLEAN', [true, false, true]],
    ['yes and no', ['yes', 'No'], 'BOOLEAN', [true, false]],
    ['ISO dates', ['2024-02-29', '1999-12-31'], 'DATE', ['2024-02-29', '1999-12-31']],
    ['dates that do not exist', ['2024-02-30', '2024-01-01'], 'VARCHAR', ['2024-02-30', '2024-01-01']],
    ['German dates', ['31.12.2024', '1.2.2024'], 'DATE', ['2024-12-31', '2024-02-01']],
    ['American dates', ['12/31/2024', '1/2/2024'], 'DATE', ['2024-12-31', '2024-01-02']],
    ['British dates', ['31/12/2024', '1/2/2024'], 'DATE', ['2024-12-31', '2024-02-01']],
    ['dates with slashes', ['2024/01/31', '2024/02/01'], 'DATE', ['2024-01-31', '2024-02-01']],
    ['dates in words', ['Jun 12 1998', 'Aug 07 1998'], 'DATE', ['1998-06-12', '1998-08-07']],
    ['moments', ['2024-01-01 10:00:00', '2024-01-02T11:30:00'], 'TIMESTAMP', ['2024-01-01T10:00:00', '2024-01-02T11:30:00']],
    [
      'moments with a zone',
      ['2024-01-01T10:00:00Z', '2024-01-02T11:30:00+02:00'],
      'TIMESTAMP WITH TIME ZONE',
      ['2024-01-01T10:00:00Z', '2024-01-02T09:30:00Z'],
    ],
    ['American moments', ['1/31/2024 10:05', '2/1/2024 23:00'], 'TIMESTAMP', ['2024-01-31T10:05:00', '2024-02-01T23:00:00']],
    ['times of day', ['10:00', '23:59:59'], 'TIME', ['10:00:00', '23:59:59']],
    ['words', ['a', 'b'], 'VARCHAR', ['a', 'b']],
    ['numbers with marks for missing ones', ['1', 'NA', 'n/a', '-', '4'], 'BIGINT', [1, null, null, null, 4]],
    ['decimal numbers with NaN', ['1.5', 'NaN', ''], 'DOUBLE', [1.5, null, null]],
    ['the country code of Namibia', ['NA', 'DE', 'FR'], 'VARCHAR', ['NA', 'DE', 'FR']],
    ['nothing', ['', ''], 'VARCHAR', [null, null]],
  ])('%s', async (_name, values, type, expected) => {
    const found = await column(values);
    expect([found.type, found.values]).toEqual([type, expected]);
  });

  it('is said to be a guess where dates can be read in two ways', async () => {
    const { type, values, warnings } = await column(['01/02/2024', '03/04/2024']);
    expect([type, values]).toEqual(['DATE', ['2024-01-02', '2024-03-04']]);
    expect(warnings.join()).toContain('month before day');
  });

  it('stays text, with a warning, where nearly all values are numbers', async () => {
    const { type, warnings } = await column([...Array.from({ length: 40 }, (_, index) => String(index)), 'unknown']);
    expect(type).toBe('VARCHAR');
    expect(warnings).toEqual(['"x" holds numbers and other values (such as "unknown"); it was kept as text.']);
  });

  it('says that marks were read as missing', async () => {
    expect((await column(['1', 'NA'])).warnings).toEqual(['Marks such as NA in "x" were read as missing values.']);
  });
});

describe('a file that changes far below its beginning', () => {
  const rowCount = 120_000;

  it.each<[string, string, string, unknown]>([
    ['a leading zero', '00123', 'VARCHAR', '00123'],
    ['a decimal number', '1.5', 'DOUBLE', 1.5],
    ['a word', 'unknown', 'VARCHAR', 'unknown'],
    ['a mark for a missing value', 'NA', 'BIGINT', null],
    ['an integer that is too large', '99999999999999999999', 'VARCHAR', '99999999999999999999'],
  ])('is read again when the last integer is %s: no value is changed', async (_name, last, type, expected) => {
    const csv = `n,x\n${Array.from({ length: rowCount }, (_, index) => `${index},${index}`).join('\n')}\n${rowCount},${last}\n`;
    const result = await kit.ingest('late.csv', csv);
    expect(result.rowCount).toBe(rowCount + 1);
    expect(result.columns[1]?.type).toBe(type);
    expect(await kit.rows(`SELECT x FROM data WHERE n = ${rowCount}`, [result.table])).toEqual([[expected]]);
    expect(await kit.rows("SELECT count(*) FROM data WHERE n < 120000 AND x::VARCHAR NOT IN (n::VARCHAR, n::VARCHAR || '.0')", [result.table])).toEqual([[0]]);
  });

  it('gets the type of a column that begins empty from its values', async () => {
    const csv = `n,x\n${Array.from({ length: rowCount }, (_, index) => `${index},${index < 110_000 ? '' : index / 2}`).join('\n')}\n`;
    const result = await kit.ingest('empty-first.csv', csv);
    expect(result.columns[1]).toMatchObject({ type: 'DOUBLE', nullCount: 110_000 });
  });
});

describe('rows that do not fit', () => {
  it('are reported with their lines and reasons, and the others are read', async () => {
    const result = await kit.ingest('ragged.csv', 'a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12\n');
    expect(result.previewRows).toEqual([
      [1, 2, 3],
      [4, 5, null],
      [10, 11, 12],
    ]);
    expect(result.report).toMatchObject({
      rejectedRowCount: 1,
      rejectedRows: [
        { line: 4, column: null, reason: 'The row has 4 values; the table has 3 columns. A value that holds a comma must stand in quotes.', text: '6,7,8,9' },
      ],
    });
    expect(result.report.warnings).toContain('1 row has fewer values than there are columns; the others are null (line 3).');
  });

  it('are counted when they are many, and the first hundred are shown', async () => {
    const lines = Array.from({ length: 200_000 }, (_, index) => (index % 100 === 0 ? `${index},broken,row` : `${index},fine`));
    const result = await kit.ingest('many.csv', `n,x\n${lines.join('\n')}\n`);
    expect(result.rowCount + result.report.rejectedRowCount).toBe(200_000);
    expect(result.report.rejectedRowCount).toBe(2_000);
    expect(result.report.rejectedRows).toHaveLength(100);
    expect(result.report.rejectedRows[99]).toMatchObject({ line: 9_902, text: '9900,broken,row' });
  });
});

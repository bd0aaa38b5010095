import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReader, type Reader } from './kit.ts';

let reader: Reader;

beforeAll(async () => {
  reader = await createReader();
});

afterAll(async () => {
  await reader[Symbol.asyncDispose]();
});

const rowCount = 125_000;

/** More than four megabytes, with something in place of one row. */
function largeFile(change: (index: number) => string | null): string {
  const lines = ['id,name,text'];
  for (let index = 0; index < rowCount; index += 1) lines.push(change(index) ?? `${index},name ${index % 97},a text of some words`);
  return `${lines.join('\n')}\n`;
}

const inTheMiddle = (text: string): string => largeFile((index) => (index === 70_000 ? text : null));

describe('a large file', () => {
  it('is read as it lies there when it is plain: no copy is written', async () => {
    const { rowCount: count, report } = await reader.read(largeFile(() => null));
    expect({ count, confidence: report.confidence, warnings: report.warnings, rejected: report.rejectedRowCount }).toEqual({
      count: rowCount,
      confidence: 0.99,
      warnings: [],
      rejected: 0,
    });
    expect(await readdir(reader.folder)).not.toContain('plain.csv');
  });

  it.each<[string, string, number, readonly number[], RegExp | null]>([
    ['a short row', '70000,name', rowCount, [], /1 row has fewer values/],
    ['a surplus value', '70000,name,a,b', rowCount - 1, [70_002], /could not be read/],
    ['a quote that is never closed', '70000,"name,text', rowCount - 1, [70_002], /could not be read/],
    ['a quote that a later line closes', '70000,"name,text\n70001,x,y\n70002,"z"",w', rowCount, [70_002, 70_004], /could not be read/],
    ['a blank line', '70000,name,text\n', rowCount, [], /1 blank line/],
    ['a row of delimiters', ',,', rowCount - 1, [], /nothing but delimiters/],
    ['another line end', '70000,name,text\r70001,name,text', rowCount + 1, [], null],
    ['a NUL character', '70000,na\u0000me,text', rowCount, [], /NUL/],
    ['a stray quote', '70000,5" pipe,text', rowCount, [], null],
  ])('is told of %s far below its beginning', async (_name, text, count, lines, warning) => {
    const { rowCount: found, report } = await reader.read(inTheMiddle(text));
    expect({ found, lines: report.rejectedRows.map(({ line }) => line) }).toEqual({ found: count, lines });
    expect(report.warnings.join('\n')).toMatch(warning ?? /^/);
  });

  it('has its footer and its second table found at its end', async () => {
    const { rowCount: count, report } = await reader.read(`${largeFile(() => null)}\na,b\n1,2\n3,4\n\nSource: us, all of us\n`);
    expect(count).toBe(rowCount);
    expect(report.tables.map((table) => [table.firstLine, table.rowCount, table.isRead])).toEqual([
      [1, rowCount, true],
      [rowCount + 3, 2, false],
    ]);
    expect(report.footer.at(-1)).toBe('Source: us, all of us');
  });

  it('keeps the line breaks of its values', async () => {
    const { rowCount: count, report } = await reader.read(inTheMiddle('70000,"two\nlines",text'));
    expect({ count, rejected: report.rejectedRowCount }).toEqual({ count: rowCount, rejected: 0 });
  });
});

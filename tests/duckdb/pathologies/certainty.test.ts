import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadingOptions } from '../../../src/base/reading.ts';
import { createReader, type Reader } from './kit.ts';

let reader: Reader;

beforeAll(async () => {
  reader = await createReader();
});

afterAll(async () => {
  await reader[Symbol.asyncDispose]();
});

describe('how sure a reading is', () => {
  it.each<[string, string, number, number, RegExp | null]>([
    ['a clean file', 'id,name,day\n1,Ann,2024-01-01\n2,Bob,2024-01-02\n3,Cid,2024-01-03\n', 0.95, 1, null],
    ['a clean file of semicolons and decimal commas', 'a;b;c\n1,5;x;2\n2,5;y;3\n', 0.8, 1, null],
    [
      'two delimiters that fit alike',
      'a;b,c\nx;y,z\nu;v,w\n',
      0,
      0.6,
      /The delimiter is not certain: "[,;]" fits best, "[,;]" nearly as well. Say which with delimiter/,
    ],
    ['texts alone, where a header is a guess', 'Ann,Rome\nBob,Oslo\nCid,Bern\n', 0.6, 0.8, /It is not certain that the first row holds the names/],
    ['many broken rows', 'a,b\n1,2\n3,4,5\n6,7\n8,9,10\n11,12\n13,14\n', 0.5, 0.8, /2 rows of 6/],
  ])('%s', async (_name, file, atLeast, atMost, warning) => {
    const { report } = await reader.read(file);
    expect(report.confidence).toBeGreaterThanOrEqual(atLeast);
    expect(report.confidence).toBeLessThanOrEqual(atMost);
    expect(report.warnings.join('\n')).toMatch(warning ?? /^$/);
  });

  it('is complete where a person has said delimiter and header', async () => {
    expect((await reader.read('a;b,c\nx;y,z\n', { delimiter: ',', header: true })).report.confidence).toBeGreaterThan(0.95);
  });
});

describe('what cannot be is refused', () => {
  it.each<[string, ReadingOptions, string]>([
    ['a delimiter that is nowhere', { delimiter: ';' }, 'The delimiter ";" stands nowhere in the beginning of the file; "," would make 2 columns.'],
    ['a delimiter that is the quote', { delimiter: ',', quote: ',' }, 'The delimiter and the quote cannot both be ",".'],
    ['a delimiter that is the escape', { delimiter: ',', escape: ',' }, 'The delimiter and the escape cannot both be ",".'],
    ['a delimiter that begins comments', { delimiter: '#', comment: '#' }, 'The delimiter and the mark of comments cannot both be "#".'],
    ['a line end as delimiter', { delimiter: '\n' }, 'A line end cannot be the delimiter.'],
    ['a table that is not there', { table: 3 }, 'The file has one table; there is no table 3.'],
    ['more lines to skip than there are', { skipLines: 50 }, 'The file has no more than 3 lines in its beginning; 50 cannot be skipped.'],
    [
      'an encoding that it is not',
      { encoding: 'utf-16le' },
      'The file is not utf-16le: read so, it has no line ends. Leave the encoding out, and it is found.',
    ],
  ])('%s', async (_name, options, message) => {
    await expect(reader.read('a,b\n1,2\n3,4', options)).rejects.toMatchObject({ code: 'UNSUPPORTED_FILE', message });
  });

  it('too many columns', async () => {
    await expect(reader.read(`${'a,'.repeat(1_200)}b\n`)).rejects.toMatchObject({
      code: 'UNSUPPORTED_FILE',
      message: expect.stringContaining('The file has 1201 columns; at most 1000'),
    });
  });

  it('a line without an end', async () => {
    await expect(reader.read(`a,b\n${'x'.repeat(34_000_000)}`)).rejects.toMatchObject({
      code: 'UNSUPPORTED_FILE',
      message: expect.stringContaining('Line 2 of the file is longer than 32 MB'),
    });
  });

  it('a row that is too long, and that alone', async () => {
    const { rowCount, report } = await reader.read(`a,b\n1,2\n3,${'x'.repeat(2_100_000)}\n5,6\n`);
    expect({ rowCount, rejected: report.rejectedRows.map(({ line, reason }) => [line, reason]) }).toEqual({
      rowCount: 2,
      rejected: [[3, 'The row has 2100003 bytes; at most 2000000 can be read.']],
    });
  });

  it('a file of which no row can be read', async () => {
    await expect(reader.read('a,b\n"x\n')).rejects.toMatchObject({
      code: 'UNSUPPORTED_FILE',
      message: expect.stringContaining('the first problem is in line 2'),
    });
  });
});

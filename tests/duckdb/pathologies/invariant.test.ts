import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReader, type Reader } from './kit.ts';

let reader: Reader;

beforeAll(async () => {
  reader = await createReader();
});

afterAll(async () => {
  await reader[Symbol.asyncDispose]();
});

const delimiter = fc.constantFrom(',', ';', '\t', '|');
const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
const word = fc.constantFrom('Ann', 'Rome', 'x y', 'a,b', 'c;d', 'say "hi"', 'two\nlines', 'e|f', '', 'größe', '你好', "it's", 'C:\\x');
const row = fc.tuple(fc.integer({ min: 0, max: 9_999 }), word, word);
/** What happens to a row: nothing, or damage that no reader can mend for certain. */
const damage = fc.constantFrom('none', 'none', 'none', 'none', 'surplus', 'open quote', 'blank', 'comment');

/** A field as a writer of CSV writes it. */
function field(value: string, mark: string, isQuoted: boolean): string {
  return isQuoted || /["\r\n]/.test(value) || value.includes(mark) ? `"${value.replaceAll('"', '""')}"` : value;
}

describe('every line of a file is accounted for', () => {
  it('gives each row back as it was, or says in which line it is not', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(row, damage), { minLength: 8, maxLength: 25 }),
        delimiter,
        lineEnd,
        fc.boolean(),
        async (rows, mark, end, isQuoted) => {
          const kept: string[][] = [];
          const broken: number[] = [];
          let text = ['number', 'first', 'second'].join(mark) + end;
          let line = 2;
          for (const [[number, one, other], what] of rows) {
            const cells = [String(number), one, other];
            // A file with too much damage has another reading that is as good.
            const isDamaged = what !== 'none' && broken.length < rows.length / 6;
            const plain = cells.map((cell) => field(cell, mark, isQuoted)).join(mark);
            let written = plain;
            if (isDamaged && what === 'surplus') written = `${plain}${mark}more`;
            if (isDamaged && what === 'open quote') written = `${number}${mark}"open${mark}x`;
            if (isDamaged && (what === 'surplus' || what === 'open quote')) broken.push(line);
            else kept.push(cells.map((cell) => (cell === '' ? '∅' : cell)));
            const before = isDamaged && what === 'blank' ? end : '';
            text += before + written + end;
            line += (before === '' ? 0 : 1) + written.split(/\r\n|\n|\r/).length;
            if (before !== '' && broken.at(-1) === line) broken.pop();
          }
          const read = await reader.read(text);
          const found = read.rows.map((cells) => cells.map((cell) => (cell === null ? '∅' : String(cell))));
          expect({
            rows: found,
            broken: read.report.rejectedRows.map((rejected) => rejected.line),
            count: read.rowCount + read.report.rejectedRowCount,
          }).toEqual({
            rows: kept,
            broken,
            count: rows.length,
          });
        },
      ),
      { numRuns: 40 },
    );
  });
});

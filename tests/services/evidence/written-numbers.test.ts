import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { supportOf, type StoredResult } from '../../../src/services/evidence/support.ts';
import { writtenNumbers } from '../../../src/services/evidence/written-numbers.ts';

const result = (rows: StoredResult['rows'], partId: string | null = 'part', kind: StoredResult['kind'] = 'QUERY_RESULT'): StoredResult => ({
  partId,
  kind,
  columns: ['name', 'value'],
  rows,
  rowCount: rows.length,
});

describe('the numbers of a text', () => {
  it.each<readonly [string, readonly number[]]>([
    ['The average is 1,234.5 over 406 rows.', [1234.5, 406]],
    ['It is −3.5, then -2, in 10-20 steps', [-3.5, -2, 10, 20]],
    ['3.4 million, 12k, 5M, 2 bn and 7 thousand', [3.4e6, 12e3, 5e6, 2e9, 7e3]],
    ['12 %, 0.5% and 3 percent', [12, 0.5, 3]],
    ['1.5e-7 and 2E6', [1.5e-7, 2e6]],
    ['1\u00a0234\u00a0567 rows', [1234567]],
    ['1. First\n2) Second\n- 3 third', [3]],
    ['`LIMIT 5` and\n```sql\nSELECT 7\n```\n9', [9]],
    ['On 2012-08-06 at 12:30, in 2012-08', []],
    ['T-38A, CO2, Q3, 3D, v1.2.3 and item_4', []],
    ['See https://example.org/42?x=7', []],
    ['$1,200 and 17.', [1200, 17]],
    ['no number', []],
  ])('are found in "%s"', (text, values) => {
    expect(writtenNumbers(text).map(({ value }) => value)).toEqual(values);
  });

  it('stand where they say, whatever the text is', () => {
    const property = fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      for (const number of writtenNumbers(text)) {
        expect(text.slice(number.offset, number.offset + number.text.length)).toBe(number.text);
        expect(Number.isFinite(number.value)).toBe(true);
      }
    });
    fc.assert(property);
  });
});

describe('the support of a number', () => {
  const stored = [
    result([
      ['USA', 119.04898],
      ['Japan', 79.835443],
      ['All', 0.4235],
    ]),
    result([['USA', 254]], 'older'),
  ];

  it.each<readonly [string, readonly (readonly [string, string, string | null, number | null])[]]>([
    ['USA has 119.05 on average', [['119.05', 'QUERY_RESULT', 'part', 0]]],
    ['USA has 119', [['119', 'QUERY_RESULT', 'part', 0]]],
    ['USA has 119.06', [['119.06', 'NONE', null, null]]],
    ['42.4 % of all', [['42.4 %', 'QUERY_RESULT', 'part', 2]]],
    ['about 250 cars', [['250', 'QUERY_RESULT', 'older', 0]]],
    ['250 cars', [['250', 'NONE', null, null]]],
    ['fell by 254', [['254', 'QUERY_RESULT', 'older', 0]]],
    ['0.3k cars', [['0.3k', 'QUERY_RESULT', 'older', 0]]],
    [
      'from 79.84 to 119.05, which is 49.1 % more',
      [
        ['79.84', 'QUERY_RESULT', 'part', 1],
        ['119.05', 'QUERY_RESULT', 'part', 0],
        ['49.1 %', 'DERIVED', null, null],
      ],
    ],
    [
      'from 79.84 to 119.05, which is 63 % more',
      [
        ['79.84', 'QUERY_RESULT', 'part', 1],
        ['119.05', 'QUERY_RESULT', 'part', 0],
        ['63 %', 'NONE', null, null],
      ],
    ],
    // The sentence has none to derive it from.
    [
      'It is 119.05. That is 49.1 % more.',
      [
        ['119.05', 'QUERY_RESULT', 'part', 0],
        ['49.1 %', 'NONE', null, null],
      ],
    ],
    ['In 1982 there were 7 of them', []],
    ['It has 3 rows', [['3', 'QUERY_RESULT', 'part', null]]],
  ])('of "%s" is found or not', (text, expected) => {
    expect(supportOf(text, stored).map((one) => [one.text, one.source, one.partId, one.rowIndex])).toEqual(expected);
  });

  it('prefers what is shown over what was only explored or described', () => {
    const hidden = result(
      [
        ['x', 77.7],
        ['y', 88.8],
      ],
      null,
      'EXPLORATION',
    );
    const described: StoredResult = { partId: null, kind: 'DESCRIPTION', columns: [], rows: [[77.7, 99.9]], rowCount: null };
    const sources = supportOf('77.7, 88.8 and 99.9', [hidden, described, result([['x', 77.7]])]).map(({ source }) => source);
    expect(sources).toEqual(['QUERY_RESULT', 'EXPLORATION', 'DESCRIPTION']);
  });

  it('survives any rounding', () => {
    const property = fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.integer({ min: 0, max: 4 }), (value, decimals) => {
      const text = `It is ${value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })} kg`;
      for (const one of supportOf(text, [result([['a', value]])])) expect(one.source).toBe('QUERY_RESULT');
    });
    fc.assert(property);
  });

  it('is not given to a number that is off by more than its rounding', () => {
    const property = fc.property(fc.double({ min: 1000.5, max: 1e6, noNaN: true }), (value) => {
      const [one] = supportOf(`It is ${(value + 2).toFixed(1)} kg`, [result([['a', value]])]);
      expect(one?.source).toBe('NONE');
    });
    fc.assert(property);
  });
});

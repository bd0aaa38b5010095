import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKit, type Kit } from './kit.ts';

let kit: Kit;

beforeAll(async () => {
  kit = await startKit();
});

afterAll(async () => {
  await kit[Symbol.asyncDispose]();
});

describe('values as JSON', () => {
  it.each<[string, unknown]>([
    ['9007199254740991::BIGINT', 9007199254740991],
    ['9007199254740992::BIGINT', '9007199254740992'],
    ['-9007199254740993::BIGINT', '-9007199254740993'],
    ['12::HUGEINT', 12],
    ['170141183460469231731687303715884105727::HUGEINT', '170141183460469231731687303715884105727'],
    ['18446744073709551615::UBIGINT', '18446744073709551615'],
    ['1.50::DECIMAL(10,2)', 1.5],
    ['-0.05::DECIMAL(10,2)', -0.05],
    ['1234567890123.45::DECIMAL(18,2)', 1234567890123.45],
    ['12345678901234567.89::DECIMAL(20,2)', '12345678901234567.89'],
    ['0.1::FLOAT', 0.1],
    ['16777217::FLOAT', 16777216],
    ["'nan'::DOUBLE", 'NaN'],
    ["'-inf'::DOUBLE", '-Infinity'],
    ['1e300::DOUBLE', 1e300],
    ["DATE '2024-02-29'", '2024-02-29'],
    ["TIMESTAMP '2024-02-29 12:30:00'", '2024-02-29T12:30:00'],
    ["TIMESTAMP '2024-02-29 12:30:00.25'", '2024-02-29T12:30:00.25'],
    ["TIMESTAMPTZ '2024-02-29 12:30:00+02'", '2024-02-29T10:30:00Z'],
    ["TIMESTAMP_NS '2024-02-29 12:30:00.123456789'", '2024-02-29T12:30:00.123456789'],
    ["TIME '12:30:00'", '12:30:00'],
    ["'infinity'::DATE", 'infinity'],
    ["'-infinity'::DATE", '-infinity'],
    ["'infinity'::TIMESTAMP", 'infinity'],
    ["'-infinity'::TIMESTAMPTZ", '-infinity'],
    ['INTERVAL 26 HOUR', '26:00:00'],
    ["INTERVAL '1 year 3 days'", '1 year 3 days'],
    ["'\\x00\\xFFa'::BLOB", 'AP9h'],
    ['[1, NULL, 3]', [1, null, 3]],
    ['[[1], []]', [[1], []]],
    ['[]', []],
    ['[1, 2]::INT[2]', [1, 2]],
    ["(1, 'a')", [1, 'a']],
    [
      "list_zip([1, 2], ['a', NULL])",
      [
        [1, 'a'],
        [2, null],
      ],
    ],
    ["{a: 1, b: {c: [DATE '2024-01-01']}}", { a: 1, b: { c: ['2024-01-01'] } }],
    [
      "map {'k': 1.5, 'l': NULL}",
      [
        { key: 'k', value: 1.5 },
        { key: 'l', value: null },
      ],
    ],
    ['union_value(n := 5)', 5],
    ["'x'::ENUM('x', 'y')", 'x'],
    ["'8a1f4b5e-0000-4000-8000-000000000001'::UUID", '8a1f4b5e-0000-4000-8000-000000000001'],
    ["'0101'::BIT", '0101'],
    ['\'{"a":1}\'::JSON', '{"a":1}'],
    ["'ünï \u{1F600}'", 'ünï \u{1F600}'],
    ['NULL', null],
    ['NULL::STRUCT(a INT)', null],
    ['NULL::INT[]', null],
    ['true', true],
  ])('%s', async (sql, expected) => {
    expect(await kit.rows(`SELECT ${sql}`)).toEqual([[expected]]);
  });

  it('reads values after NULLs in the right rows', async () => {
    expect(await kit.rows('SELECT CASE WHEN range % 2 = 0 THEN [range] END, CASE WHEN range % 3 = 0 THEN {n: range} END FROM range(4)')).toEqual([
      [[0], { n: 0 }],
      [null, null],
      [[2], null],
      [null, { n: 3 }],
    ]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/base/json.ts';
import { compareRows } from '../../../src/services/evidence/compare-rows.ts';

const table = (...rows: readonly (readonly Json[])[]) => ({ columns: ['name', 'value'], rows });

describe('two results', () => {
  it.each<readonly [string, readonly (readonly Json[])[], readonly (readonly Json[])[]]>([
    [
      'in another order',
      [
        ['a', 1],
        ['b', 2],
      ],
      [
        ['b', 2],
        ['a', 1],
      ],
    ],
    ['that differ in the last digit of a sum', [['a', 0.1 + 0.2]], [['a', 0.3]]],
    ['where a decimal became a double', [['a', '1.50']], [['a', 1.5]]],
    [
      'with the same row twice',
      [
        ['a', 1],
        ['a', 1],
      ],
      [
        ['a', 1],
        ['a', 1],
      ],
    ],
    ['of lists', [['a', [1, 2]]], [['a', [1, 2]]]],
    ['without rows', [], []],
  ])('%s are the same', (_what, before, after) => {
    expect(compareRows(table(...before), table(...after))).toEqual({ count: 0, differences: [] });
  });

  it.each<readonly [string, readonly (readonly Json[])[], readonly (readonly Json[])[], readonly unknown[]]>([
    [
      'a value',
      [
        ['a', 1],
        ['b', 2],
      ],
      [
        ['b', 3],
        ['a', 1],
      ],
      [{ kind: 'CHANGED', rowIndex: 1, columnName: 'value', before: 2, after: 3 }],
    ],
    [
      'a row less',
      [
        ['a', 1],
        ['b', 2],
      ],
      [['a', 1]],
      [{ kind: 'MISSING', rowIndex: 1, columnName: null, before: ['b', 2], after: null }],
    ],
    [
      'a row more',
      [['a', 1]],
      [
        ['a', 1],
        ['b', 2],
      ],
      [{ kind: 'ADDED', rowIndex: 1, columnName: null, before: null, after: ['b', 2] }],
    ],
    [
      'a row once less',
      [
        ['a', 1],
        ['a', 1],
      ],
      [['a', 1]],
      [{ kind: 'MISSING', rowIndex: 1, columnName: null, before: ['a', 1], after: null }],
    ],
    ['null for a value', [['a', 1]], [['a', null]], [{ kind: 'CHANGED', rowIndex: 0, columnName: 'value', before: 1, after: null }]],
  ])('differ by %s', (_what, before, after, differences) => {
    expect(compareRows(table(...before), table(...after))).toEqual({ count: differences.length, differences });
  });

  it('differ by their columns', () => {
    expect(compareRows({ columns: ['a'], rows: [[1]] }, { columns: ['b'], rows: [[1]] }).differences).toMatchObject([
      { kind: 'COLUMNS', before: ['a'], after: ['b'] },
    ]);
  });

  it('say how many differences there are, and show twenty', () => {
    const rows = Array.from({ length: 50 }, (_, index): readonly Json[] => [`row ${index}`, index]);
    const { count, differences } = compareRows(table(...rows), table());
    expect([count, differences.length]).toEqual([50, 20]);
  });

  const rows = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant(null))), { maxLength: 30 });
  it('are the same when one is the other shuffled, and not when a row is taken out', () => {
    const property = fc.property(rows, fc.infiniteStream(fc.nat()), (before, numbers) => {
      const after = before
        .map((row) => ({ row, at: numbers.next().value }))
        .toSorted((left, right) => left.at - right.at)
        .map(({ row }) => row);
      expect(compareRows(table(...before), table(...after)).count).toBe(0);
      if (before.length > 0) expect(compareRows(table(...before), table(...after.slice(1))).count).toBeGreaterThan(0);
    });
    fc.assert(property);
  });
});

import { describe, expect, it } from 'vitest';
import type { ColumnMeaning } from '../../src/base/table.ts';
import { guessMeaning, type ColumnShape } from '../../src/duckdb/child/meaning.ts';

/** A column of a thousand rows: its name, its type, how many values are different, and some of them. */
function shape(name: string, type: string, distinctCount: number, values: readonly string[], more: Partial<ColumnShape> = {}): ColumnShape {
  const sorted = values.toSorted();
  return {
    name,
    type,
    unit: null,
    nullCount: 0,
    distinctCount,
    min: sorted[0] ?? null,
    max: sorted.at(-1) ?? null,
    mean: null,
    standardDeviation: null,
    quartiles: null,
    quantiles: null,
    histogram: [],
    topValues: distinctCount <= 900 ? values.map((value) => ({ value, count: 1 })) : [],
    presentCount: 1_000,
    isNumber: /^(BIGINT|DOUBLE|DECIMAL)/.test(type),
    averageLength: type === 'VARCHAR' ? 8 : null,
    ...more,
  };
}

describe('the meaning of a column', () => {
  it.each<[ColumnMeaning, string, string, number, readonly string[], Partial<ColumnShape>?]>([
    ['IDENTIFIER', 'id', 'BIGINT', 1_000, ['1', '1000']],
    ['IDENTIFIER', 'OrderNumber', 'VARCHAR', 1_000, ['A-1', 'Z-9']],
    ['IDENTIFIER', 'customer_id', 'BIGINT', 400, ['1', '400']],
    ['IDENTIFIER', 'city_id', 'BIGINT', 1_000, ['1', '1000']],
    ['IDENTIFIER', 'anything', 'UUID', 1_000, []],
    ['IDENTIFIER', 'Phone', 'VARCHAR', 1_000, ['4917', '4930']],
    ['IDENTIFIER', 'Order', 'VARCHAR', 1_000, ['00000', '00999']],
    ['TEXT', 'Order', 'VARCHAR', 1_000, ['00000', 'A-999']],
    ['CATEGORY', 'store_id', 'BIGINT', 12, ['1', '12']],
    ['CATEGORY', 'level', 'VARCHAR', 3, ['low', 'middle', 'high']],
    ['CATEGORY', 'words', 'VARCHAR', 4, ['IN', 'ON', 'AT', 'OF']],
    ['MEASURE', 'price', 'DOUBLE', 800, ['1.5', '2.5']],
    ['MEASURE', 'amount', 'DECIMAL(18,2)', 2, ['0', '1.5'], { unit: '$' }],
    ['MEASURE', 'weight_code', 'BIGINT', 5, ['1', '5'], { unit: 'kg' }],
    ['MEASURE', 'lasted', 'INTERVAL', 5, ['01:00:00', '25:00:00']],
    ['DATE', 'day', 'DATE', 300, []],
    ['DATE', 'at', 'TIMESTAMP WITH TIME ZONE', 300, []],
    ['DATE', 'Year', 'BIGINT', 30, ['1990', '2019']],
    ['TEXT', 'remark', 'VARCHAR', 1_000, ['a', 'z'], { averageLength: 80 }],
    ['TEXT', 'title', 'VARCHAR', 1_000, ['Alien', 'Zorro']],
    ['GEOGRAPHIC', 'homeCity', 'VARCHAR', 300, ['Oslo', 'Rome']],
    ['GEOGRAPHIC', 'Zip Code', 'VARCHAR', 300, ['01234', '99999']],
    ['GEOGRAPHIC', 'country_code', 'VARCHAR', 1_000, ['AD', 'ZW']],
    ['GEOGRAPHIC', 'lat', 'DOUBLE', 1_000, ['-45.5', '60.1']],
    ['GEOGRAPHIC', 'origin', 'VARCHAR', 4, ['Germany', 'The Netherlands', 'Trinidad & Tobago', 'elsewhere', 'Japan']],
    ['GEOGRAPHIC', 'market', 'VARCHAR', 4, ['DE', 'FR', 'JP', 'US']],
    ['GEOGRAPHIC', 'market', 'VARCHAR', 3, ['DEU', 'FRA', 'JPN']],
    ['GEOGRAPHIC', 'entity', 'VARCHAR', 950, ['Afghanistan', 'Zimbabwe']],
    ['CATEGORY', 'origin', 'VARCHAR', 3, ['Germany', 'red', 'blue']],
    ['CATEGORY', 'answer', 'VARCHAR', 2, ['IN', 'NO']],
    ['YES_NO', 'open', 'BOOLEAN', 2, ['true', 'false']],
    ['YES_NO', 'flag', 'BIGINT', 2, ['0', '1']],
    ['YES_NO', 'switch', 'VARCHAR', 2, ['On', 'Off']],
    ['MEASURE', 'count', 'BIGINT', 2, ['1', '2']],
  ])('is %s of %s (%s, %i values such as %j)', (meaning, name, type, distinctCount, values, more) => {
    expect(guessMeaning(shape(name, type, distinctCount, values, more))).toBe(meaning);
  });
});

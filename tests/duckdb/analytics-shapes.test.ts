import { describe, expect, it } from 'vitest';
import { useSales } from './sales.ts';
import { shapes } from './shapes.ts';

const sales = useSales();

describe('D05: ordinary analytics is accepted and right in every shape', () => {
  it.each(shapes)('%s', async (sql, expected) => {
    expect(await sales.rows(sql)).toEqual(JSON.parse(expected));
  });
});

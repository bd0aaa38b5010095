import { describe, expect, it } from 'vitest';

import type { JsonObject } from '../../src/base/json.ts';
import { follow, knownWishes } from '../../src/services/plot/instructions/instruction.ts';

const rows = [
  { product: 'Tea', region: 'North', year: 2020, price: 3 },
  { product: 'Coffee', region: 'South', year: 2021, price: 5 },
];
const x = { field: 'product', type: 'nominal' };
const y = { field: 'price', type: 'quantitative' };
const bars: JsonObject = { mark: 'bar', encoding: { x, y } };
const colored: JsonObject = { mark: 'bar', encoding: { x, y, color: { field: 'region', type: 'nominal' } } };
const points: JsonObject = { mark: 'point', encoding: { x: { field: 'year', type: 'quantitative' }, y } };

const told = (instruction: string, source: JsonObject) =>
  follow(instruction, { source, title: 'Prices', columns: ['product', 'region', 'year', 'price'], rows });

describe('an instruction', () => {
  it.each<readonly [string, JsonObject, JsonObject]>([
    ['as a line chart', bars, { mark: { type: 'line' } }],
    ['Please make it a pie chart.', bars, { mark: 'arc', encoding: { theta: { field: 'price' }, color: { field: 'product' } } }],
    ['horizontal bars', bars, { encoding: { y: x, x: y } }],
    ['vertical', { mark: 'bar', encoding: { y: { ...x, sort: '-x' }, x: y } }, { encoding: { x: { ...x, sort: '-y' }, y } }],
    ['swap the axes', points, { encoding: { y: { field: 'year' }, x: { field: 'price' } } }],
    ['stack it', colored, { encoding: { y: { stack: 'zero' } } }],
    ['side by side', colored, { encoding: { y: { stack: null }, xOffset: { field: 'region' } } }],
    ['as percent', colored, { encoding: { y: { stack: 'normalize' } } }],
    ['sort descending', bars, { encoding: { x: { sort: '-y' } } }],
    ['smallest first', bars, { encoding: { x: { sort: 'y' } } }],
    ['sort by name', bars, { encoding: { x: { sort: 'ascending' } } }],
    ['sort by year', bars, { encoding: { x: { sort: { field: 'year', op: 'max', order: 'descending' } } } }],
    ['only the top 5', bars, { transform: [{ joinaggregate: [{}] }, { window: [{ op: 'dense_rank' }] }, { filter: { lte: 5 } }] }],
    ['log scale', bars, { encoding: { y: { scale: { type: 'log' } } } }],
    ['start y at zero', points, { encoding: { y: { scale: { zero: true } } } }],
    ['don’t start at zero'.replace('’', "'"), points, { encoding: { y: { scale: { zero: false } } } }],
    ['color by region', bars, { encoding: { color: { field: 'region', type: 'nominal' } } }],
    ['one panel per region', bars, { encoding: { facet: { field: 'region', columns: 3 } } }],
    ['rename the x axis to What we sell', bars, { encoding: { x: { title: 'What we sell' } } }],
    ['remove the legend', colored, { encoding: { color: { legend: null } } }],
    ['legend at the bottom', colored, { encoding: { color: { legend: { orient: 'bottom' } } } }],
    ['show points', { mark: 'line', encoding: { x, y } }, { mark: { type: 'line', point: true } }],
    ['make it red', bars, { mark: { type: 'bar', color: 'red' } }],
    ['show values', bars, { layer: [{ mark: 'bar' }, { mark: { type: 'text', baseline: 'bottom' }, encoding: { text: { field: 'price' } } }] }],
    ['add a trend line', points, { layer: [{ mark: 'point' }, { transform: [{ regression: 'price', on: 'year' }] }] }],
    ['bigger', bars, { width: 728, height: 420 }],
    ['horizontal bars, largest first and no legend', colored, { encoding: { y: { sort: '-x' }, color: { legend: null } } }],
  ])('is followed: %s', (instruction, source, expected) => {
    expect(told(instruction, source)).toMatchObject({ kind: 'changed', sketch: { source: expected } });
  });

  it('gives a title with everything that follows it', () => {
    expect(told('swap axes, title: Tea, coffee and more', bars)).toMatchObject({
      kind: 'changed',
      sketch: { title: 'Tea, coffee and more', source: { title: 'Tea, coffee and more', encoding: { x: y } } },
    });
  });

  it('goes back to all after only some', () => {
    const some = told('top three', bars);
    expect(some.kind === 'changed' && told('show all', some.sketch.source)).toMatchObject({ sketch: { source: bars } });
  });

  it.each([
    ['stack it', bars, 'there is no second category'],
    ['color by size', bars, '"size" is not a column of the plot; its columns are product, region, year, price'],
    ['add a trend line', bars, 'a trend needs two columns of numbers'],
  ])('is understood and cannot be met: %s', (wish, source, reason) => {
    expect(told(wish, source)).toMatchObject({ kind: 'unable', wish, reason: expect.stringContaining(reason) });
  });

  it('names the part that is not understood', () => {
    expect(told('horizontal bars and make it sing', bars)).toEqual({ kind: 'unknown', wish: 'make it sing' });
  });

  it.each(knownWishes.filter((wish) => !wish.includes('<')))('is one of those that people are told of: %s', (wish) => {
    expect(told(wish, wish.includes('trend') ? points : colored).kind).toBe('changed');
  });
});

import { afterAll, describe, expect, it } from 'vitest';

import type { Json, JsonObject } from '../../../src/base/json.ts';
import { chartFor, type ChartKind, type ChartQuestion } from '../../../src/engines/builtin/charts/chart-for.ts';
import { readWish } from '../../../src/engines/builtin/question/wishes.ts';
import { boxChart } from '../../../src/engines/builtin/charts/spread.ts';
import { createPlots } from '../../../src/plots/plots.ts';

const plots = createPlots();
afterAll(() => plots.close());

const value = { field: 'n', title: 'amount' };
const category = { field: 'c', title: 'country', distinct: 3, isCountry: true };
const series = { field: 's', title: 'side', distinct: 2 };
const time = { field: 't', title: 'month', grain: 'month', periods: 3 } as const;
const nothing = { title: 'amounts', value, category: null, series: null, time: null, isAdditive: true, wish: null };
const rows: readonly (readonly Json[])[] = ['France', 'Spain', 'Italy'].flatMap((country, index) =>
  ['left', 'right'].map((side) => [country, side, `2024-0${index + 1}-01`, index + 1]),
);
const columns = ['c', 's', 't', 'n'].map((name) => ({ name, type: name === 'n' ? 'INTEGER' : name === 't' ? 'DATE' : 'VARCHAR' }));

const drawn = (spec: JsonObject) => plots.check(spec, { columns, rows, truncated: false, elapsedMs: 0 }, {});

describe('the chart that fits', () => {
  it.each<readonly [ChartKind, Partial<ChartQuestion>]>([
    ['bar', { category }],
    ['column', { category: { ...category, isOrdered: true } }],
    ['grouped bar', { category, series }],
    ['stacked bar', { category: { ...category, distinct: 20 }, series }],
    ['heat map', { category: { ...category, distinct: 20 }, series, isAdditive: false }],
    ['heat map', { category, series: { ...series, distinct: 15 } }],
    ['line', { time }],
    ['line', { time, series }],
    ['small multiples', { time, series: { ...series, distinct: 12 } }],
  ])('is a %s of %o, and is drawn', async (kind, question) => {
    const chosen = chartFor({ ...nothing, ...question });
    expect(chosen).toMatchObject({ kind, note: null });
    await expect(drawn(chosen?.spec ?? {})).resolves.toMatchObject({ notes: [] });
  });

  it.each<readonly [ChartKind, Partial<ChartQuestion>]>([
    ['pie', { category }],
    ['map', { category }],
    ['column', { category }],
    ['stacked bar', { category, series }],
    ['share bar', { category, series }],
    ['heat map', { category, series }],
    ['area', { time, series }],
    ['bar', { time }],
    ['small multiples', { time, series }],
    ['line', { category: { ...category, isOrdered: true } }],
  ])('is what was wished for where it can be read: %s', async (wish, question) => {
    const chosen = chartFor({ ...nothing, ...question, wish });
    expect(chosen).toMatchObject({ kind: wish, note: null });
    await expect(drawn(chosen?.spec ?? {})).resolves.toMatchObject({ notes: [] });
  });

  it.each<readonly [ChartKind, Partial<ChartQuestion>, ChartKind, string]>([
    ['pie', { category: { ...category, distinct: 30 } }, 'bar', '30 slices are too many for a pie, so this is drawn as a bar chart.'],
    ['pie', { category, isAdditive: false }, 'bar', 'averages are none'],
    ['line', { category }, 'bar', 'A line needs a time or an order'],
    ['map', { category: { ...category, isCountry: false } }, 'bar', 'A map needs a column of countries'],
    ['stacked bar', { category }, 'bar', 'two categories'],
  ])('is another than was wished for where that cannot be read, and says so: %s', (wish, question, kind, note) => {
    expect(chartFor({ ...nothing, ...question, wish })).toMatchObject({ kind, note: expect.stringContaining(note) });
  });

  it('is none without anything to draw by', () => {
    expect(chartFor(nothing)).toBeNull();
  });

  it.each(['population by country on a map', 'population by country as a map', 'show population by country on the world map'])(
    'are maps where that is wished: %s',
    (text) => {
      expect(readWish(text)).toEqual({ rest: expect.stringMatching(/population by country$/), kind: 'map' });
    },
  );

  it('can be boxes that the query has computed', async () => {
    const spec = boxChart('spread', category, 'amount', { low: 'n', firstQuarter: 'n', median: 'n', thirdQuarter: 'n', high: 'n' });
    await expect(drawn(spec)).resolves.toMatchObject({ notes: [] });
  });
});

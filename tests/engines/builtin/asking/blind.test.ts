import { afterAll, describe, expect, it } from 'vitest';
import type { Plots } from '../../../../src/plots/plots.ts';
import { openWorkbench, type Workbench } from '../kit.ts';
import { blind } from './blind.ts';
import { holds, tableOf } from './score.ts';

const files: Readonly<Record<string, string>> = {
  cars: 'cars.json',
  movies: 'movies.json',
  weather: 'seattle-weather.csv',
  penguins: 'penguins.json',
  gapminder: 'gapminder.json',
  stocks: 'stocks.csv',
  barley: 'barley.json',
  disasters: 'disasters.csv',
};

const plots: Pick<Plots, 'check'> = { check: async (spec) => ({ source: spec, spec, notes: [] }) };

describe.each(Object.keys(files))('questions that were written before the parser: %s', (table) => {
  const own = blind.filter(([name]) => name === table);
  let bench: Promise<Workbench> | null = null;
  const open = (): Promise<Workbench> => (bench ??= openWorkbench({ [table]: files[table] ?? '' }, plots));
  afterAll(async () => (await open())[Symbol.asyncDispose]());

  it.each(own.map(([, turns, sql]) => ({ asked: turns.join(' / '), turns, sql })))('$asked', async ({ turns, sql }) => {
    const outcomes = await (await open()).converse(turns);
    const last = outcomes.at(-1);
    if (last === undefined) throw new Error('nothing was asked');
    expect(last.shown.filter((shown) => shown.type === 'error')).toEqual([]);
    // What it does not understand it must say, or answer with less confidence.
    if (sql === null) expect(last.confidence).toBeLessThan(0.95);
    else expect(holds(tableOf(last), await (await open()).rows(sql)), last.text).toBe(true);
  });
});

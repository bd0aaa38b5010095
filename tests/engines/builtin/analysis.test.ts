import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createPlots } from '../../../src/plots/plots.ts';
import { openWorkbench, poorlyAnswered, type Outcome, type Workbench } from './kit.ts';
import { cellText } from './sql-rows.ts';
import { inventedNumbers } from './numbers.ts';

const plots = createPlots();
afterAll(() => plots.close());

/** True facts of each data set: a sentence that must be said, with numbers that SQL computes here. */
const datasets: readonly { readonly name: string; readonly file: string; readonly facts: readonly (readonly [sentence: string, sql: string])[] }[] = [
  {
    name: 'cars',
    file: 'cars.json',
    facts: [
      ['**cars** has # rows and 9 columns. It covers 1970 to 1982', 'SELECT count(*) FROM cars'],
      ['**Miles_per_Gallon** is missing in # of 406 rows', 'SELECT count(*) FILTER ("Miles_per_Gallon" IS NULL) FROM cars'],
      [
        '**Displacement** and **Weight_in_lbs** are very strongly correlated (+#)',
        'SELECT format(\'{:.2f}\', corr("Displacement", "Weight_in_lbs")) FROM cars',
      ],
      ['USA is the most frequent **Origin**, with # rows', `SELECT count(*) FROM cars WHERE "Origin" = 'USA'`],
      ['**average Displacement** is highest for Cylinders 8 (#)', 'SELECT format(\'{:.1f}\', avg("Displacement")) FROM cars WHERE "Cylinders" = 8'],
    ],
  },
  {
    name: 'seattle-weather',
    file: 'seattle-weather.csv',
    facts: [
      ['Each row is one day: no **date** occurs twice. It covers 2012-01-01 to # (**date**)', 'SELECT max("date")::VARCHAR FROM "seattle-weather"'],
      ['**temp_max** is highest in August (#)', 'SELECT format(\'{:.2f}\', avg(temp_max)) FROM "seattle-weather" WHERE month("date") = 8'],
      ['rain is the most frequent **weather**, with # rows', `SELECT count(*) FROM "seattle-weather" WHERE weather = 'rain'`],
      ['lowest for drizzle, fog and sun (#)', `SELECT max(precipitation)::INTEGER FROM "seattle-weather" WHERE weather IN ('drizzle', 'fog', 'sun')`],
      [
        '# values of **wind**',
        'SELECT count(*) FROM "seattle-weather", (SELECT quantile_cont(wind, 0.75) AS q3, quantile_cont(wind, 0.25) AS q1 FROM "seattle-weather") WHERE wind > q3 + 1.5 * (q3 - q1) OR wind < q1 - 1.5 * (q3 - q1)',
      ],
    ],
  },
  {
    name: 'movies',
    file: 'movies.json',
    facts: [
      ['**movies** has 3,201 rows and # columns', "SELECT count(*) FROM duckdb_columns() WHERE table_name = 'movies'"],
      ['**US DVD Sales** is missing in # of 3,201 rows', "SELECT replace(format('{:,}', count(*)), '.', ',') FROM movies WHERE \"US DVD Sales\" IS NULL"],
      [
        '**Worldwide Gross** and **Production Budget** are moderately correlated (+#)',
        'SELECT format(\'{:.2f}\', corr("Worldwide Gross", "Production Budget")) FROM movies',
      ],
      ['The smallest is 0, the largest #.', 'SELECT format(\'{:,}\', max("Worldwide Gross")) FROM movies'],
      ['**Release Date** holds dates written as text', 'SELECT 0'],
    ],
  },
  {
    name: 'gapminder',
    file: 'gapminder.json',
    facts: [
      [
        'Each row is one country in one year: **country** and **year** together tell all rows apart. It covers 1955 to # (**year**)',
        'SELECT max("year") FROM gapminder',
      ],
      ['**total pop** rose from 2,165,658,066 in 1955 to # in 2005', 'SELECT format(\'{:,}\', sum(pop)::BIGINT) FROM gapminder WHERE "year" = 2005'],
      ['**life_expect** and **fertility** are strongly correlated (−#)', "SELECT format('{:.2f}', -corr(life_expect, fertility)) FROM gapminder"],
      ['farthest are China, 1960 (#)', 'SELECT min(life_expect) FROM gapminder'],
    ],
  },
  {
    name: 'penguins',
    file: 'penguins.json',
    facts: [
      [
        '**Flipper Length (mm)** and **Body Mass (g)** are strongly correlated (+#)',
        'SELECT format(\'{:.2f}\', corr("Flipper Length (mm)", "Body Mass (g)")) FROM penguins',
      ],
      [
        '**average Flipper Length (mm)** is highest for Gentoo (#)',
        `SELECT format('{:.1f}', avg("Flipper Length (mm)")) FROM penguins WHERE "Species" = 'Gentoo'`,
      ],
      ['Gentoo with Biscoe stands out: # rows', `SELECT count(*) FROM penguins WHERE "Species" = 'Gentoo' AND "Island" = 'Biscoe'`],
      [
        '**Beak Depth (mm)** and **Body Mass (g)** go in opposite directions (−#), but among rows of the same **Species** it is the other way round',
        'SELECT format(\'{:.2f}\', -corr("Beak Depth (mm)", "Body Mass (g)")) FROM penguins',
      ],
      ['**Sex** is "." in # row, which may stand for a missing value', `SELECT count(*) FROM penguins WHERE "Sex" = '.'`],
    ],
  },
];

describe.each(datasets)('the analysis of $name', ({ name, file, facts }) => {
  let bench: Workbench;
  let outcome: Outcome;
  beforeAll(async () => {
    bench = await openWorkbench({ [name]: file }, plots);
    outcome = await bench.analyse();
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  it.each(facts)('says: %s', async (sentence, sql) => {
    const [[fact] = []] = await bench.rows(sql);
    expect(outcome.text).toContain(sentence.replace('#', cellText(fact)));
  });

  it('makes no query and no plot that fails', () => {
    expect(outcome.shown.filter((shown) => shown.type === 'error')).toEqual([]);
  });

  it('shows three to eight plots, and a table for each finding', () => {
    const plotCount = outcome.shown.filter((shown) => shown.type === 'plot').length;
    expect(plotCount).toBeGreaterThanOrEqual(3);
    expect(plotCount).toBeLessThanOrEqual(8);
    expect(outcome.shown.filter((shown) => shown.type === 'table').length).toBeGreaterThanOrEqual(plotCount);
  });

  it('titles each table and each plot in words', () => {
    const titles = outcome.shown.flatMap((shown) => (shown.type === 'table' || shown.type === 'plot' ? [shown.title] : []));
    for (const title of titles) expect(title).toMatch(/^.{5,200}$/);
  });

  it('states no number that is in none of its results', () => {
    expect(inventedNumbers(outcome)).toEqual([]);
  });

  it('takes fewer than thirty steps, in the mode of rules', () => {
    expect(outcome.steps).toBeLessThan(30);
    expect(outcome).toMatchObject({ mode: 'rules', confidence: 0.9 });
  });

  it('ends with a summary and three to five questions that it can answer', async () => {
    expect(outcome.text).toContain('### In short');
    const questions = [...(outcome.text.split('### You could ask next')[1] ?? '').matchAll(/^- (.+)$/gm)].map(([, question]) => question ?? '');
    expect(questions.length).toBeGreaterThanOrEqual(3);
    expect(questions.length).toBeLessThanOrEqual(5);
    expect(await poorlyAnswered(bench, questions)).toEqual([]);
  });
});

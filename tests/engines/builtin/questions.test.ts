import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Json } from '../../../src/base/json.ts';
import { createPlots } from '../../../src/plots/plots.ts';
import { openWorkbench, poorlyAnswered, type Outcome, type Workbench } from './kit.ts';

const plots = createPlots();
afterAll(() => plots.close());

/** A question, how it must be read, and the SQL whose rows its table must hold (numbers to six digits; the columns that SQL names). */
type Case = readonly [question: string, reading: string, sql: string | null, plots?: number];

const byOrigin = 'SELECT "Origin", avg("Horsepower") FROM cars WHERE "Origin" IS NOT NULL GROUP BY 1 ORDER BY 2 DESC';

const cars: readonly Case[] = [
  ['average horsepower by origin', 'average Horsepower by Origin', byOrigin, 1],
  ['average HORSPOWER by orgins?', 'average Horsepower by Origin', byOrigin, 1],
  ['What is the mean horse power per origin', 'average Horsepower by Origin', byOrigin, 1],
  ['how many cars are there?', 'number of rows', 'SELECT count(*) FROM cars', 0],
  ['what is the median weight', 'median Weight_in_lbs', 'SELECT median("Weight_in_lbs") FROM cars', 0],
  ['total of displacement', 'total Displacement', 'SELECT sum("Displacement") FROM cars', 0],
  ['average mpg', 'average Miles_per_Gallon', 'SELECT avg("Miles_per_Gallon") FROM cars', 0],
  ['how many cars per origin', 'number of rows by Origin', 'SELECT "Origin", count(*) AS n FROM cars GROUP BY 1 ORDER BY n DESC', 1],
  ['maximum horsepower by origin', 'highest Horsepower by Origin', 'SELECT "Origin", max("Horsepower") AS m FROM cars GROUP BY 1 ORDER BY m DESC', 1],
  ['Top 5 cars by horsepower', 'the 5 rows with the highest Horsepower', 'SELECT "Name" FROM cars ORDER BY "Horsepower" DESC NULLS LAST, "Name" LIMIT 5', 1],
  ['bottom 3 by acceleration', 'the 3 rows with the lowest Acceleration', 'SELECT "Name" FROM cars ORDER BY "Acceleration", "Name" LIMIT 3', 1],
  ['which car has the highest mpg', 'the row with the highest Miles_per_Gallon', `SELECT 'mazda glc'`, 0],
  ['how many cars have horsepower over 200?', 'number of rows, where Horsepower is over 200', 'SELECT count(*) FROM cars WHERE "Horsepower" > 200'],
  ['how many have at least 200 horsepower', 'number of rows, where Horsepower is at least 200', 'SELECT count(*) FROM cars WHERE "Horsepower" >= 200'],
  [
    'cars with mpg between 30 and 40',
    'number of rows, where Miles_per_Gallon is between 30 and 40',
    'SELECT count(*) FROM cars WHERE "Miles_per_Gallon" BETWEEN 30 AND 40',
  ],
  ['number of cars with weight under 2,000', 'number of rows, where Weight_in_lbs is under 2,000', 'SELECT count(*) FROM cars WHERE "Weight_in_lbs" < 2000'],
  ['average mpg in 1980', 'average Miles_per_Gallon, where the year is 1980', 'SELECT avg("Miles_per_Gallon") FROM cars WHERE year("Year") = 1980'],
  [
    'how many cars after 1975 from Europe',
    'number of rows, where the year is after 1975 and Origin is Europe',
    `SELECT count(*) FROM cars WHERE year("Year") > 1975 AND "Origin" = 'Europe'`,
  ],
  [
    'how many cars between 1972 and 1974',
    'number of rows, where the year is 1972 to 1974',
    'SELECT count(*) FROM cars WHERE year("Year") BETWEEN 1972 AND 1974',
  ],
  [
    'average acceleration of cars not from USA',
    'average Acceleration, where Origin is not USA',
    `SELECT avg("Acceleration") FROM cars WHERE "Origin" <> 'USA'`,
  ],
  [
    'average horsepower of usa cars with 8 cylinders',
    'average Horsepower, where Cylinders is 8 and Origin is USA',
    `SELECT avg("Horsepower") FROM cars WHERE "Origin" = 'USA' AND "Cylinders" = 8`,
  ],
  [
    'what share of cars comes from Japan?',
    'the share of rows where Origin is Japan',
    `SELECT count(*) FILTER ("Origin" = 'Japan'), count(*), round(100.0 * count(*) FILTER ("Origin" = 'Japan') / count(*), 1) FROM cars`,
  ],
  ['what percentage of cars have 8 cylinders', 'the share of rows where Cylinders is 8', 'SELECT count(*) FILTER ("Cylinders" = 8) FROM cars'],
  ['percentage of each origin', 'number of rows by Origin', 'SELECT "Origin", count(*) AS n FROM cars GROUP BY 1 ORDER BY n DESC', 1],
  [
    'compare the horsepower of USA and Japan',
    'average Horsepower by Origin, where Origin is USA or Japan',
    `SELECT "Origin", avg("Horsepower") AS a FROM cars WHERE "Origin" IN ('USA', 'Japan') GROUP BY 1 ORDER BY a DESC`,
    1,
  ],
  [
    'compare USA and Europe',
    'the measures by Origin, where Origin is USA or Europe',
    `SELECT "Origin", count(*) AS n FROM cars WHERE "Origin" IN ('USA', 'Europe') GROUP BY 1 ORDER BY n DESC`,
  ],
  [
    'how does the average mpg change over time?',
    'average Miles_per_Gallon over time (Year)',
    'SELECT year("Year"), avg("Miles_per_Gallon") FROM cars GROUP BY 1 ORDER BY 1',
    1,
  ],
  ['count of cars by year', 'number of rows by year (Year)', 'SELECT year("Year"), count(*) FROM cars GROUP BY 1 ORDER BY 1', 1],
  [
    'how are horsepower and weight correlated',
    'the correlation of Horsepower and Weight_in_lbs',
    'SELECT \'Horsepower\', \'Weight_in_lbs\', round(corr("Horsepower", "Weight_in_lbs"), 3) FROM cars',
    1,
  ],
  [
    'horsepower vs acceleration',
    'the correlation of Horsepower and Acceleration',
    'SELECT \'Horsepower\', \'Acceleration\', round(corr("Horsepower", "Acceleration"), 3) FROM cars',
    1,
  ],
  ['distribution of displacement', 'the distribution of Displacement', 'SELECT count("Displacement"), min("Displacement") FROM cars', 1],
  [
    'distribution of weight by origin',
    'the distribution of Weight_in_lbs by Origin',
    'SELECT "Origin", min("Weight_in_lbs"), quantile_cont("Weight_in_lbs", 0.25), median("Weight_in_lbs") AS m FROM cars GROUP BY 1 ORDER BY m DESC',
    1,
  ],
  [
    'box plot of weight by origin',
    'the distribution of Weight_in_lbs by Origin',
    'SELECT "Origin", min("Weight_in_lbs"), quantile_cont("Weight_in_lbs", 0.25), median("Weight_in_lbs") AS m FROM cars GROUP BY 1 ORDER BY m DESC',
    1,
  ],
  ['distribution of origin', 'the distribution of Origin', 'SELECT "Origin", count(*) AS n FROM cars GROUP BY 1 ORDER BY n DESC', 1],
  ['outliers of acceleration', 'outliers of Acceleration', `SELECT 'peugeot 504'`],
  ['which values are missing?', 'missing values by column', `SELECT 'Miles_per_Gallon', 8`],
  ['are there duplicates?', 'rows that occur more than once', null],
  ['show me the first 7 rows', 'the first 7 rows', 'SELECT "Name" FROM cars LIMIT 7'],
  ['describe the columns', 'the columns', `SELECT 'Name', 'text'`],
  ['how many different origins are there', 'the different values of Origin', 'SELECT "Origin", count(*) AS n FROM cars GROUP BY 1 ORDER BY n DESC'],
  ['which origin has the most cars', 'number of rows by Origin', 'SELECT "Origin", count(*) AS n FROM cars GROUP BY 1 ORDER BY n DESC', 1],
];

const others: readonly (readonly [table: string, file: string, cases: readonly Case[]])[] = [
  [
    'movies',
    'movies.json',
    [
      [
        'how many movies did Steven Spielberg direct',
        'number of rows, where Director is Steven Spielberg',
        `SELECT count(*) FROM movies WHERE "Director" = 'Steven Spielberg'`,
      ],
      [
        'worldwide gross of "Titanic"',
        'average Worldwide Gross, where Title is Titanic',
        `SELECT avg("Worldwide Gross") FROM movies WHERE "Title" = 'Titanic'`,
      ],
      [
        'total us gross by distributor',
        'total US Gross by Distributor',
        'SELECT "Distributor", sum("US Gross") AS s FROM movies WHERE "Distributor" IS NOT NULL GROUP BY 1 ORDER BY s DESC LIMIT 50',
        1,
      ],
      [
        'which director made the most movies',
        'number of rows by Director, highest 10',
        'SELECT "Director", count(*) AS n FROM movies WHERE "Director" IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1 LIMIT 10',
        1,
      ],
      [
        'average imdb rating for horror movies',
        'average IMDB Rating, where Major Genre is Horror',
        `SELECT avg("IMDB Rating") FROM movies WHERE "Major Genre" = 'Horror'`,
      ],
      [
        'how many movies since 2005',
        'number of rows, where the year is 2005 or later',
        `SELECT count(*) FROM movies WHERE year(strptime("Release Date", '%b %d %Y')) >= 2005`,
      ],
    ],
  ],
  [
    'weather',
    'seattle-weather.csv',
    [
      ['total precipitation by year', 'total precipitation by year (date)', 'SELECT year("date"), sum(precipitation) FROM weather GROUP BY 1 ORDER BY 1', 1],
      [
        'how many days of snow in 2012',
        'number of rows, where the year is 2012 and weather is snow',
        `SELECT count(*) FROM weather WHERE weather = 'snow' AND year("date") = 2012`,
      ],
      ['average temp_max in july', 'average temp_max, where the month is July', 'SELECT avg(temp_max) FROM weather WHERE month("date") = 7'],
      ['monthly average wind', 'average wind by month (date)', `SELECT date_trunc('month', "date")::DATE, avg(wind) FROM weather GROUP BY 1 ORDER BY 1`, 1],
      [
        'which month has the highest precipitation',
        'average precipitation by month of the year (date)',
        `SELECT month("date"), strftime(any_value("date"), '%b'), avg(precipitation) FROM weather GROUP BY 1 ORDER BY 1`,
        1,
      ],
      ['average wind by day', 'average wind by day (date)', 'SELECT "date", avg(wind) FROM weather GROUP BY 1 ORDER BY 1', 1],
    ],
  ],
];

const sets: readonly (readonly [table: string, file: string, cases: readonly Case[]])[] = [['cars', 'cars.json', cars], ...others];

describe.each(sets)('questions about %s', (table, file, cases) => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await openWorkbench({ [table]: file }, plots);
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  it.each(cases.map(([question, reading, sql, plotCount]) => ({ question, reading, sql, plotCount })))(
    '"$question" is read as: $reading',
    async ({ question, reading, sql, plotCount }) => {
      const outcome = await bench.ask(question);
      expect(outcome.shown.filter((shown) => shown.type === 'error')).toEqual([]);
      expect(outcome.text).toContain(`I read this as: ${reading}.`);
      expect(outcome).toMatchObject({ mode: 'rules', confidence: 0.95 });
      const plotted = outcome.shown.filter((shown) => shown.type === 'plot').length;
      expect(plotted).toBe(plotCount ?? plotted);
      expectFirstColumns(tableOf(outcome), sql === null ? [] : await bench.rows(sql));
    },
  );
});

/** The rows of the one table that was shown. */
function tableOf(outcome: Outcome): readonly (readonly Json[])[] {
  const table = outcome.shown.find((shown) => shown.type === 'table');
  return table?.type === 'table' ? table.rows : [];
}

/** The table may have more columns, and more rows where the SQL only computes the first. */
function expectFirstColumns(actual: readonly (readonly Json[])[], expected: readonly (readonly Json[])[]): void {
  const rounded = (value: Json | undefined): Json =>
    typeof value === 'number' || (typeof value === 'string' && value !== '' && Number.isFinite(Number(value)))
      ? Number(Number(value).toPrecision(6))
      : (value ?? null);
  const width = expected[0]?.length ?? 0;
  expect(actual.slice(0, expected.length).map((row) => row.slice(0, width).map(rounded))).toEqual(expected.map((row) => row.map(rounded)));
}

describe('a question that is not understood', () => {
  it.each(['what is the meaning of life?', 'hottest wheels', 'write me a poem', '?', '💥 "; DROP TABLE cars; --'])(
    '"%s" is answered with three that are',
    async (question) => {
      await using bench = await openWorkbench({ cars: 'cars.json' }, plots);
      const outcome = await bench.ask(question);
      expect(outcome.confidence).toBeLessThan(0.4);
      const offered = [...outcome.text.matchAll(/^- (.+)$/gm)].map(([, text]) => text ?? '');
      expect(offered).toHaveLength(3);
      expect(await poorlyAnswered(bench, offered)).toEqual([]);
    },
  );

  it('names the words that it left out when it goes on without them', async () => {
    await using bench = await openWorkbench({ cars: 'cars.json' }, plots);
    const outcome = await bench.ask('average horsepower by origin for shiny convertibles');
    expect(outcome.text).toContain('I did not understand "shiny", "convertibles" and went on without.');
    expect(outcome.confidence).toBeLessThan(0.6);
  });

  it('is not needed for help, or for a whole analysis', async () => {
    await using bench = await openWorkbench({ cars: 'cars.json' }, plots);
    expect((await bench.ask('what can you do?')).text).toContain('I answer questions about **cars**');
    expect((await bench.ask('analyse the data')).text).toContain('### In short');
  });
});

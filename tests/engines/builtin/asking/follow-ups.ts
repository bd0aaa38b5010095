/** What is said in one conversation, words of the last reading, and SQL of its own whose values the last table must hold, row by row. */
export type Conversation = readonly [turns: readonly string[], reading: string, sql: string];

const over = (column: string, what: string, where = 'true'): string =>
  `SELECT ${column}, ${what} AS v FROM data WHERE ${where} GROUP BY 1 HAVING v IS NOT NULL ORDER BY v DESC, 1`;
const hp = 'avg("Horsepower")';
const byOrigin = 'average horsepower by origin';

/** Questions that build on those before them. */
export const followUps: Readonly<Record<string, readonly Conversation[]>> = {
  'cars.json': [
    [[byOrigin, 'only 1980'], 'average Horsepower by Origin, where the year is 1980', over('"Origin"', hp, 'year("Year") = 1980')],
    [[byOrigin, 'only 1980', 'and 1975?'], 'average Horsepower by Origin, where the year is 1975', over('"Origin"', hp, 'year("Year") = 1975')],
    [[byOrigin, 'since 1978'], 'the year is 1978 or later', over('"Origin"', hp, 'year("Year") >= 1978')],
    [[byOrigin, 'exclude Europe'], 'Origin is not Europe', over('"Origin"', hp, `"Origin" <> 'Europe'`)],
    [[byOrigin, 'what about the median?'], 'median Horsepower by Origin', over('"Origin"', 'median("Horsepower")')],
    [[byOrigin, 'and the maximum'], 'highest Horsepower by Origin', over('"Origin"', 'max("Horsepower")')],
    [[byOrigin, 'what about acceleration?'], 'average Acceleration by Origin', over('"Origin"', 'avg("Acceleration")')],
    [[byOrigin, 'the same for weight'], 'average Weight_in_lbs by Origin', over('"Origin"', 'avg("Weight_in_lbs")')],
    [[byOrigin, 'by cylinders instead'], 'average Horsepower by Cylinders', over('"Cylinders"', hp)],
    [[byOrigin, 'by year'], 'average Horsepower by year (Year)', 'SELECT year("Year"), avg("Horsepower") FROM data GROUP BY 1 ORDER BY 1'],
    [[byOrigin, 'how does it change over time?'], 'average Horsepower over time', 'SELECT year("Year"), avg("Horsepower") FROM data GROUP BY 1 ORDER BY 1'],
    [[byOrigin, 'sort by name'], 'in the order of the names', 'SELECT "Origin", avg("Horsepower") FROM data GROUP BY 1 ORDER BY 1'],
    [[byOrigin, 'lowest first'], 'lowest first', 'SELECT "Origin", avg("Horsepower") AS v FROM data GROUP BY 1 ORDER BY v'],
    [[byOrigin, 'as a pie'], 'average Horsepower by Origin', over('"Origin"', hp)],
    [[byOrigin, 'and for 8 cylinders?'], 'Cylinders is 8', over('"Origin"', hp, '"Cylinders" = 8')],
    [[byOrigin, 'only 1980', 'for all years'], 'average Horsepower by Origin.', over('"Origin"', hp)],
    [
      [byOrigin, 'split by cylinders'],
      'average Horsepower by Origin and Cylinders',
      'SELECT "Origin", "Cylinders", avg("Horsepower") AS v FROM data GROUP BY 1, 2 HAVING v IS NOT NULL ORDER BY v DESC LIMIT 3',
    ],
    [[byOrigin, 'what share is from Japan?'], 'the share of rows where Origin is Japan', `SELECT count(*) FILTER (WHERE "Origin" = 'Japan') FROM data`],
    [[byOrigin, 'how many?'], 'number of rows by Origin', over('"Origin"', 'count(*)')],
    [['how many cars from Japan', 'and from USA?'], 'Origin is USA', `SELECT count(*) FROM data WHERE "Origin" = 'USA'`],
    [
      ['average mpg from Japan', 'and Europe too'],
      'Origin is Japan or Europe',
      `SELECT avg("Miles_per_Gallon") FROM data WHERE "Origin" IN ('Japan', 'Europe')`,
    ],
    [
      ['top 5 cars by horsepower', 'top 3 instead'],
      'the 3 rows with the highest Horsepower',
      'SELECT "Horsepower" FROM data ORDER BY 1 DESC NULLS LAST LIMIT 3',
    ],
    [
      ['top 5 cars by horsepower', 'only from Europe'],
      'Origin is Europe',
      `SELECT "Horsepower" FROM data WHERE "Origin" = 'Europe' ORDER BY 1 DESC NULLS LAST LIMIT 5`,
    ],
    [['top 5 cars by horsepower', 'the bottom 5'], 'the 5 rows with the lowest Horsepower', 'SELECT "Horsepower" FROM data ORDER BY 1 LIMIT 5'],
    [['top 5 cars by horsepower', 'by weight'], 'the 5 rows with the highest Weight_in_lbs', 'SELECT "Weight_in_lbs" FROM data ORDER BY 1 DESC LIMIT 5'],
    [['distribution of horsepower', 'and of weight?'], 'the distribution of Weight_in_lbs', 'SELECT count("Weight_in_lbs"), min("Weight_in_lbs") FROM data'],
    [['distribution of horsepower', 'only Japan'], 'where Origin is Japan', `SELECT count("Horsepower"), min("Horsepower") FROM data WHERE "Origin" = 'Japan'`],
    [
      ['correlation of horsepower and weight', 'and with acceleration?'],
      'the correlation of Horsepower and Acceleration',
      'SELECT round(corr("Horsepower", "Acceleration"), 3) FROM data',
    ],
    [
      ['what share of cars comes from Japan?', 'and from Europe?'],
      'the share of rows where Origin is Europe',
      `SELECT count(*) FILTER ("Origin" = 'Europe'), count(*) FROM data`,
    ],
    [['show me the first 5 rows', 'show 8'], 'the first 8 rows', 'SELECT "Name" FROM data LIMIT 8'],
    [
      ['average mpg over time', 'as a bar chart'],
      'average Miles_per_Gallon over time',
      'SELECT year("Year"), avg("Miles_per_Gallon") FROM data GROUP BY 1 ORDER BY 1',
    ],
    [
      ['average mpg over time', 'for each origin'],
      'for each Origin',
      'SELECT year("Year"), "Origin", avg("Miles_per_Gallon") FROM data GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 6',
    ],
    [
      ['average mpg over time', 'the percent change'],
      'the change in percent of the average Miles_per_Gallon',
      'SELECT year("Year"), round(100 * (avg("Miles_per_Gallon") / lag(avg("Miles_per_Gallon")) OVER (ORDER BY year("Year")) - 1), 1) FROM data GROUP BY 1 ORDER BY 1',
    ],
    [
      [byOrigin, 'what is the meaning of life?', 'only 1980'],
      'average Horsepower by Origin, where the year is 1980',
      over('"Origin"', hp, 'year("Year") = 1980'),
    ],
    [[byOrigin, 'how many cars have 8 cylinders?'], 'number of rows, where Cylinders is 8', 'SELECT count(*) FROM data WHERE "Cylinders" = 8'],
  ],
  'seattle-weather.csv': [
    [
      ['total precipitation by month', 'by year'],
      'total precipitation by year (date)',
      'SELECT year("date"), sum(precipitation) FROM data GROUP BY 1 ORDER BY 1',
    ],
    [
      ['total precipitation by month', 'only 2012'],
      'by month (date), where the year is 2012',
      `SELECT date_trunc('month', "date")::DATE, sum(precipitation) FROM data WHERE year("date") = 2012 GROUP BY 1 ORDER BY 1`,
    ],
    [
      ['total precipitation by year', 'running total'],
      'the running total of the total precipitation',
      'SELECT year("date"), sum(sum(precipitation)) OVER (ORDER BY year("date")) FROM data GROUP BY 1 ORDER BY 1',
    ],
    [
      ['average wind by weather', 'only 2013', 'now in July'],
      'the year is 2013 and the month is July',
      over('weather', 'avg(wind)', 'year("date") = 2013 AND month("date") = 7'),
    ],
    [
      ['average wind by weather', 'without fog', 'top 2'],
      'highest 2',
      `SELECT weather, avg(wind) AS v FROM data WHERE weather <> 'fog' GROUP BY 1 ORDER BY v DESC LIMIT 2`,
    ],
    [['days by weather', 'in 2015'], 'number of rows by weather, where the year is 2015', over('weather', 'count(*)', 'year("date") = 2015')],
    [['days by weather', 'as columns'], 'number of rows by weather', over('weather', 'count(*)')],
    [['days by weather', 'in reverse order'], 'lowest first', 'SELECT weather, count(*) AS v FROM data GROUP BY 1 ORDER BY v'],
  ],
};

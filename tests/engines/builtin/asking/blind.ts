/**
 * Forty things that people may ask, written before the parser was extended and not looked at while it was: the turns of a
 * conversation, and SQL whose values the table of the last answer must hold, row by row; null where the honest answer is that it is not understood.
 */
export type Blind = readonly [table: string, turns: readonly string[], sql: string | null];

const moment = `strptime("Release Date", '%b %d %Y')`;

export const blind: readonly Blind[] = [
  ['cars', ['Which country makes the heaviest cars on average?'], null],
  ['cars', ['avg weight per origin'], 'SELECT "Origin", avg("Weight_in_lbs") AS a FROM cars GROUP BY 1 ORDER BY a DESC'],
  ['cars', ['what is the typical horsepower of a japanese car', 'I mean Japan'], null],
  // Whether the slowest has the most or the fewest seconds, no rule can know.
  ['cars', ['Give me the five slowest cars by acceleration'], null],
  [
    'cars',
    ['median mpg by number of cylinders'],
    'SELECT "Cylinders", median("Miles_per_Gallon") AS m FROM cars GROUP BY 1 HAVING m IS NOT NULL ORDER BY m DESC',
  ],
  [
    'cars',
    ['average horsepower by origin and cylinders'],
    'SELECT "Origin", "Cylinders", avg("Horsepower") AS a FROM cars GROUP BY 1, 2 HAVING a IS NOT NULL ORDER BY a DESC LIMIT 3',
  ],
  [
    'cars',
    ['average horsepower by origin', 'only 1975'],
    'SELECT "Origin", avg("Horsepower") AS a FROM cars WHERE year("Year") = 1975 GROUP BY 1 ORDER BY a DESC',
  ],
  ['cars', ['How many cars were made in Japan?', 'and in Europe?'], `SELECT count(*) FROM cars WHERE "Origin" = 'Europe'`],
  ['cars', ['average mpg over time', 'for USA only'], `SELECT year("Year"), avg("Miles_per_Gallon") FROM cars WHERE "Origin" = 'USA' GROUP BY 1 ORDER BY 1`],
  [
    'cars',
    ['average mpg by origin', 'now the median', 'as a pie chart'],
    'SELECT "Origin", median("Miles_per_Gallon") AS m FROM cars GROUP BY 1 ORDER BY m DESC',
  ],
  ['cars', ['average mpg by origin', 'sort by name'], 'SELECT "Origin", avg("Miles_per_Gallon") FROM cars GROUP BY 1 ORDER BY 1'],
  ['cars', ['top 10 cars by horsepower', 'top 3 instead'], 'SELECT "Name", "Horsepower" FROM cars ORDER BY "Horsepower" DESC NULLS LAST, "Name" LIMIT 3'],
  [
    'cars',
    ['average weight by origin', 'without USA'],
    `SELECT "Origin", avg("Weight_in_lbs") AS a FROM cars WHERE "Origin" <> 'USA' GROUP BY 1 ORDER BY a DESC`,
  ],
  ['movies', ['What are the 5 highest grossing movies worldwide?'], 'SELECT "Title", "Worldwide Gross" FROM movies ORDER BY 2 DESC NULLS LAST, 1 LIMIT 5'],
  [
    'movies',
    ['average IMDB rating by genre'],
    'SELECT "Major Genre", avg("IMDB Rating") AS a FROM movies WHERE "Major Genre" IS NOT NULL GROUP BY 1 ORDER BY a DESC',
  ],
  ['movies', ['how many comedies are there'], `SELECT count(*) FROM movies WHERE "Major Genre" = 'Comedy'`],
  ['movies', ['number of movies per year since 2000'], `SELECT year(${moment}), count(*) FROM movies WHERE year(${moment}) >= 2000 GROUP BY 1 ORDER BY 1`],
  [
    'movies',
    ['which genre has the longest running time on average'],
    'SELECT "Major Genre", avg("Running Time min") AS a FROM movies WHERE "Major Genre" IS NOT NULL GROUP BY 1 HAVING a IS NOT NULL ORDER BY a DESC LIMIT 1',
  ],
  ['movies', ['what share of movies are dramas'], `SELECT count(*) FILTER ("Major Genre" = 'Drama'), count(*) FROM movies`],
  [
    'movies',
    ['total production budget by distributor', 'just the top 5'],
    'SELECT "Distributor", sum("Production Budget") AS s FROM movies WHERE "Distributor" IS NOT NULL GROUP BY 1 HAVING s IS NOT NULL ORDER BY s DESC LIMIT 5',
  ],
  ['weather', ['How much did it rain in total each year?'], null],
  ['weather', ['hottest day by temp_max'], 'SELECT "date", temp_max FROM weather ORDER BY temp_max DESC, 1 LIMIT 1'],
  ['weather', ['average wind by weather', 'only 2013'], 'SELECT weather, avg(wind) AS a FROM weather WHERE year("date") = 2013 GROUP BY 1 ORDER BY a DESC'],
  [
    'weather',
    ['total precipitation by month', 'by quarter'],
    `SELECT date_trunc('quarter', "date")::DATE, sum(precipitation) FROM weather GROUP BY 1 ORDER BY 1`,
  ],
  [
    'weather',
    ['running total of precipitation by month'],
    `SELECT date_trunc('month', "date")::DATE, sum(sum(precipitation)) OVER (ORDER BY date_trunc('month', "date")) FROM weather GROUP BY date_trunc('month', "date") ORDER BY 1`,
  ],
  [
    'weather',
    ['percent change in total precipitation by year'],
    'SELECT year("date"), 100.0 * (sum(precipitation) / lag(sum(precipitation)) OVER (ORDER BY year("date")) - 1) FROM weather GROUP BY 1 ORDER BY 1',
  ],
  ['weather', ['How many rainy days in 2014?'], `SELECT count(*) FROM weather WHERE weather = 'rain' AND year("date") = 2014`],
  ['penguins', ['Mean body mass for each species'], 'SELECT "Species", avg("Body Mass (g)") AS a FROM penguins GROUP BY 1 ORDER BY a DESC'],
  [
    'penguins',
    ['how many penguins live on each island?', 'only Gentoo'],
    `SELECT "Island", count(*) AS n FROM penguins WHERE "Species" = 'Gentoo' GROUP BY 1 ORDER BY n DESC`,
  ],
  ['penguins', ['does flipper length depend on body mass'], `SELECT round(corr("Flipper Length (mm)", "Body Mass (g)"), 3) FROM penguins`],
  [
    'penguins',
    ['compare male and female body mass'],
    `SELECT "Sex", avg("Body Mass (g)") AS a FROM penguins WHERE "Sex" IN ('MALE', 'FEMALE') GROUP BY 1 ORDER BY a DESC`,
  ],
  ['gapminder', ['life expectancy by cluster', 'and fertility?'], 'SELECT cluster, avg(fertility) AS a FROM gapminder GROUP BY 1 ORDER BY a DESC'],
  ['gapminder', ['Which 3 countries had the biggest population in 2005?'], 'SELECT country, pop FROM gapminder WHERE year = 2005 ORDER BY pop DESC LIMIT 3'],
  ['gapminder', ['how did life expectancy in China develop?'], `SELECT year, avg(life_expect) FROM gapminder WHERE country = 'China' GROUP BY 1 ORDER BY 1`],
  ['stocks', ['average price by symbol', 'exclude GOOG'], `SELECT symbol, avg(price) AS a FROM stocks WHERE symbol <> 'GOOG' GROUP BY 1 ORDER BY a DESC`],
  ['stocks', ['max price of AAPL'], `SELECT max(price) FROM stocks WHERE symbol = 'AAPL'`],
  ['stocks', ['price over time for each symbol'], `SELECT DISTINCT date_trunc('month', strptime(date, '%b %d %Y'))::DATE AS d FROM stocks ORDER BY 1 LIMIT 1`],
  [
    'barley',
    ['which variety has the best yield on average at Waseca'],
    `SELECT variety, avg(yield) AS a FROM barley WHERE site = 'Waseca' GROUP BY 1 ORDER BY a DESC LIMIT 1`,
  ],
  [
    'disasters',
    ['total deaths by entity, not counting all natural disasters'],
    `SELECT "Entity", sum("Deaths") AS s FROM disasters WHERE "Entity" <> 'All natural disasters' GROUP BY 1 ORDER BY s DESC`,
  ],
  [
    'disasters',
    ['deaths from earthquake between 1950 and 1960'],
    `SELECT sum("Deaths") FROM disasters WHERE "Entity" = 'Earthquake' AND "Year" BETWEEN 1950 AND 1960`,
  ],
];

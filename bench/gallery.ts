import { DuckDBInstance } from '@duckdb/node-api';
import type { JsonObject } from '../src/base/json.ts';
import type { TableData } from '../src/base/table.ts';

/** A plot to be looked at. */
export interface Picture {
  readonly name: string;
  readonly spec: JsonObject;
  readonly data: TableData;
  readonly units?: Readonly<Record<string, string>>;
}

const folder = new URL('../node_modules/vega-datasets/data/', import.meta.url).pathname;

/** Specifications as a language model writes them: bare, over a query each. */
const wishes: readonly { readonly name: string; readonly sql: string; readonly spec: JsonObject; readonly units?: Readonly<Record<string, string>> }[] = [
  {
    name: 'bar',
    sql: `SELECT "Major Genre" AS genre, avg(TRY_CAST("Worldwide Gross" AS DOUBLE)) AS gross FROM 'movies.json' WHERE "Major Genre" IS NOT NULL GROUP BY 1`,
    spec: {
      title: 'Average worldwide gross by genre',
      mark: 'bar',
      encoding: { x: { field: 'genre', type: 'nominal' }, y: { field: 'gross', type: 'quantitative' } },
    },
    units: { gross: '$' },
  },
  {
    name: 'bar-horizontal',
    sql: `SELECT "Distributor" AS distributor, count(*) AS films FROM 'movies.json' WHERE "Distributor" IS NOT NULL GROUP BY 1 ORDER BY 2 DESC LIMIT 20`,
    spec: {
      title: 'The twenty distributors with the most films in the whole collection of movies that was uploaded',
      mark: 'bar',
      encoding: { y: { field: 'distributor', type: 'nominal' }, x: { field: 'films', type: 'quantitative' } },
    },
  },
  {
    name: 'bar-grouped',
    sql: `SELECT "Origin", "Cylinders", avg("Horsepower") AS horsepower FROM 'cars.json' GROUP BY 1, 2`,
    spec: {
      title: 'Horsepower by cylinders and origin',
      mark: 'bar',
      encoding: {
        x: { field: 'Cylinders', type: 'ordinal' },
        xOffset: { field: 'Origin' },
        y: { field: 'horsepower', type: 'quantitative' },
        color: { field: 'Origin', type: 'nominal' },
      },
    },
    units: { horsepower: 'hp' },
  },
  {
    name: 'bar-stacked',
    sql: `SELECT site, variety, sum(yield) AS yield FROM 'barley.json' GROUP BY 1, 2`,
    spec: {
      title: 'Barley yield by variety and site',
      mark: 'bar',
      encoding: { y: { field: 'variety', type: 'nominal' }, x: { field: 'yield', type: 'quantitative' }, color: { field: 'site', type: 'nominal' } },
    },
  },
  {
    name: 'bar-months',
    sql: `SELECT monthname(date) AS month, avg(precipitation) AS precipitation_mm FROM 'seattle-weather.csv' GROUP BY 1`,
    spec: { title: 'Precipitation by month', mark: 'bar', encoding: { x: { field: 'month' }, y: { field: 'precipitation_mm', type: 'quantitative' } } },
  },
  {
    name: 'line',
    sql: `SELECT strptime(date, '%b %-d %Y')::DATE AS date, symbol, price FROM 'stocks.csv'`,
    spec: {
      title: 'Stock prices',
      mark: 'line',
      encoding: { x: { field: 'date', type: 'temporal' }, y: { field: 'price', type: 'quantitative' }, color: { field: 'symbol' } },
    },
    units: { price: '$' },
  },
  {
    name: 'line-years',
    sql: `SELECT year, country, life_expect FROM 'gapminder.json' WHERE country IN ('China', 'India', 'United States', 'Brazil', 'Nigeria')`,
    spec: {
      title: 'Life expectancy',
      mark: { type: 'line', point: true },
      encoding: { x: { field: 'year', type: 'quantitative' }, y: { field: 'life_expect', type: 'quantitative' }, color: { field: 'country', type: 'nominal' } },
    },
    units: { life_expect: 'years' },
  },
  {
    name: 'area-stacked',
    sql: `SELECT date::DATE AS month, series, "count" AS unemployed FROM 'unemployment-across-industries.json'`,
    spec: {
      title: 'Unemployed people by industry',
      mark: 'area',
      encoding: { x: { field: 'month', type: 'temporal' }, y: { field: 'unemployed', type: 'quantitative' }, color: { field: 'series', type: 'nominal' } },
    },
  },
  {
    name: 'scatter',
    sql: `SELECT "Flipper Length (mm)" AS flipper, "Body Mass (g)" AS mass, "Species" AS species FROM 'penguins.json'`,
    spec: {
      title: 'Flipper length and body mass',
      layer: [
        {
          mark: 'point',
          encoding: {
            x: { field: 'flipper', type: 'quantitative', scale: { zero: false } },
            y: { field: 'mass', type: 'quantitative', scale: { zero: false } },
            color: { field: 'species', type: 'nominal' },
          },
        },
        {
          transform: [{ regression: 'mass', on: 'flipper' }],
          mark: { type: 'line', color: 'black' },
          encoding: { x: { field: 'flipper', type: 'quantitative' }, y: { field: 'mass', type: 'quantitative' } },
        },
      ],
    },
    units: { flipper: 'mm', mass: 'g' },
  },
  {
    name: 'histogram',
    sql: `SELECT delay FROM 'flights-2k.json'`,
    spec: { title: 'Delay of flights', mark: 'bar', encoding: { x: { field: 'delay', bin: { maxbins: 30 } }, y: { aggregate: 'count' } } },
    units: { delay: 'min' },
  },
  {
    name: 'box',
    sql: `SELECT "Species" AS species, "Body Mass (g)" AS mass_g FROM 'penguins.json'`,
    spec: {
      title: 'Body mass of penguins',
      mark: 'boxplot',
      encoding: { x: { field: 'species' }, y: { field: 'mass_g', type: 'quantitative', scale: { zero: false } } },
    },
  },
  {
    name: 'heatmap',
    sql: `SELECT dayname(date) AS weekday, monthname(date) AS month, avg(temp_max) AS temperature FROM 'seattle-weather.csv' GROUP BY 1, 2`,
    spec: {
      title: 'Highest temperature by weekday and month',
      mark: 'rect',
      encoding: { x: { field: 'month', type: 'nominal' }, y: { field: 'weekday', type: 'nominal' }, color: { field: 'temperature', type: 'quantitative' } },
    },
    units: { temperature: '°C' },
  },
  {
    name: 'facets',
    sql: `SELECT "Horsepower" AS horsepower, "Miles_per_Gallon" AS miles_per_gallon, "Origin" AS origin FROM 'cars.json'`,
    spec: {
      title: 'Horsepower and consumption by origin',
      mark: 'point',
      encoding: {
        x: { field: 'horsepower', type: 'quantitative' },
        y: { field: 'miles_per_gallon', type: 'quantitative' },
        column: { field: 'origin', type: 'nominal' },
      },
    },
  },
  {
    name: 'facets-many',
    sql: `SELECT date::DATE AS month, series, "count" AS unemployed FROM 'unemployment-across-industries.json'`,
    spec: {
      title: 'Unemployment by industry',
      mark: 'area',
      encoding: {
        x: { field: 'month', type: 'temporal' },
        y: { field: 'unemployed', type: 'quantitative' },
        facet: { field: 'series', type: 'nominal', columns: 4 },
      },
    },
  },
  {
    name: 'pie',
    sql: `SELECT "Origin" AS origin, count(*) AS cars FROM 'cars.json' GROUP BY 1`,
    spec: {
      title: 'Cars by origin',
      mark: { type: 'arc', innerRadius: 50 },
      encoding: { theta: { field: 'cars', type: 'quantitative' }, color: { field: 'origin', type: 'nominal' } },
    },
  },
  {
    name: 'pie-too-many',
    sql: `SELECT country, max(pop) AS population FROM 'gapminder.json' GROUP BY 1 ORDER BY 2 DESC LIMIT 30`,
    spec: {
      title: 'Population by country',
      mark: 'arc',
      encoding: { theta: { field: 'population', type: 'quantitative' }, color: { field: 'country', type: 'nominal' } },
    },
  },
  {
    name: 'labelled-bars',
    sql: `SELECT weather, count(*) AS days FROM 'seattle-weather.csv' GROUP BY 1`,
    spec: {
      title: { text: 'Days by weather', subtitle: 'Seattle, 2012 to 2015' },
      encoding: { y: { field: 'weather', type: 'nominal', sort: '-x' }, x: { field: 'days', type: 'quantitative' } },
      layer: [{ mark: 'bar' }, { mark: { type: 'text', align: 'left', dx: 4, color: 'black' }, encoding: { text: { field: 'days', type: 'quantitative' } } }],
    },
  },
  {
    name: 'concat',
    sql: `SELECT "Horsepower" AS horsepower, "Weight_in_lbs" AS weight_in_lbs, "Origin" AS origin FROM 'cars.json'`,
    spec: {
      hconcat: [
        { mark: 'point', encoding: { x: { field: 'horsepower', type: 'quantitative' }, y: { field: 'weight_in_lbs', type: 'quantitative' } } },
        { mark: 'bar', encoding: { x: { field: 'origin' }, y: { aggregate: 'mean', field: 'weight_in_lbs' } } },
      ],
    },
  },
  {
    name: 'map',
    sql: `SELECT country, pop AS population FROM 'gapminder.json' WHERE year = 2005`,
    spec: {
      title: 'Population in 2005',
      mark: 'geoshape',
      encoding: { shape: { field: 'country', type: 'geojson' }, color: { field: 'population', type: 'quantitative' } },
    },
  },
];

/** The plots with their data. */
export async function galleryOf(): Promise<readonly Picture[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const pictures: Picture[] = [];
  for (const { name, sql, spec, units } of wishes) {
    const result = await connection.runAndReadAll(sql.replaceAll(/FROM '/g, `FROM '${folder}`));
    const columns = result.columnNames().map((column, index) => ({ name: column, type: String(result.columnType(index)) }));
    const rows: any = result.getRowsJson();
    const numeric = columns.map(({ type }) => /INT|DOUBLE|DECIMAL/.test(type));
    const data = {
      columns,
      rows: rows.map((row: any[]) => row.map((value, index) => (numeric[index] === true && value !== null ? Number(value) : value))),
      truncated: false,
      elapsedMs: 0,
    };
    pictures.push({ name, spec, data, ...(units === undefined ? {} : { units }) });
  }
  return pictures;
}

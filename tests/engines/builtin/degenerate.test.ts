import { afterAll, describe, expect, it } from 'vitest';

import { createPlots } from '../../../src/plots/plots.ts';
import { askableQuestions } from '../../../src/engines/builtin/question/catalogue.ts';
import { readTable } from '../../../src/engines/builtin/column.ts';
import { openWorkbench, poorlyAnswered } from './kit.ts';
import { profileTable } from './profile.ts';

const plots = createPlots();
afterAll(() => plots.close());

const weirdNames = `SELECT i AS "select", i % 5 AS "a""b", i * 1.5 AS "Größe (cm)", 'v' || i % 3 AS "group by", DATE '2020-01-01' + i::INTEGER AS "da.te[0]", i * i AS "it's \\ x", random() > 0.5 AS "is; ok" FROM range(200) t(i)`;

/** Tables that ordinary code trips over. */
const tables: readonly (readonly [name: string, sql: string, expected: RegExp])[] = [
  ['no rows', 'SELECT 1 AS a, 2 AS b WHERE false', /has 2 columns and no rows/],
  ['one row', `SELECT 1 AS a, 'x' AS b`, /has 1 row and 2 columns/],
  ['one column of numbers', 'SELECT i AS n FROM range(100) t(i)', /has 100 rows and 1 column/],
  ['one column of text', `SELECT 'text ' || i AS t FROM range(100) t(i)`, /has 100 rows and 1 column/],
  ['only nulls', 'SELECT NULL::DOUBLE AS a, NULL::VARCHAR AS b FROM range(50)', /are empty in every row/],
  ['constants', `SELECT 7 AS a, 'same' AS b, DATE '2020-01-01' AS c FROM range(50)`, /have the same value everywhere/],
  ['names that are no names', weirdNames, /Größe \(cm\)/],
  [
    'only text',
    `SELECT 'c' || i % 4 AS colour, 's' || i % 4 AS size, 'n' || i AS name FROM range(120) t(i)`,
    /\*\*colour\*\* and \*\*size\*\*: one determines the other/,
  ],
  [
    'yes and no',
    `SELECT i % 3 = 0 AS done, i * 2.5 AS price FROM range(90) t(i)`,
    /is done false the most frequent|Done false is the most|done false is the most frequent/,
  ],
  ['repeated rows', 'SELECT i % 10 AS a, i % 10 * 3 AS b FROM range(100) t(i)', /90 rows \(90 %\) repeat another row in every column/],
  [
    'not a number and infinity',
    `SELECT CASE WHEN i = 0 THEN 'nan'::DOUBLE WHEN i = 1 THEN 'inf'::DOUBLE ELSE i END AS x, i * 2.0 AS y FROM range(60) t(i)`,
    /has 60 rows/,
  ],
  ['lists and structs', `SELECT [i, i] AS l, {'a': i} AS s, i AS n FROM range(30) t(i)`, /has 30 rows/],
  ['very large numbers', 'SELECT 170141183460469231731687303715884105727::HUGEINT - i AS h, i::DECIMAL(38, 10) AS d FROM range(50) t(i)', /has 50 rows/],
  [
    'dates as text',
    `SELECT strftime(DATE '2019-01-15' + i::INTEGER * 10, '%d/%m/%Y') AS day, i + 0.5 AS value FROM range(150) t(i)`,
    /It covers 2019-01-15 to 2023-02-/,
  ],
  ['markup in the data', `SELECT '<b>*x*</b> [l](http://e)' || i % 3 AS "c*d_" , i AS n FROM range(60) t(i)`, /has 60 rows/],
];

describe.each(tables)('a table with %s', (_case, sql, expected) => {
  it('is analysed without a failing query', async () => {
    await using bench = await openWorkbench({ 'my "table"': sql }, plots);
    const outcome = await bench.analyse();
    expect(outcome.shown.filter((shown) => shown.type === 'error')).toEqual([]);
    expect(outcome.text).toMatch(expected);
    expect(outcome.text).not.toMatch(/undefined|NaN|null|Infinity|\[object/);
    expect(outcome.steps).toBeLessThan(30);
  });

  it('answers every question that is offered for it', async () => {
    await using bench = await openWorkbench({ 'my "table"': sql }, plots);
    const questions = askableQuestions(readTable(await profileTable(bench.connection, 'my "table"')));
    expect(
      await poorlyAnswered(
        bench,
        questions.filter((text) => text !== 'Analyse the data'),
      ),
    ).toEqual([]);
  });
});

describe('a session with several tables', () => {
  it('describes each, names shared columns and looks closer at one', async () => {
    await using bench = await openWorkbench({ cars: 'cars.json', origins: `SELECT unnest(['USA', 'Japan', 'Europe']) AS "Origin", 1 AS rank` }, plots);
    const { text } = await bench.analyse();
    expect(text).toContain('There are 2 tables');
    expect(text).toContain('1 column name is shared and could join the tables: **cars**.Origin and **origins**.Origin');
    expect(text).toContain('I look closer at **cars**');
    expect((await bench.ask('highest rank')).text).toContain('The highest **rank** is 1');
  });

  it('says so when there is no table', async () => {
    await using bench = await openWorkbench({}, plots);
    expect((await bench.analyse()).text).toContain('There is no table in this session yet');
    expect(await bench.ask('how many rows?')).toMatchObject({ confidence: 0 });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPlots } from '../../../../src/plots/plots.ts';
import { openWorkbench, poorlyAnswered, type Outcome, type Workbench } from '../kit.ts';
import { holds, tableOf } from './score.ts';

const plots = createPlots();
afterAll(() => plots.close());

const products = `SELECT range AS id, 'Product ' || range AS product, range % 4 AS category_id, 10.5 + range AS price FROM range(40)`;
const categories = `SELECT * FROM (VALUES (0, 'Fruit'), (1, 'Bread'), (2, 'Milk'), (3, 'Fish')) AS t (id, name)`;
const orders = `SELECT range AS order_id, range % 41 AS product_id, 1 + range % 5 AS quantity, DATE '2024-01-01' + (range % 300)::INTEGER AS ordered FROM range(500)`;
const notes = `SELECT range % 3 AS category_id, 'note ' || range AS remark FROM range(60)`;

describe('questions over several tables', () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await openWorkbench({ products, categories, orders, notes }, plots);
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  it.each([
    [
      'average price by category name',
      'I joined **products** with **categories**',
      'SELECT c.name, avg(price) AS a FROM products p JOIN categories c ON c.id = category_id GROUP BY 1 ORDER BY a DESC',
    ],
    [
      'total quantity by product',
      'I joined **orders** with **products**',
      'SELECT product, sum(quantity) AS s FROM orders JOIN products ON id = product_id GROUP BY 1 ORDER BY s DESC, 1 LIMIT 5',
    ],
    [
      'total quantity by product in March',
      'the month is March',
      'SELECT product, sum(quantity) AS s FROM orders JOIN products ON id = product_id WHERE month(ordered) = 3 GROUP BY 1 ORDER BY s DESC, 1 LIMIT 5',
    ],
    ['how many orders per month', 'number of rows by month (ordered)', `SELECT date_trunc('month', ordered)::DATE, count(*) FROM orders GROUP BY 1 ORDER BY 1`],
    ['average price in products', 'average price', 'SELECT avg(price) FROM products'],
  ])('"%s"', async (question, words, sql) => {
    const outcome = await bench.ask(question);
    expect(outcome.shown.filter((shown) => shown.type === 'error')).toEqual([]);
    expect(outcome.text).toContain(words);
    expect(outcome.confidence).toBe(0.95);
    expect(holds(tableOf(outcome), await bench.rows(sql)), JSON.stringify([tableOf(outcome), await bench.rows(sql)])).toBe(true);
  });

  it('say how many rows find no partner', async () => {
    const [[alone] = []] = await bench.rows('SELECT count(*)::INTEGER FROM orders WHERE product_id NOT IN (SELECT id FROM products)');
    expect((await bench.ask('total quantity by product')).text).toContain(`${String(alone)} rows of **orders** have no partner there.`);
  });

  it('are answered by a column that has one value so far, although another table has one of that name', async () => {
    await using plans = await openWorkbench(
      {
        plan_items: `SELECT 'i' || range AS title, 'TODO' AS status FROM range(22)`,
        goals: `SELECT 'g' || range AS title, CASE WHEN range > 1 THEN 'ACTIVE' ELSE 'PAUSED' END AS status FROM range(5)`,
      },
      plots,
    );
    const outcome = await plans.ask('How many items per status?');
    expect(outcome.confidence).toBe(0.95);
    expect(tableOf(outcome)).toEqual([['TODO', 22, 100]]);
  });

  it('are not answered by counting rows twice', async () => {
    await using twice = await openWorkbench(
      { sales: 'SELECT range % 7 AS shop, range AS amount FROM range(70)', shops: `SELECT range % 6 AS shop, 'Town ' || range % 4 AS town FROM range(12)` },
      plots,
    );
    const outcome = await twice.ask('total amount by town');
    expect(outcome.confidence).toBeLessThan(0.7);
    expect(outcome.shown.filter((shown) => shown.type === 'table' && shown.rows.some((row) => row.includes('Town 1')))).toEqual([]);
  });
});

describe('wishes for a picture', () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await openWorkbench({ cars: 'cars.json' }, plots);
  });
  afterAll(() => bench[Symbol.asyncDispose]());
  const markOf = (outcome: Outcome): string | null => {
    const plot = outcome.shown.find((shown) => shown.type === 'plot');
    return plot?.type === 'plot' ? (/"type":"(\w+)"/.exec(JSON.stringify(plot.spec['mark'] ?? plot.spec['layer'] ?? null))?.[1] ?? null) : null;
  };

  it.each<readonly [readonly string[], string | null, string]>([
    [['average mpg by origin as a pie chart'], 'bar', 'A pie needs parts of a whole, and averages are none, so this is drawn as a bar chart.'],
    [['average mpg by origin', 'as a line'], 'bar', 'A line needs a time or an order, so this is drawn as a bar chart.'],
    [['average mpg by origin', 'as columns'], 'bar', ''],
    [['cars by origin as a pie chart'], 'arc', ''],
    [['cars by origin and cylinders', 'as stacked bars'], 'bar', ''],
    [['average mpg by origin', 'as a table'], null, ''],
    [['bar chart of average mpg by origin'], 'bar', ''],
    [['average mpg over time'], 'line', ''],
    [['average mpg over time', 'as a bar chart'], 'bar', ''],
    [['average mpg over time', 'as a pie'], 'line', 'A pie needs one category, so this is drawn as a line.'],
    [['average mpg over time', 'as a bar chart', 'by origin'], 'bar', ''],
    [['scatter plot of horsepower and weight'], 'point', ''],
    [['heat map of origin and cylinders'], 'rect', ''],
    [['average mpg by origin and cylinders'], 'rect', ''],
  ])('%j are drawn with the mark %s', async (turns, mark, words) => {
    const last = (await bench.converse(turns)).at(-1);
    if (last === undefined) throw new Error('nothing was asked');
    expect(last.shown.filter((shown) => shown.type === 'error')).toEqual([]);
    expect(last.confidence, last.text).toBe(0.95);
    expect(markOf(last)).toBe(mark);
    expect(last.text).toContain(words);
  });

  it.each([
    'why is the horsepower of USA so high',
    'predict the mpg of 1990',
    'ratio of horsepower to weight by origin',
    'percent change of horsepower by origin',
    'how much did the cars cost',
    'average horsepower and displacement by origin',
    'average horsepower of blue cars',
    'top 5 cars by horsepower in 17 colours',
    'average horsepower by origin, name and cylinders',
    'standard deviation of mpg by origin',
  ])('"%s" is never answered as if it were understood', async (question) => {
    expect((await bench.ask(question)).confidence).toBeLessThan(0.7);
  });

  it('offers three questions of this data, each of which it answers, when it understands nothing', async () => {
    const outcome = await bench.ask('tell me a joke about wheels');
    const offered = [...outcome.text.matchAll(/^- (.+)$/gm)].map(([, text]) => text ?? '');
    expect(offered).toHaveLength(3);
    expect(await poorlyAnswered(bench, offered)).toEqual([]);
  });
});

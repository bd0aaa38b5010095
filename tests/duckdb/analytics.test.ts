import { describe, expect, it } from 'vitest';
import { useSales } from './sales.ts';

const sales = useSales();

describe('D05: ordinary analytics is accepted and right', () => {
  it.each<[string, string, readonly unknown[]]>([
    [
      'groups',
      'SELECT region, sum(amount), count(*) FROM sales GROUP BY region ORDER BY region',
      [
        ['north', 23.75, 3],
        ['south', 24, 2],
      ],
    ],
    [
      'groups by all',
      'SELECT product, avg(quantity) FROM sales GROUP BY ALL ORDER BY ALL',
      [
        ['coffee', 2],
        ['tea', 2.3333333333333335],
      ],
    ],
    ['filters groups', 'SELECT region FROM sales GROUP BY region HAVING sum(amount) > 24 - 0.1', [['south']]],
    [
      'running totals',
      'SELECT id, sum(amount) OVER (ORDER BY sold_on ROWS UNBOUNDED PRECEDING) FROM sales ORDER BY id LIMIT 3',
      [
        [1, 10.5],
        [2, 14.5],
        [3, 22.5],
      ],
    ],
    [
      'ranks with QUALIFY',
      'SELECT region, id FROM sales QUALIFY row_number() OVER (PARTITION BY region ORDER BY amount DESC) = 1 ORDER BY region',
      [
        ['north', 1],
        ['south', 4],
      ],
    ],
    [
      'lag and named windows',
      'SELECT id, amount - lag(amount) OVER w FROM sales WINDOW w AS (ORDER BY id) ORDER BY id LIMIT 2',
      [
        [1, null],
        [2, -6.5],
      ],
    ],
    [
      'frames over dates',
      'SELECT id, count(*) OVER (ORDER BY sold_on RANGE BETWEEN INTERVAL 20 DAYS PRECEDING AND CURRENT ROW) FROM sales ORDER BY id',
      [
        [1, 1],
        [2, 2],
        [3, 2],
        [4, 2],
        [5, 2],
      ],
    ],
    [
      'CTEs in a chain',
      'WITH a AS (SELECT region, sum(amount) AS total FROM sales GROUP BY 1), b AS (SELECT max(total) AS most FROM a) SELECT region FROM a, b WHERE total = most',
      [['south']],
    ],
    ['a recursive CTE', 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT sum(i) FROM n', [[15]]],
    [
      'left joins',
      'SELECT r.manager, count(s.id) FROM regions r LEFT JOIN sales s USING (region) GROUP BY 1 ORDER BY 1',
      [
        ['Ann', 3],
        ['Bob', 2],
        ['Cid', 0],
      ],
    ],
    ['anti joins', 'SELECT manager FROM regions ANTI JOIN sales USING (region)', [['Cid']]],
    [
      'self joins',
      'SELECT a.id, b.id FROM sales a JOIN sales b ON a.product = b.product AND a.id < b.id WHERE a.region <> b.region ORDER BY ALL',
      [
        [1, 4],
        [2, 3],
        [4, 5],
      ],
    ],
    ['subqueries', 'SELECT id FROM sales s WHERE amount > (SELECT avg(amount) FROM sales WHERE region = s.region) ORDER BY id', [[1], [3], [4]]],
    ['EXISTS', 'SELECT manager FROM regions r WHERE NOT EXISTS (SELECT 1 FROM sales s WHERE s.region = r.region)', [['Cid']]],
    [
      'PIVOT with IN',
      "PIVOT (SELECT region, product, amount FROM sales) ON product IN ('tea', 'coffee') USING sum(amount) ORDER BY region",
      [
        ['north', 15.75, 8],
        ['south', 20, 4],
      ],
    ],
    [
      'a pivot in FROM',
      "SELECT * FROM (PIVOT sales ON region IN ('north', 'south') USING count(*) GROUP BY product) ORDER BY product",
      [
        ['coffee', 1, 1],
        ['tea', 2, 1],
      ],
    ],
    [
      'UNPIVOT',
      'UNPIVOT (SELECT id, quantity, amount::DOUBLE AS amount FROM (SELECT id, quantity::DOUBLE AS quantity, amount FROM sales)) ON quantity, amount INTO NAME what VALUE x ORDER BY id, what LIMIT 2',
      [
        [1, 'amount', 10.5],
        [1, 'quantity', 2],
      ],
    ],
    ['quantiles and medians', 'SELECT median(amount), quantile_cont(amount, 0.25), quantile_cont(amount::DOUBLE, [0.5, 1]) FROM sales', [[8, 5.25, [8, 20]]]],
    [
      'ordered sets and filters',
      "SELECT mode(product), count(*) FILTER (WHERE region = 'north'), string_agg(product, '+' ORDER BY id) FROM sales",
      [['tea', 3, 'tea+coffee+coffee+tea+tea']],
    ],
    [
      'correlation and regression',
      'SELECT round(corr(amount, quantity), 3), round(regr_slope(amount, quantity), 3), round(stddev_samp(quantity), 3) FROM sales',
      [[0.88, 4.294, 1.304]],
    ],
  ])('%s', async (_name, sql, expected) => {
    const rows = await sales.rows(sql);
    expect(rows).toEqual(expected);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueryTable } from '../../src/duckdb/protocol.ts';
import { startKit, type Kit } from './kit.ts';

let kit: Kit;
let tables: readonly QueryTable[];

beforeAll(async () => {
  kit = await startKit();
  const sales = await kit.table(
    'sales',
    `SELECT * FROM (VALUES
      (1, DATE '2024-01-05', 'north', 'tea',    10.50::DECIMAL(10,2), 2, ['a','b']),
      (2, DATE '2024-01-20', 'south', 'coffee',  4.00,                1, ['b']),
      (3, DATE '2024-02-03', 'north', 'coffee',  8.00,                3, []),
      (4, DATE '2024-02-14', 'south', 'tea',    20.00,                4, ['a']),
      (5, DATE '2024-03-01', 'north', 'tea',     5.25,                1, NULL)
    ) AS t(id, sold_on, region, product, amount, quantity, tags)`,
  );
  const regions = await kit.table('regions', "SELECT * FROM (VALUES ('north', 'Ann'), ('south', 'Bob'), ('west', 'Cid')) AS t(region, manager)");
  const spaced = await kit.table('odd name', 'SELECT 7 AS "the value"');
  tables = [sales, regions, spaced];
});

afterAll(async () => {
  await kit[Symbol.asyncDispose]();
});

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
    [
      'dates',
      "SELECT date_trunc('month', sold_on), count(*), dayname(min(sold_on)) FROM sales GROUP BY 1 ORDER BY 1 LIMIT 1",
      [['2024-01-01T00:00:00', 2, 'Friday']],
    ],
    [
      'date arithmetic',
      "SELECT sold_on + INTERVAL 1 MONTH, extract(year FROM sold_on), date_diff('day', DATE '2024-01-01', sold_on), strftime(sold_on, '%d.%m.%Y') FROM sales WHERE id = 1",
      [['2024-02-05T00:00:00', 2024, 4, '05.01.2024']],
    ],
    [
      'regular expressions',
      "SELECT regexp_extract('order 66', '(\\d+)', 1), regexp_replace('a-b', '-', '_'), 'abc' SIMILAR TO 'a.c', 'Abc' ILIKE 'a%'",
      [['66', 'a_b', true, true]],
    ],
    [
      'texts',
      "SELECT upper(region), left(product, 1), split_part('a/b/c', '/', 2), concat_ws('-', 1, 'x'), printf('%05.1f', 3.14159) FROM sales WHERE id = 1",
      [['NORTH', 't', 'b', '1-x', '003.1']],
    ],
    [
      'lists',
      "SELECT id, len(tags), tags[1], list_contains(tags, 'a'), [x || '!' FOR x IN tags] FROM sales ORDER BY id LIMIT 2",
      [
        [1, 2, 'a', true, ['a!', 'b!']],
        [2, 1, 'b', false, ['b!']],
      ],
    ],
    [
      'unnested lists',
      'SELECT tag, count(*) FROM (SELECT unnest(tags) AS tag FROM sales) GROUP BY tag ORDER BY tag',
      [
        ['a', 2],
        ['b', 2],
      ],
    ],
    [
      'lambdas',
      'SELECT list_transform([1, 2, 3], lambda x: x * 2), list_filter([1, 2, 3], lambda x: x > 1), list_reduce([1, 2, 3], lambda a, b: a + b)',
      [[[2, 4, 6], [2, 3], 6]],
    ],
    ['structs and maps', "SELECT {name: 'x', size: 2}.size, struct_pack(a := 1), map {'k': 1}['k'], row_to_json({a: 1})", [[2, { a: 1 }, 1, '{"a":1}']]],
    ['JSON', 'SELECT json_extract_string(\'{"a": {"b": "deep"}}\', \'$.a.b\'), \'[1,2]\'::JSON -> 1', [['deep', '2']]],
    [
      'CASE, COALESCE, NULLIF, TRY',
      "SELECT CASE WHEN 1 > 2 THEN 'a' ELSE 'b' END, coalesce(NULL, 3), nullif(1, 1), TRY_CAST('x' AS INT), ifnull(NULL, 4)",
      [['b', 3, null, null, 4]],
    ],
    ['sets', 'SELECT region FROM regions EXCEPT SELECT region FROM sales', [['west']]],
    [
      'unions by name',
      'SELECT 1 AS a, 2 AS b UNION ALL BY NAME SELECT 4 AS b, 3 AS a ORDER BY a',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [
      'grouping sets',
      'SELECT region, product, sum(quantity), grouping(product) FROM sales GROUP BY ROLLUP (region, product) ORDER BY ALL NULLS LAST LIMIT 3',
      [
        ['north', 'coffee', 3, 0],
        ['north', 'tea', 3, 0],
        ['north', null, 6, 1],
      ],
    ],
    ['stars with changes', 'SELECT * EXCLUDE (tags, sold_on) REPLACE (amount * 2 AS amount) FROM sales WHERE id = 2', [[2, 'south', 'coffee', 8, 1]]],
    ['column patterns', "SELECT COLUMNS('^(id|quan)') FROM sales WHERE id = 3", [[3, 3]]],
    ['a calendar from generate_series', "SELECT count(*) FROM generate_series(DATE '2024-01-01', DATE '2024-01-31', INTERVAL 1 DAY)", [[31]]],
    [
      'histograms by width',
      'SELECT floor(amount / 10) * 10 AS bin, count(*) FROM sales GROUP BY bin ORDER BY bin',
      [
        [0, 3],
        [10, 1],
        [20, 1],
      ],
    ],
    ['FROM first', 'FROM sales SELECT count(*)', [[5]]],
    [
      'VALUES',
      'VALUES (1, NULL), (2, 3)',
      [
        [1, null],
        [2, 3],
      ],
    ],
    ['samples', 'SELECT count(*) <= 5 FROM sales USING SAMPLE 50%', [[true]]],
    [
      'ASOF joins',
      'SELECT a.id, b.id FROM sales a ASOF JOIN sales b ON a.region = b.region AND a.sold_on > b.sold_on ORDER BY ALL',
      [
        [3, 1],
        [4, 2],
        [5, 3],
      ],
    ],
    ['quoted names', 'SELECT "the value" FROM "odd name"', [[7]]],
    ['names in another case, with a schema', 'SELECT count(*) FROM main.SALES', [[5]]],
    ['a table of the tables', 'SHOW TABLES', [['odd name'], ['regions'], ['sales']]],
    ['a semicolon and comments', 'SELECT 1 -- one\n; /* the end */', [[1]]],
  ])('%s', async (_name, sql, expected) => {
    const rows = await kit.rows(sql, tables);
    expect(rows).toEqual(expected);
  });

  it('describes and summarises', async () => {
    expect((await kit.rows('DESCRIBE regions', tables)).map((row) => row.slice(0, 2))).toEqual([
      ['region', 'VARCHAR'],
      ['manager', 'VARCHAR'],
    ]);
    expect((await kit.query('SUMMARIZE sales', tables)).rows).toHaveLength(7);
  });

  it('names the columns and their types', async () => {
    const data = await kit.query('SELECT id, amount, sold_on, tags, {a: 1} AS s FROM sales', tables);
    expect(data.columns).toEqual([
      { name: 'id', type: 'INTEGER' },
      { name: 'amount', type: 'DECIMAL(10,2)' },
      { name: 'sold_on', type: 'DATE' },
      { name: 'tags', type: 'VARCHAR[]' },
      { name: 's', type: 'STRUCT("a" INTEGER)' },
    ]);
    expect(data.truncated).toBe(false);
    expect(data.elapsedMs).toBeGreaterThanOrEqual(0);
  });
});

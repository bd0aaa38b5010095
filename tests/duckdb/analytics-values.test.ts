import { describe, expect, it } from 'vitest';
import { useSales } from './sales.ts';

const sales = useSales();

describe('D05: ordinary analytics is accepted and right for dates, texts, lists and shapes', () => {
  it.each<[string, string, readonly unknown[]]>([
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
    const rows = await sales.rows(sql);
    expect(rows).toEqual(expected);
  });

  it('describes and summarises', async () => {
    expect((await sales.rows('DESCRIBE regions')).map((row) => row.slice(0, 2))).toEqual([
      ['region', 'VARCHAR'],
      ['manager', 'VARCHAR'],
    ]);
    expect((await sales.query('SUMMARIZE sales')).rows).toHaveLength(7);
  });

  it('names the columns and their types', async () => {
    const data = await sales.query('SELECT id, amount, sold_on, tags, {a: 1} AS s FROM sales');
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

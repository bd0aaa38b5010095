const big = 'range(1000000000)';
const nested = (depth: number, open: string, inner: string, close: string): string => `${open.repeat(depth)}${inner}${close.repeat(depth)}`;

/** SQL that wants all the time there is. */
export const timeBombs: readonly string[] = [
  'SELECT sum(range) FROM range(1000000000000)',
  'SELECT count(*) FROM range(1000000) a, range(1000000) b, range(1000000) c WHERE a.range + b.range + c.range = 7',
  `SELECT count(*) FROM ${big} a JOIN ${big} b ON a.range % 7 = b.range % 5`,
  `SELECT count(DISTINCT hash(range)) FROM ${big}`,
  "SELECT count(*) FROM range(100000000) WHERE regexp_matches('aaaaaaaaaaaaaaaaaaaaaaaaaaaa' || range, '^(a+)+$')",
  "SELECT sum(levenshtein(repeat('ab', 20000 + range::INT % 7), repeat('ba', 20000))) FROM range(1000)",
  "SELECT sum(jaccard(repeat('ab', 1000000), repeat('ba', 1000000 + range::INT % 2))) FROM range(100000)",
  'SELECT list_reduce(range(100000000), lambda a, b: a * b % 97 + 1)',
  'SELECT sum(list_reduce(range(range % 1000 + 1000), lambda a, b: (a * b + 1) % 97)) FROM range(100000000)',
  'SELECT sum(list_sort(list_transform(range(1000), lambda x: hash(x + range)))[1]) FROM range(10000000)',
  "SELECT sum(length((repeat('9', 4000 + range::INT % 3))::BIGNUM::VARCHAR)) FROM range(1000000)",
  'WITH RECURSIVE endless AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM endless) SELECT count(*) FROM endless',
  'WITH RECURSIVE endless(n) AS (SELECT 1::BIGINT UNION SELECT (n * 7::BIGINT + 1) % 1000000007 FROM endless) SELECT max(n) FROM endless',
  `SELECT count(*) FROM ${big} WHERE (SELECT count(*) FROM range(1000) inner_one WHERE inner_one.range > 500) > 400 AND sqrt(range) > 0`,
  `SELECT sum(a) FROM (SELECT sum(range) OVER (ORDER BY range % 1000 ROWS BETWEEN 100000 PRECEDING AND CURRENT ROW) AS a FROM range(1000000000))`,
  "SELECT count(*) FROM generate_series(TIMESTAMP '0001-01-01', TIMESTAMP '9999-01-01', INTERVAL 1 MILLISECOND)",
  "SELECT count(*) FROM range(1000000000) WHERE json_extract_string('{\"a\":' || range || '}', '$.a') = '7'",
  `SELECT * FROM ${big} WHERE range < 0`,
];

/** SQL that wants all the memory there is. */
export const memoryBombs: readonly string[] = [
  "SELECT repeat('x', 500000000)",
  "SELECT length(repeat(repeat('x', 100000), 100000))",
  "SELECT lpad('x', 400000000, 'y')",
  "SELECT sum(length(lpad('x', 300000000 + range::INT, 'y'))) FROM range(20)",
  "SELECT format('{:>900000000}', 'x')",
  'SELECT range(100000000)',
  'SELECT unnest(range(200000000))',
  'SELECT flatten(list_transform(range(10000), lambda x: range(100000)))',
  'SELECT list(hash(range)::VARCHAR) FROM range(50000000)',
  "SELECT string_agg(range::VARCHAR, ',') FROM range(100000000)",
  'SELECT histogram(range) FROM range(50000000)',
  'SELECT mode(range) FROM range(50000000)',
  'SELECT quantile_cont(range, 0.5) FROM range(300000000)',
  'SELECT range, count(*) FROM range(50000000) GROUP BY range',
  'SELECT * FROM range(100000000) ORDER BY hash(range)',
  'SELECT count(*) FROM range(50000000) a JOIN range(50000000) b ON hash(a.range) = hash(b.range)',
  'SELECT array_agg(a.range) FROM range(10000) a, range(10000) b',
  "SELECT json_group_array(repeat('x', 1000)) FROM range(1000000)",
  "SELECT regexp_extract_all(repeat('a', 300000000), 'a')",
  "SELECT to_base64(repeat('x', 500000000)::BLOB)",
  "SELECT replace(repeat('a', 30000000), 'a', repeat('b', 100))",
  "SELECT bitstring('1', 2000000000)",
  "WITH RECURSIVE grows AS (SELECT 'x' AS t UNION ALL SELECT t || t FROM grows) SELECT length(t) FROM grows",
  'WITH RECURSIVE doubles AS (SELECT 1 AS n UNION ALL SELECT n FROM doubles, range(10)) SELECT count(*) FROM doubles',
  // Each step doubles the type of the column, and with it what describes it.
  `SELECT x FROM ${nested(20, '(SELECT {a: x, b: x} AS x FROM ', '(SELECT 1 AS x)', ')')}`,
];

/** SQL whose text is the bomb: it may be refused, or end its process. */
export const textBombs: readonly string[] = [
  `SELECT ${nested(20_000, '(', '1', ')')}`,
  `SELECT ${nested(5_000, '[', '1', ']')}`,
  `SELECT ${nested(3_000, 'abs(', '1', ')')}`,
  `SELECT ${'NOT '.repeat(10_000)}true`,
  `SELECT ${nested(2_000, '(SELECT ', '1', ')')}`,
  nested(2_000, 'SELECT * FROM (', 'SELECT 1', ') AS t'),
  `SELECT 1${' UNION ALL SELECT 1'.repeat(3_000)}`,
  `SELECT ${Array.from({ length: 10_000 }, (_, index) => `${index} AS c${index}`)
    .join(', ')
    .slice(0, 65_000)}`,
  `SELECT 1 WHERE 1 IN (${'1,'.repeat(30_000)}1)`,
  `WITH ${Array.from({ length: 1_500 }, (_, index) => `c${index} AS (SELECT * FROM ${index === 0 ? 'range(1)' : `c${index - 1}`})`).join(', ')} SELECT * FROM c1499`,
  `WITH c0 AS (SELECT 1 AS n), ${Array.from({ length: 40 }, (_, index) => `c${index + 1} AS (SELECT a.n FROM c${index} a, c${index} b)`).join(', ')} SELECT count(*) FROM c40`,
  `SELECT * FROM ${Array.from({ length: 200 }, (_, index) => `range(2) t${index}`).join(', ')}`,
  `SELECT ${Array.from({ length: 500 }, () => 'a.range').join(' + ')} FROM range(10) a ${Array.from({ length: 12 }, (_, index) => `JOIN range(10) b${index} USING (range)`).join(' ')}`,
  "SELECT json_structure(repeat('[', 200000) || repeat(']', 200000))",
  "SELECT (repeat('[', 100000) || repeat(']', 100000))::JSON",
  "SELECT (repeat('[', 100000) || repeat(']', 100000))::INT[]",
  `PIVOT (SELECT range AS n FROM range(1000)) ON n IN (${Array.from({ length: 5_000 }, (_, index) => index).join(', ')}) USING count(*)`,
  `SELECT grouping(a) FROM (SELECT 1 AS a, 2 AS b, 3 AS c, 4 AS d, 5 AS e, 6 AS f, 7 AS g, 8 AS h, 9 AS i, 10 AS j, 11 AS k, 12 AS l) GROUP BY CUBE (a, b, c, d, e, f, g, h, i, j, k, l)`,
  `SELECT ${"regexp_matches('a', '" + '('.repeat(20_000) + 'a' + ')'.repeat(20_000) + "')"}`,
];

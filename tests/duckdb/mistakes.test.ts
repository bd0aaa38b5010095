import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueryTable } from '../../src/duckdb/protocol.ts';
import { refusal, startKit, type Kit } from './kit.ts';

let kit: Kit;
let own: QueryTable;

beforeAll(async () => {
  kit = await startKit();
  own = await kit.table('own', "SELECT 1 AS id, 'mine' AS label, DATE '2024-01-01' AS day, 1.5 AS amount");
});

afterAll(async () => {
  await kit[Symbol.asyncDispose]();
});

/** A mistake, what the message says about it, and where: the line and the column, from 1. */
type Mistake = readonly [sql: string, says: readonly string[], place?: readonly [number, number]];

const mistakes: readonly Mistake[] = [
  // Names.
  ['SELECT labl FROM own', ['no column "labl"', 'Did you mean "label"?', '"own" has "id", "label", "day", "amount"'], [1, 8]],
  ['SELECT id,\n  own.amout\nFROM own', ['no column "amout"', 'Did you mean "amount"?'], [2, 3]],
  ["SELECT 'ünï', labl FROM own", ['Did you mean "label"?'], [1, 15]],
  ['SELECT x.id FROM own', ['"x" not found', '"own"'], [1, 8]],
  ['SELECT * FROM owm', ['Did you mean "own"?', 'The tables are "own"'], [1, 15]],
  ['SELECT * FROM shop.own', ['without a schema in front'], [1, 15]],
  ['SELECT id FROM own a JOIN own b ON a.id = b.id', ['"a.id" or "b.id"'], [1, 8]],
  ['SELECT id AS total FROM own ORDER BY totl', ['Did you mean "total"?'], [1, 38]],
  ['SELECT CAST(id AS NUMBER) FROM own', ['NUMBER', 'DECIMAL(18, 2)'], [1, 19]],
  // Quotes.
  ['SELECT * FROM own WHERE label = "mine"', ["Texts stand in single quotes: 'mine'"], [1, 33]],
  ['SELECT `id` FROM own', ['double quotes, not in backticks'], [1, 11]],
  ['SELECT `total amount` FROM own', ['double quotes, not in backticks'], [1, 21]],
  ['SELECT * FROM own WHERE label = ‘mine’', ['straight quotes'], [1, 33]],
  ["SELECT * FROM own WHERE label = 'it's'", ["written twice: 'it''s'"], [1, 37]],
  // Clauses.
  ['SELECT id, count(*) FROM own', ['GROUP BY clause', 'GROUP BY ALL'], [1, 8]],
  ['SELECT id FROM own WHERE count(*) > 1', ['HAVING'], [1, 26]],
  ['SELECT id FROM own WHERE row_number() OVER () = 1', ['QUALIFY'], [1, 26]],
  ['SELECT * FROM own LIMIT 1 WHERE id = 1', ['The order is SELECT, FROM, WHERE'], [1, 27]],
  ['SELECT TOP 5 * FROM own', ['Write LIMIT at the end'], [1, 12]],
  ['SELECT * FROM own LIMIT 5, 10', ['LIMIT count OFFSET start']],
  ['SELECT * FORM own', ['Did you mean FROM?'], [1, 15]],
  ['SELEC * FROM own', ['Did you mean SELECT?'], [1, 1]],
  ['SELECT avg(id FROM own', ['A parenthesis is not closed'], [1, 15]],
  ['SELECT * FROM own JOIN own b', ['A JOIN needs ON'], [1, 29]],
  ['SELECT id FROM own MINUS SELECT id FROM own', ['EXCEPT'], [1, 26]],
  ['SELECT id, label FROM own UNION SELECT id FROM own', ['same number of result columns', 'BY NAME']],
  // Types.
  ["SELECT * FROM own WHERE id = 'x'", ["string 'x' to INTEGER", 'TRY_CAST'], [1, 30]],
  ['SELECT * FROM own WHERE day > 5', ['DATE', 'Cast one side'], [1, 29]],
  ['SELECT label::DATE FROM own', ['"mine"', 'strptime'], [1, 13]],
  ['SELECT 300::TINYINT', ['out of range', 'larger type'], [1, 11]],
  ['SELECT sum(label) FROM own', ["'sum(VARCHAR)'", 'TRY_CAST(column AS DOUBLE)'], [1, 8]],
  ['SELECT label + 1 FROM own', ['operator +', 'TRY_CAST(column AS DOUBLE)'], [1, 14]],
  ["SELECT date_trunc('month', label) FROM own", ['date_trunc takes a date', 'CAST(column AS DATE)'], [1, 8]],
  ['SELECT substring(day, 1, 4) FROM own', ['takes text', 'CAST(column AS VARCHAR)'], [1, 8]],
  ['SELECT * FROM own WHERE day LIKE 5', ['LIKE takes text'], [1, 29]],
  ['SELECT count(DISTINCT id, label) FROM own', ['count(DISTINCT (a, b))'], [1, 8]],
  // Functions of other databases.
  ["SELECT DATE_FORMAT(day, '%Y') FROM own", ['date_format', 'strftime'], [1, 8]],
  ["SELECT NVL(label, '') FROM own", ['nvl', 'coalesce'], [1, 8]],
  ['SELECT GETDATE()', ['getdate', 'now()'], [1, 8]],
  ["SELECT id, TO_CHAR(day, 'YYYY') FROM own", ['to_char', 'strftime'], [1, 12]],
  ['SELECT CONVERT(VARCHAR, id) FROM own', ['convert', 'CAST'], [1, 8]],
  ['SELECT medien(id) FROM own', ['Did you mean "median"?'], [1, 8]],
  // What is no SELECT, or none that may be.
  ['UPDATE own SET id = 2', ['Only one SELECT', 'UPDATE']],
  ["SELECT * FROM read_csv('a.csv')", ['read_csv', 'only the tables of the session'], [1, 15]],
  [`SELECT ${'('.repeat(20_000)}1${')'.repeat(20_000)}`, ['nested too deeply', 'WITH']],
];

describe('a mistake is told with its place and what to write instead', () => {
  it.each(mistakes.map((mistake) => [mistake[0].slice(0, 100), ...mistake] as const))('%s', async (_title, sql, says, place) => {
    const error = await refusal(kit.query(sql, [own]));
    expect(['SQL_INVALID', 'SQL_NOT_ALLOWED']).toContain(error.code);
    for (const words of says) expect(error.message).toContain(words);
    const [issue] = error.issues ?? [];
    expect(issue).toMatchObject({ path: ['sql'], ...(place && { line: place[0], column: place[1] }) });
    expect(error.message.startsWith(issue?.message ?? 'no issue')).toBe(true);
    expect(issue?.message).not.toContain('LINE');
    expect(error.message).not.toContain(kit.folder);
    expect(error.message).not.toMatch(/INSTALL|"SET |Stack Trace|duckdb-\d/);
  });

  it('marks the place under its line', async () => {
    const { message } = await refusal(kit.query("SELECT 'ü',\n  labl\nFROM own", [own]));
    expect(message.split('\n\n')[1]).toBe('LINE 2:   labl\n          ^');
  });

  it.each([
    ['a semicolon at the end', 'SELECT id FROM own;'],
    ['comments', '-- first\nSELECT id /* the key */ FROM own -- last'],
    ['a comma too many', 'SELECT id, FROM own'],
    ['capitals and line breaks', '\n\nselect ID\nFrom OWN\n'],
    ['IFNULL', 'SELECT IFNULL(id, 0) FROM own'],
  ])('takes %s', async (_what, sql) => {
    expect(await kit.rows(sql, [own])).toEqual([[1]]);
  });

  it('lists forty columns at most', async () => {
    const wide = await kit.table('wide', `SELECT ${Array.from({ length: 100 }, (_, index) => `1 AS column_${index}`).join(', ')}`);
    const { message } = await refusal(kit.query('SELECT amount FROM wide', [wide]));
    expect(message).toContain('"column_39" and 60 more.');
  });
});

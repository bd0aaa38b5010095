import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startIngests } from './in-process.ts';

describe('ingest of JSON', () => {
  let here: Awaited<ReturnType<typeof startIngests>>;
  beforeAll(async () => {
    here = await startIngests();
  });
  afterAll(() => here[Symbol.asyncDispose]());

  it.each([
    [
      'an array of objects',
      'a.json',
      '[{"b":1,"a":"x"},{"a":"y","c":true}]',
      { b: 'BIGINT', a: 'VARCHAR', c: 'BOOLEAN' },
      [
        [1, 'x', null],
        [null, 'y', true],
      ],
    ],
    ['an array over several lines', 'a.json', '[\n  {"a": 1},\n  {"a": 2.5}\n]\n', { a: 'DOUBLE' }, [[1], [2.5]]],
    ['one object', 'a.json', '{\n "a": 1,\n "b": "2024-05-06"\n}', { a: 'BIGINT', b: 'DATE' }, [[1, '2024-05-06']]],
    ['one object a line', 'a.jsonl', '{"a":1}\r\n\r\n{"a":2}\r\n', { a: 'BIGINT' }, [[1], [2]]],
    ['lines under the name of an array', 'a.json', '{"a":1}\n{"a":2}', { a: 'BIGINT' }, [[1], [2]]],
    ['an array under the name of lines', 'a.ndjson', '[{"a":1},{"a":2}]', { a: 'BIGINT' }, [[1], [2]]],
    ['objects one after another', 'a.json', '{"a":1} {"a":2}', { a: 'BIGINT' }, [[1], [2]]],
    ['an array of values', 'a.json', '[3,4]', { value: 'BIGINT' }, [[3], [4]]],
    ['a byte order mark', 'a.json', '\ufeff[{"a":1}]', { a: 'BIGINT' }, [[1]]],
    ['texts that look like numbers', 'a.json', '[{"id":"00123"}]', { id: 'VARCHAR' }, [['00123']]],
    ['values of several kinds', 'a.json', '[{"a":1},{"a":"x"},{"a":null}]', { a: 'VARCHAR' }, [['1'], ['x'], [null]]],
    ['keys that differ in case alone', 'a.json', '[{"a":1,"A":2}]', { a: 'BIGINT', A_1: 'BIGINT' }, [[1, 2]]],
    [
      'many sparse keys',
      'a.jsonl',
      Array.from({ length: 30 }, (_, index) => `{"k${index}":1}`).join('\n'),
      Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`k${index}`, 'BIGINT'])),
      null,
    ],
  ])('reads %s', async (_what, name, text, shape, rows) => {
    const result = await here.ingest(name, text);
    expect(result.shape).toEqual(shape);
    expect(Object.keys(result.shape)).toEqual(Object.keys(shape));
    if (rows !== null) expect(result.rows).toEqual(rows);
    expect(result.report).toMatchObject({ delimiter: null, header: null, encoding: 'utf-8', rejectedRowCount: 0 });
  });

  const long = '123456789012345678901234567890';
  it.each([
    ['a whole number beyond 64 bits', `[{"id":${long}},{"id":-1}]`, { id: 'DECIMAL(38,0)' }, [[long], [-1]], ''],
    ['one of 64 bits beside a negative one', '[{"id":18446744073709551615},{"id":-1}]', { id: 'DECIMAL(38,0)' }, [['18446744073709551615'], [-1]], ''],
    ['one of forty digits', `[{"id_1":${long}0000000000},{"id_1":1}]`, { id_1: 'VARCHAR' }, [[`${long}0000000000`], ['1']], 'of "id_1" are kept as text'],
    ['one beside decimals', '[{"a":9007199254740993},{"a":1.5}]', { a: 'VARCHAR' }, [['9007199254740993'], ['1.5']], 'of "a" are kept as text'],
    ['a number beyond a double', '[{"a":1e400},{"a":1.5}]', { a: 'VARCHAR' }, [['1e400'], ['1.5']], 'of "a" are kept as text'],
    ['decimals that are written without a mark', '[{"a":123456789012345680000},{"a":1.5}]', { a: 'DOUBLE' }, [[123456789012345680000], [1.5]], ''],
    ['values that are no objects', '[9007199254740993,1.5]', { value: 'VARCHAR' }, [['9007199254740993'], ['1.5']], 'kept as text'],
    [
      'some inside of lists and objects',
      `[{"of":{"a \\"b":[{"n":${long},"x":0.1}],"y":0.5},"in":[[${long}]]}]`,
      { 'of_a "b': 'STRUCT(n DECIMAL(38,0), x DOUBLE)[]', of_y: 'DOUBLE', in: 'DECIMAL(38,0)[][]' },
      [[[{ n: long, x: 0.1 }], 0.5, [[long]]]],
      '',
    ],
    ['some in an answer that wraps them', `{"data":[{"id":${long}}],"page":1}`, { id: 'DECIMAL(38,0)' }, [[long]], 'The file is one object'],
    [
      'some under keys that differ in case alone',
      `[{"a":1,"A":${long}}]`,
      { a: 'BIGINT', A_1: 'DOUBLE' },
      [[1, 123456789012345680000000000000]],
      '"A_1" may be rounded',
    ],
  ])('keeps every digit of %s, or says so', async (_what, text, shape, rows, warning) => {
    const result = await here.ingest('a.json', text);
    expect(result.shape).toEqual(shape);
    expect(result.rows).toEqual(rows);
    expect(result.report.warnings.join()).toMatch(warning === '' ? /^$/ : new RegExp(warning));
  });

  it('gives nested objects columns of their own, and keeps lists', async () => {
    const result = await here.ingest('a.json', '[{"id":1,"at":{"city":"Oslo","geo":{"lat":59.9}},"tags":["a","b"],"lines":[{"n":1}]},{"id":2,"at":null}]');
    expect(result.shape).toEqual({ id: 'BIGINT', at_city: 'VARCHAR', at_geo_lat: 'DOUBLE', tags: 'VARCHAR[]', lines: 'STRUCT(n BIGINT)[]' });
    expect(result.rows).toEqual([
      [1, 'Oslo', 59.9, ['a', 'b'], [{ n: 1 }]],
      [2, null, null, null, null],
    ]);
  });

  it('takes the rows of an answer that wraps them, and says so', async () => {
    const result = await here.ingest('a.json', '{"meta":{"count":2},"data":[{"a":1,"b":{"c":"x"}},{"a":2}]}');
    expect(result.rows).toEqual([
      [1, 'x'],
      [2, null],
    ]);
    expect(result.report.warnings).toEqual([
      'The file is one object; the rows are those of its list "data". Left out of the table was what stands beside it: "meta".',
    ]);
  });

  it('keeps as text what lies inside where keys cannot be columns', async () => {
    const result = await here.ingest('a.json', '[{"a":{"b":1,"B":2}}]');
    expect(result.rows).toEqual([['{"b":1,"B":2}']]);
    expect(result.report.warnings.join()).toContain('kept as JSON text');
  });

  it('rejects lines that hold no object, with line, reason and text, and reads the others', async () => {
    const result = await here.ingest('a.jsonl', '{"a":1}\n\n{"a":2,\n[1,2]\n"x"\n{"a":3} x\n{"a":4}\n{"a":5}\n{"a":6}\n{"a":7}\n');
    expect(result.rows).toEqual([[1], [4], [5], [6], [7]]);
    expect(result.report.rejectedRowCount).toBe(4);
    expect(result.report.rejectedRows).toMatchObject([
      { line: 3, text: '{"a":2,', column: null, reason: expect.stringContaining('JSON') },
      { line: 4, text: '[1,2]', reason: 'The line holds an array, not an object.' },
      { line: 5, text: '"x"', reason: 'The line holds a string, not an object.' },
      { line: 6, text: '{"a":3} x' },
    ]);
  });

  it('keeps every column as text when it is told to', async () => {
    expect((await here.ingest('a.json', '[{"a":1,"b":true}]', { isAllText: true })).rows).toEqual([['1', 'true']]);
  });

  it('says which options it ignores', async () => {
    const { report } = await here.ingest('a.json', '[{"a":1}]', { isAllText: true, delimiter: ';', decimalMark: ',' });
    expect(report.warnings).toEqual(['Ignored, for they say nothing about how JSON is read: "delimiter", "decimalMark".']);
  });

  it('reads UTF-16, gzip and zstd', async () => {
    const text = '{"a":"é"}\n{"a":"ü"}\n';
    const wide = await here.ingest('a.jsonl', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]));
    expect(wide.report.encoding).toBe('utf-16le');
    for (const { rows } of [wide, await here.ingest('a.jsonl.gz', gzipSync(text)), await here.ingest('a.json.zst', zstdCompressSync(text))])
      expect(rows).toEqual([['é'], ['ü']]);
    expect((await here.ingest('a.csv.zst', zstdCompressSync('a,b\n1,x\n'))).rows).toEqual([[1, 'x']]);
  });

  const bomb = zstdCompressSync(Buffer.alloc(60_000_000, ' '));
  it.each([
    ['an array that is cut off', 'a.json', '[{"a":1},', 'cut off'],
    ['an array that is cut off in an object', 'a.json', '[{"a":1},{"a"]', 'malformed at byte'],
    ['a missing comma', 'a.json', '[{"a":1} {"a":2}]', 'malformed at byte'],
    ['a key that stands twice', 'a.json', '[{"a":1,"a":2}]', 'has the key "a" twice'],
    ['an empty file', 'a.json', '', 'The file is empty'],
    ['spaces', 'a.json', ' \n ', 'nothing but spaces'],
    ['an empty array', 'a.json', '[]', 'no objects'],
    ['a web page', 'a.json', '<!doctype html><p>Hello', 'not JSON'],
    ['CSV', 'a.json', 'a,b\n1,2\n', 'not JSON'],
    [
      'more columns than are allowed',
      'a.json',
      JSON.stringify([Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, index % 2 ? 1 : 'x']))]),
      'at most 50',
    ],
    ['zstd that is cut off', 'a.json.zst', zstdCompressSync('[{"a":1}]').subarray(0, 15), 'damaged or cut off'],
    ['gzip that is none', 'a.json.gz', '[{"a":1}]', 'damaged or cut off'],
    ['a zstd bomb', 'a.json.zst', bomb, 'larger than 50000000 bytes'],
  ])('U02 refuses %s', async (_what, name, content, message) => {
    const failure: unknown = await here.ingest(name, content).catch((error: unknown) => error);
    expect(String(failure)).toContain(message);
    expect(String(failure)).not.toContain(here.folder);
  });
});

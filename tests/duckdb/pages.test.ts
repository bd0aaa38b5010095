import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../src/base/json.ts';
import type { PageRequest } from '../../src/duckdb/table-jobs.ts';
import type { RowChoice, RowPage } from '../../src/duckdb/table-job.ts';
import { refusal, startKit, type Kit } from './kit.ts';

const rowCount = 2_000_000;
const never = new AbortController().signal;
const page = (parts: Partial<Extract<RowChoice, { kind: 'page' }>> = {}): RowChoice => ({
  kind: 'page',
  after: null,
  before: null,
  limit: 5,
  isReversed: false,
  ...parts,
});

/** What the generator gives for a row. */
const valuesOf = (id: number): readonly Json[] => [id, id % 7 === 0 ? null : id % 1_000, `name ${id % 5_000}`];

describe('pages of a table of two million rows', () => {
  let kit: Kit;
  let path: string;
  let odd: string;
  beforeAll(async () => {
    kit = await startKit();
    ({ path } = await kit.table(
      'big',
      `SELECT i AS id, CASE WHEN i % 7 = 0 THEN NULL ELSE (i % 1000)::SMALLINT END AS score, 'name ' || (i % 5000) AS name FROM range(${rowCount}) t(i)`,
    ));
    ({ path: odd } = await kit.table(
      'odd',
      `SELECT i AS file_row_number, i AS __row, [i] AS list, (i / 4)::DECIMAL(10,2) AS price, DATE '2024-01-01' + i::INTEGER AS day, CASE i WHEN 3 THEN 'nan'::DOUBLE WHEN 4 THEN NULL ELSE i / 2 END AS ratio, CASE i WHEN 0 THEN '100%' WHEN 1 THEN '100' ELSE 'ÄB_' || i END AS label, i = 1 AS flag FROM range(6) t(i)`,
    ));
  });
  afterAll(() => kit[Symbol.asyncDispose]());

  const read = (request: Partial<PageRequest>): Promise<RowPage> =>
    kit.duckdb.page({ path, columns: null, filter: [], order: [], choice: page(), userKey: 'user', ...request }, never);
  const idsOf = async (request: Partial<PageRequest>): Promise<readonly Json[]> => (await read({ columns: ['id'], ...request })).rows.map(([id]) => id ?? null);

  it('are right at the beginning, deep inside, and at the end', async () => {
    for (const after of [null, 1_234_567, rowCount - 4]) {
      const from = (after ?? -1) + 1;
      const found = await read({ choice: page({ after }) });
      const ids = Array.from({ length: Math.min(5, rowCount - from) }, (_, index) => from + index);
      expect(found).toMatchObject({ numbers: ids, rows: ids.map(valuesOf), hasMore: from + 5 < rowCount });
      expect(found.columns).toEqual([
        { name: 'id', type: 'BIGINT' },
        { name: 'score', type: 'SMALLINT' },
        { name: 'name', type: 'VARCHAR' },
      ]);
    }
    expect(await read({ columns: ['name', 'id'], choice: page({ before: 1_000_000, isReversed: true, limit: 2 }) })).toMatchObject({
      rows: [
        ['name 4999', 999_999],
        ['name 4998', 999_998],
      ],
      hasMore: true,
    });
  });

  it('are filtered, and go on where the page before ended', async () => {
    const filter = [
      { column: 'name', operator: 'EQUALS' as const, values: ['name 77'] },
      { column: 'score', operator: 'IS_NOT_NULL' as const, values: [] },
    ];
    const all = Array.from({ length: rowCount / 5_000 }, (_, index) => 77 + index * 5_000).filter((id) => id % 7 !== 0);
    expect(await idsOf({ filter })).toEqual(all.slice(0, 5));
    expect(await idsOf({ filter, choice: page({ after: all[200] ?? 0 }) })).toEqual(all.slice(201, 206));
    expect(await idsOf({ filter, choice: page({ before: all[200] ?? 0, isReversed: true }) })).toEqual(all.slice(195, 200).toReversed());
    expect(await read({ filter, choice: { kind: 'count' } })).toMatchObject({ count: all.length, rows: [] });
    expect((await read({ filter, choice: page({ after: all.at(-3) ?? 0 }) })).hasMore).toBe(false);
  });

  it('are ordered, with missing values last both ways, and pages meet without a gap or a repeat', async () => {
    const filter = [{ column: 'id', operator: 'LESS' as const, values: [40] }];
    const small = Array.from({ length: 40 }, (_, id) => ({ id, score: id % 7 === 0 ? null : id % 1_000, name: `name ${id}` }));
    for (const direction of ['ASC', 'DESC'] as const) {
      const order = [
        { column: 'score', direction },
        { column: 'name', direction: 'ASC' as const },
      ];
      const expected = small
        .toSorted(
          (a, b) =>
            Number(a.score === null) - Number(b.score === null) ||
            (direction === 'ASC' ? 1 : -1) * ((a.score ?? 0) - (b.score ?? 0)) ||
            (a.name < b.name ? -1 : 1),
        )
        .map(({ id }) => id);
      const forwards: Json[] = [];
      for (let after: number | null = null, more = true; more;) {
        const found = await read({ columns: ['id'], filter, order, choice: page({ after, limit: 9 }) });
        forwards.push(...found.numbers);
        after = found.numbers.at(-1) ?? null;
        more = found.hasMore;
      }
      expect(forwards).toEqual(expected);
      expect(await idsOf({ filter, order, choice: page({ before: expected[36] ?? 0, isReversed: true, limit: 40 }) })).toEqual(
        expected.slice(0, 36).toReversed(),
      );
      expect(await idsOf({ filter, order, choice: page({ after: expected[4] ?? 0, before: expected[9] ?? 0, limit: 10 }) })).toEqual(expected.slice(5, 9));
    }
  });

  it('go by the order of the file where the order does not tell rows apart', async () => {
    const order = [{ column: 'score', direction: 'DESC' as const }];
    const first = [999, 1_999, 2_999, 3_999, 4_999].filter((id) => id % 7 !== 0);
    expect((await idsOf({ order })).slice(0, first.length)).toEqual(first);
    const deep = 1_000_999;
    const next = Array.from({ length: 9 }, (_, index) => deep + (index + 1) * 1_000).filter((id) => id % 7 !== 0);
    expect(await idsOf({ order, choice: page({ after: deep }) })).toEqual(next.slice(0, 5));
  });

  it('end early where more than a megabyte would be sent, and have at least one row', async () => {
    const texts = await kit.table('texts', "SELECT i AS id, repeat('x', 30000) AS text FROM range(60) t(i)");
    const found = await read({ path: texts.path, choice: page({ limit: 50 }) });
    expect(found.hasMore).toBe(true);
    expect(found.numbers).toEqual(Array.from({ length: 34 }, (_, index) => index));
    const columns = Array.from({ length: 40 }, (_, index) => `repeat('x', 30000) AS c${index}`).join();
    const wide = await kit.table('wide', `SELECT ${columns} FROM range(3) t(i)`);
    expect(await read({ path: wide.path, choice: { kind: 'rows', numbers: [2, 1] } })).toMatchObject({ numbers: [2], hasMore: true });
  });

  it('give rows by their numbers, in the order asked for', async () => {
    expect(await idsOf({ choice: { kind: 'rows', numbers: [1_999_999, 3, 700_000] } })).toEqual([1_999_999, 3, 700_000]);
  });

  it('are read of a file whose columns have the names that are used for counting', async () => {
    const ids = async (request: Partial<PageRequest>): Promise<unknown> => (await read({ path: odd, ...request })).numbers;
    expect(await ids({ choice: page({ after: 1, limit: 2 }) })).toEqual([2, 3]);
    expect(await ids({ order: [{ column: 'ratio', direction: 'DESC' }], choice: page({ limit: 9 }) })).toEqual([3, 5, 2, 1, 0, 4]);
    expect(await ids({ order: [{ column: 'ratio', direction: 'DESC' }], choice: page({ after: 3, limit: 2 }) })).toEqual([5, 2]);
  });

  it.each([
    ['price', 'EQUALS', [0.25], [1]],
    ['price', 'EQUALS', ['0.5'], [2]],
    ['price', 'LESS', [0.256], [0, 1]],
    ['price', 'NOT_EQUALS', [0.25], [0, 2, 3, 4, 5]],
    ['price', 'IN', [0.25, 1], [1, 4]],
    ['price', 'IN', [], []],
    ['ratio', 'NOT_IN', [0, 0.5], [2, 3, 4, 5]],
    ['__row', 'GREATER', [1.5], [2, 3, 4, 5]],
    ['__row', 'EQUALS', [1.5], []],
    ['__row', 'LESS_OR_EQUAL', ['99999999999999999999'], [0, 1, 2, 3, 4, 5]],
    ['day', 'BETWEEN', ['2024-01-02', '2024-01-03'], [1, 2]],
    ['day', 'GREATER_OR_EQUAL', ['2024-01-05'], [4, 5]],
    ['flag', 'EQUALS', [true], [1]],
    ['ratio', 'IS_NULL', [], [4]],
    ['label', 'CONTAINS', ['0%'], [0]],
    ['label', 'STARTS_WITH', ['äb_'], [2, 3, 4, 5]],
    ['label', 'ENDS_WITH', ['B_5'], [5]],
    ['label', 'EQUALS', ["' OR '1'='1"], []],
    ['list', 'IS_NOT_NULL', [], [0, 1, 2, 3, 4, 5]],
  ] as const)('are filtered by %s %s %j', async (column, operator, values, expected) => {
    const filter = [{ column, operator, values }];
    expect((await read({ path: odd, filter, choice: page({ limit: 9 }) })).numbers).toEqual(expected);
    expect((await read({ path: odd, filter, choice: { kind: 'count' } })).count).toBe(expected.length);
  });

  it.each([
    [{ column: 'day', operator: 'LESS', values: ['next week'] }, 'The filter on "day" has the value "next week", which is no DATE.'],
    [{ column: 'price', operator: 'IN', values: [1, 'cheap'] }, 'The filter on "price" has the value "cheap", which is no DECIMAL(10,2).'],
    [{ column: 'list', operator: 'EQUALS', values: [1] }, '"list" is a BIGINT[]: rows cannot be ordered or filtered by it.'],
    [{ column: 'x"; --', operator: 'EQUALS', values: [1] }, 'There is no column "x"; --" in this table.'],
  ] as const)('refuse %j', async (filter, message) => {
    expect(await refusal(read({ path: odd, filter: [filter] }))).toMatchObject({ code: 'BAD_USER_INPUT', message });
  });
});

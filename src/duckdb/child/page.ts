import type { DuckDBType } from '@duckdb/node-api';
import type { Json } from '../../base/json.ts';
import type { RowFilter } from '../../base/rows.ts';
import type { PageJob, RowPage } from '../table-job.ts';
import { createCellBudget } from './cell.ts';
import { ChildFailure } from './failure.ts';
import { countSql, numberedRows, numbersSql, rowsSql, textOf, type FilterColumn, type OrderPlace, type RowSearch } from './page-sql.ts';
import { quoteName, quoteString } from './quote.ts';
import { readBoundedCell } from './run-query.ts';
import { tellingFailures } from './tables-of-job.ts';
import type { Workbench } from './workbench.ts';
import { describe } from './describe.ts';

const longestValue = 60;
const isNested = (type: string): boolean => /\[\d*\]$|^(STRUCT|MAP|UNION|VARIANT|GEOMETRY)/.test(type);
const isWhole = (type: string): boolean => /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(type);

/** As what a value may be compared with a column: as its type, and numbers also as wider ones, so that 1.5 is not rounded to 2. */
function candidatesOf(type: string, value: string): readonly string[] {
  const decimals = /\.(\d*?)0*$/.exec(value)?.[1]?.length ?? 0;
  if (isWhole(type)) return decimals > 0 ? ['DOUBLE'] : [type, 'HUGEINT', 'DOUBLE'];
  const scale = /^DECIMAL\(\d+,\s*(\d+)\)$/.exec(type)?.[1];
  if (scale !== undefined) return decimals > Number(scale) ? ['DOUBLE'] : [type, 'DOUBLE'];
  return [type];
}

async function typeOfValue(bench: Workbench, filter: RowFilter, column: FilterColumn, value: Json): Promise<string> {
  if (['CONTAINS', 'STARTS_WITH', 'ENDS_WITH'].includes(filter.operator)) return 'VARCHAR';
  const text = textOf(value);
  for (const type of candidatesOf(column.type, text)) {
    const [answer] = await bench.all(`SELECT TRY_CAST($1::VARCHAR AS ${type}) IS NOT NULL AS fits`, [text]);
    if (answer?.['fits'] === true) return type;
  }
  throw new ChildFailure(
    'BAD_USER_INPUT',
    `The filter on "${column.name}" has the value ${JSON.stringify(value).slice(0, longestValue)}, which is no ${column.type}.`,
  );
}

/** What stands in the columns of the order at a row. */
async function placeOf(bench: Workbench, search: RowSearch, number: number | null): Promise<OrderPlace | null> {
  if (number === null) return null;
  if (search.order.length === 0) return { number, values: [] };
  const columns = search.order.map(({ column }, index) => `CAST(${quoteName(column)} AS VARCHAR) AS v${index}`).join(', ');
  const [row] = await bench.all(`SELECT ${columns} FROM ${search.relation} WHERE ${search.numberName} = ${number}`);
  if (row === undefined) throw new ChildFailure('BAD_USER_INPUT', 'The cursor leads to a row that is not there; begin again from the first page.');
  return {
    number,
    values: search.order.map((_, index) => {
      const value = row[`v${index}`];
      return typeof value === 'string' ? value : null;
    }),
  };
}

async function readSelected(bench: Workbench, sql: string, limits: { readonly maxBytes: number }) {
  const result = await bench.stream(sql);
  const columnCount = result.columnCount - 1;
  const rows: Json[][] = [];
  const numbers: number[] = [];
  let bytesLeft = limits.maxBytes;
  let isCut = false;
  for (let chunk = await result.fetchChunk(); !isCut && chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const vectors = Array.from({ length: columnCount }, (_, index) => chunk?.getColumnVector(index));
    const numberVector = chunk.getColumnVector(columnCount);
    for (let index = 0; index < chunk.rowCount; index += 1) {
      const row = vectors.map((vector) => (vector === undefined ? null : readBoundedCell(vector, index, createCellBudget())));
      bytesLeft -= Buffer.byteLength(JSON.stringify(row)) + 1;
      // Never without a row: a page that has none would say that the table ends here.
      isCut = bytesLeft < 0 && rows.length > 0;
      if (isCut) break;
      rows.push(row);
      numbers.push(Number(numberVector.getItem(index)));
    }
  }
  const names = result.columnNames();
  const columns = result.columnTypes().map((type: DuckDBType, index) => ({ name: names[index] ?? '', type: type.toString() }));
  return { columns: columns.slice(0, columnCount), rows, numbers, isCut };
}

/**
 * Reads some rows of a table. First it finds their numbers, from the columns that filter and order need; then it reads those rows, from the
 * row groups that hold them. So a page deep in a file of fifty million rows costs what the first one does.
 *
 * @throws ChildFailure BAD_USER_INPUT for a value that does not fit its column, and what a query can end with
 */
export async function readPage(bench: Workbench, job: PageJob): Promise<RowPage> {
  return tellingFailures(bench, { paths: [job.path], sql: null }, async () => {
    await bench.lock([job.path]);
    return readLocked(bench, job);
  });
}

async function readLocked(bench: Workbench, job: PageJob): Promise<RowPage> {
  const { choice } = job;
  const all = await describe(bench, `SELECT * FROM read_parquet(${quoteString(job.path)})`);
  const columnOf = (name: string): FilterColumn => {
    const column = all.find((candidate) => candidate.name === name);
    if (column === undefined) throw new ChildFailure('BAD_USER_INPUT', `There is no column "${name.slice(0, 100)}" in this table.`);
    return column;
  };
  const source = numberedRows(
    job.path,
    all.map(({ name }) => name),
  );
  const columns = (job.columns ?? all.map(({ name }) => name)).map((name) => columnOf(name).name);
  if (choice.kind === 'rows') {
    const { isCut, ...read } = await readSelected(bench, rowsSql(source, columns, choice.numbers), job);
    return { ...read, hasMore: isCut, count: 0 };
  }
  for (const { column } of [...job.order, ...job.filter.filter(({ values }) => values.length > 0)]) {
    const { type } = columnOf(column);
    if (isNested(type)) throw new ChildFailure('BAD_USER_INPUT', `"${column}" is a ${type.slice(0, 100)}: rows cannot be ordered or filtered by it.`);
  }
  const search: RowSearch = {
    ...source,
    filter: job.filter,
    filterTypes: await Promise.all(
      job.filter.map((filter) => Promise.all(filter.values.map((value) => typeOfValue(bench, filter, columnOf(filter.column), value)))),
    ),
    order: job.order,
    orderTypes: job.order.map(({ column }) => columnOf(column).type),
  };
  if (choice.kind === 'count') {
    const { text, values } = countSql(search);
    const [answer] = await bench.all(text, [...values]);
    return { columns: [], rows: [], numbers: [], hasMore: false, count: Number(answer?.['count'] ?? 0) };
  }
  const after = await placeOf(bench, search, choice.after);
  const before = await placeOf(bench, search, choice.before);
  const { text, values } = numbersSql(search, { after, before, limit: choice.limit + 1, isReversed: choice.isReversed });
  const found = (await bench.all(text, [...values])).map((row) => Number(row['number']));
  const wanted = found.slice(0, choice.limit);
  if (wanted.length === 0) {
    const types = new Map(all.map(({ name, type }) => [name, type]));
    return { columns: columns.map((name) => ({ name, type: types.get(name) ?? '' })), rows: [], numbers: [], hasMore: false, count: 0 };
  }
  const { isCut, ...read } = await readSelected(bench, rowsSql(source, columns, wanted), job);
  return { ...read, hasMore: isCut || found.length > choice.limit, count: 0 };
}

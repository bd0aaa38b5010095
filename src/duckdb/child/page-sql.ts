import type { RowFilter, RowOrder } from '../../base/rows.ts';
import { quoteName, quoteString } from './quote.ts';

/** A piece of SQL of ours with the values of its parameters `$1`, `$2` ..., all of them texts. */
export interface Sql {
  readonly text: string;
  readonly values: readonly string[];
}

/** A column with the type that values are compared as. */
export interface FilterColumn {
  readonly name: string;
  readonly type: string;
}

/** A row that a page begins beyond: its number, and what stands in the columns of the order, as text. */
export interface OrderPlace {
  readonly number: number;
  readonly values: readonly (string | null)[];
}

/** A file with the numbers of its rows as a column. Its name is one that no column of the file has. */
export function numberedRows(path: string, columns: readonly string[]): { readonly relation: string; readonly numberName: string } {
  const taken = new Set(columns.map((name) => name.toLowerCase()));
  let numberName = '__row';
  while (taken.has(numberName)) numberName += '_';
  const file = `read_parquet(${quoteString(path)})`;
  // A file may have a column of this name, which then hides the number of the row; counting is slower, and right.
  const number = taken.has('file_row_number') ? 'row_number() OVER () - 1' : 'file_row_number';
  return { relation: `(SELECT *, ${number} AS ${numberName} FROM ${file})`, numberName };
}

/** Collects the values of parameters, and gives each its place. */
function createParameters() {
  const values: string[] = [];
  return { values, add: (value: string): string => `$${values.push(value)}` };
}

function conditionOf({ column, operator, values }: RowFilter, types: readonly string[], add: (value: string) => string): string {
  const name = quoteName(column);
  const terms = values.map((value, index) => `CAST(${add(textOf(value))} AS ${types[index] ?? 'VARCHAR'})`);
  const [first = 'NULL', second = 'NULL'] = terms;
  const text = `lower(CAST(${name} AS VARCHAR))`;
  switch (operator) {
    case 'EQUALS':
      return `${name} = ${first}`;
    case 'NOT_EQUALS':
      return `${name} IS DISTINCT FROM ${first}`;
    case 'LESS':
      return `${name} < ${first}`;
    case 'LESS_OR_EQUAL':
      return `${name} <= ${first}`;
    case 'GREATER':
      return `${name} > ${first}`;
    case 'GREATER_OR_EQUAL':
      return `${name} >= ${first}`;
    case 'BETWEEN':
      return `${name} BETWEEN ${first} AND ${second}`;
    case 'IN':
      return terms.length === 0 ? 'false' : `${name} IN (${terms.join(', ')})`;
    case 'NOT_IN':
      return terms.length === 0 ? 'true' : `(${name} NOT IN (${terms.join(', ')}) OR ${name} IS NULL)`;
    case 'CONTAINS':
      return `contains(${text}, lower(${first}))`;
    case 'STARTS_WITH':
      return `starts_with(${text}, lower(${first}))`;
    case 'ENDS_WITH':
      return `ends_with(${text}, lower(${first}))`;
    case 'IS_NULL':
      return `${name} IS NULL`;
    case 'IS_NOT_NULL':
      return `${name} IS NOT NULL`;
  }
}

/** A JSON value as DuckDB casts it. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Rows beyond a place in the order: those with a later value in the first column, or with the same and beyond in the rest. */
function beyond(
  keys: readonly { readonly name: string; readonly type: string; readonly isAscending: boolean; readonly value: string | null }[],
  numberName: string,
  place: OrderPlace,
  isAfter: boolean,
  add: (value: string) => string,
): string {
  const [key, ...rest] = keys;
  if (key === undefined) return `${numberName} ${isAfter ? '>' : '<'} ${place.number}`;
  const { name, type, isAscending, value } = key;
  // Missing values stand at the end: after them comes nothing, and before them everything that is not missing.
  if (value === null) {
    const same = `(${name} IS NULL AND ${beyond(rest, numberName, place, isAfter, add)})`;
    return isAfter ? same : `(${name} IS NOT NULL OR ${same})`;
  }
  const parameter = `CAST(${add(value)} AS ${type})`;
  const later = `${name} ${isAscending === isAfter ? '>' : '<'} ${parameter}`;
  const same = `(${name} = ${parameter} AND ${beyond(rest, numberName, place, isAfter, add)})`;
  return `(${later}${isAfter ? ` OR ${name} IS NULL` : ''} OR ${same})`;
}

/** What a search for rows goes by. */
export interface RowSearch {
  readonly relation: string;
  readonly numberName: string;
  readonly filter: readonly RowFilter[];
  /** The types that the values of each filter are compared as. */
  readonly filterTypes: readonly (readonly string[])[];
  readonly order: readonly RowOrder[];
  readonly orderTypes: readonly string[];
}

/** How many rows a filter lets through. */
export function countSql(search: RowSearch): Sql {
  const { values, add } = createParameters();
  const where = search.filter.map((filter, index) => conditionOf(filter, search.filterTypes[index] ?? [], add));
  return { text: `SELECT count(*) AS count FROM ${search.relation}${where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`}`, values };
}

/** The numbers of the rows of a page: only the columns that decide are read. */
export function numbersSql(
  search: RowSearch,
  page: { readonly after: OrderPlace | null; readonly before: OrderPlace | null; readonly limit: number; readonly isReversed: boolean },
): Sql {
  const { relation, numberName, order } = search;
  const { values, add } = createParameters();
  const where = search.filter.map((filter, index) => conditionOf(filter, search.filterTypes[index] ?? [], add));
  for (const [place, isAfter] of [[page.after, true] as const, [page.before, false] as const]) {
    if (place === null) continue;
    const keys = order.map(({ column, direction }, index) => ({
      name: quoteName(column),
      type: search.orderTypes[index] ?? 'VARCHAR',
      isAscending: direction === 'ASC',
      value: place.values[index] ?? null,
    }));
    where.push(beyond(keys, numberName, place, isAfter, add));
  }
  const terms = order.map(({ column, direction }) => {
    const isAscending = (direction === 'ASC') !== page.isReversed;
    return `${quoteName(column)} ${isAscending ? 'ASC' : 'DESC'} NULLS ${page.isReversed ? 'FIRST' : 'LAST'}`;
  });
  // Without an order of its own a file is read from its beginning, and the first rows end the search.
  const isFileOrder = terms.length === 0 && !page.isReversed;
  const orderBy = isFileOrder ? '' : ` ORDER BY ${[...terms, `${numberName} ${page.isReversed ? 'DESC' : 'ASC'}`].join(', ')}`;
  const condition = where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`;
  return { text: `SELECT ${numberName} AS number FROM ${relation}${condition}${orderBy} LIMIT ${page.limit}`, values };
}

/** Some rows by their numbers, in the order of the numbers given. */
export function rowsSql(source: { readonly relation: string; readonly numberName: string }, columns: readonly string[], numbers: readonly number[]): string {
  const { relation, numberName } = source;
  const list = numbers.join(', ');
  const isRun = numbers.every((number, index) => number === (numbers[0] ?? 0) + index);
  // A run of rows is found by the bounds of the row groups alone.
  const condition = isRun && numbers.length > 0 ? `${numberName} BETWEEN ${numbers[0]} AND ${numbers.at(-1)}` : `${numberName} IN (${list})`;
  const order = isRun ? numberName : `list_position([${list}], ${numberName})`;
  return `SELECT ${[...columns.map(quoteName), numberName].join(', ')} FROM ${relation} WHERE ${condition} ORDER BY ${order}`;
}

import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { badInput } from '../../base/errors.ts';
import type { Json } from '../../base/json.ts';
import type { RowFilter, RowOrder } from '../../base/rows.ts';
import type { TableColumn } from '../../base/table.ts';
import { nearest } from '../../base/nearest.ts';
import type { TableJobs } from '../../duckdb/table-jobs.ts';
import { decodeRowCursor, encodeRowCursor } from './row-cursor.ts';
import { sampleNumbers, seedOf } from './sample.ts';
import type { StoredTable } from './stored-tables.ts';

/** A page of rows that is wanted. */
export interface RowPageRequest {
  /** How many rows. */
  readonly size: number;
  readonly after: string | null;
  readonly before: string | null;
  /** Whether the rows nearest to the end are wanted. */
  readonly isReversed: boolean;
  /** Null for all. */
  readonly columns: readonly string[] | null;
  readonly orderBy: readonly RowOrder[];
  readonly filter: readonly RowFilter[];
}

/** Some rows of a table. */
export interface Rows {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly { readonly cursor: string; readonly values: readonly Json[] }[];
}

/** A page of rows, in order. */
export interface RowsPage extends Rows {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** Looks into tables. Each method is told the viewer and a table that this viewer was given by `StoredTables`. */
export interface Previews {
  /**
   * A page of rows. The first fifty of a table are answered without reading its file, where neither filter nor order is given.
   *
   * @throws AppError BAD_USER_INPUT for a column, a value or a cursor that does not fit; what a query can end with
   */
  page(viewer: Viewer | null, table: StoredTable, request: RowPageRequest, signal: AbortSignal): Promise<RowsPage>;
  /** How many rows a filter lets through. */
  count(viewer: Viewer | null, table: StoredTable, filter: readonly RowFilter[], signal: AbortSignal): Promise<number>;
  /**
   * Rows at random, each as likely as any other, in the order of the table.
   *
   * @param seed the same one gives the same rows; null is one of the table's own
   */
  sample(viewer: Viewer | null, table: StoredTable, size: number, seed: number | null, signal: AbortSignal): Promise<Rows>;
}

const mostColumns = 1_000;
const mostConditions = 20;
const mostOrders = 5;
const mostValues = 1_000;

function checkNames(table: StoredTable, argument: string, names: readonly string[]): void {
  const known = table.columns.map(({ name }) => name);
  for (const name of names) {
    if (known.includes(name)) continue;
    const guess = nearest(name, known);
    const remedy = guess === null ? `There are: ${known.slice(0, 20).join(', ')}.` : `Did you mean "${guess}"?`;
    throw badInput([argument], `There is no column "${name.slice(0, 100)}" in this table. ${remedy}`);
  }
}

const valueCounts: Readonly<Partial<Record<RowFilter['operator'], string>>> = {
  BETWEEN: '2',
  IN: 'any number of',
  NOT_IN: 'any number of',
  IS_NULL: 'no',
  IS_NOT_NULL: 'no',
};

function checkFilter(table: StoredTable, filter: readonly RowFilter[]): void {
  if (filter.length > mostConditions)
    throw badInput(['filter'], `${filter.length} conditions are more than the ${mostConditions} that are allowed; use runSql.`);
  checkNames(
    table,
    'filter',
    filter.map(({ column }) => column),
  );
  for (const { column, operator, values } of filter) {
    const wanted = valueCounts[operator] ?? '1';
    const isRight =
      wanted === 'no' ? values.length === 0 : wanted === '2' ? values.length === 2 : wanted === '1' ? values.length === 1 : values.length <= mostValues;
    if (!isRight) {
      const most = wanted === 'any number of' ? `at most ${mostValues}` : wanted;
      throw badInput(['filter'], `The filter on "${column}" has ${values.length} values; ${operator} takes ${most}.`);
    }
    if (values.some((value) => value === null || typeof value === 'object')) {
      throw badInput(
        ['filter'],
        `The filter on "${column}" has a value that is no text, number or yes/no; for missing values there are IS_NULL and IS_NOT_NULL.`,
      );
    }
  }
}

function checkRequest(table: StoredTable, { columns, orderBy, filter }: RowPageRequest): void {
  if (columns !== null) {
    if (columns.length === 0 || columns.length > mostColumns)
      throw badInput(['columns'], `"columns" names ${columns.length}; it must be from 1 to ${mostColumns}.`);
    if (new Set(columns).size < columns.length) throw badInput(['columns'], '"columns" names a column twice.');
    checkNames(table, 'columns', columns);
  }
  if (orderBy.length > mostOrders) throw badInput(['orderBy'], `${orderBy.length} columns are more than the ${mostOrders} that rows can be ordered by.`);
  checkNames(
    table,
    'orderBy',
    orderBy.map(({ column }) => column),
  );
  checkFilter(table, filter);
}

/** The rows of a page of the whole table in its own order: which they are is arithmetic. */
function plainRange(table: StoredTable, after: number | null, before: number | null, { size, isReversed }: RowPageRequest) {
  const from = (after ?? -1) + 1;
  const to = Math.max(from, before ?? table.rowCount);
  const start = isReversed ? Math.max(from, to - size) : from;
  const end = isReversed ? to : Math.min(to, from + size);
  return { start, end, hasMore: isReversed ? start > from : end < to };
}

/** Makes the service. */
export function createPreviews({ duckdb }: { readonly duckdb: Pick<TableJobs, 'page'> }): Previews {
  /** The stored rows of a range, where all of them are stored. */
  function storedRows(table: StoredTable, columns: readonly string[] | null, numbers: readonly number[]): Rows | null {
    if (Math.max(-1, ...numbers) >= table.firstRows.length) return null;
    const places = (columns ?? table.columns.map(({ name }) => name)).map((name) => table.columns.findIndex((column) => column.name === name));
    return {
      columns: places.flatMap((place) => table.columns[place] ?? []),
      rows: numbers.map((number) => ({ cursor: encodeRowCursor(table, number), values: places.map((place) => table.firstRows[number]?.[place] ?? null) })),
    };
  }

  async function rowsOf(userId: string, table: StoredTable, columns: readonly string[] | null, numbers: readonly number[], signal: AbortSignal) {
    const stored = storedRows(table, columns, numbers);
    if (stored !== null) return { ...stored, hasMore: false };
    const found = await duckdb.page({ path: table.path, columns, filter: [], order: [], choice: { kind: 'rows', numbers }, userKey: userId }, signal);
    return { ...asRows(table, found), hasMore: found.hasMore };
  }

  function asRows(
    table: StoredTable,
    found: { readonly columns: readonly TableColumn[]; readonly rows: readonly (readonly Json[])[]; readonly numbers: readonly number[] },
  ): Rows {
    return { columns: found.columns, rows: found.rows.map((values, index) => ({ cursor: encodeRowCursor(table, found.numbers[index] ?? 0), values })) };
  }

  return {
    async page(viewer, table, request, signal) {
      const { userId } = requireViewer(viewer);
      checkRequest(table, request);
      const { size, isReversed, columns, orderBy, filter } = request;
      const after = request.after === null ? null : decodeRowCursor(table, request.after, 'after');
      const before = request.before === null ? null : decodeRowCursor(table, request.before, 'before');
      const shaped = ({ columns: shown, rows }: Rows, hasMore: boolean): RowsPage => ({
        columns: shown,
        rows: isReversed ? rows.toReversed() : rows,
        hasNextPage: isReversed ? before !== null : hasMore,
        hasPreviousPage: isReversed ? hasMore : after !== null,
      });
      if (orderBy.length === 0 && filter.length === 0) {
        const { start, end, hasMore } = plainRange(table, after, before, request);
        const numbers = Array.from({ length: end - start }, (_, index) => start + index);
        // Read from the side that was asked for: what does not fit into the answer is missing at the other.
        const found = await rowsOf(userId, table, columns, isReversed ? numbers.toReversed() : numbers, signal);
        return shaped(found, hasMore || found.hasMore);
      }
      const choice = { kind: 'page', after, before, limit: size, isReversed } as const;
      const found = await duckdb.page({ path: table.path, columns, filter, order: orderBy, choice, userKey: userId }, signal);
      return shaped(asRows(table, found), found.hasMore);
    },

    async count(viewer, table, filter, signal) {
      const { userId } = requireViewer(viewer);
      if (filter.length === 0) return table.rowCount;
      checkFilter(table, filter);
      const { count } = await duckdb.page({ path: table.path, columns: null, filter, order: [], choice: { kind: 'count' }, userKey: userId }, signal);
      return count;
    },

    async sample(viewer, table, size, seed, signal) {
      const { userId } = requireViewer(viewer);
      return rowsOf(userId, table, null, sampleNumbers(size, table.rowCount, seed ?? seedOf(`${table.id} ${table.revision}`)), signal);
    },
  };
}

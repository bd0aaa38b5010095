import type { TableColumn } from '../base/table.ts';
import type { RowFilter } from '../base/rows.ts';
import type { Rows, RowsPage } from '../services/table/previews.ts';
import type { StoredTable, TableKind } from '../services/table/stored-tables.ts';
import { loadExisting } from './batch.ts';
import { builder } from './builder.ts';
import { Column } from './column.ts';
import type { Context } from './context.ts';
import { checkSize, defaultPageSize, type ConnectionArguments } from './pagination.ts';
import { ResultColumn } from './result-column.ts';
import { filterOf, RowFilterInput, RowOrderInput } from './row-input.ts';

/** What every table has. A derived one has its SQL, too. */
export interface TableRow {
  readonly id: string;
  readonly sessionId: string | null;
  readonly tableName: string;
  readonly rowCount: bigint;
  readonly columnCount: number;
  readonly createdAt: Date;
}

/** A table of a session. */
export const Table = builder.interfaceRef<TableRow>('Table');

const kindOf = (row: TableRow): TableKind => ('sql' in row ? 'DERIVED' : 'FILE');

async function storedOf(row: TableRow, context: Context): Promise<StoredTable> {
  const { storedFile, storedDerived } = context.loaders;
  return loadExisting(kindOf(row) === 'FILE' ? storedFile : storedDerived, row.id, 'Table');
}

/** A page with what its total is counted by. */
interface RowConnectionShape {
  readonly page: RowsPage;
  readonly table: StoredTable;
  readonly filter: readonly RowFilter[];
}

const Row = builder.simpleObject('Row', {
  description: 'A row of a table.',
  fields: (t) => ({
    values: t.field({
      type: ['JSON'],
      nullable: { list: false, items: true },
      description: 'The values, in the order of `columns`. Numbers are numbers while they are exact in a double, else strings; dates and moments are ISO 8601.',
    }),
  }),
});

const RowEdge = builder.objectRef<Rows['rows'][number]>('RowEdge').implement({
  description: 'A row in a page.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Where this row stands; give it as `after` or `before`, with the same order and filter.' }),
    node: t.field({ type: Row, description: 'The row itself.', resolve: ({ values }) => ({ values: [...values] }) }),
  }),
});

const RowConnection = builder.objectRef<RowConnectionShape>('RowConnection').implement({
  description: 'A page of rows.',
  fields: (t) => ({
    columns: t.field({ type: [ResultColumn], description: 'The columns of the rows, in order.', resolve: ({ page }): readonly TableColumn[] => page.columns }),
    edges: t.field({
      type: [RowEdge],
      description: 'The page, in order. It has fewer rows than were asked for where more than 1 MB would be sent.',
      resolve: ({ page }) => page.rows,
    }),
    pageInfo: t.field({
      type: builder.pageInfoRef(),
      description: 'Where this page stands.',
      resolve: ({ page }) => ({
        hasNextPage: page.hasNextPage,
        hasPreviousPage: page.hasPreviousPage,
        startCursor: page.rows[0]?.cursor ?? null,
        endCursor: page.rows.at(-1)?.cursor ?? null,
      }),
    }),
    totalCount: t.field({
      type: 'BigInt',
      description: 'How many rows there are behind all pages. With a filter they are counted when this is asked for.',
      resolve: async ({ table, filter }, _arguments, context, info) =>
        BigInt(await context.loaders.inTurn(() => context.services.previews.count(context.viewer, table, filter, info.getAbortSignal() ?? neverAborted()))),
    }),
  }),
});

const RowSample = builder.objectRef<Rows>('RowSample').implement({
  description: 'Rows of a table at random.',
  fields: (t) => ({
    columns: t.field({ type: [ResultColumn], description: 'The columns of the rows, in order.', resolve: ({ columns }) => columns }),
    rows: t.field({
      type: ['JSON'],
      description: 'The rows, each an array of values in the order of `columns`.',
      resolve: ({ rows }) => rows.map(({ values }) => values),
    }),
  }),
});

/** For where the executor gives no signal. */
export const neverAborted = (): AbortSignal => new AbortController().signal;

function sizeOf(args: ConnectionArguments): { readonly size: number; readonly isReversed: boolean } {
  checkSize('first', args.first);
  checkSize('last', args.last);
  return { size: args.first ?? args.last ?? defaultPageSize, isReversed: args.first == null && args.last != null };
}

/** As what a whole table or a result is downloaded. */
export const ExportFormat = builder.enumType('ExportFormat', {
  description: 'As what a table or a result is downloaded.',
  values: {
    CSV: { description: 'Text with commas, UTF-8, with a header.' },
    PARQUET: { description: 'Apache Parquet, compressed with zstd.' },
    JSON: { description: 'An array of objects.' },
    XLSX: { description: 'A workbook of Excel with one sheet: at most 1,048,575 rows, and 32,767 characters a cell.' },
  } as const,
});

Table.implement({
  description: 'A table of a session: that of an uploaded file, or one that a SELECT made.',
  interfaces: [builder.nodeInterfaceRef()],
  resolveType: (row) => (kindOf(row) === 'FILE' ? 'File' : 'DerivedTable'),
  fields: (t) => ({
    tableName: t.exposeString('tableName', { description: 'Its name in SQL; unique within the session.' }),
    rowCount: t.expose('rowCount', { type: 'BigInt', description: 'How many rows it has.' }),
    columnCount: t.exposeInt('columnCount', { description: 'How many columns it has.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was uploaded or made.' }),
    columns: t.field({
      type: [Column],
      description: 'The columns, in order, with what is known of them.',
      resolve: async (row, _arguments, { loaders }) => loadExisting(kindOf(row) === 'FILE' ? loaders.fileColumns : loaders.derivedColumns, row.id, 'Table'),
    }),
    preview: t.field({
      type: RowConnection,
      description:
        'Its rows, by pages, filtered and ordered. The first fifty are kept with the table: without filter and order they cost no query. A page deep inside costs what the first one does.',
      args: {
        first: t.arg.int({ description: 'How many rows from the start, 1 to 100; 20 when neither `first` nor `last` is given.' }),
        last: t.arg.int({ description: 'How many rows from the end, 1 to 100.' }),
        after: t.arg.string({ description: 'Only rows after this cursor.' }),
        before: t.arg.string({ description: 'Only rows before this cursor.' }),
        columns: t.arg.stringList({ description: 'Which columns, in this order; all when absent.' }),
        orderBy: t.arg({ type: [RowOrderInput], description: 'By what they are ordered, at most five columns; what is equal stands as in the table.' }),
        filter: t.arg({ type: [RowFilterInput], description: 'Conditions that must all hold, at most twenty.' }),
      },
      resolve: async (row, args, context, info) => {
        const table = await storedOf(row, context);
        const filter = (args.filter ?? []).map(filterOf);
        const { after = null, before = null, columns = null } = args;
        const request = { ...sizeOf(args), after, before, columns, orderBy: args.orderBy ?? [], filter };
        const signal = info.getAbortSignal() ?? neverAborted();
        return { table, filter, page: await context.loaders.inTurn(() => context.services.previews.page(context.viewer, table, request, signal)) };
      },
    }),
    sampleRows: t.field({
      type: RowSample,
      description: 'Rows at random, each as likely as any other, in the order of the table. The same each time, for the same seed.',
      args: {
        first: t.arg.int({ defaultValue: 20, required: true, description: 'How many rows, 1 to 100.' }),
        seed: t.arg.int({ description: 'Another seed gives other rows; by default the table has one of its own.' }),
      },
      resolve: async (row, { first, seed = null }, context, info) => {
        checkSize('first', first);
        const table = await storedOf(row, context);
        return context.loaders.inTurn(() => context.services.previews.sample(context.viewer, table, first, seed, info.getAbortSignal() ?? neverAborted()));
      },
    }),
    downloadUrl: t.string({
      description:
        'A signed link to the whole table: a path on this server that works without signing in, for fifteen minutes unless it is configured otherwise.',
      args: { format: t.arg({ type: ExportFormat, defaultValue: 'CSV', required: true, description: 'As what.' }) },
      resolve: (row, { format }, { services, viewer }) => services.downloads.linkTo(viewer, 'table', row.id, `${kindOf(row)}.${format}`).url,
    }),
  }),
});

import { badInput } from '../base/errors.ts';
import type { ColumnProfile } from '../base/table.ts';
import type { IngestReport as IngestReportRow, RejectedRow as RejectedRowShape } from '../duckdb/protocol.ts';
import type { FileRow, TablePreview as TablePreviewShape } from '../services/file/file-row.ts';
import { builder } from './builder.ts';
import { loadExisting } from './batch.ts';

/** An uploaded file. */
export const File = builder.objectRef<FileRow>('File');

const FileFormat = builder.enumType('FileFormat', {
  description: 'What a file is made of.',
  values: {
    CSV: { description: 'Text with a delimiter, of any dialect.' },
    PARQUET: { description: 'Apache Parquet.' },
  } as const,
});

const ColumnMeaning = builder.enumType('ColumnMeaning', {
  description: 'What a person would say that a column is.',
  values: {
    IDENTIFIER: { description: 'Names the row: nearly every value is different.' },
    CATEGORY: { description: 'One of a few values.' },
    MEASURE: { description: 'A number that can be summed or averaged.' },
    DATE: { description: 'A day or a moment.' },
    TEXT: { description: 'Free text.' },
    GEOGRAPHIC: { description: 'A place, or a part of its coordinates.' },
    YES_NO: { description: 'One of two values that mean yes and no.' },
  } as const,
});

const ValueCount = builder.simpleObject('ValueCount', {
  description: 'A value and how often it occurs.',
  fields: (t) => ({
    value: t.string({ description: 'The value as text.' }),
    count: t.float({ description: 'In how many rows it stands; a whole number.' }),
  }),
});

const Column = builder.objectRef<ColumnProfile>('Column').implement({
  description: 'A column of a file, with what one pass over its data told.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name in SQL.' }),
    type: t.exposeString('type', { description: 'Its DuckDB type, for example `BIGINT` or `VARCHAR`.' }),
    meaning: t.expose('meaning', { type: ColumnMeaning, description: 'What a person would say it is.' }),
    nullCount: t.exposeFloat('nullCount', { description: 'In how many rows it is missing; a whole number.' }),
    distinctCount: t.exposeFloat('distinctCount', { description: 'How many different values it has; approximate above some thousands.' }),
    min: t.exposeString('min', { nullable: true, description: 'The smallest value as text; null where the type has no order.' }),
    max: t.exposeString('max', { nullable: true, description: 'The largest value as text; null where the type has no order.' }),
    mean: t.exposeFloat('mean', { nullable: true, description: 'The average of numbers; null otherwise.' }),
    standardDeviation: t.exposeFloat('standardDeviation', { nullable: true, description: 'The standard deviation of numbers; null otherwise.' }),
    quartiles: t.floatList({
      nullable: true,
      description: 'First quartile, median and third quartile of numbers, approximate for large tables; null otherwise.',
      resolve: (column) => column.quartiles,
    }),
    topValues: t.field({
      type: [ValueCount],
      description: 'The most frequent values, most frequent first, at most ten.',
      resolve: (column) => [...column.topValues],
    }),
  }),
});

const RejectedRow = builder.objectRef<RejectedRowShape>('RejectedRow').implement({
  description: 'A row of a file that could not be read.',
  fields: (t) => ({
    line: t.exposeFloat('line', { description: 'Its line, counted from 1 as an editor counts; a whole number.' }),
    column: t.exposeString('column', { nullable: true, description: 'The column that it broke in; null where the whole row is at fault.' }),
    reason: t.exposeString('reason', { description: 'What is wrong with it.' }),
    text: t.exposeString('text', { description: 'The row as it stands in the file, shortened.' }),
  }),
});

const IngestReport = builder.objectRef<IngestReportRow>('IngestReport').implement({
  description: 'How a file was read. The fields of the dialect are null for Parquet.',
  fields: (t) => ({
    delimiter: t.exposeString('delimiter', { nullable: true, description: 'What stands between two values.' }),
    quote: t.exposeString('quote', { nullable: true, description: 'What stands around values; null where nothing does.' }),
    escape: t.exposeString('escape', { nullable: true, description: 'What stands before a quote inside a value.' }),
    header: t.exposeBoolean('header', { nullable: true, description: 'Whether the first row holds the names of the columns.' }),
    encoding: t.exposeString('encoding', { nullable: true, description: 'The encoding of the text, for example `utf-8`.' }),
    rejectedRowCount: t.exposeFloat('rejectedRowCount', { description: 'How many rows could not be read; a whole number.' }),
    rejectedRows: t.field({
      type: [RejectedRow],
      description: 'The first hundred of them, in the order of the file.',
      resolve: (report) => report.rejectedRows,
    }),
    warnings: t.stringList({ description: 'What was decided or changed, in sentences.', resolve: (report) => [...report.warnings] }),
  }),
});

const TablePreview = builder.objectRef<TablePreviewShape>('TablePreview').implement({
  description: 'The first rows of a table.',
  fields: (t) => ({
    columns: t.stringList({ description: 'The names of the columns, in order.', resolve: (preview) => [...preview.columns] }),
    rows: t.field({ type: ['JSON'], description: 'The rows, each an array of values in the order of `columns`.', resolve: (preview) => preview.rows }),
  }),
});

const mostPreviewRows = 50;

function firstRows(preview: TablePreviewShape, first: number): TablePreviewShape {
  if (first < 1 || first > mostPreviewRows) throw badInput(['first'], `"first" is ${first}; it must be from 1 to ${mostPreviewRows}.`);
  return { columns: preview.columns, rows: preview.rows.slice(0, first) };
}

builder.node(File, {
  description: 'An uploaded file: a table of its session. Files are uploaded with `POST /uploads`.',
  id: { resolve: (file) => file.id, description: 'The global id.' },
  loadOne: (id, context) => context.services.files.get(context.viewer, id),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name it was uploaded under.' }),
    format: t.expose('format', { type: FileFormat, description: 'What it is made of.' }),
    byteSize: t.expose('byteSize', { type: 'BigInt', description: 'How many bytes were uploaded.' }),
    tableName: t.exposeString('tableName', { description: 'The name of its table in SQL; unique within the session.' }),
    rowCount: t.expose('rowCount', { type: 'BigInt', description: 'How many rows it has.' }),
    columnCount: t.exposeInt('columnCount', { description: 'How many columns it has.' }),
    columns: t.field({
      type: [Column],
      description: 'The columns, in the order of the file.',
      resolve: (file, _arguments, context) => loadExisting(context.loaders.fileColumns, file.id, 'File'),
    }),
    preview: t.field({
      type: TablePreview,
      description: 'The first rows. They are kept with the file: asking for them reads no data.',
      args: { first: t.arg.int({ defaultValue: 10, required: true, description: 'How many rows, 1 to 50.' }) },
      resolve: async (file, { first }, context) => firstRows(await loadExisting(context.loaders.filePreview, file.id, 'File'), first),
    }),
    ingest: t.field({
      type: IngestReport,
      description: 'How it was read: the dialect that was found, the rows that could not be read, and what was decided.',
      resolve: (file, _arguments, context) => loadExisting(context.loaders.fileIngest, file.id, 'File'),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was uploaded.' }),
  }),
});

builder.queryField('file', (t) =>
  t.field({
    type: File,
    description: 'One of your files.',
    args: { id: t.arg.globalID({ for: File, required: true, description: 'The id of the file.' }) },
    resolve: (_root, { id }, context) => context.services.files.get(context.viewer, id.id),
  }),
);

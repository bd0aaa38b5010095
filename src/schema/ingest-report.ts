import type { IngestReport as IngestReportShape, RejectedRow as RejectedRowShape } from '../base/reading.ts';
import { builder } from './builder.ts';

const DateFormat = builder.simpleObject('DateFormat', {
  description: 'How the dates of a column are written.',
  fields: (t) => ({
    column: t.string({ description: 'The name of the column.' }),
    format: t.string({ description: 'The notation, for example `%d.%m.%Y`.' }),
  }),
});

const FoundTable = builder.simpleObject('FoundTable', {
  description: 'One of several tables that a file holds, or a sheet of a workbook.',
  fields: (t) => ({
    name: t.string({ nullable: true, description: 'The name of the sheet; null in text files.' }),
    firstLine: t.float({ description: 'Its first line, counted from 1; a whole number.' }),
    lastLine: t.float({ description: 'Its last line; a whole number.' }),
    rowCount: t.float({ description: 'How many rows it has; a whole number.' }),
    columnCount: t.float({ description: 'How many columns it has; a whole number.' }),
    isRead: t.boolean({ description: 'Whether the table of the file holds its rows.' }),
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

/** How a file was read. */
export const IngestReport = builder.objectRef<IngestReportShape>('IngestReport').implement({
  description: 'How a file was read. The fields of the dialect are null for Parquet, JSON and workbooks.',
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
    comment: t.exposeString('comment', { nullable: true, description: 'What lines begin with that are no rows; null where there are none.' }),
    hasByteOrderMark: t.exposeBoolean('hasByteOrderMark', { description: 'Whether a byte order mark stood at its beginning.' }),
    decimalMark: t.exposeString('decimalMark', { nullable: true, description: 'The mark of decimals in its numbers; null where no column has any.' }),
    thousandsMark: t.exposeString('thousandsMark', { nullable: true, description: 'What stands between groups of digits; null where nothing does.' }),
    dateFormats: t.field({ type: [DateFormat], description: 'How dates are written, by column.', resolve: (report) => [...report.dateFormats] }),
    preamble: t.stringList({ description: 'The lines above the table that are no rows; the first twenty.', resolve: (report) => [...report.preamble] }),
    preambleLineCount: t.exposeFloat('preambleLineCount', { description: 'How many lines stand above the table that are no rows; a whole number.' }),
    footer: t.stringList({
      description: 'The lines below the table that are no rows, such as totals and notes; the first twenty.',
      resolve: (report) => [...report.footer],
    }),
    footerLineCount: t.exposeFloat('footerLineCount', { description: 'How many lines stand below the table that are no rows; a whole number.' }),
    tables: t.field({
      type: [FoundTable],
      description: 'The tables of the file, or the sheets of the workbook, in their order; empty where there is one.',
      resolve: (report) => [...report.tables],
    }),
    confidence: t.exposeFloat('confidence', {
      description: '0 to 1: how sure it is that the structure is right; 1 where a person has said how to read the file.',
    }),
    warnings: t.stringList({ description: 'What was decided or changed, in sentences.', resolve: (report) => [...report.warnings] }),
  }),
});

import type { ColumnProfile } from '../base/table.ts';
import { builder } from './builder.ts';

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

const HistogramBin = builder.simpleObject('HistogramBin', {
  description: 'A part of the range of a column, and how many values lie in it. It begins at `from` and ends before `to`; the last one holds its end.',
  fields: (t) => ({
    from: t.string({ description: 'Where it begins, as text: a number, `2024-05-01` or `2024-05-01T12:00:00`.' }),
    to: t.string({ description: 'Where it ends, as text.' }),
    count: t.float({ description: 'How many values lie in it, exactly; a whole number.' }),
  }),
});

/** A column of a table. */
export const Column = builder.objectRef<ColumnProfile>('Column').implement({
  description: 'A column of a file, with what one pass over its data told.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name in SQL.' }),
    type: t.exposeString('type', { description: 'Its DuckDB type, for example `BIGINT` or `VARCHAR`.' }),
    description: t.string({
      nullable: true,
      description: 'What stands in it, where that is known: in the tables of your own data.',
      resolve: (column) => column.description ?? null,
    }),
    unit: t.exposeString('unit', {
      nullable: true,
      description:
        'What its numbers count, as it stands in the file: the sign or code of a currency such as `$` or `EUR`, `kg`, or `%`, where 12.5 is 12.5 %. Null where the file says nothing.',
    }),
    meaning: t.expose('meaning', { type: ColumnMeaning, description: 'What a person would say it is.' }),
    nullCount: t.exposeFloat('nullCount', { description: 'In how many rows it is missing; a whole number.' }),
    distinctCount: t.exposeFloat('distinctCount', {
      description:
        'How many different values it has. Exact in tables of up to 10,000 rows, and in larger ones where values repeat; else an estimate, usually within a tenth.',
    }),
    min: t.exposeString('min', { nullable: true, description: 'The smallest value as text; null where the type has no order.' }),
    max: t.exposeString('max', { nullable: true, description: 'The largest value as text; null where the type has no order.' }),
    mean: t.exposeFloat('mean', { nullable: true, description: 'The average of numbers; null otherwise.' }),
    standardDeviation: t.exposeFloat('standardDeviation', { nullable: true, description: 'The standard deviation of numbers; null otherwise.' }),
    quartiles: t.floatList({
      nullable: true,
      description: 'First quartile, median and third quartile of numbers, exact where `distinctCount` is; null otherwise.',
      resolve: (column) => column.quartiles,
    }),
    quantiles: t.floatList({
      nullable: true,
      description:
        'The values below which 5, 25, 50, 75 and 95 % of the numbers lie, in this order, exact where `distinctCount` is; null where there are no numbers.',
      resolve: (column) => column.quantiles,
    }),
    histogram: t.field({
      type: [HistogramBin],
      description: 'How numbers, dates and moments are spread: at most twenty bins with round edges, none left out between. Empty for other types.',
      resolve: (column) => [...column.histogram],
    }),
    topValues: t.field({
      type: [ValueCount],
      description: 'The most frequent values, most frequent first, at most ten.',
      resolve: (column) => [...column.topValues],
    }),
  }),
});

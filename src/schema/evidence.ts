import type { TableColumn, TableData } from '../base/table.ts';
import type { Difference } from '../services/evidence/compare-rows.ts';
import type { Rerun } from '../services/evidence/rerun.ts';
import type { Support } from '../services/evidence/support.ts';
import { builder } from './builder.ts';
import { QueryResultPart } from './data-parts.ts';
import { ResultColumn } from './result-column.ts';
import { TextPart } from './message.ts';
import { PlotPart } from './plot.ts';
import { ErrorCodeEnum } from './scalars.ts';

const EvidenceSource = builder.enumType('EvidenceSource', {
  description: 'Where a number of a text comes from.',
  values: {
    QUERY_RESULT: { description: 'A table that the conversation shows: `part` is it.' },
    EXPLORATION: { description: 'A query that the engine ran for itself; its result is stored, and not shown.' },
    DESCRIPTION: { description: 'The description of the data: row counts, ranges, frequent values.' },
    QUESTION: { description: 'A person wrote it.' },
    DERIVED: { description: 'Computed from two supported numbers of the same sentence: their difference, ratio, change or share.' },
    NONE: { description: 'Nothing stored supports it: check it before you believe it.' },
  } as const,
});

const Evidence = builder.objectRef<Support>('Evidence').implement({
  description: 'A number that a text states, with what supports it.',
  fields: (t) => ({
    text: t.exposeString('text', { description: 'The number as it is written: `1,234.5`, `12 %`, `3.4 million`.' }),
    offset: t.exposeInt('offset', { description: 'Where it begins in the text, in UTF-16 code units, as JavaScript counts.' }),
    source: t.expose('source', { type: EvidenceSource, description: 'Where it comes from.' }),
    part: t.field({
      type: QueryResultPart,
      nullable: true,
      description: 'The table that holds it; null unless `source` is QUERY_RESULT.',
      resolve: (support, _arguments, context) => (support.partId === null ? null : context.loaders.part.load(support.partId)),
    }),
    rowIndex: t.exposeInt('rowIndex', { nullable: true, description: 'The row of the result, from 0; null where the number of its rows is meant.' }),
    columnName: t.exposeString('columnName', { nullable: true, description: 'The column of the result.' }),
  }),
});

builder.objectField(TextPart, 'evidence', (t) =>
  t.field({
    type: [Evidence],
    description:
      'The numbers of the text, in order, each with the stored result of this conversation that supports it, after rounding, percent and words such as `million`. Found when it is asked for: of the last 40 results before the text, the first 200 rows each. Whole numbers up to 12 and years are left out where no shown table has them, and what stands in code, dates and list markers. Empty for people.',
    resolve: async (part, _arguments, context) => (await context.loaders.evidence.load(part.id)) ?? [],
  }),
);

const RerunOutcome = builder.enumType('RerunOutcome', {
  description: 'What came of running the SQL of a part again.',
  values: {
    MATCH: { description: 'The same values; the order of rows does not count, nor the last digits of sums.' },
    DRIFT: { description: 'Other values: the data has changed, or the SQL gives something else each time.' },
    FAILED: { description: 'The SQL does not run any more; `error` says why.' },
  } as const,
});

const RerunDifferenceKind = builder.enumType('RerunDifferenceKind', {
  description: 'In what way a result is not as it was.',
  values: {
    COLUMNS: { description: 'It has other columns; `before` and `after` are their names.' },
    CHANGED: { description: 'A value is another.' },
    MISSING: { description: 'A row is gone; `before` is the row.' },
    ADDED: { description: 'A row is new; `after` is the row.' },
  } as const,
});

const RerunDifference = builder.objectRef<Difference>('RerunDifference').implement({
  description: 'One thing that is not as it was.',
  fields: (t) => ({
    kind: t.expose('kind', { type: RerunDifferenceKind, description: 'In what way.' }),
    rowIndex: t.exposeInt('rowIndex', {
      nullable: true,
      description: 'The row, from 0: of the stored result for CHANGED and MISSING, of the new one for ADDED; null for COLUMNS.',
    }),
    columnName: t.exposeString('columnName', { nullable: true, description: 'The column of a CHANGED value; null otherwise.' }),
    before: t.field({ type: 'JSON', nullable: true, description: 'The value or the row as it was.', resolve: (difference) => difference.before }),
    after: t.field({ type: 'JSON', nullable: true, description: 'The value or the row as it is.', resolve: (difference) => difference.after }),
  }),
});

const RerunResult = builder.objectRef<TableData>('RerunResult').implement({
  description: 'What the SQL of a part gives now.',
  fields: (t) => ({
    columns: t.field({ type: [ResultColumn], description: 'The columns, in order.', resolve: (data): readonly TableColumn[] => data.columns }),
    rows: t.field({ type: ['JSON'], description: 'The rows, each an array of values in the order of `columns`.', resolve: (data) => data.rows }),
    rowCount: t.int({ description: 'How many rows are here.', resolve: (data) => data.rows.length }),
    truncated: t.exposeBoolean('truncated', { description: 'Whether the query had more rows than are here.' }),
    elapsedMs: t.exposeFloat('elapsedMs', { description: 'How many milliseconds the query took.' }),
  }),
});

const RerunError = builder.objectRef<NonNullable<Rerun['error']>>('RerunError').implement({
  description: 'Why the SQL of a part does not run any more.',
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCodeEnum, description: 'For programs.' }),
    message: t.exposeString('message', { description: 'For people.' }),
  }),
});

builder.relayMutationField(
  'rerunQuery',
  {
    description: 'What to run again.',
    inputFields: (t) => ({
      partId: t.globalID({ for: [QueryResultPart, PlotPart], required: true, description: 'A table or a plot of a message.' }),
    }),
  },
  {
    description:
      'Runs the SQL of a stored table or plot again, over the data of its session as it is now, and compares the values. The stored part stays as it is. It works after `reingestFile` as well; drift is then to be expected.',
    resolve: (_root, { input }, context, info) =>
      context.services.reruns.rerun(context.viewer, input.partId.id, info.getAbortSignal() ?? new AbortController().signal),
  },
  {
    description: 'Whether the answer still holds.',
    outputFields: (t) => ({
      outcome: t.expose('outcome', { type: RerunOutcome, description: 'Whether the values are the same.' }),
      result: t.expose('result', { type: RerunResult, nullable: true, description: 'The new result; null when it failed.' }),
      differenceCount: t.exposeInt('differenceCount', { description: 'How many values and rows are not as they were.' }),
      differences: t.field({ type: [RerunDifference], description: 'The first twenty of them.', resolve: (rerun) => rerun.differences }),
      error: t.expose('error', { type: RerunError, nullable: true, description: 'Why it failed; null otherwise.' }),
    }),
  },
);

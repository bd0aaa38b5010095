import type { TableData } from '../base/table.ts';
import type { Explanation } from '../duckdb/table-job.ts';
import { builder } from './builder.ts';
import { ResultColumn } from './result-column.ts';
import { Session } from './session.ts';
import { neverAborted } from './table.ts';

const QueryResult = builder.objectRef<TableData>('QueryResult').implement({
  description: 'The rows of a SELECT.',
  fields: (t) => ({
    columns: t.field({ type: [ResultColumn], description: 'The columns, in order.', resolve: ({ columns }) => columns }),
    rows: t.field({
      type: ['JSON'],
      description:
        'The rows, each an array of values in the order of `columns`. Numbers are numbers while they are exact in a double, else strings; dates and moments are ISO 8601.',
      resolve: ({ rows }) => rows,
    }),
    rowCount: t.int({ description: 'How many rows are here.', resolve: ({ rows }) => rows.length }),
    truncated: t.exposeBoolean('truncated', { description: 'Whether there is more than is here: more rows, or texts that were cut.' }),
    elapsedMs: t.exposeFloat('elapsedMs', { description: 'How many milliseconds the query took.' }),
  }),
});

const TableRead = builder.simpleObject('TableRead', {
  description: 'What a SELECT reads of one table.',
  fields: (t) => ({
    table: t.string({ description: 'The name of the table.' }),
    columns: t.stringList({ description: 'The columns that are read, in the order of the table; none where counts or statistics are enough.' }),
  }),
});

const QueryPlan = builder.objectRef<Explanation>('QueryPlan').implement({
  description: 'What a SELECT would do.',
  fields: (t) => ({
    plan: t.exposeString('plan', { description: 'The plan of DuckDB, as a drawing of text: the rows flow from the bottom to the top.' }),
    columns: t.field({ type: [ResultColumn], description: 'The columns that it would give, in order.', resolve: ({ columns }) => columns }),
    reads: t.field({
      type: [TableRead],
      description: 'The tables and columns that it would read.',
      resolve: ({ reads }) => reads.map(({ table, columns }) => ({ table, columns: [...columns] })),
    }),
  }),
});

const sqlDescription = 'One DuckDB SELECT over the tables of the session, by their names.';

builder.queryFields((t) => ({
  runSql: t.field({
    type: QueryResult,
    description: 'Runs a SELECT over the tables of a session. It is stopped after ten seconds, and gives at most 1 MB, unless it is configured otherwise.',
    args: {
      sessionId: t.arg.globalID({ for: Session, required: true, description: 'The session.' }),
      sql: t.arg.string({ required: true, description: sqlDescription }),
      first: t.arg.int({ defaultValue: 100, required: true, description: 'The most rows, 1 to 1,000 unless it is configured otherwise.' }),
    },
    resolve: (_root, { sessionId, sql, first }, { loaders, services, viewer }, info) =>
      loaders.inTurn(() => services.queries.run(viewer, { sessionId: sessionId.id, sql, first }, info.getAbortSignal() ?? neverAborted())),
  }),
  explainSql: t.field({
    type: QueryPlan,
    description: 'Tells what a SELECT would do, without running it.',
    args: {
      sessionId: t.arg.globalID({ for: Session, required: true, description: 'The session.' }),
      sql: t.arg.string({ required: true, description: sqlDescription }),
    },
    resolve: (_root, { sessionId, sql }, { loaders, services, viewer }, info) =>
      loaders.inTurn(() => services.queries.explain(viewer, { sessionId: sessionId.id, sql }, info.getAbortSignal() ?? neverAborted())),
  }),
}));

import type { Part as PartRow } from '../../prisma/generated/client.ts';
import { queryResultData } from '../services/query/result-data.ts';
import { builder } from './builder.ts';
import { ResultColumn } from './result-column.ts';
import { field, loadPart } from './part-data.ts';

/** A table in a message, over a part of kind QUERY_RESULT. */
export const QueryResultPart = builder.objectRef<PartRow>('QueryResultPart');

builder.node(QueryResultPart, {
  description: 'The result of a query, with the SQL that made it.',
  id: { resolve: (part) => part.id, description: 'The global id.' },
  loadOne: (id, context) => loadPart(id, 'QUERY_RESULT', context),
  fields: (t) => ({
    title: t.string({ description: 'What it shows, in a few words.', resolve: (part) => queryResultData.shape.title.parse(field(part, 'title')) }),
    sql: t.string({ description: 'The DuckDB SQL that was run.', resolve: (part) => queryResultData.shape.sql.parse(field(part, 'sql')) }),
    columns: t.field({
      type: [ResultColumn],
      description: 'The columns, in order.',
      resolve: (part) => queryResultData.shape.columns.parse(field(part, 'columns')),
    }),
    rows: t.field({
      type: ['JSON'],
      description:
        'The rows, each an array of values in the order of `columns`. Numbers are numbers while they are exact in a double, else strings; dates and moments are ISO 8601.',
      resolve: (part) => queryResultData.shape.rows.parse(field(part, 'rows')),
    }),
    rowCount: t.int({ description: 'How many rows are here.', resolve: (part) => queryResultData.shape.rowCount.parse(field(part, 'rowCount')) }),
    truncated: t.boolean({
      description: 'Whether the query had more rows than are here.',
      resolve: (part) => queryResultData.shape.truncated.parse(field(part, 'truncated')),
    }),
    elapsedMs: t.float({
      description: 'How many milliseconds the query took.',
      resolve: (part) => queryResultData.shape.elapsedMs.parse(field(part, 'elapsedMs')),
    }),
  }),
});

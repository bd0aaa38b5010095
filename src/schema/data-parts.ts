import { z } from 'zod';
import type { Part as PartRow } from '../../prisma/generated/client.ts';
import type { TableColumn } from '../base/table.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';

/** The stored `data` of a part of kind QUERY_RESULT. */
const queryResultData = z.object({
  title: z.string(),
  sql: z.string(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(z.json())),
  rowCount: z.number().int(),
  truncated: z.boolean(),
  elapsedMs: z.number(),
});

/** The stored `data` of a part of kind PLOT. */
const plotData = z.object({ title: z.string(), sql: z.string(), spec: z.record(z.string(), z.json()) });

/** A table in a message, over a part of kind QUERY_RESULT. */
export const QueryResultPart = builder.objectRef<PartRow>('QueryResultPart');

/** A plot in a message, over a part of kind PLOT. */
export const PlotPart = builder.objectRef<PartRow>('PlotPart');

const ResultColumn = builder.objectRef<TableColumn>('ResultColumn').implement({
  description: 'A column of the result of a query.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name.' }),
    type: t.exposeString('type', { description: 'Its DuckDB type, for example `BIGINT` or `DECIMAL(10,2)`.' }),
  }),
});

async function loadPart(id: string, kind: PartRow['kind'], context: Context): Promise<PartRow | null> {
  const part = await context.loaders.part.load(id);
  return part?.kind === kind ? part : null;
}

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

builder.node(PlotPart, {
  description: 'A plot, with the SQL of its data.',
  id: { resolve: (part) => part.id, description: 'The global id.' },
  loadOne: (id, context) => loadPart(id, 'PLOT', context),
  fields: (t) => ({
    title: t.string({ description: 'What it shows, in a few words.', resolve: (part) => plotData.shape.title.parse(field(part, 'title')) }),
    sql: t.string({ description: 'The DuckDB SQL of the data.', resolve: (part) => plotData.shape.sql.parse(field(part, 'sql')) }),
    spec: t.field({
      type: 'JSON',
      description: 'The Vega-Lite v6 specification with its data; give it to vega-embed as it is.',
      resolve: (part) => plotData.shape.spec.parse(field(part, 'spec')),
    }),
  }),
});

/** One entry of a part's data. */
function field(part: PartRow, name: string): unknown {
  return z.record(z.string(), z.unknown()).parse(part.data)[name];
}

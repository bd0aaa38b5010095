import type { ExportRow } from '../services/export/exports.ts';
import { builder } from './builder.ts';
import { Session } from './session.ts';
import { ExportFormat, neverAborted } from './table.ts';

/** A result that can be downloaded for a while. */
const Export = builder.objectRef<ExportRow>('Export');

builder.node(Export, {
  description: 'A result that can be downloaded for a while.',
  id: { resolve: (row) => row.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.export.load(id),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the file.' }),
    format: t.expose('format', { type: ExportFormat, description: 'As what it is downloaded.' }),
    sql: t.exposeString('sql', { description: 'The SELECT; it runs when the file is fetched.' }),
    downloadUrl: t.string({
      description:
        'A signed link: a path on this server that works without signing in, for fifteen minutes unless it is configured otherwise. A SELECT that fails answers an error, and never half a file.',
      resolve: (row, _arguments, { services, viewer }) => services.downloads.linkTo(viewer, 'export', row.id).url,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it is forgotten.' }),
  }),
});

builder.relayMutationField(
  'exportQuery',
  {
    description: 'What to export.',
    inputFields: (t) => ({
      sessionId: t.globalID({ for: Session, required: true, description: 'The session.' }),
      sql: t.string({ required: true, description: 'One DuckDB SELECT over the tables of the session.' }),
      format: t.field({ type: ExportFormat, required: true, description: 'As what.' }),
      name: t.string({ description: 'The name of the file; the ending of the format is added where it is missing.' }),
      isSpreadsheetSafe: t.boolean({
        required: true,
        defaultValue: false,
        description:
          'For CSV that will be opened in a spreadsheet: texts that begin with = + - @ get an apostrophe in front, so that they are not taken for formulas. A workbook needs none.',
      }),
    }),
  },
  {
    description: 'Exports all rows of a SELECT as a file. The SQL is checked now, and runs when the file is fetched.',
    resolve: async (_root, { input }, { services, viewer }, info) => ({
      export: await services.exports.create(viewer, { ...input, sessionId: input.sessionId.id }, info.getAbortSignal() ?? neverAborted()),
    }),
  },
  {
    description: 'The export.',
    outputFields: (t) => ({ export: t.expose('export', { type: Export, description: 'The export, with its link.' }) }),
  },
);

import type { ChangedTable, MadeTable } from '../services/derived-table/derived-tables.ts';
import { builder } from './builder.ts';
import { DerivedTable } from './derived-table.ts';
import { Session } from './session.ts';
import { neverAborted } from './table.ts';

const tableOf = ({ sessionId, name }: { readonly sessionId: { readonly id: string }; readonly name: string }) => ({ sessionId: sessionId.id, name });

const nameDescription = 'The name of the table in SQL: small letters, digits and underscores.';

builder.relayMutationField(
  'createTable',
  {
    description: 'What to make.',
    inputFields: (t) => ({
      sessionId: t.globalID({ for: Session, required: true, description: 'The session.' }),
      name: t.string({ required: true, description: nameDescription }),
      sql: t.string({ required: true, description: 'One SELECT over the tables of the session.' }),
    }),
  },
  {
    description:
      'Makes a table of the rows of a SELECT. The files stay as they are; a name that is there already gets a new version. It takes as long as the SELECT does, two minutes at most unless it is configured otherwise.',
    resolve: (_root, { input }, context, info): Promise<MadeTable> =>
      context.services.derivedTables.create(context.viewer, { ...tableOf(input), sql: input.sql }, info.getAbortSignal() ?? neverAborted()),
  },
  {
    description: 'The session and the table as they are now.',
    outputFields: (t) => ({
      session: t.expose('session', { type: Session, description: 'The session, with its tables.' }),
      table: t.expose('table', { type: DerivedTable, description: 'The new version.' }),
    }),
  },
);

builder.relayMutationField(
  'refreshTable',
  {
    description: 'What to make anew.',
    inputFields: (t) => ({
      sessionId: t.globalID({ for: Session, required: true, description: 'The session.' }),
      name: t.string({ required: true, description: nameDescription }),
    }),
  },
  {
    description: 'Runs the SELECT of a table again, over the tables as they are now; what it gives is a new version.',
    resolve: (_root, { input }, context, info): Promise<MadeTable> =>
      context.services.derivedTables.refresh(context.viewer, tableOf(input), info.getAbortSignal() ?? neverAborted()),
  },
  {
    description: 'The session and the table as they are now.',
    outputFields: (t) => ({
      session: t.expose('session', { type: Session, description: 'The session, with its tables.' }),
      table: t.expose('table', { type: DerivedTable, description: 'The new version.' }),
    }),
  },
);

builder.relayMutationField(
  'undoTable',
  {
    description: 'What to undo.',
    inputFields: (t) => ({
      sessionId: t.globalID({ for: Session, required: true, description: 'The session.' }),
      name: t.string({ required: true, description: nameDescription }),
    }),
  },
  {
    description: 'Goes back by one version of a table; before the first there is no table, until `redoTable`.',
    resolve: (_root, { input }, context): Promise<ChangedTable> => context.services.derivedTables.undo(context.viewer, tableOf(input)),
  },
  {
    description: 'The session and the table as they are now.',
    outputFields: (t) => ({
      session: t.expose('session', { type: Session, description: 'The session, with its tables.' }),
      table: t.expose('table', { type: DerivedTable, nullable: true, description: 'The version that is current now; null when there is none.' }),
    }),
  },
);

builder.relayMutationField(
  'redoTable',
  {
    description: 'What to do again.',
    inputFields: (t) => ({
      sessionId: t.globalID({ for: Session, required: true, description: 'The session.' }),
      name: t.string({ required: true, description: nameDescription }),
    }),
  },
  {
    description: 'Goes forward to the version that was undone. A new version ends this.',
    resolve: (_root, { input }, context): Promise<ChangedTable> => context.services.derivedTables.redo(context.viewer, tableOf(input)),
  },
  {
    description: 'The session and the table as they are now.',
    outputFields: (t) => ({
      session: t.expose('session', { type: Session, description: 'The session, with its tables.' }),
      table: t.expose('table', { type: DerivedTable, nullable: true, description: 'The version that is current now; null when there is none.' }),
    }),
  },
);

builder.relayMutationField(
  'deleteTable',
  {
    description: 'What to delete.',
    inputFields: (t) => ({
      sessionId: t.globalID({ for: Session, required: true, description: 'The session.' }),
      name: t.string({ required: true, description: nameDescription }),
    }),
  },
  {
    description: 'Deletes a derived table with all of its versions. Tables that were made of it stay.',
    resolve: (_root, { input }, context) => context.services.derivedTables.delete(context.viewer, tableOf(input)),
  },
  {
    description: 'What was deleted.',
    outputFields: (t) => ({
      session: t.expose('session', { type: Session, description: 'The session, with its tables.' }),
      deletedTableIds: t.globalIDList({ description: 'The versions.', resolve: ({ deletedIds }) => deletedIds.map((id) => ({ id, type: DerivedTable })) }),
    }),
  },
);

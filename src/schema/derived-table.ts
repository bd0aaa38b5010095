import type { DerivedTableRow, TableParent as TableParentShape } from '../services/derived-table/derived-row.ts';
import { builder } from './builder.ts';
import { Run } from './run.ts';
import { Table } from './table.ts';

/** A version of a derived table. */
export const DerivedTable = builder.objectRef<DerivedTableRow>('DerivedTable');

const TableParent = builder.objectRef<TableParentShape & { readonly sessionId: string }>('TableParent').implement({
  description: 'A table that another one was made of.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name at that time.' }),
    revision: t.exposeInt('revision', { description: 'Which reading of the file, or which version of the table.' }),
    table: t.field({
      type: Table,
      nullable: true,
      description: 'The table itself; null when it is gone.',
      resolve: async ({ id, kind, sessionId }, _arguments, { loaders }) => {
        const tables = await (kind === 'FILE' ? loaders.filesOfSession : loaders.derivedOfSession).load(sessionId);
        return tables?.find((table) => table.id === id) ?? null;
      },
    }),
  }),
});

builder.node(DerivedTable, {
  description: 'A table that a SELECT over other tables of its session made. Its rows are its own: it stays when those tables go.',
  interfaces: [Table],
  id: { resolve: (table) => table.id, description: 'The global id; each version has its own.' },
  loadOne: (id, context) => context.loaders.derivedTable.load(id),
  fields: (t) => ({
    sql: t.exposeString('sql', { description: 'The SELECT.' }),
    version: t.exposeInt('version', { description: 'Which of the tables of this name, from 1.' }),
    isCurrent: t.exposeBoolean('isCurrent', { description: 'Whether the name means this version.' }),
    byteSize: t.expose('byteSize', { type: 'BigInt', description: 'How many bytes it takes on the disk.' }),
    parents: t.field({
      type: [TableParent],
      description: 'The tables that the SELECT read.',
      resolve: ({ parents, sessionId }) => parents.map((parent) => ({ ...parent, sessionId })),
    }),
    versions: t.field({
      type: [DerivedTable],
      description: 'All versions of this table, the first one first.',
      resolve: async ({ sessionId, tableName }, _arguments, { loaders }) =>
        ((await loaders.derivedOfSession.load(sessionId)) ?? []).filter((table) => table.tableName === tableName),
    }),
    run: t.field({
      type: Run,
      nullable: true,
      description: 'The run that made it; null when a person did, or when the run is gone.',
      resolve: ({ runId }, _arguments, { loaders }) => (runId === null ? null : loaders.run.load(runId)),
    }),
    isStale: t.boolean({
      description: 'Whether a table that it was made of has been read anew or has another version since; `refreshTable` runs the SELECT again.',
      resolve: async ({ id }, _arguments, { loaders }) => (await loaders.derivedIsStale.load(id)) ?? false,
    }),
  }),
});

import type { TableColumn } from '../base/table.ts';
import { builder } from './builder.ts';

/** A column of rows: its name and its type. */
export const ResultColumn = builder.objectRef<TableColumn>('ResultColumn').implement({
  description: 'A column of rows.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name.' }),
    type: t.exposeString('type', { description: 'Its DuckDB type, for example `BIGINT` or `DECIMAL(10,2)`.' }),
  }),
});

import { z } from 'zod';
import type { Logger } from '../../base/logger.ts';
import type { TableMaker } from '../derived-table/make-table.ts';
import type { RunTool, RunTools } from '../run-tool.ts';
import { createTool } from './tool.ts';

const parameters = z.object({
  name: z.string().trim().min(1).max(100).describe('The name of the new table in SQL: small letters, digits and underscores, for example "clean_sales".'),
  sql: z.string().min(1).describe('One DuckDB SELECT over the tables of the session, whose rows become the table.'),
});

const description =
  'Makes a table of the rows of one SELECT, which later SQL reads by its name: to clean data, to join tables, or to keep a step of an analysis. The uploaded files stay as they are. A name that is there already gets a new version, and people can undo it. Do it when the person asks for a change of the data, or when several queries need the same step.';

/** The tool `create_table`: a change of the data is a new table. */
export function createTableTool(context: Parameters<RunTools>[0], make: TableMaker, logger: Logger): RunTool {
  return createTool(
    {
      name: 'create_table',
      description,
      parameters,
      run: async ({ name, sql }, recorder, signal) => {
        recorder.status(`Making the table ${name.slice(0, 60)}`);
        const table = await make(context, { name, sql, runId: context.run?.id ?? null }, signal);
        context.run?.dataUpdated();
        const { tableName, version, columnCount } = table;
        return JSON.stringify({ created: tableName, version, rowCount: Number(table.rowCount), columnCount });
      },
    },
    logger,
  );
}

import type { TableColumn } from '../../base/table.ts';
import { quoteName } from './quote.ts';
import type { Workbench } from './workbench.ts';
import { describe } from './describe.ts';

/** A SELECT of somebody's as a relation of ours. */
export interface ResultView {
  /** The name of the relation, quoted. */
  readonly name: string;
  readonly columns: readonly TableColumn[];
}

// No table of a session begins with an underscore.
const viewName = quoteName('__result');

/**
 * Makes a view of a SELECT that the guard has let through, so that ours can stand around it without pasting texts together: a comment or a
 * semicolon at its end would swallow what follows.
 */
export async function createResultView(bench: Workbench, sql: string): Promise<ResultView> {
  // DESCRIBE, SUMMARIZE and SHOW are SELECTs only in brackets.
  const select = /^\s*(describe|summarize|show)\b/i.test(sql) ? `SELECT * FROM (${sql.replace(/[;\s]+$/, '')}\n)` : sql;
  await bench.all(`CREATE VIEW ${viewName} AS ${select}`);
  return { name: viewName, columns: await describe(bench, `SELECT * FROM ${viewName}`) };
}

import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { badInput } from '../../base/errors.ts';
import type { TableData } from '../../base/table.ts';
import type { Duckdb } from '../../duckdb/duckdb.ts';
import type { Explanation } from '../../duckdb/table-job.ts';
import type { Sessions } from '../session/sessions.ts';
import type { SessionTables } from '../session/tables.ts';

/** SQL of people over the tables of their sessions. */
export interface Queries {
  /**
   * Runs one SELECT.
   *
   * @param input.first the most rows, at least 1
   * @throws AppError NOT_FOUND, BAD_USER_INPUT, and what a query can end with
   */
  run(viewer: Viewer | null, input: { readonly sessionId: string; readonly sql: string; readonly first: number }, signal: AbortSignal): Promise<TableData>;
  /**
   * Tells what one SELECT would do, without running it.
   *
   * @throws AppError as for `run`
   */
  explain(viewer: Viewer | null, input: { readonly sessionId: string; readonly sql: string }, signal: AbortSignal): Promise<Explanation>;
}

/** Makes the service. */
export function createQueries(dependencies: {
  readonly sessions: Pick<Sessions, 'get'>;
  readonly tables: Pick<SessionTables, 'list'>;
  readonly duckdb: Pick<Duckdb, 'query' | 'explain'>;
  /** The most rows of a result. */
  readonly maxRows: number;
}): Queries {
  const { sessions, tables, duckdb, maxRows } = dependencies;
  return {
    async run(viewer, { sessionId, sql, first }, signal) {
      const { userId } = requireViewer(viewer);
      await sessions.get(viewer, sessionId);
      if (first < 1 || first > maxRows) {
        throw badInput(['first'], `"first" is ${first}; it must be from 1 to ${maxRows}. For more rows there is exportQuery.`);
      }
      return duckdb.query({ tables: await tables.list({ sessionId, userId }), sql, maxRows: first, userKey: userId }, signal);
    },

    async explain(viewer, { sessionId, sql }, signal) {
      const { userId } = requireViewer(viewer);
      await sessions.get(viewer, sessionId);
      return duckdb.explain({ tables: await tables.list({ sessionId, userId }), sql, userKey: userId }, signal);
    },
  };
}

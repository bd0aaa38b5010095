import { z } from 'zod';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { AppError, notFound, type ErrorCode } from '../../base/errors.ts';
import { isUuid } from '../../base/id.ts';
import type { Json } from '../../base/json.ts';
import type { TableData } from '../../base/table.ts';
import { temporalFields } from '../../plots/fields.ts';
import { rowObjects } from '../../plots/rows.ts';
import type { Statements } from '../../stores/statements.ts';
import type { Querier } from '../data-tools/data-tools.ts';
import type { SessionTables } from '../session/tables.ts';
import { compareRows, type ComparedTable, type Difference } from './compare-rows.ts';

/** What came of running the SQL of a part again. */
export interface Rerun {
  readonly partId: string;
  readonly outcome: 'MATCH' | 'DRIFT' | 'FAILED';
  /** The new result; null when it failed. */
  readonly result: TableData | null;
  readonly differenceCount: number;
  /** The first twenty. */
  readonly differences: readonly Difference[];
  /** Why it failed; null otherwise. */
  readonly error: { readonly code: ErrorCode; readonly message: string } | null;
}

/** Runs the SQL of stored parts again. Limited to the conversations that the viewer takes part in, on data of their own. */
export interface Reruns {
  /**
   * @param signal stops the SQL
   * @throws AppError NOT_FOUND for a part that is none of the viewer's, or holds no SQL; failures of the SQL are an outcome
   */
  rerun(viewer: Viewer | null, partId: string, signal: AbortSignal): Promise<Rerun>;
}

const queryResult = z.object({ sql: z.string(), columns: z.array(z.object({ name: z.string() })), rows: z.array(z.array(z.json())) });
const plot = z.object({ sql: z.string(), spec: z.object({ data: z.object({ values: z.array(z.record(z.string(), z.json())) }) }).catchall(z.json()) });

interface FoundPart {
  readonly kind: 'QUERY_RESULT' | 'PLOT';
  readonly data: unknown;
  readonly sessionId: string;
  /** Whose data it is. */
  readonly ownerId: string;
}

// What the SQL read and gave, and never what else is wrong with the server.
const failures: readonly ErrorCode[] = ['SQL_INVALID', 'SQL_NOT_ALLOWED', 'SQL_TIMEOUT', 'SQL_TOO_LARGE', 'QUERY_CRASHED', 'NOT_FOUND', 'PLOT_INVALID'];

const findPart = `
  SELECT p.kind, p.data, c.session_id AS "sessionId", c.owner_id AS "ownerId" FROM parts p JOIN messages m ON m.id = p.message_id JOIN conversations c ON c.id = m.conversation_id
  WHERE p.id = $1::uuid AND p.kind IN ('QUERY_RESULT', 'PLOT') AND c.session_id IS NOT NULL
    AND EXISTS (SELECT 1 FROM participations a WHERE a.conversation_id = c.id AND a.user_id = $2::uuid)`;

function columnsOf(rows: readonly { readonly [name: string]: Json }[]): readonly string[] {
  return Object.keys(rows[0] ?? {});
}

/** The data of a plot as a table: the columns that its rows had. */
function plotTable(rows: readonly { readonly [name: string]: Json }[], columns: readonly string[]): ComparedTable {
  return { columns, rows: rows.map((row) => columns.map((name) => row[name] ?? null)) };
}

/** Makes the service. */
export function createReruns(dependencies: {
  readonly statements: Statements;
  readonly duckdb: Querier;
  readonly tables: SessionTables;
  readonly maxPlotRows?: number;
}): Reruns {
  const { statements, duckdb, tables, maxPlotRows = 5_000 } = dependencies;

  /** The stored result and the new one, side by side. */
  function sides(part: FoundPart, data: TableData): readonly [ComparedTable, ComparedTable] {
    if (part.kind === 'QUERY_RESULT') {
      const stored = queryResult.parse(part.data);
      return [
        { columns: stored.columns.map(({ name }) => name), rows: stored.rows },
        { columns: data.columns.map(({ name }) => name), rows: data.rows },
      ];
    }
    const { data: stored, ...drawing } = plot.parse(part.data).spec;
    const { values } = stored;
    // Moments are stored as they are drawn: compared as they are in the result, they would all have changed.
    const now = rowObjects(data, new Set(temporalFields(drawing)), maxPlotRows);
    return [plotTable(values, columnsOf(values)), plotTable(now, columnsOf(now))];
  }

  return {
    async rerun(viewer, partId, signal) {
      const { userId } = requireViewer(viewer);
      const [part] = isUuid(partId) ? (await statements.query<FoundPart>(findPart, [partId, userId])).rows : [];
      if (part === undefined) throw notFound('Part');
      if (part.ownerId !== userId)
        throw new AppError('FORBIDDEN', 'Only the OWNER who holds the conversation, and whose data it is about, can run its queries again.');
      const { sql } = z.object({ sql: z.string() }).parse(part.data);
      try {
        const maxRows = part.kind === 'PLOT' ? maxPlotRows : 1_000;
        const data = await duckdb.query({ tables: await tables.list({ sessionId: part.sessionId, userId }), sql, maxRows, userKey: userId }, signal);
        const { count, differences } = compareRows(...sides(part, data));
        return { partId, outcome: count === 0 ? 'MATCH' : 'DRIFT', result: data, differenceCount: count, differences, error: null };
      } catch (error) {
        if (!(error instanceof AppError) || !failures.includes(error.code)) throw error;
        const { code, message } = error;
        return { partId, outcome: 'FAILED', result: null, differenceCount: 0, differences: [], error: { code, message } };
      }
    },
  };
}

import { z } from 'zod';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { notFound } from '../../base/errors.ts';
import type { Statements } from '../../stores/statements.ts';
import { usageOrder, usageRange, usageReport, usageRowShape, usageSums, type UsageGroup, type UsageQuery, type UsageReport } from './usage.ts';

/** By what the usage of a workspace is put together; USER is by the member. */
export type WorkspaceUsageGroup = Extract<UsageGroup, 'DAY' | 'MONTH' | 'MODEL' | 'PROVIDER' | 'PURPOSE' | 'USER'>;

/** Which usage to tell of. */
export interface WorkspaceUsageQuery extends UsageQuery {
  readonly groupBy: WorkspaceUsageGroup;
}

/** Tells what the keys of workspaces were used for. */
export type WorkspaceUsages = ReturnType<typeof createWorkspaceUsages>;

/** What a workspace calls a provider. Its handle comes before it, which may have been another one then. */
const provider = `split_part(e.provider, '/', 2)`;

const keys: Readonly<Record<WorkspaceUsageGroup, string>> = {
  DAY: `to_char(e.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
  MONTH: `to_char(e.created_at AT TIME ZONE 'UTC', 'YYYY-MM')`,
  MODEL: `${provider} || ':' || e.model`,
  PROVIDER: provider,
  PURPOSE: 'e.purpose::text',
  USER: 'e.user_id::text',
};

/** Of some workspaces: all to OWNERs, and to every other member what they used themselves. */
const statementOf = (groupBy: WorkspaceUsageGroup): string => `
  SELECT e.workspace_id::text AS "workspaceId", ${keys[groupBy]} AS key, ${usageSums}
  FROM usage_entries e JOIN workspace_members m ON m.workspace_id = e.workspace_id AND m.user_id = $3 AND (m.role = 'OWNER' OR e.user_id = $3)
  WHERE NOT e.is_open AND e.created_at >= $1 AND e.created_at < $2 AND e.workspace_id = ANY($4::uuid[])
  GROUP BY 1, 2 ${usageOrder(groupBy, '2')}`;

const memberships = 'SELECT m.workspace_id::text AS id FROM workspace_members m WHERE m.user_id = $1 AND m.workspace_id = ANY($2::uuid[])';

/** Creates the service. */
export function createWorkspaceUsages({ statements, clock }: { readonly statements: Statements; readonly clock: Clock }) {
  const ofWorkspaces = async (
    viewer: Viewer | null,
    workspaceIds: readonly string[],
    query: WorkspaceUsageQuery,
  ): Promise<ReadonlyMap<string, UsageReport>> => {
    const { userId } = requireViewer(viewer);
    const { groupBy } = query;
    const range = usageRange(query, clock.now());
    const [{ rows: places }, found] = await Promise.all([
      statements.query<{ id: string }>(memberships, [userId, workspaceIds]),
      statements.query(statementOf(groupBy), [range.from, range.to, userId, workspaceIds]),
    ]);
    const rows = z.array(usageRowShape.extend({ workspaceId: z.string() })).parse(found.rows);
    // More than is told of all of them together is too much for any of them.
    usageReport(range, groupBy, rows);
    const rowsOf = (id: string) => rows.flatMap(({ workspaceId, ...row }) => (workspaceId === id ? [row] : []));
    return new Map(places.map(({ id }) => [id, usageReport(range, groupBy, rowsOf(id))]));
  };

  return {
    /**
     * What was used with the keys of some workspaces, of those that the viewer is a member of: everything to OWNERs, to all others what they used themselves.
     *
     * @throws AppError UNAUTHENTICATED; BAD_USER_INPUT for a range that is empty, too long, or has too many rows
     */
    ofWorkspaces,

    /**
     * The same of one workspace.
     *
     * @throws AppError as above; NOT_FOUND for a stranger
     */
    of: async (viewer: Viewer | null, workspaceId: string, query: WorkspaceUsageQuery): Promise<UsageReport> => {
      const report = (await ofWorkspaces(viewer, [workspaceId], query)).get(workspaceId);
      if (report === undefined) throw notFound('Workspace');
      return report;
    },
  };
}

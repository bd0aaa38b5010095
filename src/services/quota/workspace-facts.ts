import type { Pool } from 'pg';
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { quotaPeriods, type PeriodLimits, type QuotaLimits } from '../../base/quota-config.ts';
import { createRemembered } from '../remembered.ts';

/** For whom a quota of a workspace is: all members together, or each of them. */
export const workspaceQuotaScopes = ['WORKSPACE', 'EACH_MEMBER'] as const;

/** One of `workspaceQuotaScopes`. */
export type WorkspaceQuotaScope = (typeof workspaceQuotaScopes)[number];

/** What limits the calls with keys of a workspace. Messages it does not limit. */
export type WorkspaceLimits = Readonly<Record<WorkspaceQuotaScope, PeriodLimits>>;

/** A workspace as it stands to one of its members. */
export interface WorkspaceFacts {
  readonly name: string;
  /** Whether the member may see the numbers of all together. */
  readonly isOwner: boolean;
  readonly limits: WorkspaceLimits;
}

/** Somebody in a workspace. */
export interface WorkspaceMemberId {
  readonly workspaceId: string;
  readonly userId: string;
}

/** What is known of workspaces before a call is made with a key of theirs. */
export interface WorkspaceFactsOf {
  /**
   * As of at most a second ago.
   *
   * @returns null for somebody who is no member, or not any more
   */
  of(member: WorkspaceMemberId): Promise<WorkspaceFacts | null>;
  /** Forgets what is remembered, after a change. */
  forget(): void;
}

/** As long as keys are: a member who is removed is stopped within a second. */
const rememberedMs = 500;

const quotaShape = z.object({
  scope: z.enum(workspaceQuotaScopes),
  period: z.enum(quotaPeriods),
  tokens: z.coerce.bigint().nullable(),
  costMicros: z.coerce.bigint().nullable(),
});
const factsShape = z.object({ name: z.string(), isOwner: z.boolean(), quotas: z.unknown() });

/** The quotas of a workspace, in SQL: as JSON, whose numbers are text because they may be larger than JSON's. */
export const quotasSql = (workspaceId: string): string => `COALESCE((
    SELECT json_agg(json_build_object('scope', q.scope, 'period', q.period, 'tokens', q.max_tokens::text, 'costMicros', q.max_cost_micros::text))
    FROM workspace_quotas q WHERE q.workspace_id = ${workspaceId}), '[]')`;

const statement = `
  SELECT w.name, m.role = 'OWNER' AS "isOwner", ${quotasSql('w.id')} AS quotas
  FROM workspace_members m JOIN workspaces w ON w.id = m.workspace_id WHERE m.workspace_id = $1 AND m.user_id = $2`;

const unlimited: QuotaLimits = { tokens: null, costMicros: null, messages: null };

/** The limits of what `quotasSql` gives. */
export function limitsIn(quotas: unknown): WorkspaceLimits {
  const rows = z.array(quotaShape).parse(quotas);
  const limitsOf = (scope: WorkspaceQuotaScope): PeriodLimits => {
    const of = (period: (typeof quotaPeriods)[number]): QuotaLimits => {
      const found = rows.find((row) => row.scope === scope && row.period === period);
      return found === undefined ? unlimited : { ...unlimited, tokens: found.tokens, costMicros: found.costMicros };
    };
    return { DAY: of('DAY'), MONTH: of('MONTH') };
  };
  return { WORKSPACE: limitsOf('WORKSPACE'), EACH_MEMBER: limitsOf('EACH_MEMBER') };
}

/** Creates it. */
export function createWorkspaceFacts({ pool, clock }: { readonly pool: Pool; readonly clock: Clock }): WorkspaceFactsOf {
  const known = createRemembered<WorkspaceFacts | null>({ clock, forMs: rememberedMs });
  const load = async ({ workspaceId, userId }: WorkspaceMemberId): Promise<WorkspaceFacts | null> => {
    const { rows } = await pool.query({ name: 'workspace-of-member', text: statement, values: [workspaceId, userId] });
    if (rows[0] === undefined) return null;
    const { name, isOwner, quotas } = factsShape.parse(rows[0]);
    return { name, isOwner, limits: limitsIn(quotas) };
  };
  return {
    of: (member) => known.find(`${member.workspaceId} ${member.userId}`, async () => load(member)),
    forget: () => known.forgetAll(),
  };
}

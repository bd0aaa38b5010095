import { z } from 'zod';
import type { Pool } from 'pg';
import type { Prisma, PrismaClient, WorkspaceQuota } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import type { DeviceFacts } from '../../base/device.ts';
import { notFound } from '../../base/errors.ts';
import { largestQuota, quotaPeriods, type PeriodLimits } from '../../base/quota-config.ts';
import { parseInput } from '../../base/validate.ts';
import type { Audit } from '../audit.ts';
import { viewOf, type QuotaStanding } from '../quota/quotas.ts';
import { limitsIn, quotasSql, workspaceQuotaScopes, type WorkspaceFactsOf } from '../quota/workspace-facts.ts';
import { workspaceStandingsOnPool } from '../quota/workspace-standing.ts';
import { requireWorkspacePermission } from './permissions.ts';

/** How much may be used with the keys of a workspace, and was. Messages are not limited there. */
export interface WorkspaceQuotasView {
  /** Of all members together; null for members who are no OWNERs. */
  readonly together: QuotaStanding | null;
  /** Of the viewer, as a member. */
  readonly own: QuotaStanding;
}

/** How much may be used with the keys of workspaces, as their OWNERs set it and as their members see it. */
export type WorkspaceQuotas = ReturnType<typeof createWorkspaceQuotas>;

const amount = z.bigint().min(0n, 'is 0 or more; null sets no limit').max(BigInt(largestQuota), `is at most ${largestQuota}`).nullish();

const place = z.object({ workspaceId: z.string(), scope: z.enum(workspaceQuotaScopes), period: z.enum(quotaPeriods) });

const setInput = place
  .extend({ maxTokens: amount, maxCostMicros: amount })
  .refine((given) => given.maxTokens !== undefined || given.maxCostMicros !== undefined, 'says nothing; give at least one of the limits');

/** Which quota. */
export type WorkspaceQuotaPlace = z.input<typeof place>;

/** The input of `setWorkspaceQuota`: what is absent stays as it is, null sets no limit. */
export type SetWorkspaceQuotaInput = z.input<typeof setInput>;

/** Of those that the viewer is in: what they are there, and what is limited. */
const statement = `
  SELECT m.workspace_id::text AS id, m.role = 'OWNER' AS "isOwner", ${quotasSql('m.workspace_id')} AS quotas
  FROM workspace_members m WHERE m.user_id = $1 AND m.workspace_id = ANY($2::uuid[])`;

const rowShape = z.array(z.object({ id: z.string(), isOwner: z.boolean(), quotas: z.unknown() }));

const number = (value: bigint | null): number | null => (value === null ? null : Number(value));

/** Creates the service. */
export function createWorkspaceQuotas(deps: {
  readonly prisma: PrismaClient;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly facts: Pick<WorkspaceFactsOf, 'forget'>;
}) {
  const { prisma, pool, clock, audit, facts } = deps;

  const ofWorkspaces = async (viewer: Viewer | null, workspaceIds: readonly string[]): Promise<ReadonlyMap<string, WorkspaceQuotasView>> => {
    const { userId } = requireViewer(viewer);
    const now = clock.now();
    const found = await pool.query({ name: 'quotas-of-workspaces', text: statement, values: [userId, workspaceIds] });
    const rows = rowShape.parse(found.rows);
    const standings = await workspaceStandingsOnPool(pool, { userId, workspaceIds: rows.map(({ id }) => id) }, now);
    return new Map(
      rows.flatMap(({ id, isOwner, quotas }) => {
        const standing = standings.get(id);
        if (standing === undefined) return [];
        const limits = limitsIn(quotas);
        const view = (of: PeriodLimits, how: typeof standing.own): QuotaStanding => viewOf(of, how, now);
        return [[id, { together: isOwner ? view(limits.WORKSPACE, standing.together) : null, own: view(limits.EACH_MEMBER, standing.own) }] as const];
      }),
    );
  };

  /** The workspace is locked, so that whoever is removed at this moment changes nothing afterwards. */
  const requireOwner = async (transaction: Prisma.TransactionClient, workspaceId: string, userId: string): Promise<void> => {
    await transaction.$queryRaw`SELECT 1 FROM workspaces WHERE id = ${workspaceId}::uuid FOR NO KEY UPDATE`;
    await requireWorkspacePermission(transaction, { workspaceId, userId }, 'SET_QUOTAS');
  };

  return {
    /** How workspaces stand, of those that the viewer is a member of: all together to OWNERs, and to everybody they themselves. */
    ofWorkspaces,

    /**
     * How one workspace stands.
     *
     * @throws AppError NOT_FOUND for a stranger
     */
    of: async (viewer: Viewer | null, workspaceId: string): Promise<WorkspaceQuotasView> => {
      const found = (await ofWorkspaces(viewer, [workspaceId])).get(workspaceId);
      if (found === undefined) throw notFound('Workspace');
      return found;
    },

    /**
     * Sets limits. They hold at once on this node, and within a second on others.
     *
     * @throws AppError NOT_FOUND for a stranger; FORBIDDEN, BAD_USER_INPUT
     */
    set: async (viewer: Viewer | null, input: SetWorkspaceQuotaInput, device: DeviceFacts): Promise<WorkspaceQuota> => {
      const { userId } = requireViewer(viewer);
      const { workspaceId, scope, period, ...limits } = parseInput(setInput, input);
      const quota = await prisma.$transaction(async (transaction) => {
        await requireOwner(transaction, workspaceId, userId);
        const given = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
        const updatedAt = clock.now();
        const stored = await transaction.workspaceQuota.upsert({
          where: { workspaceId_scope_period: { workspaceId, scope, period } },
          create: { workspaceId, scope, period, ...given, updatedAt },
          update: { ...given, updatedAt },
        });
        const data = { workspaceId, scope, period, maxTokens: number(stored.maxTokens), maxCostMicros: number(stored.maxCostMicros) };
        await audit.record(transaction, { kind: 'WORKSPACE_QUOTA_SET', actorId: userId, subjectId: null, device, data });
        return stored;
      });
      facts.forget();
      return quota;
    },

    /**
     * Removes a quota: nothing is limited in its place. Removing what is not there changes nothing.
     *
     * @returns what was removed, or null
     * @throws AppError NOT_FOUND for a stranger; FORBIDDEN, BAD_USER_INPUT
     */
    remove: async (viewer: Viewer | null, input: WorkspaceQuotaPlace, device: DeviceFacts): Promise<WorkspaceQuota | null> => {
      const { userId } = requireViewer(viewer);
      const where = parseInput(place, input);
      const removed = await prisma.$transaction(async (transaction) => {
        await requireOwner(transaction, where.workspaceId, userId);
        const found = await transaction.workspaceQuota.findUnique({ where: { workspaceId_scope_period: where } });
        if (found === null) return null;
        await transaction.workspaceQuota.delete({ where: { workspaceId_scope_period: where } });
        await audit.record(transaction, { kind: 'WORKSPACE_QUOTA_REMOVED', actorId: userId, subjectId: null, device, data: where });
        return found;
      });
      facts.forget();
      return removed;
    },
  };
}

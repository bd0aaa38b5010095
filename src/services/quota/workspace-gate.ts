import type { Pool } from 'pg';
import type { Clock } from '../../base/clock.ts';
import type { QuotaFacts } from '../../base/errors.ts';
import { inPreparedTransaction, type RunSql } from '../run/deps.ts';
import type { Amounts } from './amounts.ts';
import { quotaExceeded, refusalOf, type Refusal } from './decide.ts';
import { isLimited } from './limits.ts';
import type { WorkspaceFacts, WorkspaceFactsOf, WorkspaceMemberId } from './workspace-facts.ts';
import { workspaceStandingsOf } from './workspace-standing.ts';

/** Who asks, and for how much. */
export interface WorkspaceAsking extends WorkspaceMemberId {
  readonly facts: WorkspaceFacts;
  readonly needed: Amounts;
}

/** Lets through what fits into the quotas of a workspace. */
export interface WorkspaceGate {
  /** What is known of the workspace; null for somebody who is no member of it, or not any more. */
  factsOf(member: WorkspaceMemberId): Promise<WorkspaceFacts | null>;
  /** Whether tokens or cost are limited; what is not need not be reckoned. */
  isCounting(facts: WorkspaceFacts): boolean;
  /** Whether cost is limited. */
  isPriced(facts: WorkspaceFacts): boolean;
  /**
   * Looks, without keeping anything free.
   *
   * @param runSql on the pool or in a transaction
   * @throws AppError QUOTA_EXCEEDED
   */
  look(runSql: RunSql, asking: WorkspaceAsking): Promise<void>;
  /**
   * Lets one call after the other through, each in a transaction in which what it needs is kept free.
   *
   * @param entryId of the call, which may have kept something free for itself already
   * @param keep keeps it free, in the same transaction
   * @returns why it may not be made; null when it may
   */
  pass(asking: WorkspaceAsking, entryId: string, keep: (runSql: RunSql) => Promise<void>): Promise<Refusal | null>;
}

/** The advisory lock of a workspace, after those of people and the installation. The transaction's end gives it back. */
const lock = 'SELECT pg_advisory_xact_lock(2026112803, hashtext($1))::text AS of_workspace';

const metrics = ['tokens', 'costMicros'] as const;

/**
 * Creates it.
 *
 * @param deps.refused hears of every refusal
 */
export function createWorkspaceGate(deps: {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly facts: WorkspaceFactsOf;
  readonly refused: (facts: QuotaFacts) => void;
}): WorkspaceGate {
  const { pool, clock, facts: factsOf, refused } = deps;

  const isAnyLimited = ({ limits }: WorkspaceFacts, wanted: readonly (typeof metrics)[number][]): boolean =>
    isLimited(limits.EACH_MEMBER, wanted) || isLimited(limits.WORKSPACE, wanted);

  const isConcerned = ({ facts, needed }: WorkspaceAsking): boolean =>
    isAnyLimited(
      facts,
      metrics.filter((metric) => needed[metric] > 0n),
    );

  const find = async (runSql: RunSql, asking: WorkspaceAsking, entryId: string | null): Promise<Refusal | null> => {
    const { workspaceId, userId, facts, needed } = asking;
    const { name, isOwner, limits } = facts;
    const now = clock.now();
    const found = (await workspaceStandingsOf(runSql, { userId, workspaceIds: [workspaceId] }, now, entryId)).get(workspaceId);
    if (found === undefined) return null;
    const refusal =
      refusalOf({ scope: 'WORKSPACE_MEMBER', name, isOwner }, limits.EACH_MEMBER, found.own, needed, now) ??
      refusalOf({ scope: 'WORKSPACE', name, isOwner }, limits.WORKSPACE, found.together, needed, now);
    if (refusal !== null) refused(refusal.facts);
    return refusal;
  };

  return {
    factsOf: async (member) => factsOf.of(member),
    isCounting: (facts) => isAnyLimited(facts, metrics),
    isPriced: (facts) => isAnyLimited(facts, ['costMicros']),
    look: async (runSql, asking) => {
      const refusal = isConcerned(asking) ? await find(runSql, asking, null) : null;
      if (refusal !== null) throw quotaExceeded(refusal);
    },
    pass: async (asking, entryId, keep) => {
      if (!isConcerned(asking)) return null;
      return inPreparedTransaction(pool, async (runSql) => {
        // A statement of its own: what comes after it sees what was there when it had waited.
        await runSql(lock, [asking.workspaceId]);
        const refusal = await find(runSql, asking, entryId);
        if (refusal === null) await keep(runSql);
        return refusal;
      });
    },
  };
}

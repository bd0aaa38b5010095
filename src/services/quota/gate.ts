import type { Pool } from 'pg';
import type { Clock } from '../../base/clock.ts';
import type { QuotaFacts } from '../../base/errors.ts';
import type { QuotaLimits } from '../../base/quota-config.ts';
import { inPreparedTransaction, type RunSql } from '../run/deps.ts';
import type { Amounts } from './amounts.ts';
import { quotaExceeded, refusalOf, type Refusal } from './decide.ts';
import { isLimited, type EffectiveLimits, type HoldingLimits } from './limits.ts';
import { standingsOf, standingsOnPool, type Standers, type Standings } from './standing.ts';

/** What holds for one who asks. */
export interface Asking {
  readonly userId: string;
  readonly limits: EffectiveLimits;
  readonly needed: Amounts;
  /** The run that asks once more for itself; null for all else. */
  readonly exceptRunId: string | null;
}

/** Lets through what fits into the quotas. */
export interface QuotaGate {
  /** What limits somebody; from memory for a moment. */
  limitsOf(userId: string): Promise<EffectiveLimits>;
  /** Whether anything is. */
  isLimited(limits: EffectiveLimits): boolean;
  /** Whether tokens or cost are limited; what is not need not be reckoned. */
  isCounting(limits: EffectiveLimits): boolean;
  /** Whether cost is limited. */
  isPriced(limits: EffectiveLimits): boolean;
  /**
   * Looks, without keeping anything free.
   *
   * @throws AppError QUOTA_EXCEEDED
   */
  look(asking: Asking): Promise<void>;
  /**
   * Lets one through after the other, until the end of the transaction, in which the caller keeps free what is needed. The quotas are
   * locked after conversations and runs, and before everything else.
   *
   * @throws AppError QUOTA_EXCEEDED
   */
  enter(runSql: RunSql, asking: Asking): Promise<void>;
  /** The same in a transaction of its own, which gives the refusal back instead of throwing it. */
  pass(asking: Asking, first: (runSql: RunSql) => Promise<boolean>, keep: (runSql: RunSql) => Promise<void>): Promise<Refusal | null>;
}

const metrics = ['tokens', 'costMicros', 'messages'] as const;

/** Advisory locks: of one person, of all together. The transaction's end gives them back. */
const personLock = 'pg_advisory_xact_lock(2026112801, hashtext($1))::text AS of_person';
const installationLock = 'pg_advisory_xact_lock(2026112802, 0)::text AS of_all';

/**
 * A statement of its own: what comes after it sees what was there when it had waited. The person first, always, so that whoever holds the lock of
 * all waits for nobody's.
 */
function lockOf({ person, installation }: Concerned, userId: string): { readonly text: string; readonly values: readonly string[] } {
  const locks = [...(person ? [personLock] : []), ...(installation ? [installationLock] : [])];
  return { text: `SELECT ${locks.join(', ')}`, values: person ? [userId] : [] };
}

/** Whose limits concern whoever asks. */
interface Concerned {
  readonly person: boolean;
  readonly installation: boolean;
}

function concernedBy({ limits, needed }: Asking): Concerned {
  const wanted: readonly (keyof QuotaLimits)[] = metrics.filter((metric) => needed[metric] > 0n);
  return { person: isLimited(limits.person, wanted), installation: isLimited(limits.installation, wanted) };
}

/**
 * Creates it.
 *
 * @param deps.refused hears of every refusal
 */
export function createQuotaGate(deps: {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly holding: HoldingLimits;
  readonly refused: (facts: QuotaFacts) => void;
}): QuotaGate {
  const { pool, clock, holding, refused } = deps;

  const decide = (asking: Asking, { people, all }: Standings, now: Date): Refusal | null => {
    const { userId, limits, needed } = asking;
    const own = people.get(userId);
    return (
      (own === undefined ? null : refusalOf({ scope: 'USER' }, limits.person, own, needed, now)) ??
      (all === null ? null : refusalOf({ scope: 'INSTALLATION' }, limits.installation, all, needed, now))
    );
  };

  /** Mostly much is left, and a rough look says so; only what it would refuse is looked at closely. */
  const find = async (look: (whose: Standers, now: Date) => Promise<Standings>, asking: Asking): Promise<Refusal | null> => {
    const { person, installation } = concernedBy(asking);
    if (!person && !installation) return null;
    const now = clock.now();
    const whose = { userIds: person ? [asking.userId] : [], isWithAll: installation };
    if (decide(asking, await look({ ...whose, isRough: true }, now), now) === null) return null;
    const refusal = decide(asking, await look({ ...whose, isRough: false }, now), now);
    if (refusal !== null) refused(refusal.facts);
    return refusal;
  };

  const enter = async (runSql: RunSql, asking: Asking): Promise<Refusal | null> => {
    const concerned = concernedBy(asking);
    if (!concerned.person && !concerned.installation) return null;
    const { text, values } = lockOf(concerned, asking.userId);
    await runSql(text, values);
    return find(async (whose, now) => standingsOf(runSql, whose, now, asking.exceptRunId), asking);
  };

  return {
    limitsOf: (userId) => holding.of(userId),
    isLimited: ({ person, installation }) => isLimited(person, metrics) || isLimited(installation, metrics),
    isCounting: ({ person, installation }) => isLimited(person, ['tokens', 'costMicros']) || isLimited(installation, ['tokens', 'costMicros']),
    isPriced: ({ person, installation }) => isLimited(person, ['costMicros']) || isLimited(installation, ['costMicros']),
    look: async (asking) => {
      const refusal = await find(async (whose, now) => standingsOnPool(pool, whose, now), asking);
      if (refusal !== null) throw quotaExceeded(refusal);
    },
    enter: async (runSql, asking) => {
      const refusal = await enter(runSql, asking);
      if (refusal !== null) throw quotaExceeded(refusal);
    },
    pass: async (asking, first, keep) =>
      inPreparedTransaction(pool, async (runSql) => {
        if (!(await first(runSql))) return null;
        const refusal = await enter(runSql, asking);
        if (refusal === null) await keep(runSql);
        return refusal;
      }),
  };
}

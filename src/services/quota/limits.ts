import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import { z } from 'zod';
import { AppError } from '../../base/errors.ts';
import { quotaPeriods, type PeriodLimits, type QuotaConfig, type QuotaLimits, type QuotaPeriod } from '../../base/quota-config.ts';

/** What limits somebody. */
export interface EffectiveLimits {
  readonly person: PeriodLimits;
  readonly installation: PeriodLimits;
}

/** Which quotas hold. Remembered for a moment, so that an installation without quotas asks nothing for most messages. */
export interface HoldingLimits {
  /** What limits somebody now, as of at most two seconds ago where another server changed it. */
  of(userId: string): Promise<EffectiveLimits>;
  /** As `of`, from the database, for several people. */
  fresh(userIds: readonly string[]): Promise<ReadonlyMap<string, EffectiveLimits>>;
  /** Forgets what is remembered, after a change. */
  forget(): void;
}

const rememberedForMs = 2_000;
const mostPeople = 10_000;

const quotaShape = z.object({
  owner: z.string(),
  period: z.enum(quotaPeriods),
  tokens: z.coerce.bigint().nullable(),
  costMicros: z.coerce.bigint().nullable(),
  messages: z.coerce.bigint().nullable(),
});
type StoredLimits = z.infer<typeof quotaShape>;

/** Those of some owners, and whether there are any of single people. */
const statement = `
  SELECT q.owner, q.period, q.max_tokens::text AS tokens, q.max_cost_micros::text AS "costMicros", q.max_messages::text AS messages
  FROM quotas q WHERE q.owner = ANY($1::text[])`;
const hasPeople = 'SELECT EXISTS (SELECT 1 FROM quotas WHERE user_id IS NOT NULL) AS "hasPeople"';

const shared = ['EVERYBODY', 'INSTALLATION'];

/** Whether something is limited at all. */
export function isLimited(limits: PeriodLimits, metrics: readonly (keyof QuotaLimits)[]): boolean {
  return quotaPeriods.some((period) => metrics.some((metric) => limits[period][metric] !== null));
}

/** Creates it. */
export function createHoldingLimits({ pool, config }: { readonly pool: Pool; readonly config: QuotaConfig }): HoldingLimits {
  const load = async (owners: readonly string[]): Promise<readonly StoredLimits[]> => {
    const { rows } = await pool.query({ name: 'quotas-of', text: statement, values: [owners] });
    return z.array(quotaShape).parse(rows);
  };
  const find = (rows: readonly StoredLimits[], owner: string, period: QuotaPeriod): QuotaLimits | undefined =>
    rows.find((row) => row.owner === owner && row.period === period);
  /** The person's own, else that of everybody, else the configuration's; each period by itself. */
  const limitsOf = (rows: readonly StoredLimits[], userId: string): EffectiveLimits => {
    const person = (period: QuotaPeriod): QuotaLimits => find(rows, userId, period) ?? find(rows, 'EVERYBODY', period) ?? config.user[period];
    const installation = (period: QuotaPeriod): QuotaLimits => find(rows, 'INSTALLATION', period) ?? config.installation[period];
    return { person: { DAY: person('DAY'), MONTH: person('MONTH') }, installation: { DAY: installation('DAY'), MONTH: installation('MONTH') } };
  };

  interface General {
    readonly rows: readonly StoredLimits[];
    readonly hasPeople: boolean;
  }
  let general: { readonly loaded: Promise<General>; readonly untilMs: number } | null = null;
  let last: General | null = null;
  const people = new LRUCache<string, Promise<readonly StoredLimits[]>>({ max: mostPeople, ttl: rememberedForMs });

  const loadGeneral = async (): Promise<General> => {
    try {
      const [rows, found] = await Promise.all([load(shared), pool.query<{ hasPeople: boolean }>({ name: 'quotas-of-people', text: hasPeople })]);
      last = { rows, hasPeople: found.rows[0]?.hasPeople ?? false };
    } catch (error) {
      // What held a moment ago holds on while the database is away.
      if (last === null || !(error instanceof AppError) || error.code !== 'SERVICE_UNAVAILABLE') throw error;
    }
    return last;
  };

  const generalNow = (): Promise<General> => {
    if (general !== null && performance.now() < general.untilMs) return general.loaded;
    const entry = { loaded: loadGeneral(), untilMs: performance.now() + rememberedForMs };
    general = entry;
    entry.loaded.catch(() => {
      if (general === entry) general = null;
    });
    return entry.loaded;
  };

  const ofPerson = (userId: string): Promise<readonly StoredLimits[]> => {
    const known = people.get(userId);
    if (known !== undefined) return known;
    const loaded = load([userId]);
    people.set(userId, loaded);
    loaded.catch(() => people.delete(userId));
    return loaded;
  };

  return {
    of: async (userId) => {
      const { rows, hasPeople: mayHaveOwn } = await generalNow();
      return limitsOf(mayHaveOwn ? [...(await ofPerson(userId)), ...rows] : rows, userId);
    },
    fresh: async (userIds) => {
      const rows = await load([...shared, ...userIds]);
      return new Map(userIds.map((userId) => [userId, limitsOf(rows, userId)]));
    },
    forget: () => {
      general = null;
      people.clear();
    },
  };
}

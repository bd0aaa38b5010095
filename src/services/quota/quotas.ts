import { z } from 'zod';
import type { Pool } from 'pg';
import type { Prisma, PrismaClient, Quota } from '../../../prisma/generated/client.ts';
import { requireAdmin } from '../../auth/require-admin.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import type { DeviceFacts } from '../../base/device.ts';
import { badInput, notFound } from '../../base/errors.ts';
import { isUuid, type IdSource } from '../../base/id.ts';
import type { Page } from '../../base/page.ts';
import { largestQuota, quotaPeriods, type PeriodLimits, type QuotaConfig, type QuotaLimits, type QuotaPeriod } from '../../base/quota-config.ts';
import { parseInput } from '../../base/validate.ts';
import type { Audit } from '../audit.ts';
import { keysetSql } from '../keyset.ts';
import { nothing, type Standing } from './amounts.ts';
import type { HoldingLimits } from './limits.ts';
import { periodsOf, type PeriodBounds } from './periods.ts';
import { standingsOnPool } from './standing.ts';

/** What is limited of one thing in a period. */
export interface QuotaAmount {
  /** Null where there is no limit. */
  readonly limit: bigint | null;
  readonly used: bigint;
  readonly reserved: bigint;
  /** Null where there is no limit. */
  readonly remaining: bigint | null;
}

/** How somebody stands in a period. */
export interface QuotaOfPeriod extends PeriodBounds {
  readonly period: QuotaPeriod;
  readonly tokens: QuotaAmount;
  readonly costMicros: QuotaAmount;
  readonly messages: QuotaAmount;
}

/** How somebody, or all together, stand in both periods. */
export type QuotaStanding = Readonly<Record<QuotaPeriod, QuotaOfPeriod>>;

/** How much people may use, as administrators set it and as everybody sees it. */
export type Quotas = ReturnType<typeof createQuotas>;

const amount = z.bigint().min(0n, 'is 0 or more; null sets no limit').max(BigInt(largestQuota), `is at most ${largestQuota}`).nullish();

const place = z.object({ scope: z.enum(['USER', 'EVERYBODY', 'INSTALLATION']), userId: z.string().nullish(), period: z.enum(quotaPeriods) });

const setInput = place
  .extend({ maxTokens: amount, maxCostMicros: amount, maxMessages: amount })
  .refine(
    (given) => given.maxTokens !== undefined || given.maxCostMicros !== undefined || given.maxMessages !== undefined,
    'says nothing; give at least one of the limits',
  );

/** Which quota. */
export type QuotaPlace = z.input<typeof place>;

/** The input of `setQuota`: what is absent stays as it is, null sets no limit. */
export type SetQuotaInput = z.input<typeof setInput>;

/** Whose quota it is, as its row says. @throws AppError BAD_USER_INPUT */
function ownerOf({ scope, userId }: QuotaPlace): { readonly owner: string; readonly userId: string | null } {
  if (scope === 'USER') {
    if (userId == null) throw badInput(['input', 'userId'], 'A quota of scope USER is for one person; give their id as "userId".');
    if (!isUuid(userId)) throw notFound('User');
    return { owner: userId, userId };
  }
  if (userId != null) throw badInput(['input', 'userId'], `A quota of scope ${scope} is for no single person; leave "userId" out, or choose scope USER.`);
  return { owner: scope, userId: null };
}

const unused: Standing = { used: { DAY: nothing, MONTH: nothing }, reserved: nothing };

function amountOf(limit: bigint | null, used: bigint, reserved: bigint): QuotaAmount {
  if (limit === null) return { limit, used, reserved, remaining: null };
  const left = limit - used - reserved;
  return { limit, used, reserved, remaining: left > 0n ? left : 0n };
}

/** How somebody stands against limits. */
export function viewOf(limits: PeriodLimits, { used, reserved }: Standing, now: Date): QuotaStanding {
  const bounds = periodsOf(now);
  const of = (period: QuotaPeriod): QuotaOfPeriod => ({
    period,
    ...bounds[period],
    tokens: amountOf(limits[period].tokens, used[period].tokens, reserved.tokens),
    costMicros: amountOf(limits[period].costMicros, used[period].costMicros, reserved.costMicros),
    messages: amountOf(limits[period].messages, used[period].messages, reserved.messages),
  });
  return { DAY: of('DAY'), MONTH: of('MONTH') };
}

const limitsIn = (row: Pick<Quota, 'maxTokens' | 'maxCostMicros' | 'maxMessages'>): QuotaLimits => ({
  tokens: row.maxTokens,
  costMicros: row.maxCostMicros,
  messages: row.maxMessages,
});

/** Creates the service. */
export function createQuotas(deps: {
  readonly prisma: PrismaClient;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly audit: Audit;
  readonly holding: HoldingLimits;
  readonly config: QuotaConfig;
}) {
  const { prisma, pool, clock, newId, audit, holding, config } = deps;

  const standings = async (userIds: readonly string[]): Promise<ReadonlyMap<string, QuotaStanding>> => {
    const now = clock.now();
    const [limits, found] = await Promise.all([holding.fresh(userIds), standingsOnPool(pool, { userIds, isWithAll: false, isRough: false }, now)]);
    return new Map([...limits].map(([userId, { person }]) => [userId, viewOf(person, found.people.get(userId) ?? unused, now)]));
  };

  const requirePerson = async (client: Prisma.TransactionClient, userId: string): Promise<void> => {
    const found = await client.user.findFirst({ where: { id: userId, deletingSince: null }, select: { id: true } });
    if (found === null) throw notFound('User');
  };

  /** What holds where a new quota says nothing: it should lift no limit by being silent about it. */
  const limitsBefore = async (transaction: Prisma.TransactionClient, { scope, period }: QuotaPlace): Promise<QuotaLimits> => {
    if (scope === 'INSTALLATION') return config.installation[period];
    const everybody = scope === 'USER' ? await transaction.quota.findUnique({ where: { owner_period: { owner: 'EVERYBODY', period } } }) : null;
    return everybody === null ? config.user[period] : limitsIn(everybody);
  };

  return {
    /** How people stand: everybody to administrators, to all others only they themselves. */
    ofPeople: async (viewer: Viewer | null, userIds: readonly string[]): Promise<ReadonlyMap<string, QuotaStanding>> => {
      const { userId, role } = requireViewer(viewer);
      const visible = role === 'ADMIN' ? userIds : userIds.filter((id) => id === userId);
      return visible.length === 0 ? new Map() : standings(visible);
    },

    /**
     * How one person stands.
     *
     * @throws AppError FORBIDDEN, NOT_FOUND
     */
    of: async (viewer: Viewer | null, userId: string): Promise<QuotaStanding> => {
      requireAdmin(viewer);
      if (!isUuid(userId)) throw notFound('User');
      await requirePerson(prisma, userId);
      const found = (await standings([userId])).get(userId);
      if (found === undefined) throw notFound('User');
      return found;
    },

    /** How all together stand. @throws AppError FORBIDDEN */
    ofAll: async (viewer: Viewer | null): Promise<QuotaStanding> => {
      const { userId } = requireAdmin(viewer);
      const now = clock.now();
      const [limits, { all }] = await Promise.all([holding.fresh([userId]), standingsOnPool(pool, { userIds: [], isWithAll: true, isRough: false }, now)]);
      return viewOf(limits.get(userId)?.installation ?? config.installation, all ?? unused, now);
    },

    /** The quotas that administrators have set, the newest first. @throws AppError FORBIDDEN */
    list: async (viewer: Viewer | null, page: Page): Promise<readonly Quota[]> => {
      requireAdmin(viewer);
      const keyset = keysetSql(page, 'DESC', 'q.created_at', 'q.id', 1);
      const { rows } = await pool.query<{ id: string }>(`SELECT q.id FROM quotas q WHERE true${keyset.where} ${keyset.limit}`, keyset.values);
      const found = await prisma.quota.findMany({ where: { id: { in: rows.map(({ id }) => id) } } });
      return rows.flatMap(({ id }) => found.find((quota) => quota.id === id) ?? []);
    },

    /**
     * Sets limits. They hold at once on this node, and within two seconds on others. A quota that is new takes what it is silent about from
     * what held before.
     *
     * @throws AppError FORBIDDEN, BAD_USER_INPUT; NOT_FOUND for a person who is not there
     */
    set: async (viewer: Viewer | null, input: SetQuotaInput, device: DeviceFacts): Promise<Quota> => {
      const { userId: actorId } = requireAdmin(viewer);
      const given = parseInput(setInput, input);
      const { scope, period } = given;
      const whose = ownerOf(given);
      const quota = await prisma.$transaction(async (transaction) => {
        if (whose.userId !== null) await requirePerson(transaction, whose.userId);
        const before = await limitsBefore(transaction, given);
        const now = clock.now();
        const { maxTokens = before.tokens, maxCostMicros = before.costMicros, maxMessages = before.messages } = given;
        const update: Prisma.QuotaUpdateInput = {
          updatedAt: now,
          ...(given.maxTokens === undefined ? {} : { maxTokens: given.maxTokens }),
          ...(given.maxCostMicros === undefined ? {} : { maxCostMicros: given.maxCostMicros }),
          ...(given.maxMessages === undefined ? {} : { maxMessages: given.maxMessages }),
        };
        const stored = await transaction.quota.upsert({
          where: { owner_period: { owner: whose.owner, period } },
          create: { id: newId(), scope, ...whose, period, maxTokens, maxCostMicros, maxMessages, createdAt: now, updatedAt: now },
          update,
        });
        const number = (value: bigint | null): number | null => (value === null ? null : Number(value));
        const limits = { maxTokens: number(stored.maxTokens), maxCostMicros: number(stored.maxCostMicros), maxMessages: number(stored.maxMessages) };
        await audit.record(transaction, { kind: 'QUOTA_SET', actorId, subjectId: whose.userId, device, data: { scope, period, ...limits } });
        return stored;
      });
      holding.forget();
      return quota;
    },

    /**
     * Removes a quota; what held before it holds again. Removing what is not there changes nothing.
     *
     * @returns what was removed, or null
     * @throws AppError FORBIDDEN, BAD_USER_INPUT; NOT_FOUND for a person who is not there
     */
    remove: async (viewer: Viewer | null, input: QuotaPlace, device: DeviceFacts): Promise<Quota | null> => {
      const { userId: actorId } = requireAdmin(viewer);
      const given = parseInput(place, input);
      const { scope, period } = given;
      const whose = ownerOf(given);
      const removed = await prisma.$transaction(async (transaction) => {
        if (whose.userId !== null) await requirePerson(transaction, whose.userId);
        const found = await transaction.quota.findUnique({ where: { owner_period: { owner: whose.owner, period } } });
        const { count } = found === null ? { count: 0 } : await transaction.quota.deleteMany({ where: { id: found.id } });
        if (found === null || count === 0) return null;
        await audit.record(transaction, { kind: 'QUOTA_REMOVED', actorId, subjectId: whose.userId, device, data: { scope, period } });
        return found;
      });
      holding.forget();
      return removed;
    },
  };
}

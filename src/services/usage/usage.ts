import { z } from 'zod';
import { requireAdmin } from '../../auth/require-admin.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { later, type Clock } from '../../base/clock.ts';
import { badInput } from '../../base/errors.ts';
import type { Statements } from '../../stores/statements.ts';
import { usageOfRun, type RunUsage, type StoredUsage } from './run-usage.ts';

/** By what usage is put together. */
export type UsageGroup = 'DAY' | 'MONTH' | 'MODEL' | 'PROVIDER' | 'PURPOSE' | 'CONVERSATION' | 'USER' | 'WORKSPACE';

/** What some calls of models used together. */
export interface UsageSum {
  readonly calls: number;
  readonly inputTokens: bigint;
  readonly cachedInputTokens: bigint;
  readonly outputTokens: bigint;
  readonly reasoningTokens: bigint;
  /** Of the calls whose price is known. */
  readonly costMicros: bigint;
  /** Of the cost, that of calls with keys of people and of workspaces. */
  readonly ownKeyCostMicros: bigint;
  /** Of that, the cost of calls with keys of workspaces. */
  readonly workspaceCostMicros: bigint;
  readonly estimatedCalls: number;
  readonly unknownPriceCalls: number;
}

/** The usage of one day, one model ... */
export interface UsageRow extends UsageSum {
  readonly groupBy: UsageGroup;
  /** A day as `2026-11-20`, a month as `2026-11`, `provider:model`, a provider, a purpose, or an id; null for calls that belong to none. */
  readonly key: string | null;
}

/** Usage in a range of time. */
export interface UsageReport {
  readonly from: Date;
  readonly to: Date;
  readonly rows: readonly UsageRow[];
  readonly total: UsageSum;
}

/** Which usage to tell of. */
export interface UsageQuery {
  readonly groupBy: UsageGroup;
  readonly from?: Date | null | undefined;
  readonly to?: Date | null | undefined;
}

/** Tells what models were used for. */
export type Usages = ReturnType<typeof createUsages>;

const day = 86_400_000;
const defaultRangeMs = 30 * day;
const longestRangeMs = 731 * day;
const mostRows = 1_000;

/** The SQL of a key; of a few, never made of what people write. */
const keys: Readonly<Record<UsageGroup, string>> = {
  DAY: `to_char(e.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
  MONTH: `to_char(e.created_at AT TIME ZONE 'UTC', 'YYYY-MM')`,
  MODEL: `e.provider || ':' || e.model`,
  PROVIDER: 'e.provider',
  PURPOSE: 'e.purpose::text',
  CONVERSATION: 'e.conversation_id::text',
  USER: 'e.user_id::text',
  WORKSPACE: 'e.workspace_id::text',
};

/** What calls `e` used together, in SQL. */
export const usageSums = `count(*)::int AS calls, sum(e.input_tokens) AS "inputTokens", sum(e.cached_input_tokens) AS "cachedInputTokens",
    sum(e.output_tokens) AS "outputTokens", sum(e.reasoning_tokens) AS "reasoningTokens", COALESCE(sum(e.cost_micros), 0)::text AS "costMicros",
    COALESCE(sum(e.cost_micros) FILTER (WHERE e.is_own_key), 0)::text AS "ownKeyCostMicros",
    COALESCE(sum(e.cost_micros) FILTER (WHERE e.workspace_id IS NOT NULL), 0)::text AS "workspaceCostMicros",
    (count(*) FILTER (WHERE e.is_estimated))::int AS "estimatedCalls", (count(*) FILTER (WHERE e.cost_micros IS NULL))::int AS "unknownPriceCalls"`;

/** In which order they are told, and how many: one more than are told shows that there are more. $1 and $2 are the range. */
export const usageOrder = (groupBy: UsageGroup, key: string): string => `
  ORDER BY ${groupBy === 'DAY' || groupBy === 'MONTH' ? key : `sum(e.cost_micros) DESC NULLS LAST, sum(e.input_tokens + e.output_tokens::bigint) DESC, ${key}`}
  LIMIT ${mostRows + 1}`;

const statementOf = (groupBy: UsageGroup, isOfAll: boolean): string => `
  SELECT ${keys[groupBy]} AS key, ${usageSums}
  FROM usage_entries e
  WHERE NOT e.is_open AND e.created_at >= $1 AND e.created_at < $2${isOfAll ? '' : ' AND e.user_id = $3'}
  GROUP BY 1 ${usageOrder(groupBy, '1')}`;

const usedByAnswers = `
  SELECT r.answer_id AS "answerId", r.input_tokens AS "inputTokens", r.output_tokens AS "outputTokens", r.cached_input_tokens AS "cachedInputTokens",
    r.reasoning_tokens AS "reasoningTokens", r.cost_micros::text AS "costMicros", r.is_usage_estimated AS "isUsageEstimated"
  FROM runs r WHERE r.answer_id = ANY($2::uuid[]) AND EXISTS (SELECT 1 FROM participations a WHERE a.conversation_id = r.conversation_id AND a.user_id = $1::uuid)`;

const sumShape = z.object({
  calls: z.number(),
  inputTokens: z.coerce.bigint(),
  cachedInputTokens: z.coerce.bigint(),
  outputTokens: z.coerce.bigint(),
  reasoningTokens: z.coerce.bigint(),
  costMicros: z.coerce.bigint(),
  ownKeyCostMicros: z.coerce.bigint(),
  workspaceCostMicros: z.coerce.bigint(),
  estimatedCalls: z.number(),
  unknownPriceCalls: z.number(),
});
/** A row of a report as the database gives it. */
export const usageRowShape = sumShape.extend({ key: z.string().nullable() });

const nothing: UsageSum = {
  calls: 0,
  inputTokens: 0n,
  cachedInputTokens: 0n,
  outputTokens: 0n,
  reasoningTokens: 0n,
  costMicros: 0n,
  ownKeyCostMicros: 0n,
  workspaceCostMicros: 0n,
  estimatedCalls: 0,
  unknownPriceCalls: 0,
};

function add(one: UsageSum, other: UsageSum): UsageSum {
  return {
    calls: one.calls + other.calls,
    inputTokens: one.inputTokens + other.inputTokens,
    cachedInputTokens: one.cachedInputTokens + other.cachedInputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    reasoningTokens: one.reasoningTokens + other.reasoningTokens,
    costMicros: one.costMicros + other.costMicros,
    ownKeyCostMicros: one.ownKeyCostMicros + other.ownKeyCostMicros,
    workspaceCostMicros: one.workspaceCostMicros + other.workspaceCostMicros,
    estimatedCalls: one.estimatedCalls + other.estimatedCalls,
    unknownPriceCalls: one.unknownPriceCalls + other.unknownPriceCalls,
  };
}

/** The range, which is 30 days up to now where nothing is said. @throws AppError BAD_USER_INPUT for one that is empty or too long */
export function usageRange({ from, to }: UsageQuery, now: Date): Pick<UsageReport, 'from' | 'to'> {
  const end = to ?? later(now, 1);
  const start = from ?? later(end, -defaultRangeMs);
  if (start >= end) throw badInput(['from'], `"from" is ${start.toISOString()}, which is not before "to", ${end.toISOString()}.`);
  const days = Math.ceil((end.getTime() - start.getTime()) / day);
  if (end.getTime() - start.getTime() > longestRangeMs)
    throw badInput(['from'], `The range has ${days} days; at most ${longestRangeMs / day} days are told of at once.`);
  return { from: start, to: end };
}

/** A report of what was found. @throws AppError BAD_USER_INPUT where there is more than is told */
export function usageReport(range: Pick<UsageReport, 'from' | 'to'>, groupBy: UsageGroup, found: readonly Omit<UsageRow, 'groupBy'>[]): UsageReport {
  if (found.length > mostRows) {
    throw badInput(
      ['groupBy'],
      `By ${groupBy} there are more than ${mostRows} rows from ${range.from.toISOString()} to ${range.to.toISOString()}; choose a shorter range.`,
    );
  }
  return { ...range, rows: found.map((row) => ({ ...row, groupBy })), total: found.reduce<UsageSum>(add, nothing) };
}

/** Creates the service. */
export function createUsages({ statements, clock }: { readonly statements: Statements; readonly clock: Clock }) {
  const report = async (query: UsageQuery, userId: string | null): Promise<UsageReport> => {
    const { groupBy } = query;
    const range = usageRange(query, clock.now());
    const found = await statements.query(statementOf(groupBy, userId === null), [range.from, range.to, ...(userId === null ? [] : [userId])]);
    return usageReport(range, groupBy, z.array(usageRowShape).parse(found.rows));
  };

  return {
    /**
     * What the viewer used.
     *
     * @throws AppError UNAUTHENTICATED; BAD_USER_INPUT for a range that is empty, too long, or has too many rows
     */
    ofViewer: async (viewer: Viewer | null, query: UsageQuery): Promise<UsageReport> => report(query, requireViewer(viewer).userId),

    /** What the runs used that wrote these messages, of those that have ended and that the viewer may see. */
    ofAnswers: async (viewer: Viewer | null, messageIds: readonly string[]): Promise<ReadonlyMap<string, RunUsage>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<StoredUsage & { readonly answerId: string }>(usedByAnswers, [userId, messageIds]);
      return new Map(
        rows.flatMap((row) => {
          const usage = usageOfRun(row);
          return usage === null ? [] : [[row.answerId, usage] as const];
        }),
      );
    },

    /**
     * What everybody used.
     *
     * @throws AppError as above; FORBIDDEN
     */
    ofAll: async (viewer: Viewer | null, query: UsageQuery): Promise<UsageReport> => {
      requireAdmin(viewer);
      return report(query, null);
    },
  };
}

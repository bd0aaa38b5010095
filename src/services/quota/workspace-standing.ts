import type { Pool } from 'pg';
import { z } from 'zod';
import { later } from '../../base/clock.ts';
import { onPool, type RunSql } from '../run/deps.ts';
import { nothing, type Amounts, type Standing } from './amounts.ts';
import { dayOf, periodsOf } from './periods.ts';

/** How a member, and all members together, stand in a workspace. */
export interface WorkspaceStandings {
  readonly own: Standing;
  readonly together: Standing;
}

/** No call beside an answer takes longer; one that is older has lost its process, and keeps nothing free any more. */
const longestSideCallMs = 15 * 60_000;

/**
 * Two rows for each workspace: of the person, and of all together. What is under way keeps free what its entry was opened with: unlike in the quotas of the
 * installation the entries of answers too, which are there before the call is made.
 */
const statement = `
  SELECT w.id::text AS "workspaceId", whose.is_of_all AS "isOfAll", used.day_tokens::text AS "dayTokens", used.day_cost::text AS "dayCost",
    used.month_tokens::text AS "monthTokens", used.month_cost::text AS "monthCost", kept.tokens::text AS "reservedTokens", kept.cost_micros::text AS "reservedCost"
  FROM unnest($1::uuid[]) AS w (id) CROSS JOIN (VALUES (false), (true)) AS whose (is_of_all)
  CROSS JOIN LATERAL (
    SELECT COALESCE(sum(c.tokens) FILTER (WHERE c.day = $3::date), 0) AS day_tokens, COALESCE(sum(c.cost_micros) FILTER (WHERE c.day = $3::date), 0) AS day_cost,
      COALESCE(sum(c.tokens), 0) AS month_tokens, COALESCE(sum(c.cost_micros), 0) AS month_cost
    FROM (
      SELECT o.day, o.tokens, o.cost_micros FROM workspace_counts o WHERE NOT whose.is_of_all AND o.workspace_id = w.id AND o.user_id = $2::uuid AND o.day >= $4::date
      UNION ALL
      SELECT t.day, t.tokens, t.cost_micros FROM workspace_totals t WHERE whose.is_of_all AND t.workspace_id = w.id AND t.day >= $4::date
    ) AS c
  ) AS used
  CROSS JOIN LATERAL (
    SELECT COALESCE(sum(e.input_tokens::bigint + e.output_tokens), 0) AS tokens, COALESCE(sum(e.cost_micros), 0) AS cost_micros
    FROM usage_entries e
    WHERE e.is_open AND e.workspace_id = w.id AND (whose.is_of_all OR e.user_id = $2::uuid) AND e.id IS DISTINCT FROM $6::uuid
      AND (e.created_at > $5::timestamptz OR EXISTS (SELECT 1 FROM runs r WHERE r.id = e.run_id AND r.status IN ('RUNNING', 'AWAITING_INPUT')))
  ) AS kept`;

const rowShape = z.object({
  workspaceId: z.string(),
  isOfAll: z.boolean(),
  dayTokens: z.coerce.bigint(),
  dayCost: z.coerce.bigint(),
  monthTokens: z.coerce.bigint(),
  monthCost: z.coerce.bigint(),
  reservedTokens: z.coerce.bigint(),
  reservedCost: z.coerce.bigint(),
});

const amounts = (tokens: bigint, costMicros: bigint): Amounts => ({ ...nothing, tokens, costMicros });
const unused: Standing = { used: { DAY: nothing, MONTH: nothing }, reserved: nothing };

/**
 * How somebody stands in workspaces, in one statement.
 *
 * @param exceptEntryId the entry of a call that asks for itself
 */
export async function workspaceStandingsOf(
  runSql: RunSql,
  { userId, workspaceIds }: { readonly userId: string; readonly workspaceIds: readonly string[] },
  now: Date,
  exceptEntryId: string | null = null,
): Promise<ReadonlyMap<string, WorkspaceStandings>> {
  const { MONTH } = periodsOf(now);
  const values = [workspaceIds, userId, dayOf(now), dayOf(MONTH.startsAt), later(now, -longestSideCallMs), exceptEntryId];
  const rows = z.array(rowShape).parse(await runSql(statement, values));
  const standingOf = (workspaceId: string, isOfAll: boolean): Standing => {
    const row = rows.find((found) => found.workspaceId === workspaceId && found.isOfAll === isOfAll);
    if (row === undefined) return unused;
    const used = { DAY: amounts(row.dayTokens, row.dayCost), MONTH: amounts(row.monthTokens, row.monthCost) };
    return { used, reserved: amounts(row.reservedTokens, row.reservedCost) };
  };
  return new Map(workspaceIds.map((id) => [id, { own: standingOf(id, false), together: standingOf(id, true) }]));
}

/** The same on the pool. */
export function workspaceStandingsOnPool(pool: Pool, whose: Parameters<typeof workspaceStandingsOf>[1], now: Date): ReturnType<typeof workspaceStandingsOf> {
  return workspaceStandingsOf(onPool(pool, 'workspace-standings'), whose, now);
}

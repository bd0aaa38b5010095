import type { Pool } from 'pg';
import { z } from 'zod';
import { later } from '../../base/clock.ts';
import { onPool, type RunSql } from '../run/deps.ts';
import type { Standing } from './amounts.ts';
import { dayOf, periodsOf } from './periods.ts';

/** No call beside an answer takes longer; one that is older has lost its process, and keeps nothing free any more. */
const longestSideCallMs = 15 * 60_000;

/** What the answer of a run `r` has used and is counted already. */
const done = `LEFT JOIN LATERAL (
      SELECT sum(e.input_tokens::bigint + e.output_tokens) AS tokens, sum(e.cost_micros) AS cost_micros
      FROM usage_entries e WHERE e.run_id = r.id AND e.purpose = 'ANSWER' AND NOT e.is_open AND NOT e.is_own_key
    ) AS done ON true`;

/**
 * What is kept free for what is under way. For a run: what was reserved for it, less what its answer has used and is counted already, so
 * that nothing counts twice, and nothing in between counts not at all. For calls beside answers: what they were opened with.
 *
 * Both vanish by themselves: a run that has ended holds nothing, whoever ended it.
 *
 * @param whose the SQL of a person's id; null for all together
 * @param isRough whether what is counted already stays in, which is faster and never too little
 */
const held = (whose: string | null, isRough: boolean): string => `
  SELECT COALESCE(sum(tokens), 0) AS tokens, COALESCE(sum(cost_micros), 0) AS cost_micros FROM (
    SELECT ${
      isRough
        ? 'r.reserved_tokens AS tokens, COALESCE(r.reserved_cost_micros, 0) AS cost_micros FROM runs r'
        : `GREATEST(r.reserved_tokens - COALESCE(done.tokens, 0), 0) AS tokens, GREATEST(r.reserved_cost_micros - COALESCE(done.cost_micros, 0), 0) AS cost_micros
    FROM runs r ${done}`
    }
    WHERE r.status IN ('RUNNING', 'QUEUED') AND r.reserved_tokens IS NOT NULL AND r.id IS DISTINCT FROM $4::uuid${whose === null ? '' : ` AND r.user_id = ${whose}`}
    UNION ALL
    SELECT e.input_tokens::bigint + e.output_tokens, COALESCE(e.cost_micros, 0)
    FROM usage_entries e WHERE e.is_open AND e.created_at > $5::timestamptz AND e.purpose <> 'ANSWER' AND NOT e.is_own_key${whose === null ? '' : ` AND e.user_id = ${whose}`}
  ) AS kept`;

const sums = `
  COALESCE(sum(c.tokens) FILTER (WHERE c.day = $2::date), 0) AS day_tokens, COALESCE(sum(c.cost_micros) FILTER (WHERE c.day = $2::date), 0) AS day_cost,
  COALESCE(sum(c.messages) FILTER (WHERE c.day = $2::date), 0) AS day_messages,
  COALESCE(sum(c.tokens), 0) AS month_tokens, COALESCE(sum(c.cost_micros), 0) AS month_cost, COALESCE(sum(c.messages), 0) AS month_messages`;

const columns = `used.day_tokens::text AS "dayTokens", used.day_cost::text AS "dayCost", used.day_messages::text AS "dayMessages",
  used.month_tokens::text AS "monthTokens", used.month_cost::text AS "monthCost", used.month_messages::text AS "monthMessages",
  kept.tokens::text AS "reservedTokens", kept.cost_micros::text AS "reservedCost"`;

const ofPeople = (isRough: boolean): string => `
  SELECT person.id::text AS "userId", ${columns} FROM unnest($1::uuid[]) AS person (id)
  CROSS JOIN LATERAL (SELECT ${sums} FROM quota_counts c WHERE c.user_id = person.id AND c.day >= $3::date) AS used
  CROSS JOIN LATERAL (${held('person.id', isRough)}) AS kept`;

const ofAll = (isRough: boolean): string => `
  SELECT NULL, ${columns} FROM (SELECT ${sums} FROM quota_totals c WHERE c.day >= $3::date) AS used CROSS JOIN (${held(null, isRough)}) AS kept`;

const statements = {
  ofPeople: ofPeople(false),
  ofPeopleRough: ofPeople(true),
  withAll: `${ofPeople(false)} UNION ALL ${ofAll(false)}`,
  withAllRough: `${ofPeople(true)} UNION ALL ${ofAll(true)}`,
} as const;

const rowShape = z.object({
  userId: z.string().nullable(),
  dayTokens: z.coerce.bigint(),
  dayCost: z.coerce.bigint(),
  dayMessages: z.coerce.bigint(),
  monthTokens: z.coerce.bigint(),
  monthCost: z.coerce.bigint(),
  monthMessages: z.coerce.bigint(),
  reservedTokens: z.coerce.bigint(),
  reservedCost: z.coerce.bigint(),
});

const standingOf = (row: z.infer<typeof rowShape>): Standing => ({
  used: {
    DAY: { tokens: row.dayTokens, costMicros: row.dayCost, messages: row.dayMessages },
    MONTH: { tokens: row.monthTokens, costMicros: row.monthCost, messages: row.monthMessages },
  },
  reserved: { tokens: row.reservedTokens, costMicros: row.reservedCost, messages: 0n },
});

const valuesFor = (now: Date, exceptRunId: string | null): readonly unknown[] => [
  dayOf(now),
  dayOf(periodsOf(now).MONTH.startsAt),
  exceptRunId,
  later(now, -longestSideCallMs),
];

/** How some stand. */
export interface Standings {
  readonly people: ReadonlyMap<string, Standing>;
  /** Of all together; null where nobody asked. */
  readonly all: Standing | null;
}

/** Whose standing is asked for. */
export interface Standers {
  readonly userIds: readonly string[];
  /** Whether all together are asked for. */
  readonly isWithAll: boolean;
  /** Whether what is reserved may be told as more than it is, which is faster. */
  readonly isRough: boolean;
}

/** The statement that tells, by its name. */
function statementFor({ isWithAll, isRough }: Omit<Standers, 'userIds'>): keyof typeof statements {
  if (isWithAll) return isRough ? 'withAllRough' : 'withAll';
  return isRough ? 'ofPeopleRough' : 'ofPeople';
}

/**
 * How people stand, and all together, in one statement.
 *
 * @param exceptRunId a run that asks for itself
 */
export async function standingsOf(runSql: RunSql, whose: Standers, now: Date, exceptRunId: string | null = null): Promise<Standings> {
  const found = await runSql(statements[statementFor(whose)], [whose.userIds, ...valuesFor(now, exceptRunId)]);
  const rows = z.array(rowShape).parse(found);
  const all = rows.find(({ userId }) => userId === null);
  return {
    people: new Map(rows.flatMap((row) => (row.userId === null ? [] : [[row.userId, standingOf(row)] as const]))),
    all: all === undefined ? null : standingOf(all),
  };
}

/** The same on the pool. */
export function standingsOnPool(pool: Pool, whose: Standers, now: Date): Promise<Standings> {
  return standingsOf(onPool(pool, `quota-${statementFor(whose)}`), whose, now);
}

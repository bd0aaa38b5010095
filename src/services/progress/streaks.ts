import type { Statements } from '../../stores/statements.ts';
import { dateSql, type CalendarDate } from '../planner/calendar.ts';

/** Days in a row on which something was so. Days without items are passed over: they neither count nor end it. */
export interface DayRun {
  readonly length: number;
  readonly from: CalendarDate;
  readonly to: CalendarDate;
}

/** The runs of one kind. */
export interface Streak {
  /** The one that lasts; null when the last day that counts ended it. Today can only add to it: it is not over. */
  readonly current: DayRun | null;
  /** Of several as long the latest. */
  readonly longest: DayRun | null;
}

/** How steadily somebody works on their days. */
export interface PlanningStreaks {
  /** Days on which all was done that was not skipped, and from which nothing was carried on. */
  readonly allDone: Streak;
  /** Days on which at least one thing was done. */
  readonly someDone: Streak;
}

// A day that was left with nothing because all of it was carried on counts as well: as one on which nothing was done.
const statement = `
  WITH worked AS (
    SELECT d.date, count(*) FILTER (WHERE i.status <> 'SKIPPED') AS counted, count(*) FILTER (WHERE i.status = 'DONE') AS done
    FROM daily_plans d JOIN plan_items i ON i.daily_plan_id = d.id WHERE d.owner_id = $1::uuid AND d.date <= $2::date GROUP BY d.date
  ), carried AS (
    SELECT DISTINCT c.from_date AS date FROM item_carries c WHERE c.owner_id = $1::uuid AND c.from_date <= $2::date
  ), day AS (
    SELECT date, coalesce(done, 0) > 0 AND done = counted AND carried.date IS NULL AS all_done, coalesce(done, 0) > 0 AS some_done
    FROM worked FULL JOIN carried USING (date) WHERE coalesce(counted, 0) > 0 OR carried.date IS NOT NULL
  ), judged AS (
    SELECT kind, date, is_good, count(*) FILTER (WHERE NOT is_good) OVER (PARTITION BY kind ORDER BY date) AS run
    FROM day CROSS JOIN LATERAL (VALUES ('allDone', all_done), ('someDone', some_done)) AS v (kind, is_good) WHERE is_good OR date < $2::date
  ), runs AS (
    SELECT kind, run, (count(*) FILTER (WHERE is_good))::int AS length, min(date) FILTER (WHERE is_good) AS first, max(date) FILTER (WHERE is_good) AS last,
      run = max(run) OVER (PARTITION BY kind) AS "isCurrent"
    FROM judged GROUP BY kind, run
  )
  SELECT kind, length, ${dateSql('first')} AS from, ${dateSql('last')} AS to, "isCurrent", "isLongest" FROM (
    SELECT *, row_number() OVER (PARTITION BY kind ORDER BY length DESC, last DESC) = 1 AS "isLongest" FROM runs WHERE length > 0
  ) AS found WHERE "isCurrent" OR "isLongest"`;

interface Row extends DayRun {
  readonly kind: keyof PlanningStreaks;
  readonly isCurrent: boolean;
  readonly isLongest: boolean;
}

/** The streaks of a person. @param today the day that it is in the person's time zone */
export async function readStreaks(statements: Statements, userId: string, today: CalendarDate): Promise<PlanningStreaks> {
  const { rows } = await statements.query<Row>(statement, [userId, today]);
  const runOf = (row: Row | undefined): DayRun | null => (row === undefined ? null : { length: row.length, from: row.from, to: row.to });
  const streakOf = (kind: keyof PlanningStreaks): Streak => ({
    current: runOf(rows.find((row) => row.kind === kind && row.isCurrent)),
    longest: runOf(rows.find((row) => row.kind === kind && row.isLongest)),
  });
  return { allDone: streakOf('allDone'), someDone: streakOf('someDone') };
}

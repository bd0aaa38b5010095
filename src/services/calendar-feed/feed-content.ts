import { createHash } from 'node:crypto';
import type { Statements } from '../../stores/statements.ts';
import { planItemColumns, planItemSource, type PlanItemRow } from '../plan-item/item-row.ts';
import { addDays, type CalendarDate } from '../planner/calendar.ts';
import { recurrenceColumns, type RecurrenceRow } from '../recurrence/recurrence-row.ts';
import type { FeedContent } from './feed-events.ts';

/** How long a day stays on the calendar after it is over. */
const daysBack = 366;
/** The items that are furthest away are left out beyond so many. */
const mostItems = 5_000;
/** Moves when the same plans are to be written in another way. */
const format = 1;

/** Whose plans to show, and since when. */
export interface FeedOwner {
  readonly userId: string;
  readonly name: string;
  readonly timeZone: string;
  readonly today: CalendarDate;
}

/** The first day that is shown: that of a month, so that it seldom moves. */
export function firstShown({ today }: Pick<FeedOwner, 'today'>): CalendarDate {
  return `${addDays(today, -daysBack).slice(0, 7)}-01`;
}

/**
 * What the plans of a person are at this moment, as a hash: another one after every change. It asks for less than the plans themselves do, and a
 * reader that comes back every few minutes mostly has them already.
 */
export async function fingerprintOf(statements: Statements, owner: FeedOwner): Promise<string> {
  // Sums, because clocks of several nodes differ: the latest change need not have the latest time.
  const { rows } = await statements.query<{ readonly state: string }>(
    `SELECT concat_ws(' ', i.count, i.versions, i.times, r.count, r.times) AS state FROM
       (SELECT count(*), sum(version) AS versions, sum(extract(epoch FROM updated_at)) AS times FROM plan_items WHERE owner_id = $1::uuid) AS i,
       (SELECT count(*), sum(extract(epoch FROM updated_at)) AS times FROM recurrences WHERE owner_id = $1::uuid) AS r`,
    [owner.userId],
  );
  const facts = [format, owner.name, owner.timeZone, firstShown(owner), rows[0]?.state];
  return createHash('sha256').update(JSON.stringify(facts)).digest('base64url');
}

/** The plans of a person as far as they are shown. */
export async function feedContent(statements: Statements, owner: FeedOwner): Promise<FeedContent> {
  const from = firstShown(owner);
  const [items, series] = await Promise.all([
    statements.query<PlanItemRow>(
      `SELECT ${planItemColumns} FROM ${planItemSource} WHERE i.owner_id = $1::uuid AND (d.date >= $2::date OR i.occurrence_date >= $2::date)
       ORDER BY abs(coalesce(d.date, i.occurrence_date) - $3::date), i.id LIMIT ${mostItems}`,
      [owner.userId, from, owner.today],
    ),
    statements.query<RecurrenceRow>(`SELECT ${recurrenceColumns} FROM recurrences r WHERE r.owner_id = $1::uuid ORDER BY r.created_at, r.id`, [owner.userId]),
  ]);
  return { items: items.rows, series: series.rows, timeZone: owner.timeZone, from };
}

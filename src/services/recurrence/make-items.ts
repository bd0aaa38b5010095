import { generateKeyBetween } from 'fractional-indexing';
import type { Prisma } from '../../../prisma/generated/client.ts';
import { holdsDay } from '../plan/plan-row.ts';
import { mostItems, requireRoomForItems } from '../plan-item/room.ts';
import { addDays, databaseDate, dateSql, lastCalendarDate, type CalendarDate } from '../planner/calendar.ts';
import type { Planner } from '../planner/planner-row.ts';
import { nextOccurrence, occurrencesBetween } from './occurrences.ts';
import { ruleOf, type RecurrenceRow } from './recurrence-row.ts';

/** How many days ahead the items of a series stand in the plans. */
export const horizonDays = 60;

type Transaction = Prisma.TransactionClient;

/**
 * Puts items of a series into the plans of days, behind what stands there. A day that has one already gets no other.
 *
 * @returns the ids of those that were made
 */
export async function insertOccurrences(
  transaction: Transaction,
  planner: Planner,
  series: RecurrenceRow,
  dates: readonly CalendarDate[],
): Promise<readonly string[]> {
  if (dates.length === 0) return [];
  const { userId, now } = planner;
  await transaction.$executeRawUnsafe(
    `INSERT INTO daily_plans (id, owner_id, date, weekly_plan_id, created_at, updated_at)
     SELECT fresh.id, $1::uuid, fresh.date, (SELECT w.id FROM weekly_plans w WHERE w.owner_id = $1::uuid AND ${holdsDay('fresh.date')}), $4::timestamptz, $4::timestamptz
     FROM unnest($2::uuid[], $3::date[]) AS fresh (id, date) ON CONFLICT (owner_id, date) DO NOTHING`,
    userId,
    dates.map(() => planner.newId()),
    dates,
    now,
  );
  const plans = await transaction.$queryRawUnsafe<{ id: string; date: CalendarDate; last: string | null }[]>(
    `SELECT d.id, ${dateSql('d.date')} AS date, (SELECT i.position FROM plan_items i WHERE i.daily_plan_id = d.id ORDER BY i.position DESC LIMIT 1) AS last
     FROM daily_plans d WHERE d.owner_id = $1::uuid AND d.date = ANY($2::date[]) ORDER BY d.date`,
    userId,
    dates,
  );
  const made = await transaction.$queryRawUnsafe<{ id: string }[]>(
    `INSERT INTO plan_items (id, owner_id, daily_plan_id, position, recurrence_id, occurrence_date, title, notes, goal_id, priority, estimate_minutes, start_time, created_at, updated_at)
     SELECT fresh.id, r.owner_id, fresh.plan_id, fresh.position, r.id, fresh.date, r.title, r.notes, r.goal_id, r.priority, r.estimate_minutes, r.start_time, $6::timestamptz, $6::timestamptz
     FROM recurrences r, unnest($2::uuid[], $3::uuid[], $4::text[], $5::date[]) AS fresh (id, plan_id, position, date) WHERE r.id = $1::uuid
     ON CONFLICT (recurrence_id, occurrence_date) DO NOTHING RETURNING id`,
    series.id,
    plans.map(() => planner.newId()),
    plans.map(({ id }) => id),
    plans.map(({ last }) => generateKeyBetween(last, null)),
    plans.map(({ date }) => date),
    now,
  );
  return made.map(({ id }) => id);
}

/** Remembers up to which day the items of a series were made; up to the last of all when none will follow. */
async function rememberMade(transaction: Transaction, series: RecurrenceRow, through: CalendarDate): Promise<void> {
  const isOver = series.mode === 'AFTER_COMPLETION' || nextOccurrence(ruleOf(series), series.startDate, addDays(through, 1)) === null;
  const madeThrough = databaseDate(isOver ? lastCalendarDate : through);
  await transaction.recurrence.update({ where: { id: series.id }, data: { madeThrough }, select: { id: true } });
}

/**
 * Makes the items of a series from one day up to the horizon, or the one item of a series that counts from completion.
 *
 * @param from the first day that may get one
 * @returns the ids of those that were made
 * @throws AppError CONFLICT for more items than the person may have
 */
export async function makeItemsIn(transaction: Transaction, planner: Planner, series: RecurrenceRow, from: CalendarDate): Promise<readonly string[]> {
  const horizon = addDays(planner.today, horizonDays);
  const through = from > horizon ? from : horizon;
  const days = series.mode === 'AFTER_COMPLETION' ? [from] : occurrencesBetween(ruleOf(series), series.startDate, from, through);
  const wanted = days.filter((date) => !series.excludedDates.includes(date));
  await requireRoomForItems(transaction, planner, wanted.length);
  const made = await insertOccurrences(transaction, planner, series, wanted);
  await rememberMade(transaction, series, through);
  return made;
}

/** Makes what is missing of the items of all series of a person; nothing where the person has as many items as are allowed. */
export async function makeMissingItemsIn(transaction: Transaction, planner: Planner, all: readonly RecurrenceRow[]): Promise<number> {
  const horizon = addDays(planner.today, horizonDays);
  let room = mostItems - (await transaction.planItem.count({ where: { ownerId: planner.userId } }));
  let count = 0;
  for (const series of all.filter(({ mode, madeThrough }) => mode === 'SCHEDULED' && madeThrough < horizon)) {
    const days = occurrencesBetween(ruleOf(series), series.startDate, addDays(series.madeThrough, 1), horizon).filter(
      (date) => !series.excludedDates.includes(date),
    );
    if (days.length > room) continue;
    const made = await insertOccurrences(transaction, planner, series, days);
    await rememberMade(transaction, series, horizon);
    room -= made.length;
    count += made.length;
  }
  return count;
}

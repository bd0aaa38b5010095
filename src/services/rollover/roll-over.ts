import type { Prisma } from '../../../prisma/generated/client.ts';
import { AppError } from '../../base/errors.ts';
import { planItemColumns, planItemSource, type PlanItemRow } from '../plan-item/item-row.ts';
import { positionsAtEnd } from '../plan-item/positions.ts';
import { mostItems, mostItemsOfPlan } from '../plan-item/room.ts';
import { dayList } from '../plan-item/write-items.ts';
import { databaseDate, type CalendarDate } from '../planner/calendar.ts';
import type { Planner } from '../planner/planner-row.ts';
import { occurrencesBetween } from '../recurrence/occurrences.ts';
import { readRecurrences, ruleOf } from '../recurrence/recurrence-row.ts';

/** What to carry on. */
export interface Rollover {
  /** The first day whose unfinished items go on. */
  readonly from: CalendarDate;
  /** The last one. */
  readonly through: CalendarDate;
  /** The day that they go to. */
  readonly to: CalendarDate;
  readonly policy: 'MOVE' | 'COPY';
  readonly isAutomatic: boolean;
}

/** What was carried on. */
export interface CarriedOn {
  /** The items that stand on the new day by it, also by an earlier time: the items themselves, or their copies. */
  readonly carriedIds: readonly string[];
  /** Unfinished items that stay, because their series has its own on the new day, or because the plan is full. */
  readonly leftIds: readonly string[];
}

type Transaction = Prisma.TransactionClient;
type Dated = PlanItemRow & { readonly date: CalendarDate };

/** The unfinished items of some days, the earliest first, without those that live on in a copy. */
async function unfinished(transaction: Transaction, planner: Planner, { from, through }: Rollover): Promise<readonly Dated[]> {
  return transaction.$queryRawUnsafe<Dated[]>(
    `SELECT ${planItemColumns} FROM ${planItemSource} WHERE i.owner_id = $1::uuid AND d.date BETWEEN $2::date AND $3::date
     AND i.status IN ('TODO', 'IN_PROGRESS') AND NOT EXISTS (SELECT 1 FROM item_carries c WHERE c.item_id = i.id AND c.copy_id IS NOT NULL)
     ORDER BY d.date, i.position, i.id`,
    planner.userId,
    from,
    through,
  );
}

/** Copies that an earlier time put on the new day, and that are still there. */
async function earlierCopies(transaction: Transaction, planner: Planner, { from, through, to }: Rollover): Promise<readonly string[]> {
  const rows = await transaction.$queryRawUnsafe<{ id: string }[]>(
    `SELECT i.id FROM item_carries c JOIN plan_items i ON i.id = c.copy_id JOIN daily_plans d ON d.id = i.daily_plan_id
     WHERE c.owner_id = $1::uuid AND c.from_date BETWEEN $2::date AND $3::date AND c.to_date = $4::date AND d.date = $4::date
     ORDER BY i.position, i.id`,
    planner.userId,
    from,
    through,
    to,
  );
  return rows.map(({ id }) => id);
}

/** The series that have an item of their own on a day: one that was made for it, or that stands on it, or that will be made. */
async function seriesOn(transaction: Transaction, planner: Planner, ids: readonly string[], date: CalendarDate): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const there = await transaction.$queryRawUnsafe<{ id: string }[]>(
    `SELECT DISTINCT i.recurrence_id AS id FROM plan_items i LEFT JOIN daily_plans d ON d.id = i.daily_plan_id
     WHERE i.recurrence_id = ANY($1::uuid[]) AND (i.occurrence_date = $2::date OR d.date = $2::date)`,
    ids,
    date,
  );
  const coming = (await readRecurrences(transaction, planner.userId, ids)).filter(
    (series) =>
      series.mode === 'SCHEDULED' && !series.excludedDates.includes(date) && occurrencesBetween(ruleOf(series), series.startDate, date, date).length > 0,
  );
  return new Set([...there, ...coming].map(({ id }) => id));
}

/** Those that go on: of each series the latest alone, and none where the series has its own on that day. A habit does not pile up. */
async function withoutPile(transaction: Transaction, planner: Planner, items: readonly Dated[], to: CalendarDate): Promise<readonly Dated[]> {
  const taken = await seriesOn(transaction, planner, [...new Set(items.flatMap(({ recurrenceId }) => recurrenceId ?? []))], to);
  const going = items.toReversed().filter(({ recurrenceId }) => {
    if (recurrenceId === null) return true;
    if (taken.has(recurrenceId)) return false;
    taken.add(recurrenceId);
    return true;
  });
  return going.toReversed();
}

/** How many more items fit on the day, and copies into what the person may have. */
async function roomOn(transaction: Transaction, planner: Planner, dailyPlanId: string | null, { policy }: Rollover): Promise<number> {
  const { userId: ownerId } = planner;
  const onDay = mostItemsOfPlan - (await transaction.planItem.count({ where: { ownerId, dailyPlanId } }));
  return policy === 'MOVE' ? onDay : Math.min(onDay, mostItems - (await transaction.planItem.count({ where: { ownerId } })));
}

const moving = `
  UPDATE plan_items i SET daily_plan_id = $3::uuid, position = fresh.position, carried_count = i.carried_count + 1,
    origin_date = coalesce(i.origin_date, fresh.date), version = i.version + 1, updated_at = $6::timestamptz
  FROM unnest($1::uuid[], $2::uuid[], $4::text[], $5::date[]) AS fresh (id, copy_id, position, date) WHERE i.id = fresh.id`;

// A copy is of the same series, and made for no day of it: that day has its item.
const copying = `
  INSERT INTO plan_items (id, owner_id, daily_plan_id, position, goal_id, title, notes, status, priority, estimate_minutes, actual_minutes, start_time,
    recurrence_id, carried_count, origin_date, origin_item_id, created_at, updated_at)
  SELECT fresh.copy_id, i.owner_id, $3::uuid, fresh.position, i.goal_id, i.title, i.notes, i.status, i.priority, i.estimate_minutes, i.actual_minutes, i.start_time,
    i.recurrence_id, i.carried_count + 1, coalesce(i.origin_date, fresh.date), i.id, $6::timestamptz, $6::timestamptz
  FROM unnest($1::uuid[], $2::uuid[], $4::text[], $5::date[]) AS fresh (id, copy_id, position, date) JOIN plan_items i ON i.id = fresh.id`;

/**
 * Carries unfinished items on to another day, to its end and in their order. Never twice: what was moved is not there any more, and of what was
 * copied there is one copy, which goes on in its place.
 *
 * @throws AppError CONFLICT where they do not fit, unless it happens by itself: then those go that fit
 */
export async function rollOverIn(transaction: Transaction, planner: Planner, rollover: Rollover): Promise<CarriedOn> {
  const { to, policy, isAutomatic } = rollover;
  const earlier = await earlierCopies(transaction, planner, rollover);
  const items = await unfinished(transaction, planner, rollover);
  const wanted = await withoutPile(transaction, planner, items, to);
  if (wanted.length === 0) return { carriedIds: earlier, leftIds: items.map(({ id }) => id) };
  const list = await dayList(transaction, planner, to);
  const room = await roomOn(transaction, planner, list.dailyPlanId, rollover);
  if (wanted.length > room && !isAutomatic) {
    throw new AppError(
      'CONFLICT',
      `${wanted.length} items would go to ${to}, and ${Math.max(room, 0)} more fit there. Carry fewer days on at once, or finish some first.`,
    );
  }
  const going = wanted.slice(0, Math.max(room, 0));
  const copyIds = going.map(() => planner.newId());
  await transaction.$executeRawUnsafe(
    policy === 'MOVE' ? moving : copying,
    going.map(({ id }) => id),
    copyIds,
    list.dailyPlanId,
    await positionsAtEnd(transaction, planner, list, going.length),
    going.map(({ date }) => date),
    planner.now,
  );
  await transaction.itemCarry.createMany({
    data: going.map(({ id: itemId, date }, index) => ({
      id: planner.newId(),
      ownerId: planner.userId,
      itemId,
      fromDate: databaseDate(date),
      toDate: databaseDate(to),
      policy,
      copyId: policy === 'COPY' ? (copyIds[index] ?? null) : null,
      isAutomatic,
      createdAt: planner.now,
    })),
  });
  const gone = new Set(going.map(({ id }) => id));
  return { carriedIds: [...earlier, ...(policy === 'MOVE' ? gone : copyIds)], leftIds: items.flatMap(({ id }) => (gone.has(id) ? [] : id)) };
}

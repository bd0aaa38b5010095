import type { Statements } from '../../stores/statements.ts';
import { planItemColumns, planItemSource, type ItemStatus, type PlanItemRow } from '../plan-item/item-row.ts';
import { dailyPlanColumns, holdsDay, weeklyPlanColumns, type DailyPlanRow, type WeeklyPlanRow } from '../plan/plan-row.ts';
import { addDays, dateSql, daysBetween, startOfDay, type CalendarDate } from '../planner/calendar.ts';
import type { Planner } from '../planner/planner-row.ts';
import { isHandedOnSql, tallyOf, type ItemTally } from './tally.ts';

/** An item that was carried on. */
export interface CarriedItem {
  readonly itemId: string;
  /** The day that it stood on at first within the time that is looked at. */
  readonly from: CalendarDate;
  /** Where it went at last. */
  readonly to: CalendarDate;
  /** How often it was carried on within that time. */
  readonly count: number;
  /** Whether that happened by itself each time. */
  readonly isAutomatic: boolean;
}

/** The items of one day, or of one goal. */
export interface ReviewPart {
  /** Null by goal. */
  readonly date: CalendarDate | null;
  /** Null by day, and for items without a goal. */
  readonly goalId: string | null;
  readonly items: ItemTally;
}

/** What became of a week or a day. */
export interface Review {
  readonly from: CalendarDate;
  /** Included. */
  readonly to: CalendarDate;
  readonly weeklyPlan: WeeklyPlanRow | null;
  readonly dailyPlan: DailyPlanRow | null;
  readonly tally: ItemTally;
  readonly done: readonly PlanItemRow[];
  readonly skipped: readonly PlanItemRow[];
  /** Neither done, nor skipped, nor carried on as a copy. */
  readonly open: readonly PlanItemRow[];
  /** What came when the week had begun for a day, or on the day itself: not what was carried here or made by a rule. */
  readonly added: readonly PlanItemRow[];
  readonly carried: readonly CarriedItem[];
  /** One for each day. What stands in a week on no day is in none of them. */
  readonly days: readonly ReviewPart[];
  /** The goals that had items, those with the most first. */
  readonly goals: readonly ReviewPart[];
}

interface Counted extends PlanItemRow {
  readonly isHandedOn: boolean;
}

const itemsStatement = `
  SELECT ${planItemColumns}, ${isHandedOnSql} AS "isHandedOn" FROM ${planItemSource}
  WHERE i.owner_id = $1::uuid AND (i.weekly_plan_id = $4::uuid OR i.daily_plan_id IN (
    SELECT p.id FROM daily_plans p WHERE p.owner_id = $1::uuid AND p.date BETWEEN $2::date AND $3::date AND ($4::uuid IS NULL OR p.weekly_plan_id = $4::uuid)))
  ORDER BY d.date NULLS LAST, i.position, i.id`;

const carriesStatement = `
  SELECT c.item_id AS "itemId", ${dateSql('min(c.from_date)')} AS from, ${dateSql('max(c.to_date)')} AS to, count(*)::int AS count, bool_and(c.is_automatic) AS "isAutomatic"
  FROM item_carries c WHERE c.owner_id = $1::uuid AND c.from_date BETWEEN $2::date AND $3::date GROUP BY c.item_id ORDER BY min(c.from_date), c.item_id`;

const weekStatement = `SELECT ${weeklyPlanColumns} FROM weekly_plans w WHERE w.owner_id = $1::uuid AND ${holdsDay('$2')}`;
const dayStatement = `SELECT ${dailyPlanColumns} FROM daily_plans d WHERE d.owner_id = $1::uuid AND d.date = $2::date`;

/** The items by goal, those with the most items first. */
function byGoal(items: readonly PlanItemRow[]): readonly ReviewPart[] {
  return [...Map.groupBy(items, ({ goalId }) => goalId)]
    .toSorted(([one, some], [other, others]) => Number(one === null) - Number(other === null) || others.length - some.length)
    .map(([goalId, own]) => ({ date: null, goalId, items: tallyOf(own) }));
}

/** Reads what became of some days, and of the items of a weekly plan. */
async function readReview(
  statements: Statements,
  planner: Planner,
  { from, to, addedFrom, ...plans }: Pick<Review, 'from' | 'to' | 'weeklyPlan' | 'dailyPlan'> & { readonly addedFrom: Date },
): Promise<Review> {
  const { userId } = planner;
  const weeklyPlanId = plans.weeklyPlan?.id ?? null;
  const [{ rows }, carries] = await Promise.all([
    statements.query<Counted>(itemsStatement, [userId, from, to, weeklyPlanId]),
    statements.query<CarriedItem>(carriesStatement, [userId, from, to]),
  ]);
  const items = rows.filter(({ isHandedOn }) => !isHandedOn);
  const withStatus = (...wanted: readonly ItemStatus[]) => items.filter(({ status }) => wanted.includes(status));
  const dates = Array.from({ length: daysBetween(from, to) + 1 }, (_, index) => addDays(from, index));
  return {
    from,
    to,
    ...plans,
    tally: tallyOf(items),
    done: withStatus('DONE'),
    skipped: withStatus('SKIPPED'),
    open: withStatus('TODO', 'IN_PROGRESS'),
    added: items.filter((item) => item.createdAt >= addedFrom && item.originDate === null && item.originItemId === null && item.recurrenceId === null),
    carried: carries.rows,
    days: dates.map((date) => ({ date, goalId: null, items: tallyOf(items.filter((item) => item.date === date)) })),
    goals: byGoal(items),
  };
}

/** What became of the week that a day lies in, whether it has a plan or not. */
export async function readWeekReview(statements: Statements, planner: Planner, date: CalendarDate): Promise<Review> {
  const { rows } = await statements.query<WeeklyPlanRow>(weekStatement, [planner.userId, date]);
  const weeklyPlan = rows[0] ?? null;
  const from = weeklyPlan?.weekStart ?? planner.weekStartOf(date);
  const to = addDays(from, 6);
  return readReview(statements, planner, { from, to, weeklyPlan, dailyPlan: null, addedFrom: startOfDay(addDays(from, 1), planner.timeZone) });
}

/** What became of a day. */
export async function readDayReview(statements: Statements, planner: Planner, date: CalendarDate): Promise<Review> {
  const { rows } = await statements.query<DailyPlanRow>(dayStatement, [planner.userId, date]);
  const dailyPlan = rows[0] ?? null;
  return readReview(statements, planner, { from: date, to: date, weeklyPlan: null, dailyPlan, addedFrom: startOfDay(date, planner.timeZone) });
}

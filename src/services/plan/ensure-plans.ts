import type { Prisma } from '../../../prisma/generated/client.ts';
import { AppError } from '../../base/errors.ts';
import { addDays, databaseDate, type CalendarDate } from '../planner/calendar.ts';
import type { Planner } from '../planner/planner-row.ts';
import { dailyPlanColumns, dailyPlanOf, holdsDay, weeklyPlanColumns, weeklyPlanOf, type DailyPlanRow, type WeeklyPlanRow } from './plan-row.ts';

/** How many weekly plans one person may have. */
export const mostWeeklyPlans = 5_000;
/** How many daily plans one person may have. */
export const mostDailyPlans = 20_000;

const full = (count: number, kind: string, remedy: string): AppError =>
  new AppError('CONFLICT', `You have ${count.toLocaleString('en')} ${kind}, as many as are allowed; delete one that you do not need with "${remedy}".`);

/** The weekly plan that holds a day, if there is one. */
export async function findWeeklyPlan(transaction: Prisma.TransactionClient, planner: Planner, date: CalendarDate): Promise<WeeklyPlanRow | null> {
  const text = `SELECT ${weeklyPlanColumns} FROM weekly_plans w WHERE w.owner_id = $1::uuid AND ${holdsDay('$2')}`;
  const [row] = await transaction.$queryRawUnsafe<WeeklyPlanRow[]>(text, planner.userId, date);
  return row ?? null;
}

/** The daily plan of a day, if there is one. */
export async function findDailyPlan(transaction: Prisma.TransactionClient, planner: Planner, date: CalendarDate): Promise<DailyPlanRow | null> {
  const text = `SELECT ${dailyPlanColumns} FROM daily_plans d WHERE d.owner_id = $1::uuid AND d.date = $2::date`;
  const [row] = await transaction.$queryRawUnsafe<DailyPlanRow[]>(text, planner.userId, date);
  return row ?? null;
}

/**
 * Has the daily plans from one day to another belong to the weekly plans that hold them, after a weekly plan was made or before it is deleted.
 *
 * @param without a weekly plan that does not count any more
 */
export async function linkDays(transaction: Prisma.TransactionClient, planner: Planner, weekStart: CalendarDate, without: string | null = null): Promise<void> {
  await transaction.$executeRawUnsafe(
    `UPDATE daily_plans d SET weekly_plan_id = (
       SELECT w.id FROM weekly_plans w WHERE w.owner_id = d.owner_id AND w.id IS DISTINCT FROM $4::uuid AND ${holdsDay('d.date')}
     ) WHERE d.owner_id = $1::uuid AND d.date BETWEEN $2::date AND $3::date`,
    planner.userId,
    weekStart,
    addDays(weekStart, 6),
    without,
  );
}

/** Has some daily plans that are new belong to the weekly plans that hold them, and the days of some weekly plans that are new to those. */
export async function linkPlans(transaction: Prisma.TransactionClient, planner: Planner, planIds: readonly string[]): Promise<void> {
  await transaction.$executeRawUnsafe(
    `UPDATE daily_plans d SET weekly_plan_id = (SELECT w.id FROM weekly_plans w WHERE w.owner_id = d.owner_id AND ${holdsDay('d.date')})
     WHERE d.owner_id = $1::uuid AND (d.id = ANY($2::uuid[])
       OR EXISTS (SELECT 1 FROM weekly_plans n WHERE n.id = ANY($2::uuid[]) AND d.date BETWEEN n.week_start AND n.week_start + 6))`,
    planner.userId,
    planIds,
  );
}

/** The weekly plan that holds a day, made when there is none. @throws AppError CONFLICT at the limit */
export async function ensureWeeklyPlan(transaction: Prisma.TransactionClient, planner: Planner, date: CalendarDate): Promise<WeeklyPlanRow> {
  const { userId: ownerId, now } = planner;
  const existing = await findWeeklyPlan(transaction, planner, date);
  if (existing !== null) return existing;
  if ((await transaction.weeklyPlan.count({ where: { ownerId } })) >= mostWeeklyPlans) throw full(mostWeeklyPlans, 'weekly plans', 'deleteWeeklyPlan');
  const weekStart = planner.weekStartOf(date);
  const data = { id: planner.newId(), ownerId, weekStart: databaseDate(weekStart), createdAt: now, updatedAt: now };
  const made = weeklyPlanOf(await transaction.weeklyPlan.create({ data }));
  await linkDays(transaction, planner, weekStart);
  return made;
}

/** The daily plan of a day, made when there is none. @throws AppError CONFLICT at the limit */
export async function ensureDailyPlan(transaction: Prisma.TransactionClient, planner: Planner, date: CalendarDate): Promise<DailyPlanRow> {
  const { userId: ownerId, now } = planner;
  const existing = await findDailyPlan(transaction, planner, date);
  if (existing !== null) return existing;
  if ((await transaction.dailyPlan.count({ where: { ownerId } })) >= mostDailyPlans) throw full(mostDailyPlans, 'daily plans', 'deleteDailyPlan');
  const week = await findWeeklyPlan(transaction, planner, date);
  const data = { id: planner.newId(), ownerId, date: databaseDate(date), weeklyPlanId: week?.id ?? null, createdAt: now, updatedAt: now };
  return dailyPlanOf(await transaction.dailyPlan.create({ data }));
}

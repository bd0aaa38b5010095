import type { Prisma } from '../../../prisma/generated/client.ts';
import { AppError } from '../../base/errors.ts';
import { linkDays } from '../plan/ensure-plans.ts';
import { positionBeside, positionsAtEnd, type ItemList } from '../plan-item/positions.ts';
import { calendarDate } from '../planner/calendar.ts';
import type { Planner } from '../planner/planner-row.ts';
import { restoreSeries } from './series.ts';
import type { UndoLog, UndoStep } from './undo-log.ts';

type Transaction = Prisma.TransactionClient;
type Row = NonNullable<UndoStep['before']>;

/** What restoring leaves as it is: who owns a row does not change, and its version goes on. */
const own = new Set(['id', 'owner_id', 'version', 'created_at', 'updated_at']);
const placeColumns = new Set(['daily_plan_id', 'weekly_plan_id', 'position']);

// They come from `to_jsonb` of a row, and go into SQL.
const isColumn = (name: string): boolean => /^[a-z_]+$/.test(name);

const text = (row: Row, name: string): string | null => {
  const value = row[name];
  return typeof value === 'string' ? value : null;
};

const listOf = (row: Row): ItemList => ({ dailyPlanId: text(row, 'daily_plan_id'), weeklyPlanId: text(row, 'weekly_plan_id') });

/** Whether the place where an item was is as it was, so that its position says the same as then. */
async function isPlaceFree(
  transaction: Transaction,
  planner: Planner,
  id: string,
  position: string,
  list: ItemList,
  { previous, next }: NonNullable<UndoStep['place']>,
) {
  const neighbours = [previous, next].filter((neighbour) => neighbour !== null);
  const there = await transaction.planItem.findMany({
    where: { ownerId: planner.userId, ...list, OR: [{ id: { in: neighbours.map((neighbour) => neighbour.id) } }, { position }] },
    select: { id: true, position: true },
  });
  return there.every(
    (item) => item.id === id || neighbours.some((neighbour) => neighbour.id === item.id && neighbour.position === item.position && item.position !== position),
  );
}

/** Where an item goes back to: exactly where it was, or beside what it stood beside where the list was changed since. */
async function positionOf(transaction: Transaction, planner: Planner, step: UndoStep, row: Row): Promise<string> {
  const position = text(row, 'position') ?? '';
  const list = listOf(row);
  const place = step.place ?? { previous: null, next: null };
  if (await isPlaceFree(transaction, planner, step.id, position, list, place)) return position;
  for (const [neighbour, side] of [
    [place.previous, 'AFTER'],
    [place.next, 'BEFORE'],
  ] as const) {
    if (neighbour === null) continue;
    const isThere = (await transaction.planItem.count({ where: { id: neighbour.id, ownerId: planner.userId, ...list } })) > 0;
    if (isThere) return positionBeside(transaction, planner, list, neighbour.id, side, step.id);
  }
  return (await positionsAtEnd(transaction, planner, list, 1, step.id))[0] ?? '';
}

async function update(transaction: Transaction, planner: Planner, { table, id }: UndoStep, row: Row, isPlaceKept: boolean): Promise<void> {
  const names = Object.keys(row).filter((name) => isColumn(name) && !own.has(name) && !(isPlaceKept && placeColumns.has(name)));
  const assignments = names.map((name) => `"${name}" = old."${name}"`);
  await transaction.$executeRawUnsafe(
    `UPDATE ${table} t SET ${assignments.join(', ')}, version = t.version + 1, updated_at = $3::timestamptz
     FROM jsonb_populate_record(NULL::${table}, $2::jsonb) AS old WHERE t.id = $1::uuid AND t.owner_id = $4::uuid`,
    id,
    JSON.stringify(row),
    planner.now,
    planner.userId,
  );
}

async function insert(transaction: Transaction, table: UndoStep['table'] | 'item_carries', row: Row): Promise<void> {
  const names = Object.keys(row)
    .filter(isColumn)
    .map((name) => `"${name}"`);
  await transaction.$executeRawUnsafe(
    `INSERT INTO ${table} (${names.join(', ')}) SELECT ${names.join(', ')} FROM jsonb_populate_record(NULL::${table}, $1::jsonb)`,
    JSON.stringify(row),
  );
}

/** Gives a goal back what belonged to it, as far as that belongs to nothing else by now. */
async function relink(transaction: Transaction, planner: Planner, goalId: string, links: NonNullable<UndoStep['links']>): Promise<void> {
  const changed = { version: { increment: 1 }, updatedAt: planner.now };
  const mine = { ownerId: planner.userId };
  await transaction.goal.updateMany({ where: { id: { in: links.goals }, parentId: null, ...mine }, data: { parentId: goalId, ...changed } });
  await transaction.planItem.updateMany({ where: { id: { in: links.plan_items }, goalId: null, ...mine }, data: { goalId, ...changed } });
  await transaction.recurrence.updateMany({ where: { id: { in: links.recurrences }, goalId: null, ...mine }, data: { goalId } });
  await transaction.conversation.updateMany({
    where: { id: { in: links.conversations }, goalId: null, weeklyPlanId: null, dailyPlanId: null, sessionId: null, ...mine },
    data: { goalId },
  });
}

/** Takes away what was made. @throws AppError CONFLICT for a goal that something else belongs to by now */
async function remove(transaction: Transaction, planner: Planner, { table, id }: UndoStep): Promise<void> {
  const where = { id, ownerId: planner.userId };
  if (table === 'plan_items') {
    await transaction.planItem.deleteMany({ where });
    return;
  }
  if (table !== 'goals') return;
  const belongings = (await transaction.planItem.count({ where: { goalId: id } })) + (await transaction.goal.count({ where: { parentId: id } }));
  const conversations = await transaction.conversation.count({ where: { goalId: id } });
  if (belongings + conversations > 0) {
    const goal = await transaction.goal.findUnique({ where: { id }, select: { title: true } });
    throw new AppError(
      'CONFLICT',
      `By now other things belong to the goal "${goal?.title ?? ''}" that this proposal made; take them from it first. Nothing was undone.`,
    );
  }
  await transaction.goal.deleteMany({ where });
}

const blank = { summary: null, status: 'DRAFT' } as const;

/**
 * Restores one row.
 *
 * @throws AppError CONFLICT for a goal that was made and that something else belongs to by now
 */
export async function restore(transaction: Transaction, planner: Planner, step: UndoStep): Promise<void> {
  const { table, id, before } = step;
  if (table === 'recurrences') return restoreSeries(transaction, planner, step);
  if (before === null) {
    const changed = { version: { increment: 1 }, updatedAt: planner.now };
    const where = { id, ownerId: planner.userId };
    if (table === 'weekly_plans') await transaction.weeklyPlan.updateMany({ where, data: { ...blank, focusAreas: [], ...changed } });
    else if (table === 'daily_plans') await transaction.dailyPlan.updateMany({ where, data: { ...blank, ...changed } });
    else await remove(transaction, planner, step);
    return;
  }
  const row = step.place === null ? before : { ...before, position: await positionOf(transaction, planner, step, before) };
  const found = await transaction.$queryRawUnsafe<unknown[]>(`SELECT 1 FROM ${table} WHERE id = $1::uuid AND owner_id = $2::uuid`, id, planner.userId);
  if (found.length > 0) return update(transaction, planner, step, row, step.place === null);
  await insert(transaction, table, { ...row, version: Number(before['version']) + 1, updated_at: planner.now.toISOString() });
  for (const carry of step.carries) await insert(transaction, 'item_carries', carry);
  if (step.links !== null) await relink(transaction, planner, id, step.links);
}

/** Takes away the plans that were made on the way and hold nothing by now. @returns those that went */
export async function removeMadePlans(transaction: Transaction, planner: Planner, madePlans: UndoLog['madePlans']): Promise<UndoLog['madePlans']> {
  const unused = { ...blank, ownerId: planner.userId, items: { none: {} }, conversations: { none: {} } };
  const gone: UndoLog['madePlans'] = [];
  for (const { table, id } of madePlans.toReversed()) {
    if (table === 'daily_plans') {
      const { count } = await transaction.dailyPlan.deleteMany({ where: { id, ...unused } });
      if (count > 0) gone.push({ table, id });
      continue;
    }
    const plan = await transaction.weeklyPlan.findFirst({ where: { id, ...unused, focusAreas: { isEmpty: true } }, select: { weekStart: true } });
    if (plan === null) continue;
    await linkDays(transaction, planner, calendarDate(plan.weekStart), id);
    await transaction.weeklyPlan.delete({ where: { id }, select: { id: true } });
    gone.push({ table, id });
  }
  return gone;
}

import type { Prisma } from '../../../prisma/generated/client.ts';
import type { Planner } from '../planner/planner-row.ts';
import { versionKeyOf, type Operation, type RecordType } from './operation.ts';
import type { UndoLog, UndoStep } from './undo-log.ts';

type Transaction = Prisma.TransactionClient;

const tables = { GOAL: 'goals', ITEM: 'plan_items', WEEK: 'weekly_plans', DAY: 'daily_plans' } as const;
const days = { WEEK: 'week_start', DAY: 'date' } as const;

type Row = NonNullable<UndoStep['before']>;

const single = async (transaction: Transaction, text: string, ...values: readonly unknown[]): Promise<Row | null> =>
  (await transaction.$queryRawUnsafe<{ row: Row }[]>(text, ...values))[0]?.row ?? null;

/** A record as its row is stored; null when there is none. */
async function rowOf(transaction: Transaction, planner: Planner, type: RecordType, { recordId, after }: Operation): Promise<Row | null> {
  if (after?.type === 'WEEK') return planRow(transaction, planner, 'WEEK', after.weekStart);
  if (after?.type === 'DAY') return planRow(transaction, planner, 'DAY', after.date);
  if (recordId === null) return null;
  return single(transaction, `SELECT to_jsonb(t) AS row FROM ${tables[type]} t WHERE t.id = $1::uuid AND t.owner_id = $2::uuid`, recordId, planner.userId);
}

function planRow(transaction: Transaction, planner: Planner, type: 'WEEK' | 'DAY', date: string): Promise<Row | null> {
  return single(
    transaction,
    `SELECT to_jsonb(t) AS row FROM ${tables[type]} t WHERE t.owner_id = $1::uuid AND t.${days[type]} = $2::date`,
    planner.userId,
    date,
  );
}

// Of two at the same place the id decides, as everywhere.
const placeText = `
  SELECT json_build_object(
    'previous', (SELECT json_build_object('id', o.id, 'position', o.position) FROM plan_items o
      WHERE o.owner_id = i.owner_id AND o.daily_plan_id IS NOT DISTINCT FROM i.daily_plan_id AND o.weekly_plan_id IS NOT DISTINCT FROM i.weekly_plan_id
        AND (o.position, o.id) < (i.position, i.id) ORDER BY o.position DESC, o.id DESC LIMIT 1),
    'next', (SELECT json_build_object('id', o.id, 'position', o.position) FROM plan_items o
      WHERE o.owner_id = i.owner_id AND o.daily_plan_id IS NOT DISTINCT FROM i.daily_plan_id AND o.weekly_plan_id IS NOT DISTINCT FROM i.weekly_plan_id
        AND (o.position, o.id) > (i.position, i.id) ORDER BY o.position, o.id LIMIT 1)
  ) AS place FROM plan_items i WHERE i.id = $1::uuid`;

async function placeOf(transaction: Transaction, id: string): Promise<UndoStep['place']> {
  return (await transaction.$queryRawUnsafe<{ place: NonNullable<UndoStep['place']> }[]>(placeText, id))[0]?.place ?? null;
}

async function carriesOf(transaction: Transaction, id: string): Promise<Row[]> {
  const rows = await transaction.$queryRawUnsafe<{ row: Row }[]>('SELECT to_jsonb(c) AS row FROM item_carries c WHERE c.item_id = $1::uuid ORDER BY c.id', id);
  return rows.map(({ row }) => row);
}

async function linksOf(transaction: Transaction, goalId: string): Promise<UndoStep['links']> {
  const ids = async (text: string): Promise<string[]> => (await transaction.$queryRawUnsafe<{ id: string }[]>(text, goalId)).map(({ id }) => id);
  return {
    goals: await ids('SELECT id FROM goals WHERE parent_id = $1::uuid'),
    plan_items: await ids('SELECT id FROM plan_items WHERE goal_id = $1::uuid'),
    recurrences: await ids('SELECT id FROM recurrences WHERE goal_id = $1::uuid'),
    conversations: await ids('SELECT id FROM conversations WHERE goal_id = $1::uuid'),
  };
}

/** What is kept of a record before an operation changes it. */
export async function snapshotBefore(transaction: Transaction, planner: Planner, index: number, operation: Operation): Promise<Omit<UndoStep, 'id'>> {
  const { kind, recordId } = operation;
  const type = (operation.after ?? operation.before)?.type ?? 'ITEM';
  const isItem = type === 'ITEM' && recordId !== null;
  return {
    index,
    table: tables[type],
    before: await rowOf(transaction, planner, type, operation),
    place: isItem && (kind === 'MOVE_ITEM' || kind === 'DELETE_ITEM') ? await placeOf(transaction, recordId) : null,
    carries: isItem && kind === 'DELETE_ITEM' ? await carriesOf(transaction, recordId) : [],
    links: kind === 'DELETE_GOAL' && recordId !== null ? await linksOf(transaction, recordId) : null,
  };
}

// What was only moved aside in this transaction has its row, too: it is older than the mark.
const madeSince = `owner_id = $1::uuid AND xmin = pg_current_xact_id()::xid AND created_at = $2::timestamptz AND id > $3::uuid`;

/**
 * What a transaction has made on the way: plans for items, and items besides those that are known, as a recurrence makes the next one when one
 * is done.
 *
 * @param mark an id that was made before any of them: ids sort by the time they were made
 */
export async function madeBesides(
  transaction: Transaction,
  planner: Planner,
  mark: string,
  knownItems: readonly string[],
): Promise<{ readonly itemIds: readonly string[]; readonly madePlans: UndoLog['madePlans'] }> {
  const idsIn = async (table: 'plan_items' | 'weekly_plans' | 'daily_plans'): Promise<readonly string[]> => {
    const text = `SELECT id FROM ${table} WHERE ${madeSince} ORDER BY id`;
    return (await transaction.$queryRawUnsafe<{ id: string }[]>(text, planner.userId, planner.now, mark)).map(({ id }) => id);
  };
  const weeks = await idsIn('weekly_plans');
  const days = await idsIn('daily_plans');
  return {
    itemIds: (await idsIn('plan_items')).filter((id) => !knownItems.includes(id)),
    madePlans: [...weeks.map((id) => ({ table: 'weekly_plans' as const, id })), ...days.map((id) => ({ table: 'daily_plans' as const, id }))],
  };
}

/** The names of what operations change, each once. */
export function keysOf(operations: readonly Operation[]): readonly string[] {
  return [...new Set(operations.flatMap((operation) => versionKeyOf(operation) ?? []))];
}

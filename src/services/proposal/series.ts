import type { Prisma } from '../../../prisma/generated/client.ts';
import type { Planner } from '../planner/planner-row.ts';
import type { Operation } from './operation.ts';
import type { UndoStep } from './undo-log.ts';

type Transaction = Prisma.TransactionClient;
type Row = NonNullable<UndoStep['before']>;

/** What an operation on an item may change of the series that the item belongs to. */
export interface SeriesBefore {
  readonly id: string;
  readonly excludedDates: readonly string[];
  readonly madeThrough: string | null;
  /** Its items that nobody has touched, which it may take back. */
  readonly untouched: readonly Row[];
}

const text = `
  SELECT r.id, to_json(r.excluded_dates) AS "excludedDates", r.made_through::text AS "madeThrough",
    (SELECT coalesce(json_agg(to_jsonb(i) ORDER BY i.id), '[]') FROM plan_items i WHERE i.recurrence_id = r.id AND i.status = 'TODO' AND i.version = 1) AS untouched
  FROM recurrences r WHERE r.owner_id = $2::uuid AND r.id = $1::uuid`;

const read = async (transaction: Transaction, planner: Planner, id: string): Promise<SeriesBefore | null> =>
  (await transaction.$queryRawUnsafe<SeriesBefore[]>(text, id, planner.userId))[0] ?? null;

/** The series of the item that an operation changes; null where there is none. */
export async function seriesBefore(transaction: Transaction, planner: Planner, { recordId, before }: Operation): Promise<SeriesBefore | null> {
  if (before?.type !== 'ITEM' || recordId === null) return null;
  const item = await transaction.planItem.findFirst({ where: { id: recordId, ownerId: planner.userId }, select: { recurrenceId: true } });
  return item?.recurrenceId == null ? null : read(transaction, planner, item.recurrenceId);
}

/** What an operation changed of a series, as steps to undo it; none where it is as it was. */
export async function seriesSteps(
  transaction: Transaction,
  planner: Planner,
  index: number,
  before: SeriesBefore | null,
  itemId: string,
): Promise<readonly UndoStep[]> {
  const after = before === null ? null : await read(transaction, planner, before.id);
  if (before === null || after === null) return [];
  const none = { index, place: null, carries: [], links: null };
  const there = await transaction.planItem.findMany({ where: { id: { in: before.untouched.map((row) => String(row['id'])) } }, select: { id: true } });
  const kept = new Set([...there.map(({ id }) => id), itemId]);
  const taken = before.untouched.filter((row) => !kept.has(String(row['id'])));
  const steps = taken.map((row): UndoStep => ({ ...none, table: 'plan_items', id: String(row['id']), before: row, place: { previous: null, next: null } }));
  const addedDates = after.excludedDates.filter((date) => !before.excludedDates.includes(date));
  if (addedDates.length === 0 && after.madeThrough === before.madeThrough) return steps;
  const series = { addedDates, madeThrough: before.madeThrough, madeThroughAfter: after.madeThrough };
  return [...steps, { ...none, table: 'recurrences', id: before.id, before: null, series }];
}

/** Gives a series back what an operation changed of it, and leaves what was changed of it since. */
export async function restoreSeries(transaction: Transaction, planner: Planner, { id, series }: UndoStep): Promise<void> {
  if (series === undefined) return;
  await transaction.$executeRawUnsafe(
    `UPDATE recurrences SET updated_at = $6::timestamptz,
       excluded_dates = ARRAY(SELECT day FROM unnest(excluded_dates) AS day WHERE NOT day = ANY($3::date[]) ORDER BY day),
       made_through = CASE WHEN made_through IS NOT DISTINCT FROM $5::date THEN $4::date ELSE made_through END
     WHERE id = $1::uuid AND owner_id = $2::uuid`,
    id,
    planner.userId,
    series.addedDates,
    series.madeThrough,
    series.madeThroughAfter,
    planner.now,
  );
}

import type { Prisma } from '../../../prisma/generated/client.ts';
import { notFound } from '../../base/errors.ts';
import { addDays, databaseDate, lastCalendarDate, type CalendarDate } from '../planner/calendar.ts';
import type { Planner } from '../planner/planner-row.ts';
import { nextOccurrence } from './occurrences.ts';
import { readRecurrences, ruleOf, type RecurrenceRow } from './recurrence-row.ts';
import { formatRule } from './rule.ts';

type Transaction = Prisma.TransactionClient;

/** A series of the person whose planner it is. @throws AppError NOT_FOUND */
export async function requireSeries(transaction: Transaction, planner: Planner, id: string): Promise<RecurrenceRow> {
  const [series] = await readRecurrences(transaction, planner.userId, [id]);
  if (series === undefined) throw notFound('Recurrence');
  return series;
}

/**
 * The unfinished items of a series that were made for a day or a later one.
 *
 * @param from all of them when null
 * @param exceptId an item that does not count
 */
export async function unfinishedFrom(transaction: Transaction, series: RecurrenceRow, from: CalendarDate | null, exceptId: string): Promise<readonly string[]> {
  const rows = await transaction.planItem.findMany({
    where: {
      recurrenceId: series.id,
      id: { not: exceptId },
      status: { in: ['TODO', 'IN_PROGRESS'] },
      ...(from !== null && { occurrenceDate: { gte: databaseDate(from) } }),
    },
    orderBy: [{ occurrenceDate: 'asc' }, { id: 'asc' }],
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

/** Has a series make no item after a day, should it go on until then. Its items stay. */
export async function endSeriesIn(transaction: Transaction, planner: Planner, series: RecurrenceRow, lastDate: CalendarDate): Promise<RecurrenceRow> {
  const rule = ruleOf(series);
  const isOver =
    series.mode === 'SCHEDULED' ? nextOccurrence(rule, series.startDate, addDays(lastDate, 1)) === null : rule.until !== null && rule.until <= lastDate;
  if (isOver) return series;
  const ended = formatRule({ ...rule, count: null, until: lastDate });
  const madeThrough = series.madeThrough < lastDate ? series.madeThrough : lastCalendarDate;
  const data = { rule: ended, madeThrough: databaseDate(madeThrough), updatedAt: planner.now };
  await transaction.recurrence.update({ where: { id: series.id }, data, select: { id: true } });
  return { ...series, rule: ended, madeThrough };
}

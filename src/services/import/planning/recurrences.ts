import { AppError, messageOf } from '../../../base/errors.ts';
import type { CarryDocument, RecurrenceDocument } from '../../export-archive/planning-formats.ts';
import { longestBody, longestTitle } from '../../goal/goal-input.ts';
import { addDays, databaseDate } from '../../planner/calendar.ts';
import { formatRule, parseRule } from '../../recurrence/rule.ts';
import { mostSeries } from '../../recurrence/start-series.ts';
import { cleanBody, cleanMoments, fitting, idOf, idsHere, missing, named, type Writing } from './writing.ts';

/** A series that began earlier would be counted through from its start each time that its days are asked for. */
const longestPastDays = 20 * 366;
/** How far back the items of a series are made that were not made there. */
const longestMissingDays = 366;
const mostExcludedDates = 3_650;
const mostCarries = 100_000;

/** The rule as it is stored; null where it is none. */
function cleanRule({ tell }: Writing, { rule, mode }: RecurrenceDocument): string | null {
  try {
    return formatRule(parseRule(rule, mode, []));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    tell(`A series was left out: ${messageOf(error)}`);
    return null;
  }
}

/** Writes series that are not here yet. Their items come by themselves. @returns how many are new */
export async function writeRecurrences(writing: Writing, documents: readonly RecurrenceDocument[]): Promise<number> {
  const { transaction, planner, cleaner, tell } = writing;
  const { userId: ownerId, today } = planner;
  const here = await idsHere(
    writing,
    'recurrence',
    documents.map(({ id }) => id),
  );
  const goals = await idsHere(
    writing,
    'goal',
    named(documents, ({ goalId }) => [goalId]),
  );
  const room = mostSeries - (await transaction.recurrence.count({ where: { ownerId } }));
  const rows = fitting(writing, missing(documents, here), room, 'series', mostSeries).flatMap((document) => {
    const { mode, startDate, excludedDates, priority, estimateMinutes, startTime, goalId } = document;
    const title = cleaner.label(document.title, longestTitle);
    const rule = cleanRule(writing, document);
    if (rule === null || title === null || startDate < addDays(today, -longestPastDays)) {
      if (rule !== null) tell('A series without a title, or one that began more than twenty years ago, was left out.');
      return [];
    }
    if (goalId !== null && !goals.has(goalId)) tell('The goal of a series is not here; it has none.');
    if (excludedDates.length > mostExcludedDates)
      tell(`Of a series the last ${mostExcludedDates.toLocaleString('en')} days that it leaves out were taken over.`);
    const earliest = addDays(today, -longestMissingDays);
    const madeThrough = (document.madeThrough ?? startDate) < earliest ? earliest : document.madeThrough;
    return {
      ownerId,
      rule,
      mode,
      title,
      priority,
      estimateMinutes,
      startTime,
      id: idOf(writing, here, 'recurrence', document.id),
      startDate: databaseDate(startDate),
      excludedDates: excludedDates.slice(-mostExcludedDates).map(databaseDate),
      madeThrough: madeThrough === null ? null : databaseDate(madeThrough),
      notes: cleanBody(writing, document.notes, longestBody),
      goalId: goalId === null ? null : (goals.get(goalId) ?? null),
      ...cleanMoments(writing, document),
    };
  });
  return (await transaction.recurrence.createMany({ data: rows })).count;
}

/** Writes how items were carried on, of those that are here. @returns how many are new */
export async function writeCarries(writing: Writing, documents: readonly CarryDocument[]): Promise<number> {
  const { transaction, planner, cleaner, tell } = writing;
  const ownerId = planner.userId;
  const here = await idsHere(
    writing,
    'itemCarry',
    documents.map(({ id }) => id),
  );
  const items = await idsHere(
    writing,
    'planItem',
    named(documents, ({ itemId, copyId }) => [itemId, copyId]),
  );
  const absent = missing(documents, here);
  const known = absent.filter(({ itemId }) => items.has(itemId));
  if (known.length < absent.length) tell('How an item was carried on that is not here was left out.', absent.length - known.length);
  const room = mostCarries - (await transaction.itemCarry.count({ where: { ownerId } }));
  const rows = fitting(writing, known, room, 'notes on how items were carried on', mostCarries).map((document) => ({
    id: idOf(writing, here, 'itemCarry', document.id),
    ownerId,
    itemId: idOf(writing, items, 'planItem', document.itemId),
    fromDate: databaseDate(document.fromDate),
    toDate: databaseDate(document.toDate),
    policy: document.policy,
    copyId: document.copyId === null ? null : idOf(writing, items, 'planItem', document.copyId),
    isAutomatic: document.isAutomatic,
    createdAt: cleaner.past(document.createdAt, planner.now),
  }));
  return (await transaction.itemCarry.createMany({ data: rows })).count;
}

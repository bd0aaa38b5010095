import { z } from 'zod';
import type { Prisma } from '../../../prisma/generated/client.ts';
import { AppError, badInput } from '../../base/errors.ts';
import { databaseDate, type CalendarDate } from '../planner/calendar.ts';
import type { InputPath } from '../planner/input.ts';
import type { Planner } from '../planner/planner-row.ts';
import { firstOccurrence } from './occurrences.ts';
import type { RecurrenceRow, RecurrenceTemplate } from './recurrence-row.ts';
import { formatRule, parseRule, type Rule, type RuleMode } from './rule.ts';

/** How many series one person may have. */
export const mostSeries = 200;
/** How many days ago a series may have begun. */
const longestPast = 366;

/** How an item is to recur. */
export interface RecurrenceInput {
  /** The value of an RRULE of RFC 5545. */
  readonly rule: string;
  readonly mode?: RuleMode | null | undefined;
}

/** How an item is to recur, checked. */
export interface ParsedRecurrence {
  readonly rule: Rule;
  readonly mode: RuleMode;
}

const modes = z.enum(['SCHEDULED', 'AFTER_COMPLETION']);

/** How an item is to recur, checked. @param path of the input itself @throws AppError BAD_USER_INPUT */
export function parseRecurrence({ rule, mode }: RecurrenceInput, path: InputPath): ParsedRecurrence {
  const parsed = modes.parse(mode ?? 'SCHEDULED');
  return { rule: parseRule(rule, parsed, [...path, 'rule'].map(String)), mode: parsed };
}

/** The first day of a rule on a day or after it. @throws AppError BAD_USER_INPUT for a rule that makes none */
export function requireFirst({ rule, mode }: ParsedRecurrence, date: CalendarDate, path: InputPath): CalendarDate {
  const isInTime = rule.until === null || rule.until >= date;
  const first = mode === 'AFTER_COMPLETION' ? (isInTime ? date : null) : firstOccurrence(rule, date);
  if (first !== null) return first;
  throw badInput([...path, 'rule'], `The recurrence rule ${formatRule(rule)} makes no day in the ten years from ${date} on. Change the rule, or the day.`);
}

/**
 * Begins a series. Its items are still to be made.
 *
 * @param startDate the day of its first item, one of the rule
 * @throws AppError CONFLICT for a person who has as many series as are allowed; BAD_USER_INPUT for a start that is long past
 */
export async function insertSeries(
  transaction: Prisma.TransactionClient,
  planner: Planner,
  template: RecurrenceTemplate,
  { rule, mode }: ParsedRecurrence,
  startDate: CalendarDate,
  path: InputPath,
): Promise<RecurrenceRow> {
  const { userId: ownerId, now, today } = planner;
  if ((Date.parse(today) - Date.parse(startDate)) / 86_400_000 > longestPast) {
    throw badInput(path, `A series may begin up to ${longestPast} days ago, and ${startDate} is before that. Begin it on a later day.`);
  }
  if ((await transaction.recurrence.count({ where: { ownerId } })) >= mostSeries) {
    throw new AppError(
      'CONFLICT',
      `You have ${mostSeries} series, as many as are allowed; delete one that you do not need, with "deletePlanItem" and the scope ALL.`,
    );
  }
  const { title, notes, goalId, priority, estimateMinutes, startTime } = template;
  const facts = {
    id: planner.newId(),
    rule: formatRule(rule),
    mode,
    title,
    notes,
    goalId,
    priority,
    estimateMinutes,
    startTime,
    createdAt: now,
    updatedAt: now,
  };
  await transaction.recurrence.create({
    data: { ...facts, ownerId, startDate: databaseDate(startDate), madeThrough: databaseDate(startDate) },
    select: { id: true },
  });
  return { ...facts, startDate, excludedDates: [], madeThrough: startDate };
}

import { z } from 'zod';
import { badInput } from '../../base/errors.ts';
import { parseInput } from '../../base/validate.ts';
import { longestBody, longestTitle } from '../goal/goal-input.ts';
import { priorities, type Priority } from '../goal/goal-row.ts';
import { bodyText, dateInput, lineText, minutesInput, present, refuseNull, timeInput, type InputPath } from '../planner/input.ts';
import type { RecurrenceInput } from '../recurrence/start-series.ts';
import { itemStatuses, type ItemStatus } from './item-row.ts';

/** How many minutes an item may be estimated at, or have taken: a week. */
export const mostMinutes = 10_080;

const fields = {
  title: lineText(longestTitle),
  notes: bodyText(longestBody).exactOptional(),
  status: z.enum(itemStatuses).exactOptional(),
  priority: z.enum(priorities).exactOptional(),
  goalId: z.uuid().nullable().exactOptional(),
  estimateMinutes: minutesInput(1, mostMinutes).nullable().exactOptional(),
  actualMinutes: minutesInput(0, mostMinutes).nullable().exactOptional(),
  startTime: timeInput.nullable().exactOptional(),
};

const newItem = z.object({ ...fields, date: dateInput.nullish(), week: dateInput.nullish() });
const changes = z.object({ ...fields, title: fields.title.exactOptional() });

/** What an item is to be like; what is absent stays or takes its default, null clears. */
export interface PlanItemInput {
  readonly title?: string | null | undefined;
  readonly notes?: string | null | undefined;
  readonly status?: ItemStatus | null | undefined;
  readonly priority?: Priority | null | undefined;
  readonly goalId?: string | null | undefined;
  readonly estimateMinutes?: number | null | undefined;
  readonly actualMinutes?: number | null | undefined;
  readonly startTime?: string | null | undefined;
}

/** What a new item is to be like, and where it stands: on a day, in the week that a day lies in, or in no plan. */
export interface NewPlanItem extends PlanItemInput {
  readonly date?: string | null | undefined;
  readonly week?: string | null | undefined;
  /** How it recurs; its own is the first day. */
  readonly recurrence?: RecurrenceInput | null | undefined;
}

/** Where to move an item: exactly one of these. */
export interface ItemTarget {
  /** The item that it is to stand right before. */
  readonly before?: string | null | undefined;
  /** The item that it is to stand right after. */
  readonly after?: string | null | undefined;
  readonly toDate?: string | null | undefined;
  /** Any day of the week. */
  readonly toWeek?: string | null | undefined;
  readonly toDailyPlanId?: string | null | undefined;
  readonly toWeeklyPlanId?: string | null | undefined;
  readonly unplanned?: boolean | null | undefined;
}

/** A target, checked. */
export type ParsedTarget =
  | { readonly kind: 'BEFORE' | 'AFTER'; readonly id: string }
  | { readonly kind: 'DAILY_PLAN' | 'WEEKLY_PLAN'; readonly id: string }
  | { readonly kind: 'DATE' | 'WEEK'; readonly date: string }
  | { readonly kind: 'UNPLANNED' };

const needed = ['title', 'status', 'priority'];

/** A new item, checked. @throws AppError BAD_USER_INPUT */
export function parseNewItem(input: NewPlanItem, path: InputPath) {
  refuseNull({ ...input }, needed, path);
  const values = parseInput(newItem, present(input), path);
  if (values.date != null && values.week != null) throw badInput([...path, 'week'], 'Give either "date" or "week", not both: an item stands in one plan.');
  return values;
}

/** Changes of an item, checked. @throws AppError BAD_USER_INPUT */
export function parseItemChanges(input: PlanItemInput, path: InputPath) {
  refuseNull({ ...input }, needed, path);
  return parseInput(changes, present(input), path);
}

/** Where to move an item, checked. @throws AppError BAD_USER_INPUT */
export function parseTarget(target: ItemTarget, path: InputPath): ParsedTarget {
  const { before, after, toDate, toWeek, toDailyPlanId, toWeeklyPlanId, unplanned } = target;
  const found: ParsedTarget[] = [];
  if (before != null) found.push({ kind: 'BEFORE', id: before });
  if (after != null) found.push({ kind: 'AFTER', id: after });
  if (toDate != null) found.push({ kind: 'DATE', date: parseInput(dateInput, toDate, [...path, 'toDate']) });
  if (toWeek != null) found.push({ kind: 'WEEK', date: parseInput(dateInput, toWeek, [...path, 'toWeek']) });
  if (toDailyPlanId != null) found.push({ kind: 'DAILY_PLAN', id: toDailyPlanId });
  if (toWeeklyPlanId != null) found.push({ kind: 'WEEKLY_PLAN', id: toWeeklyPlanId });
  if (unplanned === true) found.push({ kind: 'UNPLANNED' });
  const [only, ...others] = found;
  if (only === undefined || others.length > 0) {
    throw badInput(
      path,
      `Say where to move the item by exactly one of "before", "after", "toDate", "toWeek", "toPlanId" and "unplanned: true"; ${found.length} were given.`,
    );
  }
  return only;
}

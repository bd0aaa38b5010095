import { z } from 'zod';
import { badInput } from '../../base/errors.ts';
import { sortedCursors, type Page, type SortedPlace } from '../../base/page.ts';
import { parseInput } from '../../base/validate.ts';
import { priorities, type Priority } from '../goal/goal-row.ts';
import { wantedText } from '../planner/input.ts';
import type { Planner } from '../planner/planner-row.ts';
import { byteKey, dateKey, enumKey, momentKey, sortedSql, textKey, type SortDirection } from '../sorted-list.ts';
import { planItemColumns, planItemSource, type ItemStatus } from './item-row.ts';

/** What items can be ordered by. Within a plan their order is that of their positions. */
export const planItemSorts = {
  CREATED_AT: momentKey('i.created_at'),
  DATE: dateKey('d.date', true),
  POSITION: byteKey('i.position'),
  PRIORITY: enumKey('i.priority', '"Priority"', priorities),
  TITLE: textKey('i.title'),
} as const;

/** An order of items. */
export interface PlanItemOrder {
  readonly field: keyof typeof planItemSorts;
  readonly direction: SortDirection;
}

/** Which items to list; what is absent or null does not matter. */
export interface PlanItemFilter {
  readonly status?: readonly ItemStatus[] | null | undefined;
  readonly priority?: readonly Priority[] | null | undefined;
  readonly goalId?: string | null | undefined;
  /** Those on this day or a later one. */
  readonly from?: string | null | undefined;
  /** Those on this day or an earlier one. */
  readonly to?: string | null | undefined;
  /** Whether they stand in no plan. */
  readonly isUnplanned?: boolean | null | undefined;
  /** Whether they are unfinished and their day or week is over. */
  readonly isOverdue?: boolean | null | undefined;
  readonly text?: string | null | undefined;
}

/** The order of the items of one plan. */
export const planOrder: PlanItemOrder = { field: 'POSITION', direction: 'ASC' };

/** The cursors of an order of items. */
export const planItemCursors = ({ field, direction }: PlanItemOrder) => sortedCursors(`items ${field} ${direction}`, planItemSorts[field].shape);

/** Unfinished items of days and weeks before a day, in SQL. One that lives on in a copy is not: the copy may be. */
const overdueSql = (today: string): string =>
  `coalesce(i.status IN ('TODO', 'IN_PROGRESS') AND (d.date < ${today}::date OR w.week_start < ${today}::date - 6), false)
   AND NOT EXISTS (SELECT 1 FROM item_carries c WHERE c.item_id = i.id AND c.copy_id IS NOT NULL)`;

/** The list as one statement. @throws AppError BAD_USER_INPUT for a text that is too long, and days in the wrong order */
export function planItemListStatement(planner: Planner, filter: PlanItemFilter, order: PlanItemOrder, page: Page<SortedPlace>) {
  const { text: wanted } = parseInput(z.object({ text: wantedText.nullish() }), { text: filter.text }, ['filter']);
  const { from, to } = filter;
  if (from != null && to != null && to < from) throw badInput(['filter', 'to'], `"to" is ${to}, before "from", which is ${from}.`);
  const values: unknown[] = [planner.userId];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ['i.owner_id = $1::uuid'];
  if (filter.status != null) conditions.push(`i.status = ANY(${parameter(filter.status)}::"ItemStatus"[])`);
  if (filter.priority != null) conditions.push(`i.priority = ANY(${parameter(filter.priority)}::"Priority"[])`);
  if (filter.goalId != null) conditions.push(`i.goal_id = ${parameter(filter.goalId)}::uuid`);
  if (from != null) conditions.push(`d.date >= ${parameter(from)}::date`);
  if (to != null) conditions.push(`d.date <= ${parameter(to)}::date`);
  if (filter.isUnplanned != null) conditions.push(`(i.daily_plan_id IS NULL AND i.weekly_plan_id IS NULL) = ${filter.isUnplanned}`);
  if (filter.isOverdue != null) conditions.push(`(${overdueSql(parameter(planner.today))}) = ${filter.isOverdue}`);
  if (wanted != null) conditions.push(`strpos(lower(concat_ws(E'\\n', i.title, i.notes)), lower(${parameter(wanted)}::text)) > 0`);
  const sorted = sortedSql(page, planItemSorts[order.field], order.direction, 'i.id', parameter);
  const text = `SELECT ${planItemColumns}, ${sorted.column} FROM ${planItemSource} WHERE ${[...conditions, ...sorted.conditions].join(' AND ')} ${sorted.tail}`;
  return { text, values };
}

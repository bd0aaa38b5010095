import { z } from 'zod';
import type { Page, SortedPlace } from '../../base/page.ts';
import { sortedCursors } from '../../base/page.ts';
import { parseInput } from '../../base/validate.ts';
import { wantedText } from '../planner/input.ts';
import { dateKey, enumKey, momentKey, sortedSql, textKey, type SortDirection } from '../sorted-list.ts';
import { goalColumns, priorities, type GoalHorizon, type GoalStatus, type Priority } from './goal-row.ts';

/** What goals can be ordered by. */
export const goalSorts = {
  CREATED_AT: momentKey('g.created_at'),
  TARGET_DATE: dateKey('g.target_date', true),
  PRIORITY: enumKey('g.priority', '"Priority"', priorities),
  TITLE: textKey('g.title'),
} as const;

/** An order of goals. */
export interface GoalOrder {
  readonly field: keyof typeof goalSorts;
  readonly direction: SortDirection;
}

/** Which goals to list; what is absent or null does not matter. */
export interface GoalFilter {
  readonly status?: readonly GoalStatus[] | null | undefined;
  readonly horizon?: readonly GoalHorizon[] | null | undefined;
  readonly priority?: readonly Priority[] | null | undefined;
  readonly parentId?: string | null | undefined;
  readonly isTopLevel?: boolean | null | undefined;
  readonly text?: string | null | undefined;
}

/** The cursors of an order of goals. */
export const goalCursors = ({ field, direction }: GoalOrder) => sortedCursors(`goals ${field} ${direction}`, goalSorts[field].shape);

/** The list as one statement. @throws AppError BAD_USER_INPUT for a text that is too long */
export function goalListStatement(userId: string, filter: GoalFilter, order: GoalOrder, page: Page<SortedPlace>) {
  const { text: wanted } = parseInput(z.object({ text: wantedText.nullish() }), { text: filter.text }, ['filter']);
  const values: unknown[] = [userId];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ['g.owner_id = $1::uuid'];
  if (filter.status != null) conditions.push(`g.status = ANY(${parameter(filter.status)}::"GoalStatus"[])`);
  if (filter.horizon != null) conditions.push(`g.horizon = ANY(${parameter(filter.horizon)}::"GoalHorizon"[])`);
  if (filter.priority != null) conditions.push(`g.priority = ANY(${parameter(filter.priority)}::"Priority"[])`);
  if (filter.parentId != null) conditions.push(`g.parent_id = ${parameter(filter.parentId)}::uuid`);
  if (filter.isTopLevel != null) conditions.push(`g.parent_id IS ${filter.isTopLevel ? 'NULL' : 'NOT NULL'}`);
  if (wanted != null) conditions.push(`strpos(lower(concat_ws(E'\\n', g.title, g.description)), lower(${parameter(wanted)}::text)) > 0`);
  const sorted = sortedSql(page, goalSorts[order.field], order.direction, 'g.id', parameter);
  const text = `SELECT ${goalColumns}, ${sorted.column} FROM goals g WHERE ${[...conditions, ...sorted.conditions].join(' AND ')} ${sorted.tail}`;
  return { text, values };
}

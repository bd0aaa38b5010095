import { z } from 'zod';
import { sortedCursors, type Page, type SortedPlace } from '../../base/page.ts';
import { parseInput } from '../../base/validate.ts';
import { wantedText } from '../planner/input.ts';
import { momentKey, sortedSql, textKey, type SortDirection } from '../sorted-list.ts';
import { sharingConditions, type SharingFilter } from '../workspace/sharing.ts';
import { newestTemplates, templateColumns } from './template-row.ts';

/** What templates can be ordered by. */
export const templateSorts = {
  CREATED_AT: momentKey('t.created_at'),
  UPDATED_AT: momentKey('t.updated_at'),
  NAME: textKey('t.name'),
} as const;

/** An order of templates. */
export interface TemplateOrder {
  readonly field: keyof typeof templateSorts;
  readonly direction: SortDirection;
}

/** Which templates to list; what is absent or null does not matter. */
export interface TemplateFilter extends SharingFilter {
  /** What name, description or text contains. */
  readonly text?: string | null | undefined;
}

/** The cursors of an order of templates. */
export const templateCursors = ({ field, direction }: TemplateOrder) => sortedCursors(`templates ${field} ${direction}`, templateSorts[field].shape);

/** The list as one statement. @throws AppError BAD_USER_INPUT for a text that is too long */
export function templateListStatement(userId: string, filter: TemplateFilter, order: TemplateOrder, page: Page<SortedPlace>) {
  const { text: wanted } = parseInput(z.object({ text: wantedText.nullish() }), { text: filter.text }, ['filter']);
  const values: unknown[] = [userId];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [...sharingConditions('t', '$1::uuid', filter, parameter)];
  if (wanted != null) conditions.push(`strpos(lower(concat_ws(E'\\n', t.name, t.description, v.text)), lower(${parameter(wanted)}::text)) > 0`);
  const sorted = sortedSql(page, templateSorts[order.field], order.direction, 't.id', parameter);
  const text = `SELECT ${templateColumns}, ${sorted.column} FROM ${newestTemplates} WHERE ${[...conditions, ...sorted.conditions].join(' AND ')} ${sorted.tail}`;
  return { text, values };
}

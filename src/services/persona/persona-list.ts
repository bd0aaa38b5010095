import { z } from 'zod';
import { sortedCursors, type Page, type SortedPlace } from '../../base/page.ts';
import { parseInput } from '../../base/validate.ts';
import { wantedText } from '../planner/input.ts';
import { momentKey, sortedSql, textKey, type SortDirection } from '../sorted-list.ts';
import { sharingConditions, type SharingFilter } from '../workspace/sharing.ts';
import { editRight, personaColumns } from './persona-row.ts';

/** What personas can be ordered by. */
export const personaSorts = {
  CREATED_AT: momentKey('p.created_at'),
  UPDATED_AT: momentKey('p.updated_at'),
  NAME: textKey('p.name'),
} as const;

/** An order of personas. */
export interface PersonaOrder {
  readonly field: keyof typeof personaSorts;
  readonly direction: SortDirection;
}

/** Which personas to list; what is absent or null does not matter. */
export interface PersonaFilter extends SharingFilter {
  /** What name, handle or description contains. */
  readonly text?: string | null | undefined;
  readonly handle?: string | null | undefined;
}

/** The cursors of an order of personas. */
export const personaCursors = ({ field, direction }: PersonaOrder) => sortedCursors(`personas ${field} ${direction}`, personaSorts[field].shape);

/** The list as one statement. @throws AppError BAD_USER_INPUT for a text that is too long */
export function personaListStatement(userId: string, filter: PersonaFilter, order: PersonaOrder, page: Page<SortedPlace>) {
  const shape = z.object({ text: wantedText.nullish(), handle: wantedText.nullish() });
  const wanted = parseInput(shape, { text: filter.text, handle: filter.handle }, ['filter']);
  const values: unknown[] = [userId];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [...sharingConditions('p', '$1::uuid', filter, parameter)];
  if (wanted.text != null) {
    conditions.push(`strpos(lower(concat_ws(E'\\n', p.name, p.handle, p.description)), lower(${parameter(wanted.text)}::text)) > 0`);
  }
  if (wanted.handle != null) conditions.push(`p.handle = lower(${parameter(wanted.handle.replace(/^@/, ''))}::text)`);
  const sorted = sortedSql(page, personaSorts[order.field], order.direction, 'p.id', parameter);
  const text = `SELECT ${personaColumns('$1::uuid')}, ${sorted.column} FROM personas p CROSS JOIN ${editRight('$1::uuid')} WHERE ${[...conditions, ...sorted.conditions].join(' AND ')} ${sorted.tail}`;
  return { text, values };
}

import { z } from 'zod';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Page, Position } from '../../base/page.ts';
import { parseInput } from '../../base/validate.ts';
import type { Statements } from '../../stores/statements.ts';
import { isOpen } from '../participation.ts';
import { conversationColumns, marksSql, type LoadedConversation } from './conversation-row.ts';
import { tag } from './tags.ts';
import { unreadSql } from './unread.ts';

/** Which conversations to list; what is absent or null does not matter, except for those in the archive. */
export interface ConversationFilter {
  readonly isArchived?: boolean | null | undefined;
  readonly isPinned?: boolean | null | undefined;
  readonly isUnread?: boolean | null | undefined;
  readonly tag?: string | null | undefined;
  readonly query?: string | null | undefined;
}

const filterShape = z.object({
  isArchived: z.boolean().nullish(),
  isPinned: z.boolean().nullish(),
  isUnread: z.boolean().nullish(),
  tag: tag.nullish(),
  query: z.string().trim().max(200, 'has at most 200 characters').nullish(),
});

/** The list has two parts, the pinned ones and below them the others. */
const pinnedPart = 1;

/** Where a conversation stands in the list of somebody. */
export function conversationPosition({ id, updatedAt, marks }: LoadedConversation): Position {
  return { at: updatedAt, id, part: marks?.isPinned === true ? pinnedPart : 0 };
}

/** The list as one statement, whose order is that of an index. Few texts: one for each combination of filters. */
function statementOf(userId: string, filter: ConversationFilter, page: Page): { readonly text: string; readonly values: readonly unknown[] } {
  const values: unknown[] = [userId];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [
    'a.user_id = $1::uuid',
    isOpen,
    // As it stands in the condition of the index.
    `a.archived_at IS ${filter.isArchived === true ? 'NOT NULL' : 'NULL'}`,
  ];
  if (filter.isPinned != null) conditions.push(`a.pinned_at IS ${filter.isPinned ? 'NOT NULL' : 'NULL'}`);
  if (filter.isUnread != null) conditions.push(`${filter.isUnread ? '' : 'NOT '}EXISTS (${unreadSql})`);
  if (filter.tag != null) conditions.push(`a.tags @> ARRAY[${parameter(filter.tag)}::text]`);
  if (filter.query != null) conditions.push(`strpos(lower(c.title), lower(${parameter(filter.query)}::text)) > 0`);
  const beyond = (position: Position | null, operator: '<' | '>'): void => {
    if (position === null) return;
    const place = [`${parameter(position.part === pinnedPart)}::boolean`, `${parameter(position.at)}::timestamptz`, `${parameter(position.id)}::uuid`];
    conditions.push(`(a.pinned_at IS NOT NULL, a.active_at, a.conversation_id) ${operator} (${place.join(', ')})`);
  };
  beyond(page.after, '<');
  beyond(page.before, '>');
  const order = page.isReversed ? 'ASC' : 'DESC';
  const text = `SELECT ${conversationColumns}, ${marksSql} AS marks FROM participants a JOIN conversations c ON c.id = a.conversation_id
    WHERE ${conditions.join(' AND ')}
    ORDER BY (a.pinned_at IS NOT NULL) ${order}, a.active_at ${order}, a.conversation_id ${order} LIMIT ${parameter(page.limit)}`;
  return { text, values };
}

/** Lists conversations. */
export function createConversationList({ statements }: { readonly statements: Statements }) {
  /**
   * The conversations of the viewer, pinned ones first, then recent ones, with the viewer's marks.
   *
   * @throws AppError BAD_USER_INPUT for a tag or a query that is too long
   */
  return async (viewer: Viewer | null, filter: ConversationFilter, page: Page): Promise<readonly LoadedConversation[]> => {
    const { userId } = requireViewer(viewer);
    const { text, values } = statementOf(userId, parseInput(filterShape, filter, ['filter']), page);
    const { rows } = await statements.query<LoadedConversation>(text, values);
    return rows;
  };
}

import { z } from 'zod';
import type { Prisma } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { notFound } from '../../base/errors.ts';
import type { Statements } from '../../stores/statements.ts';
import { isOpen } from '../participation.ts';
import { marksSql, type ConversationMarks } from './conversation-row.ts';
import { tags } from './tags.ts';
import { unreadSql } from './unread.ts';

/** What people make of their conversations: what is pinned, read, and put away. All of it is one person's, and nobody else sees it. */
export type Organising = ReturnType<typeof createOrganising>;

/** What to change; what is absent or null stays. */
export const marksInput = z.object({ isPinned: z.boolean().nullish(), isArchived: z.boolean().nullish(), tags: tags.nullish() });

/** A tag of a person, and how many conversations have it. */
export interface ConversationTag {
  readonly name: string;
  readonly count: number;
  readonly archivedCount: number;
}

/** What was said last in a conversation. */
export interface MessagePreview {
  readonly conversationId: string;
  readonly messageId: string;
  readonly role: 'USER' | 'ASSISTANT' | 'SYSTEM' | 'TOOL';
  readonly text: string;
  readonly createdAt: Date;
}

const previewLength = 200;
const mostTags = 500;

/** The beginning of a text on one line. */
function shortened(text: string): string {
  const line = [...text.replaceAll(/\s+/gu, ' ').trim()];
  return line.length <= previewLength ? line.join('') : `${line.slice(0, previewLength - 1).join('')}…`;
}

/**
 * Changes the marks of a person who takes part in a conversation.
 *
 * @returns all marks as they are now
 */
export async function changeMarks(
  transaction: Prisma.TransactionClient,
  whose: { readonly conversationId: string; readonly userId: string; readonly now: Date },
  changes: z.output<typeof marksInput>,
): Promise<ConversationMarks> {
  const [row] = await transaction.$queryRawUnsafe<{ marks: ConversationMarks }[]>(
    `UPDATE participants a SET
       pinned_at = CASE $4::boolean WHEN true THEN coalesce(a.pinned_at, $3::timestamptz) WHEN false THEN NULL ELSE a.pinned_at END,
       archived_at = CASE $5::boolean WHEN true THEN coalesce(a.archived_at, $3::timestamptz) WHEN false THEN NULL ELSE a.archived_at END,
       tags = coalesce($6::text[], a.tags)
     WHERE a.conversation_id = $1::uuid AND a.user_id = $2::uuid AND ${isOpen} RETURNING ${marksSql} AS marks`,
    whose.conversationId,
    whose.userId,
    whose.now,
    changes.isPinned ?? null,
    changes.isArchived ?? null,
    changes.tags ?? null,
  );
  if (row === undefined) throw notFound('Conversation');
  return row.marks;
}

/** Creates the service. */
export function createOrganising({ statements }: { readonly statements: Statements }) {
  return {
    /** The viewer's marks of some conversations. */
    marksOf: async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, ConversationMarks>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<{ id: string; marks: ConversationMarks }>(
        `SELECT a.conversation_id AS id, ${marksSql} AS marks FROM participants a WHERE a.user_id = $2::uuid AND a.conversation_id = ANY($1::uuid[]) AND ${isOpen}`,
        [ids, userId],
      );
      return new Map(rows.map((row) => [row.id, row.marks]));
    },

    /** How many messages of some conversations the viewer has not read, 100 for that many or more. */
    unreadCounts: async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, number>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<{ id: string; count: number }>(
        `SELECT a.conversation_id AS id, (SELECT count(*)::int FROM (${unreadSql}) AS unread) AS count FROM participants a
         WHERE a.user_id = $2::uuid AND a.conversation_id = ANY($1::uuid[]) AND ${isOpen}`,
        [ids, userId],
      );
      return new Map(rows.map((row) => [row.id, row.count]));
    },

    /** What was said last in some conversations, on the branch that people see. Those in which nothing was said are left out. */
    lastMessages: async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, MessagePreview>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<MessagePreview & { readonly conversationId: string }>(
        `SELECT a.conversation_id AS "conversationId", last.* FROM participations a CROSS JOIN LATERAL (
           SELECT m.id AS "messageId", m.role, said.text, m.created_at AS "createdAt" FROM messages m CROSS JOIN LATERAL (
             SELECT left(p.text, 1000) AS text FROM parts p WHERE p.message_id = m.id AND p.kind = 'TEXT' AND p.text ~ '\\S' ORDER BY p.position LIMIT 1
           ) said
           WHERE m.conversation_id = a.conversation_id AND m.is_active AND m.role IN ('USER', 'ASSISTANT') ORDER BY m.depth DESC LIMIT 1
         ) last WHERE a.user_id = $2::uuid AND a.conversation_id = ANY($1::uuid[])`,
        [ids, userId],
      );
      return new Map(rows.map((row) => [row.conversationId, { ...row, text: shortened(row.text) }]));
    },

    /**
     * Marks what is said as read, up to a message or all of it. An answer that is being written stays unread, for nobody has read its end.
     * What was read once stays so.
     *
     * @throws AppError NOT_FOUND when the viewer takes no part in the conversation, or the message is not in it
     */
    markRead: async (viewer: Viewer | null, input: { readonly conversationId: string; readonly messageId?: string | null | undefined }): Promise<void> => {
      const { userId } = requireViewer(viewer);
      const { conversationId, messageId = null } = input;
      const { rows } = await statements.query<{ isFound: boolean }>(
        `WITH wanted AS (
           SELECT m.created_at FROM messages m WHERE m.conversation_id = $1::uuid AND ($3::uuid IS NULL OR m.id = $3::uuid) ORDER BY m.created_at DESC LIMIT 1
         ), marked AS (
           UPDATE participants a SET read_at = greatest(a.read_at, least((SELECT created_at FROM wanted), (
             SELECT answer.created_at - interval '1 millisecond' FROM runs r JOIN messages answer ON answer.id = r.answer_id WHERE r.running_in = a.conversation_id
           ))) WHERE a.conversation_id = $1::uuid AND a.user_id = $2::uuid AND ${isOpen}
             AND ($3::uuid IS NULL OR EXISTS (SELECT 1 FROM wanted)) RETURNING 1
         )
         SELECT EXISTS (SELECT 1 FROM marked) AS "isFound"`,
        [conversationId, userId, messageId],
      );
      if (rows[0]?.isFound !== true) throw notFound(messageId === null ? 'Conversation' : 'Message');
    },

    /** The viewer's tags, in the order of the alphabet; at most 500. */
    tags: async (viewer: Viewer | null): Promise<readonly ConversationTag[]> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<ConversationTag>(
        `SELECT tag AS name, (count(*) FILTER (WHERE a.archived_at IS NULL))::int AS count, (count(*) FILTER (WHERE a.archived_at IS NOT NULL))::int AS "archivedCount"
         FROM participants a CROSS JOIN unnest(a.tags) AS tag WHERE a.user_id = $1::uuid AND ${isOpen}
         GROUP BY tag ORDER BY tag LIMIT ${mostTags}`,
        [userId],
      );
      return rows;
    },
  };
}

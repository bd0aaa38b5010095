import type { Prisma } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Statements } from '../../stores/statements.ts';
import { unreadMentionSql } from '../conversation/unread.ts';
import { isOpen } from '../participation.ts';
import { findMentions, type NamedParticipant } from './mention-names.ts';

/** Who is named in messages. */
export type Mentions = ReturnType<typeof createMentions>;

/** A message that was just said. */
export interface SaidMessage {
  readonly conversationId: string;
  readonly messageId: string;
  readonly authorId: string;
  readonly text: string;
}

const peopleOf = `
  SELECT u.id, u.username, u.full_name AS "fullName" FROM participants a JOIN users u ON u.id = a.user_id
  WHERE a.conversation_id = $1::uuid AND a.user_id <> $2::uuid AND u.deleting_since IS NULL ORDER BY a.joined_at, a.user_id`;

/**
 * Keeps whom a message mentions, as they are called and take part in this moment. In the transaction that writes the message, and after it.
 *
 * @param transaction holds the conversation locked
 */
export async function storeMentions(transaction: Pick<Prisma.TransactionClient, '$queryRawUnsafe' | '$executeRawUnsafe'>, said: SaidMessage): Promise<void> {
  if (!said.text.includes('@')) return;
  const people = await transaction.$queryRawUnsafe<{ id: string; username: string | null; fullName: string | null }[]>(
    peopleOf,
    said.conversationId,
    said.authorId,
  );
  const named = people.map(({ id, username, fullName }): NamedParticipant => ({ id, names: [username, fullName].filter((name) => name !== null) }));
  const ids = findMentions(said.text, named);
  if (ids.length === 0) return;
  await transaction.$executeRawUnsafe(
    'INSERT INTO mentions (message_id, user_id) SELECT $1::uuid, unnest($2::uuid[]) ON CONFLICT DO NOTHING',
    said.messageId,
    ids,
  );
}

/** Creates the service. */
export function createMentions({ statements }: { readonly statements: Statements }) {
  return {
    /** The ids of whom these messages mention, as far as the viewer may see the messages. */
    ofMessages: async (viewer: Viewer | null, messageIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<{ messageId: string; userId: string }>(
        `SELECT n.message_id AS "messageId", n.user_id AS "userId" FROM mentions n JOIN messages m ON m.id = n.message_id
         JOIN participations a ON a.conversation_id = m.conversation_id AND a.user_id = $2::uuid
         WHERE n.message_id = ANY($1::uuid[]) ORDER BY n.message_id, n.user_id`,
        [messageIds, userId],
      );
      const grouped = Map.groupBy(rows, ({ messageId }) => messageId);
      return new Map([...grouped].map(([messageId, found]) => [messageId, found.map((row) => row.userId)]));
    },

    /** How many messages of some conversations mention the viewer and are not read, 100 for that many or more. */
    unreadCounts: async (viewer: Viewer | null, conversationIds: readonly string[]): Promise<ReadonlyMap<string, number>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<{ id: string; count: number }>(
        `SELECT a.conversation_id AS id, (SELECT count(*)::int FROM (${unreadMentionSql}) AS unread) AS count FROM participants a
         WHERE a.user_id = $2::uuid AND a.conversation_id = ANY($1::uuid[]) AND ${isOpen}`,
        [conversationIds, userId],
      );
      return new Map(rows.map((row) => [row.id, row.count]));
    },
  };
}

import type { Message, Part } from '../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../auth/viewer.ts';
import type { Page } from '../base/page.ts';
import type { Statements } from '../stores/statements.ts';
import { keysetSql } from './keyset.ts';
import { messageColumns } from './message-columns.ts';
import { pathKeysetSql } from './branch/path-keyset.ts';
import { textOf } from './message-text.ts';

/** A message, with its text or its parts where they were read along. */
export type LoadedMessage = Message & { readonly text?: string | null; readonly parts?: readonly Part[] };

/** What is read along with messages: nothing, their text, or all their parts. */
export type ReadAlong = 'nothing' | 'text' | 'parts';

/** Reading messages and their parts. Everything is limited to conversations that the viewer takes part in. */
export type Messages = ReturnType<typeof createMessages>;

/** The data of a part as people see it: what a tool told a model may be long, and its beginning is enough. */
const visibleData = `CASE WHEN p.kind = 'TOOL_EXCHANGE' AND p.data ? 'content' THEN jsonb_set(p.data, '{content}', to_jsonb(left(p.data ->> 'content', 2001))) ELSE p.data END`;

const partColumns = `p.id, p.message_id AS "messageId", p.position, p.kind, p.text, ${visibleData} AS data`;

/** What stands beside the columns of a message; `parts` has the names of `Part`, `text` is what `textOf` makes of them. */
const besides: { readonly [along in ReadAlong]: string } = {
  nothing: '',
  text: `, (SELECT string_agg(coalesce(p.text, ''), E'\\n\\n' ORDER BY p.position) FROM parts p WHERE p.message_id = m.id AND p.kind = 'TEXT') AS text`,
  parts: `, (
  SELECT coalesce(json_agg(json_build_object(
    'id', p.id, 'messageId', p.message_id, 'position', p.position, 'kind', p.kind, 'text', p.text, 'data', ${visibleData}
  ) ORDER BY p.position), '[]') FROM parts p WHERE p.message_id = m.id
) AS parts`,
};

const isParticipant = (conversation: string, parameter: number): string =>
  `EXISTS (SELECT 1 FROM participations a WHERE a.conversation_id = ${conversation} AND a.user_id = $${parameter}::uuid)`;

/** Creates the service over the shared pool. */
export function createMessages({ statements }: { readonly statements: Statements }) {
  return {
    /** What a message says in words: its text parts, joined by blank lines. */
    textOf,

    /**
     * A page of the messages of each conversation in one statement: all of them, oldest first, or those of the branch that people see, from
     * the first one down.
     *
     * @param along what to read besides
     */
    listMany: async (
      viewer: Viewer | null,
      conversationIds: readonly string[],
      page: Page,
      along: ReadAlong,
      which: 'ALL' | 'ACTIVE' = 'ALL',
    ): Promise<ReadonlyMap<string, readonly LoadedMessage[]>> => {
      const { userId } = requireViewer(viewer);
      const keyset = which === 'ALL' ? keysetSql(page, 'ASC', 'm.created_at', 'm.id', 3) : pathKeysetSql(page, 'c.id', 3);
      const { rows } = await statements.query<LoadedMessage>(
        `SELECT found.* FROM unnest($1::uuid[]) WITH ORDINALITY AS c (id, place)
         JOIN participations a ON a.conversation_id = c.id AND a.user_id = $2::uuid
         CROSS JOIN LATERAL (
           SELECT ${messageColumns}${besides[along]} FROM messages m WHERE m.conversation_id = c.id${keyset.where} ${keyset.limit}
         ) AS found ORDER BY c.place`,
        [conversationIds, userId, ...keyset.values],
      );
      return Map.groupBy(rows, (message) => message.conversationId);
    },

    /** How many messages each conversation has. */
    countMany: async (viewer: Viewer | null, conversationIds: readonly string[]): Promise<ReadonlyMap<string, number>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<{ id: string; count: number }>(
        `SELECT m.conversation_id AS id, count(*)::int AS count FROM messages m
         WHERE m.conversation_id = ANY($1::uuid[]) AND ${isParticipant('m.conversation_id', 2)} GROUP BY 1`,
        [conversationIds, userId],
      );
      return new Map(rows.map((row) => [row.id, row.count]));
    },

    /** The messages with these ids, as far as the viewer may see them. */
    byIds: async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, Message>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<Message>(
        `SELECT ${messageColumns} FROM messages m WHERE m.id = ANY($1::uuid[]) AND ${isParticipant('m.conversation_id', 2)}`,
        [ids, userId],
      );
      return new Map(rows.map((message) => [message.id, message]));
    },

    /** The parts of each message, in their order. */
    partsOf: async (viewer: Viewer | null, messageIds: readonly string[]): Promise<ReadonlyMap<string, readonly Part[]>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<Part>(
        `SELECT ${partColumns} FROM parts p JOIN messages m ON m.id = p.message_id
         WHERE p.message_id = ANY($1::uuid[]) AND ${isParticipant('m.conversation_id', 2)} ORDER BY p.message_id, p.position`,
        [messageIds, userId],
      );
      return Map.groupBy(rows, (part) => part.messageId);
    },

    /** The parts with these ids, as far as the viewer may see them. */
    partsByIds: async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, Part>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<Part>(
        `SELECT ${partColumns} FROM parts p JOIN messages m ON m.id = p.message_id
         WHERE p.id = ANY($1::uuid[]) AND ${isParticipant('m.conversation_id', 2)}`,
        [ids, userId],
      );
      return new Map(rows.map((part) => [part.id, part]));
    },
  };
}

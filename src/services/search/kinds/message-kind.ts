import type { SearchKind } from './search-kind.ts';

/** What is not found in so many characters is shown without a mark. */
const longestText = 20_000;

/** The entry of a conversation that does not vanish, of somebody who takes part in it. */
export const isInConversation =
  'EXISTS (SELECT 1 FROM participants a WHERE a.conversation_id = e.conversation_id AND a.user_id = e.user_id AND a.expires_at IS NULL)';

/** Messages of people and engines, by their text and the titles of their tables and plots. */
export const messageKind: SearchKind = {
  isVisible: isInConversation,
  textsOf: async (statements, userId, ids) => {
    const { rows } = await statements.query<{ id: string; text: string }>(
      `SELECT m.id, left(string_agg(coalesce(p.text, p.data->>'title'), E'\\n\\n' ORDER BY p.position), ${longestText}) AS text
       FROM messages m JOIN participations a ON a.conversation_id = m.conversation_id AND a.user_id = $2::uuid JOIN parts p ON p.message_id = m.id
       WHERE m.id = ANY($1::uuid[]) AND p.kind IN ('TEXT', 'QUERY_RESULT', 'PLOT') GROUP BY m.id`,
      [ids, userId],
    );
    return new Map(rows.map(({ id, text }) => [id, [{ field: 'TEXT', text }]]));
  },
};

import { isOpen } from '../../participation.ts';
import { isInConversation } from './message-kind.ts';
import type { SearchKind, SearchText } from './search-kind.ts';

/** Conversations, by their title and the person's tags. */
export const conversationKind: SearchKind = {
  isVisible: isInConversation,
  textsOf: async (statements, userId, ids) => {
    const { rows } = await statements.query<{ id: string; title: string | null; tags: readonly string[] }>(
      `SELECT c.id, c.title, a.tags FROM conversations c JOIN participants a ON a.conversation_id = c.id AND a.user_id = $2::uuid AND ${isOpen} WHERE c.id = ANY($1::uuid[])`,
      [ids, userId],
    );
    return new Map(
      rows.map(({ id, title, tags }): [string, readonly SearchText[]] => [
        id,
        [...(title === null ? [] : [{ field: 'TITLE', text: title } as const]), ...tags.map((text) => ({ field: 'TAG', text }) as const)],
      ]),
    );
  },
};

/** More are not counted. */
export const mostUnread = 100;

/**
 * The messages of `participants a` that the person has not read, at most `mostUnread`: on the branch that people see, after what they marked as
 * read and after what they said last, for whoever answers has read; so their own words never count. What was there when they came does not either.
 */
export const unreadSql = unreadMessages('');

/** Those of them that mention the person. */
export const unreadMentionSql = unreadMessages('AND EXISTS (SELECT 1 FROM mentions n WHERE n.message_id = m.id AND n.user_id = a.user_id)');

function unreadMessages(condition: string): string {
  return `SELECT 1 FROM messages m
  LEFT JOIN LATERAL (
    SELECT o.created_at, o.id FROM messages o WHERE o.conversation_id = a.conversation_id AND o.author_id = a.user_id AND o.is_active
    ORDER BY o.created_at DESC, o.id DESC LIMIT 1
  ) own ON true
  WHERE m.conversation_id = a.conversation_id AND m.is_active AND m.role IN ('USER', 'ASSISTANT')
    AND m.created_at >= coalesce(a.read_at + interval '1 millisecond', a.joined_at) AND (own.id IS NULL OR (m.created_at, m.id) > (own.created_at, own.id)) ${condition}
  LIMIT ${mostUnread}`;
}

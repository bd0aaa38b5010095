/** Of `attachments t`, in SQL: whether no conversation has it. */
export const isUnsent = 'NOT EXISTS (SELECT 1 FROM attachment_uses u WHERE u.attachment_id = t.id)';

/**
 * Of `attachments t`, in SQL: whether somebody may see it now. Whoever takes part in a conversation that has it, and as long as none has it, its
 * owner. What only conversations have whose time is over is gone for its owner, too.
 *
 * @param user the SQL of the person's id
 */
export const isVisibleTo = (user: string): string => `(EXISTS (
    SELECT 1 FROM attachment_uses u JOIN participations a ON a.conversation_id = u.conversation_id WHERE u.attachment_id = t.id AND a.user_id = ${user}::uuid
  ) OR (t.owner_id = ${user}::uuid AND ${isUnsent}))`;

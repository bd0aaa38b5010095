/** The columns of a message `m` in SQL, named as Prisma names them. */
export const messageColumns = `m.id, m.conversation_id AS "conversationId", m.parent_id AS "parentId", m.role, m.author_id AS "authorId",
  m.persona_id AS "personaId", m.persona_name AS "personaName",
  m.model, m.mode, m.confidence, m.depth, m.is_active AS "isActive", m.created_at AS "createdAt"`;

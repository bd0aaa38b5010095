/**
 * Whether two people share a conversation or a workspace now: then they see who the other one is.
 *
 * @param viewer the SQL of the id of the one
 * @param other the SQL of the id of the other one
 */
export const isCompanion = (viewer: string, other: string): string => `(EXISTS (
    SELECT 1 FROM participations mine JOIN participations theirs ON theirs.conversation_id = mine.conversation_id
    WHERE mine.user_id = ${viewer} AND theirs.user_id = ${other})
  OR EXISTS (
    SELECT 1 FROM workspace_members mine JOIN workspace_members theirs ON theirs.workspace_id = mine.workspace_id
    WHERE mine.user_id = ${viewer} AND theirs.user_id = ${other}))`;

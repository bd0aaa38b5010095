import type { Conversation } from '../../../prisma/generated/client.ts';

/** What one person has made of a conversation for themselves. */
export interface ConversationMarks {
  /** Whether it stands above the others in the person's list. */
  readonly isPinned: boolean;
  /** Whether it is out of the person's list. */
  readonly isArchived: boolean;
  /** Lower-cased, in the order of the alphabet. */
  readonly tags: readonly string[];
}

/** A conversation, with the marks of the viewer where they were read along. */
export type LoadedConversation = Conversation & { readonly marks?: ConversationMarks };

/** The columns of `Conversation`, of `conversations c`. */
export const conversationColumns = `c.id, c.owner_id AS "ownerId", c.title, c.title_source AS "titleSource", c.session_id AS "sessionId",
  c.goal_id AS "goalId", c.weekly_plan_id AS "weeklyPlanId", c.daily_plan_id AS "dailyPlanId",
  c.event_seq AS "eventSeq", c.defaults, c.expires_at AS "expiresAt", c.forked_from_id AS "forkedFromId", c.imported_from AS "importedFrom", c.turn_policy AS "turnPolicy", c.max_turns AS "maxTurns",
  c.moderator_model AS "moderatorModel", c.created_at AS "createdAt", c.updated_at AS "updatedAt"`;

/** `ConversationMarks` as one value, of `participants a`. */
export const marksSql = `json_build_object('isPinned', a.pinned_at IS NOT NULL, 'isArchived', a.archived_at IS NOT NULL, 'tags', a.tags)`;

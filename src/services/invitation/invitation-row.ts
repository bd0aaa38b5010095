import type { Invitation } from '../../../prisma/generated/client.ts';

/** An invitation as those who invite see it, and whoever it is for. It leads to a conversation or to a workspace; what stands for the other is null. */
export interface InvitationRow extends Pick<
  Invitation,
  'id' | 'conversationId' | 'workspaceId' | 'inviterId' | 'role' | 'email' | 'maxUses' | 'useCount' | 'createdAt' | 'expiresAt'
> {
  readonly conversationTitle: string | null;
  readonly workspaceName: string | null;
  /** The full name or the username of who invites; null for somebody without either. */
  readonly inviterName: string | null;
}

/*
 * Invitations in SQL: $1 is the viewer, $2 now.
 */

/** The columns of `InvitationRow`, of `invitationSource`. */
export const invitationColumns = `i.id, i.conversation_id AS "conversationId", i.workspace_id AS "workspaceId", i.inviter_id AS "inviterId", i.role::text AS role, i.email,
  i.max_uses AS "maxUses", i.use_count AS "useCount", i.created_at AS "createdAt", i.expires_at AS "expiresAt", c.title AS "conversationTitle", o.name AS "workspaceName",
  coalesce(w.full_name, w.username) AS "inviterName"`;

/** Invitations by people whose accounts are in use. */
export const invitationSource = `invitations i LEFT JOIN conversations c ON c.id = i.conversation_id LEFT JOIN workspaces o ON o.id = i.workspace_id
  JOIN users w ON w.id = i.inviter_id AND w.disabled_at IS NULL AND w.deleting_since IS NULL`;

/** Whether the viewer is an OWNER of what it leads to. */
export const isOwners = `(EXISTS (SELECT 1 FROM participations a WHERE a.conversation_id = i.conversation_id AND a.user_id = $1::uuid AND a.role = 'OWNER')
  OR EXISTS (SELECT 1 FROM workspace_members m WHERE m.workspace_id = i.workspace_id AND m.user_id = $1::uuid AND m.role = 'OWNER'))`;

/** Whether the viewer is there already. */
export const isInside = `(EXISTS (SELECT 1 FROM participants a WHERE a.conversation_id = i.conversation_id AND a.user_id = $1::uuid)
  OR EXISTS (SELECT 1 FROM workspace_members m WHERE m.workspace_id = i.workspace_id AND m.user_id = $1::uuid))`;

/** Whether it is for the viewer and waits: they are not there, and have not said no. */
export const isReceived = `i.email = (SELECT u.email FROM users u WHERE u.id = $1::uuid) AND i.declined_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > now())
  AND NOT ${isInside}`;

/** Whether it holds now. */
export const isInForce = 'i.expires_at > $2::timestamptz AND (i.max_uses IS NULL OR i.use_count < i.max_uses)';

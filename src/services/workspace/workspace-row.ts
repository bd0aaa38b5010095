import type { Workspace } from '../../../prisma/generated/client.ts';
import type { WorkspaceRole } from './permissions.ts';

/** A workspace as one of its members sees it. */
export interface WorkspaceRow extends Workspace {
  /** What the viewer is there. */
  readonly viewerRole: WorkspaceRole;
  /** Since when. */
  readonly joinedAt: Date;
}

/** The columns of `WorkspaceRow`, of `workspaceSource`. */
export const workspaceColumns = `o.id, o.name, o.handle, o.description, o.created_at AS "createdAt", o.updated_at AS "updatedAt", m.role::text AS "viewerRole",
  m.joined_at AS "joinedAt"`;

/**
 * Those of a viewer.
 *
 * @param user the SQL of the viewer's id
 */
export const workspaceSource = (user: string): string => `workspaces o JOIN workspace_members m ON m.workspace_id = o.id AND m.user_id = ${user}`;

import type { PrismaClient } from '../../../prisma/generated/client.ts';
import { createRoleRules, type SharedRole } from '../role-rules.ts';

/*
 * Who may do what in a workspace. Whoever is a member sees it and uses what is shared with it; all else is an action of the list below.
 */

/** What somebody is in a workspace. */
export type WorkspaceRole = SharedRole;

/** What takes more than being a member, with the role that it takes and how a refusal calls it. */
export const workspaceActions = {
  LEAVE: { role: 'READER', phrase: 'leave it' },
  SHARE: { role: 'EDITOR', phrase: 'share something of yours with it' },
  EDIT_SHARED: { role: 'EDITOR', phrase: 'change what others share with it' },
  TAKE_BACK: { role: 'OWNER', phrase: 'take back or delete what others share with it' },
  UPDATE: { role: 'OWNER', phrase: 'change its name, handle or description' },
  INVITE: { role: 'OWNER', phrase: 'invite somebody' },
  MANAGE: { role: 'OWNER', phrase: 'change the roles of others, or remove them' },
  KEEP_KEYS: { role: 'OWNER', phrase: 'see, save or remove its keys of providers' },
  SET_QUOTAS: { role: 'OWNER', phrase: 'set its quotas' },
  SEE_USAGE: { role: 'OWNER', phrase: 'see what others use of it' },
  DELETE: { role: 'OWNER', phrase: 'delete it' },
} as const satisfies Readonly<Record<string, { readonly role: WorkspaceRole; readonly phrase: string }>>;

/** A word of `workspaceActions`. */
export type WorkspaceAction = keyof typeof workspaceActions;

const roleSql = 'SELECT m.role::text AS role FROM workspace_members m WHERE m.workspace_id = $1::uuid AND m.user_id = $2::uuid';

const rules = createRoleRules<WorkspaceAction>({ actions: workspaceActions, kind: 'Workspace', name: 'workspace', roleSql });

/** Whether a role is enough, how a refusal reads, and a role made sure of: see `createRoleRules`. */
export const { mayDo, requireRole } = rules;

/** Somebody in a workspace. */
export interface WorkspacePlace {
  readonly workspaceId: string;
  readonly userId: string;
}

/**
 * Makes sure that somebody may do something in a workspace now.
 *
 * @param database the client, or a transaction; one that holds the workspace locked sees what nobody changes before its end
 * @returns their role
 * @throws AppError NOT_FOUND for a stranger; FORBIDDEN with the role that it takes
 */
export async function requireWorkspacePermission(
  database: Pick<PrismaClient, '$queryRawUnsafe'>,
  { workspaceId, userId }: WorkspacePlace,
  action: WorkspaceAction,
): Promise<WorkspaceRole> {
  return requireRole(await rules.findRole(database, workspaceId, userId), action);
}

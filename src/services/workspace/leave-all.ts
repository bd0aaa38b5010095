import type { Prisma } from '../../../prisma/generated/client.ts';
import { handOverShared } from './hand-over-shared.ts';

/** Where there is no other OWNER, the EDITOR who has been there longest becomes one, else the READER. */
const promote = `
  WITH successors AS (
    SELECT DISTINCT ON (m.workspace_id) m.workspace_id, m.user_id FROM workspace_members m JOIN users u ON u.id = m.user_id AND u.deleting_since IS NULL
    WHERE m.workspace_id = ANY($1::uuid[]) AND m.user_id <> $2::uuid ORDER BY m.workspace_id, m.role, m.joined_at, m.user_id
  )
  UPDATE workspace_members m SET role = 'OWNER' FROM successors s WHERE m.workspace_id = s.workspace_id AND m.user_id = s.user_id AND m.role <> 'OWNER'`;

/** Locks the workspaces that somebody is in. After the conversations. */
export async function lockWorkspacesOf(transaction: Prisma.TransactionClient, userId: string): Promise<readonly string[]> {
  const rows = await transaction.$queryRaw<{ id: string }[]>`
    SELECT w.id FROM workspaces w WHERE w.id IN (SELECT m.workspace_id FROM workspace_members m WHERE m.user_id = ${userId}::uuid) ORDER BY w.id FOR UPDATE`;
  return rows.map(({ id }) => id);
}

/**
 * Takes somebody whose account is deleted out of all workspaces: what they shared is handed over, each workspace has an OWNER after it, and one that they
 * were alone in is deleted. What their conversations have of it is to be taken out after it.
 *
 * @param transaction holds these workspaces, the conversations of the person, and the person locked
 */
export async function leaveAllWorkspaces(transaction: Prisma.TransactionClient, userId: string): Promise<void> {
  const workspaceIds = await lockWorkspacesOf(transaction, userId);
  if (workspaceIds.length === 0) return;
  await transaction.$executeRawUnsafe(promote, workspaceIds, userId);
  for (const workspaceId of workspaceIds) await handOverShared(transaction, { workspaceId, userId });
  // Once all is handed over: a template of one workspace may be the prompt of a persona in another one.
  await transaction.workspaceMember.deleteMany({ where: { userId } });
  await transaction.workspace.deleteMany({ where: { id: { in: [...workspaceIds] }, members: { none: {} } } });
}

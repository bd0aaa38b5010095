import type { Prisma, PrismaClient, WorkspaceMember } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { DeviceFacts } from '../../base/device.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import type { Page } from '../../base/page.ts';
import type { ConversationLog } from '../../events/conversation-log.ts';
import type { Statements } from '../../stores/statements.ts';
import type { Audit } from '../audit.ts';
import { keysetSql } from '../keyset.ts';
import { endMembership, lockWorkspace, type LockedWorkspace } from './end-membership.ts';
import { requireWorkspacePermission, type WorkspacePlace, type WorkspaceRole } from './permissions.ts';

/** Somebody in a workspace. */
export type MemberRow = WorkspaceMember;

/** Who is in workspaces, and as what. */
export type WorkspaceMembers = ReturnType<typeof createWorkspaceMembers>;

/** What the service stands on. */
export interface WorkspaceMemberDependencies {
  readonly prisma: PrismaClient;
  readonly statements: Statements;
  readonly audit: Pick<Audit, 'record'>;
  readonly conversationLog: Pick<ConversationLog, 'append'>;
  /** Forgets what somebody may use, after they are gone. */
  readonly forget: (userId: string) => void;
}

const columns = 'm.workspace_id AS "workspaceId", m.user_id AS "userId", m.role::text AS role, m.joined_at AS "joinedAt"';

/**
 * Locks a workspace, so that who is in it changes by one hand at a time. For changes with which nobody goes; else see `lockWorkspace`.
 *
 * @throws AppError NOT_FOUND when there is none
 */
export async function lockMembers(transaction: Pick<Prisma.TransactionClient, '$queryRaw'>, workspaceId: string): Promise<void> {
  const rows = await transaction.$queryRaw<unknown[]>`SELECT id FROM workspaces WHERE id = ${workspaceId}::uuid FOR UPDATE`;
  if (rows.length === 0) throw notFound('Workspace');
}

/** Creates the service. */
export function createWorkspaceMembers({ prisma, statements, audit, conversationLog, forget }: WorkspaceMemberDependencies) {
  const targetOf = async (transaction: Prisma.TransactionClient, place: WorkspacePlace): Promise<MemberRow> => {
    const row = await transaction.workspaceMember.findUnique({ where: { workspaceId_userId: { ...place } } });
    if (row === null) throw notFound('WorkspaceMember');
    return row;
  };

  /** Makes sure that a locked workspace has an OWNER besides one. */
  const requireOtherOwner = async (transaction: Prisma.TransactionClient, { workspaceId, userId }: WorkspacePlace): Promise<void> => {
    if ((await transaction.workspaceMember.count({ where: { workspaceId, role: 'OWNER', userId: { not: userId } } })) > 0) return;
    throw new AppError(
      'CONFLICT',
      'This is the last OWNER of the workspace. Make somebody else OWNER with "updateWorkspaceMember" first, or delete it with "deleteWorkspace".',
    );
  };

  /** Takes somebody out of a locked workspace, and with them the invitations that they made. What they shared stays. */
  const takeOut = async (transaction: Prisma.TransactionClient, locked: LockedWorkspace, userId: string): Promise<void> => {
    await transaction.invitation.deleteMany({ where: { workspaceId: locked.workspaceId, inviterId: userId } });
    await endMembership(transaction, conversationLog, { ...locked, userId });
  };

  return {
    /** A page of the members of each workspace of the viewer's, those who came first before the others, in one statement. */
    listMany: async (viewer: Viewer | null, workspaceIds: readonly string[], page: Page): Promise<ReadonlyMap<string, readonly MemberRow[]>> => {
      const { userId } = requireViewer(viewer);
      const keyset = keysetSql(page, 'ASC', 'm.joined_at', 'm.user_id', 3);
      const { rows } = await statements.query<MemberRow>(
        `SELECT found.* FROM unnest($1::uuid[]) WITH ORDINALITY AS o (id, place)
         JOIN workspace_members mine ON mine.workspace_id = o.id AND mine.user_id = $2::uuid
         CROSS JOIN LATERAL (
           SELECT ${columns} FROM workspace_members m JOIN users u ON u.id = m.user_id AND u.deleting_since IS NULL
           WHERE m.workspace_id = o.id${keyset.where} ${keyset.limit}
         ) AS found ORDER BY o.place`,
        [workspaceIds, userId, ...keyset.values],
      );
      return Map.groupBy(rows, ({ workspaceId }) => workspaceId);
    },

    /**
     * Gives a member another role.
     *
     * @throws AppError NOT_FOUND; FORBIDDEN for all but its OWNERs; CONFLICT for the last OWNER
     */
    update: async (viewer: Viewer | null, { role, ...place }: WorkspacePlace & { readonly role: WorkspaceRole }, device: DeviceFacts): Promise<MemberRow> => {
      const { userId } = requireViewer(viewer);
      const { workspaceId } = place;
      return prisma.$transaction(async (transaction) => {
        await requireWorkspacePermission(transaction, { workspaceId, userId }, 'MANAGE');
        await lockMembers(transaction, workspaceId);
        await requireWorkspacePermission(transaction, { workspaceId, userId }, 'MANAGE');
        const target = await targetOf(transaction, place);
        if (target.role === role) return target;
        if (target.role === 'OWNER') {
          await requireOtherOwner(transaction, place);
          await transaction.invitation.deleteMany({ where: { workspaceId, inviterId: place.userId } });
        }
        const data = { workspaceId, from: target.role, to: role };
        await audit.record(transaction, { kind: 'WORKSPACE_ROLE_CHANGED', actorId: userId, subjectId: place.userId, device, data });
        return transaction.workspaceMember.update({ where: { workspaceId_userId: place }, data: { role } });
      });
    },

    /**
     * Takes somebody out of a workspace. What they shared with it stays and passes to the OWNER who has been there longest; with them go all links to
     * it, by which they could come back.
     *
     * @returns their id
     * @throws AppError NOT_FOUND; FORBIDDEN for all but its OWNERs; BAD_USER_INPUT for oneself
     */
    remove: async (viewer: Viewer | null, place: WorkspacePlace, device: DeviceFacts): Promise<string> => {
      const { userId } = requireViewer(viewer);
      const { workspaceId } = place;
      await prisma.$transaction(async (transaction) => {
        await requireWorkspacePermission(transaction, { workspaceId, userId }, 'MANAGE');
        if (place.userId === userId) throw badInput(['input', 'userId'], 'To go yourself, use "leaveWorkspace".');
        const locked = await lockWorkspace(transaction, workspaceId, place.userId);
        await requireWorkspacePermission(transaction, { workspaceId, userId }, 'MANAGE');
        const { role } = await targetOf(transaction, place);
        await takeOut(transaction, locked, place.userId);
        await transaction.$executeRaw`
          DELETE FROM invitations i WHERE i.workspace_id = ${workspaceId}::uuid
            AND (i.token_hash IS NOT NULL OR i.email = (SELECT u.email FROM users u WHERE u.id = ${place.userId}::uuid))`;
        const data = { workspaceId, role };
        await audit.record(transaction, { kind: 'WORKSPACE_MEMBER_REMOVED', actorId: userId, subjectId: place.userId, device, data });
      });
      forget(place.userId);
      return place.userId;
    },

    /**
     * Takes the viewer out of a workspace. What they shared with it stays and passes to the OWNER who has been there longest.
     *
     * @returns the id of the workspace
     * @throws AppError NOT_FOUND; CONFLICT for the last OWNER
     */
    leave: async (viewer: Viewer | null, workspaceId: string): Promise<string> => {
      const { userId } = requireViewer(viewer);
      const place = { workspaceId, userId };
      await prisma.$transaction(async (transaction) => {
        await requireWorkspacePermission(transaction, place, 'LEAVE');
        const locked = await lockWorkspace(transaction, workspaceId, userId);
        if ((await requireWorkspacePermission(transaction, place, 'LEAVE')) === 'OWNER') await requireOtherOwner(transaction, place);
        await takeOut(transaction, locked, userId);
      });
      forget(userId);
      return workspaceId;
    },
  };
}

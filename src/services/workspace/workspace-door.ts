import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { WorkspaceConfig } from '../../base/workspace-config.ts';
import type { Audit } from '../audit.ts';
import type { InvitationDoor } from '../invitation/door.ts';
import { lockMembers } from './members.ts';
import { requireWorkspacePermission } from './permissions.ts';

/** How people come into workspaces. */
export function createWorkspaceDoor({
  clock,
  audit,
  forget,
  config,
}: {
  readonly clock: Clock;
  readonly audit: Pick<Audit, 'record'>;
  /** Forgets what somebody may use: from now on it is more. */
  readonly forget: (userId: string) => void;
  readonly config: Pick<WorkspaceConfig, 'maxMembers'>;
}): InvitationDoor {
  return {
    requireInvite: async (database, workspaceId, userId) => void (await requireWorkspacePermission(database, { workspaceId, userId }, 'INVITE')),
    lock: lockMembers,
    admit: async (transaction, { placeId: workspaceId, userId, role, invitationId }, device) => {
      if ((await transaction.workspaceMember.count({ where: { workspaceId } })) >= config.maxMembers) {
        throw new AppError('CONFLICT', `This workspace has ${config.maxMembers} members, as many as are allowed.`);
      }
      await transaction.workspaceMember.create({ data: { workspaceId, userId, role, joinedAt: clock.now() }, select: { userId: true } });
      await audit.record(transaction, { kind: 'WORKSPACE_MEMBER_JOINED', actorId: userId, device, data: { workspaceId, role, invitationId } });
      forget(userId);
    },
  };
}

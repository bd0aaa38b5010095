import { mutation, type AccessOperation } from './operation.ts';

/** The operations about workspaces and who is in them. */
export const workspaceOperations: readonly AccessOperation[] = [
  mutation('updateWorkspace', 'workspace { id }', (ids) => ({ id: ids.Workspace, name: 'Ours now' })),
  mutation('inviteToWorkspace', 'invitation { id }', (ids) => ({ workspaceId: ids.Workspace, email: 'somebody@example.org' })),
  mutation('createWorkspaceInvitationLink', 'invitation { id }', (ids) => ({ workspaceId: ids.Workspace })),
  mutation('updateWorkspaceMember', 'workspace { id }', (ids) => ({ workspaceId: ids.Workspace, userId: ids.User, role: 'OWNER' })),
  mutation('removeWorkspaceMember', 'removedUserId', (ids) => ({ workspaceId: ids.Workspace, userId: ids.User })),
  mutation('leaveWorkspace', 'leftWorkspaceId', (ids) => ({ workspaceId: ids.Workspace })),
  mutation('deleteWorkspace', 'deletedWorkspaceId', (ids) => ({ id: ids.Workspace })),
];

import { loadExisting } from './batch.ts';
import { builder } from './builder.ts';
import { User } from './user.ts';
import { Workspace, WorkspaceMember, WorkspaceRole } from './workspace.ts';

const workspaceText = 'The workspace.';
const personText = 'Whom: the id of a user who is a member.';
const nameText = 'What it is called, 1 to 80 characters.';
const descriptionText = 'What it is for, at most 1,000 characters.';

builder.relayMutationField(
  'createWorkspace',
  {
    description: 'What the new workspace is like.',
    inputFields: (t) => ({
      name: t.string({ required: true, description: nameText }),
      handle: t.string({
        required: true,
        description:
          'By which its providers are called: 1 to 32 letters from a to z, digits or `-`. No two workspaces have the same (`CONFLICT`), and it never changes.',
      }),
      description: t.string({ description: descriptionText }),
    }),
  },
  {
    description: 'Makes a workspace, whose OWNER you are. Invite others with `inviteToWorkspace` or `createWorkspaceInvitationLink`.',
    resolve: async (_root, { input }, { services, viewer, device }) => ({ workspace: await services.workspaces.create(viewer, input, device) }),
  },
  {
    description: 'The new workspace.',
    outputFields: (t) => ({ workspace: t.expose('workspace', { type: Workspace, description: 'The new workspace.' }) }),
  },
);

builder.relayMutationField(
  'updateWorkspace',
  {
    description: 'What to change; what is absent stays as it is, null clears.',
    inputFields: (t) => ({
      id: t.globalID({ for: Workspace, required: true, description: workspaceText }),
      name: t.string({ description: nameText }),
      description: t.string({ description: descriptionText }),
    }),
  },
  {
    description: 'Changes the name or the description of a workspace; only an OWNER may.',
    resolve: async (_root, { input: { id, name, description } }, { services, viewer }) => ({
      workspace: await services.workspaces.update(viewer, id.id, { name, description }),
    }),
  },
  {
    description: 'The workspace.',
    outputFields: (t) => ({ workspace: t.expose('workspace', { type: Workspace, description: 'The workspace, as it is now.' }) }),
  },
);

builder.relayMutationField(
  'deleteWorkspace',
  {
    description: 'What to delete.',
    inputFields: (t) => ({ id: t.globalID({ for: Workspace, required: true, description: workspaceText }) }),
  },
  {
    description:
      'Deletes a workspace with its keys, quotas and invitations; only an OWNER may. What was shared with it goes back to its owners alone, and leaves the conversations in which they are not.',
    resolve: async (_root, { input }, { services, viewer, device }) => ({ id: await services.workspaces.delete(viewer, input.id.id, device) }),
  },
  {
    description: 'What was deleted.',
    outputFields: (t) => ({
      deletedWorkspaceId: t.globalID({ description: 'The id of the workspace.', resolve: ({ id }) => ({ id, type: Workspace }) }),
    }),
  },
);

builder.relayMutationField(
  'updateWorkspaceMember',
  {
    description: 'Whose role to change.',
    inputFields: (t) => ({
      workspaceId: t.globalID({ for: Workspace, required: true, description: workspaceText }),
      userId: t.globalID({ for: User, required: true, description: personText }),
      role: t.field({ type: WorkspaceRole, required: true, description: 'What they may do from now on.' }),
    }),
  },
  {
    description: 'Gives a member another role; only an OWNER may. The last OWNER stays one (`CONFLICT`).',
    resolve: (_root, { input }, { services, viewer, device }) =>
      services.workspaceMembers.update(viewer, { workspaceId: input.workspaceId.id, userId: input.userId.id, role: input.role }, device),
  },
  {
    description: 'What changed.',
    outputFields: (t) => ({
      member: t.field({ type: WorkspaceMember, description: 'The member, as they are now.', resolve: (member) => member }),
      workspace: t.field({
        type: Workspace,
        description: workspaceText,
        resolve: ({ workspaceId }, _arguments, { loaders }) => loadExisting(loaders.workspace, workspaceId, 'Workspace'),
      }),
    }),
  },
);

builder.relayMutationField(
  'removeWorkspaceMember',
  {
    description: 'Whom to remove.',
    inputFields: (t) => ({
      workspaceId: t.globalID({ for: Workspace, required: true, description: workspaceText }),
      userId: t.globalID({ for: User, required: true, description: personText }),
    }),
  },
  {
    description:
      'Takes somebody out of a workspace; only an OWNER may. What is shared with it, and its keys, are out of their reach within a second, and all links to it are revoked. What they shared stays, and passes to the OWNER who has been there longest.',
    resolve: async (_root, { input }, { services, viewer, device }) => {
      const { id: workspaceId } = input.workspaceId;
      return { workspaceId, userId: await services.workspaceMembers.remove(viewer, { workspaceId, userId: input.userId.id }, device) };
    },
  },
  {
    description: 'Who was removed.',
    outputFields: (t) => ({
      removedUserId: t.globalID({ description: 'The id of the person.', resolve: ({ userId }) => ({ id: userId, type: User }) }),
      workspace: t.field({
        type: Workspace,
        description: workspaceText,
        resolve: ({ workspaceId }, _arguments, { loaders }) => loadExisting(loaders.workspace, workspaceId, 'Workspace'),
      }),
    }),
  },
);

builder.relayMutationField(
  'leaveWorkspace',
  {
    description: 'What to leave.',
    inputFields: (t) => ({ workspaceId: t.globalID({ for: Workspace, required: true, description: workspaceText }) }),
  },
  {
    description:
      'Takes you out of a workspace. What you shared with it stays and passes to the OWNER who has been there longest; take it back first to keep it. The last OWNER makes somebody else OWNER first, or deletes it (`CONFLICT`).',
    resolve: async (_root, { input }, { services, viewer }) => ({ id: await services.workspaceMembers.leave(viewer, input.workspaceId.id) }),
  },
  {
    description: 'What was left.',
    outputFields: (t) => ({
      leftWorkspaceId: t.globalID({ description: 'The id of the workspace.', resolve: ({ id }) => ({ id, type: Workspace }) }),
    }),
  },
);

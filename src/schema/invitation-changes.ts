import { loadExisting } from './batch.ts';
import { builder } from './builder.ts';
import { Conversation } from './conversation.ts';
import { Invitation } from './invitation.ts';
import { ParticipantRole } from './participant.ts';
import { Workspace, WorkspaceRole } from './workspace.ts';

const roleText = 'EDITOR or READER, which it is when absent.';

const addressText = 'The e-mail address of whom you mean, for example `grace@example.org`.';
const invitedText =
  'The answer is the same whether or not there is one, and no mail is sent. Invited again, the same invitation gets the new role and a new time. Addresses are not verified here: for what is confidential, send a link on a way that you trust.';
const endText = 'Until when it holds, at most 90 days from now; seven days from now when absent, unless it is configured otherwise.';
const usesText = 'How many may come by it, 1 to 100; one when absent.';
const linkText = 'The link as it stands in the list.';
const shownOnceText = 'What `acceptInvitation` takes: `clq_i_...`. It is shown here and never again; only a hash of it is stored.';
const tokenText = 'Put the token into the address of your page, behind a `#`.';

builder.relayMutationField(
  'inviteToConversation',
  {
    description: 'Whom to invite.',
    inputFields: (t) => ({
      conversationId: t.globalID({ for: Conversation, required: true, description: 'The conversation.' }),
      email: t.string({ required: true, description: addressText }),
      role: t.field({ type: ParticipantRole, description: roleText }),
    }),
  },
  {
    description: `Invites whoever has an account with an address, now or later; only an OWNER may. ${invitedText}`,
    resolve: async (_root, { input: { conversationId, ...input } }, { services, viewer, device }) => ({
      invitation: await services.invitations.invite(viewer, { ...input, to: { kind: 'conversation', id: conversationId.id } }, device),
    }),
  },
  {
    description: 'The invitation.',
    outputFields: (t) => ({ invitation: t.expose('invitation', { type: Invitation, description: 'The invitation.' }) }),
  },
);

builder.relayMutationField(
  'inviteToWorkspace',
  {
    description: 'Whom to invite.',
    inputFields: (t) => ({
      workspaceId: t.globalID({ for: Workspace, required: true, description: 'The workspace.' }),
      email: t.string({ required: true, description: addressText }),
      role: t.field({ type: WorkspaceRole, description: roleText }),
    }),
  },
  {
    description: `Invites whoever has an account with an address, now or later, into a workspace; only an OWNER may. ${invitedText}`,
    resolve: async (_root, { input: { workspaceId, ...input } }, { services, viewer, device }) => ({
      invitation: await services.invitations.invite(viewer, { ...input, to: { kind: 'workspace', id: workspaceId.id } }, device),
    }),
  },
  {
    description: 'The invitation.',
    outputFields: (t) => ({ invitation: t.expose('invitation', { type: Invitation, description: 'The invitation.' }) }),
  },
);

builder.relayMutationField(
  'createInvitationLink',
  {
    description: 'What the link is like.',
    inputFields: (t) => ({
      conversationId: t.globalID({ for: Conversation, required: true, description: 'The conversation.' }),
      role: t.field({ type: ParticipantRole, description: roleText }),
      expiresAt: t.field({ type: 'DateTime', description: endText }),
      maxUses: t.int({ description: usesText }),
    }),
  },
  {
    description: `Makes a link by which whoever has it comes into a conversation; only an OWNER may. ${tokenText}`,
    resolve: (_root, { input: { conversationId, ...input } }, { services, viewer, device }) =>
      services.invitations.createLink(viewer, { ...input, to: { kind: 'conversation', id: conversationId.id } }, device),
  },
  {
    description: 'The new link.',
    outputFields: (t) => ({
      invitation: t.expose('invitation', { type: Invitation, description: linkText }),
      token: t.exposeString('token', { description: shownOnceText }),
    }),
  },
);

builder.relayMutationField(
  'createWorkspaceInvitationLink',
  {
    description: 'What the link is like.',
    inputFields: (t) => ({
      workspaceId: t.globalID({ for: Workspace, required: true, description: 'The workspace.' }),
      role: t.field({ type: WorkspaceRole, description: roleText }),
      expiresAt: t.field({ type: 'DateTime', description: endText }),
      maxUses: t.int({ description: usesText }),
    }),
  },
  {
    description: `Makes a link by which whoever has it comes into a workspace; only an OWNER may. ${tokenText}`,
    resolve: (_root, { input: { workspaceId, ...input } }, { services, viewer, device }) =>
      services.invitations.createLink(viewer, { ...input, to: { kind: 'workspace', id: workspaceId.id } }, device),
  },
  {
    description: 'The new link.',
    outputFields: (t) => ({
      invitation: t.expose('invitation', { type: Invitation, description: linkText }),
      token: t.exposeString('token', { description: shownOnceText }),
    }),
  },
);

builder.relayMutationField(
  'revokeInvitation',
  {
    description: 'What to take back.',
    inputFields: (t) => ({ id: t.globalID({ for: Invitation, required: true, description: 'The invitation.' }) }),
  },
  {
    description: 'Takes an invitation back at once; only an OWNER of where it leads sees it and may. Who came by it stays.',
    resolve: async (_root, { input }, { services, viewer }) => ({ id: await services.invitations.revoke(viewer, input.id.id) }),
  },
  {
    description: 'What was taken back.',
    outputFields: (t) => ({
      revokedInvitationId: t.globalID({ description: 'The id of the invitation.', resolve: ({ id }) => ({ id, type: Invitation }) }),
    }),
  },
);

builder.relayMutationField(
  'acceptInvitation',
  {
    description: 'Which one: either the token of a link, or the id of an invitation for your address.',
    inputFields: (t) => ({
      token: t.string({ description: 'The token of a link: `clq_i_...`.' }),
      id: t.globalID({ for: Invitation, description: 'One of `viewer { invitations }`.' }),
    }),
  },
  {
    description:
      'Takes part in a conversation, or becomes a member of a workspace, from now on. Who is there already stays what they are. `NOT_FOUND` for what does not hold, without saying why.',
    resolve: (_root, { input }, { services, viewer, device }) => services.invitations.accept(viewer, { token: input.token, id: input.id?.id }, device),
  },
  {
    description: 'Where you are now.',
    outputFields: (t) => ({
      conversation: t.field({
        type: Conversation,
        nullable: true,
        description: 'The conversation; see its `viewerRole`. Null for a workspace.',
        resolve: ({ kind, id }, _arguments, { loaders }) => (kind === 'conversation' ? loadExisting(loaders.conversation, id, 'Conversation') : null),
      }),
      workspace: t.field({
        type: Workspace,
        nullable: true,
        description: 'The workspace; see its `viewerRole`. Null for a conversation.',
        resolve: ({ kind, id }, _arguments, { loaders }) => (kind === 'workspace' ? loadExisting(loaders.workspace, id, 'Workspace') : null),
      }),
    }),
  },
);

builder.relayMutationField(
  'declineInvitation',
  {
    description: 'What to decline.',
    inputFields: (t) => ({ id: t.globalID({ for: Invitation, required: true, description: 'One of `viewer { invitations }`.' }) }),
  },
  {
    description: 'Says no to an invitation for your address. Those who invite are not told.',
    resolve: async (_root, { input }, { services, viewer }) => ({ id: await services.invitations.decline(viewer, input.id.id) }),
  },
  {
    description: 'What was declined.',
    outputFields: (t) => ({
      declinedInvitationId: t.globalID({ description: 'The id of the invitation.', resolve: ({ id }) => ({ id, type: Invitation }) }),
    }),
  },
);

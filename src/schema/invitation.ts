import type { InvitationRow } from '../services/invitation/invitation-row.ts';
import { builder } from './builder.ts';
import { Conversation } from './conversation.ts';
import { paginate } from './pagination.ts';
import { ParticipantRole } from './participant.ts';
import { User } from './user.ts';
import { Workspace } from './workspace.ts';

/** An invitation to a conversation or a workspace. */
export const Invitation = builder.objectRef<InvitationRow>('Invitation');

builder.node(Invitation, {
  description:
    'An invitation to a conversation or a workspace, as its OWNERs see it, and the person it is for. No mail is sent: a person finds it in `viewer { invitations }`.',
  id: { resolve: (invitation) => invitation.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.invitation.load(id),
  fields: (t) => ({
    role: t.expose('role', {
      type: ParticipantRole,
      description: 'What whoever accepts it may do: EDITOR or READER, of `ParticipantRole` for a conversation, of `WorkspaceRole` for a workspace.',
    }),
    email: t.exposeString('email', { nullable: true, description: 'The address that it is for, in lower case; null for a link.' }),
    maxUses: t.exposeInt('maxUses', { nullable: true, description: 'How many may come by a link; null for an address.' }),
    useCount: t.exposeInt('useCount', { description: 'How many came by it.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when it holds.' }),
    conversationTitle: t.exposeString('conversationTitle', {
      nullable: true,
      description: 'The title of the conversation; null for one that has none yet, and for a workspace.',
    }),
    workspaceName: t.exposeString('workspaceName', { nullable: true, description: 'What the workspace is called; null for a conversation.' }),
    inviterName: t.exposeString('inviterName', {
      nullable: true,
      description: 'The full name, else the username, of who invites; null for somebody without either.',
    }),
    conversation: t.field({
      type: Conversation,
      nullable: true,
      description: 'The conversation; null for whoever takes no part in it yet, and for an invitation to a workspace.',
      resolve: ({ conversationId }, _arguments, { loaders }) => (conversationId === null ? null : loaders.conversation.load(conversationId)),
    }),
    workspace: t.field({
      type: Workspace,
      nullable: true,
      description: 'The workspace; null for whoever is no member yet, and for an invitation to a conversation.',
      resolve: ({ workspaceId }, _arguments, { loaders }) => (workspaceId === null ? null : loaders.workspace.load(workspaceId)),
    }),
  }),
});

const InvitationEdge = builder.edgeObject({ type: Invitation, name: 'InvitationEdge', description: 'An invitation in a page.' });

const InvitationConnection = builder.connectionObject(
  { type: Invitation, name: 'InvitationConnection', description: 'A page of invitations.' },
  InvitationEdge,
);

const position = ({ createdAt: at, id }: InvitationRow) => ({ at, id });

builder.objectField(Conversation, 'invitations', (t) =>
  t.connection(
    {
      type: Invitation,
      description: 'The invitations that are open, newest first: for OWNERs alone, empty for all others. One that was declined looks like one that waits.',
      resolve: (conversation, args, { loaders }) => paginate(args, (page) => loaders.invitationsTo.load({ id: conversation.id, page }), position),
    },
    InvitationConnection,
  ),
);

builder.objectField(Workspace, 'invitations', (t) =>
  t.connection(
    {
      type: Invitation,
      description: 'The invitations that are open, newest first: for OWNERs alone, empty for all others. One that was declined looks like one that waits.',
      resolve: (workspace, args, { loaders }) => paginate(args, (page) => loaders.invitationsToWorkspace.load({ id: workspace.id, page }), position),
    },
    InvitationConnection,
  ),
);

builder.objectField(User, 'invitations', (t) =>
  t.connection(
    {
      type: Invitation,
      description: 'The invitations that wait for you at the address of your account, newest first; empty for everybody but yourself.',
      resolve: (user, args, { services, viewer }) => paginate(args, (page) => services.invitations.received(viewer, user.id, page), position),
    },
    InvitationConnection,
  ),
);

import type { InvitationRow } from '../services/invitation/invitations.ts';
import { loadExisting } from './batch.ts';
import { builder } from './builder.ts';
import { Conversation } from './conversation.ts';
import { paginate } from './pagination.ts';
import { ParticipantRole } from './participant.ts';
import { User } from './user.ts';

const Invitation = builder.objectRef<InvitationRow>('Invitation');

builder.node(Invitation, {
  description:
    'An invitation to a conversation, as its OWNERs see it, and the person it is for. No mail is sent: a person finds it in `viewer { invitations }`.',
  id: { resolve: (invitation) => invitation.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.invitation.load(id),
  fields: (t) => ({
    role: t.expose('role', { type: ParticipantRole, description: 'What whoever accepts it may do.' }),
    email: t.exposeString('email', { nullable: true, description: 'The address that it is for, in lower case; null for a link.' }),
    maxUses: t.exposeInt('maxUses', { nullable: true, description: 'How many may come by a link; null for an address.' }),
    useCount: t.exposeInt('useCount', { description: 'How many came by it.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when it holds.' }),
    conversationTitle: t.exposeString('conversationTitle', { nullable: true, description: 'The title of the conversation; null for one that has none yet.' }),
    inviterName: t.exposeString('inviterName', {
      nullable: true,
      description: 'The full name, else the username, of who invites; null for somebody without either.',
    }),
    conversation: t.field({
      type: Conversation,
      nullable: true,
      description: 'The conversation; null for whoever takes no part in it yet.',
      resolve: ({ conversationId }, _arguments, { loaders }) => loaders.conversation.load(conversationId),
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

const roleText = 'EDITOR or READER, which it is when absent.';

builder.relayMutationField(
  'inviteToConversation',
  {
    description: 'Whom to invite.',
    inputFields: (t) => ({
      conversationId: t.globalID({ for: Conversation, required: true, description: 'The conversation.' }),
      email: t.string({ required: true, description: 'The e-mail address of whom you mean, for example `grace@example.org`.' }),
      role: t.field({ type: ParticipantRole, description: roleText }),
    }),
  },
  {
    description:
      'Invites whoever has an account with an address, now or later; only an OWNER may. The answer is the same whether or not there is one, and no mail is sent. Invited again, the same invitation gets the new role and a new time. Addresses are not verified here: for what is confidential, send a link on a way that you trust.',
    resolve: async (_root, { input }, { services, viewer, device }) => ({
      invitation: await services.invitations.invite(viewer, { ...input, conversationId: input.conversationId.id }, device),
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
      expiresAt: t.field({
        type: 'DateTime',
        description: 'Until when it holds, at most 90 days from now; seven days from now when absent, unless it is configured otherwise.',
      }),
      maxUses: t.int({ description: 'How many may come by it, 1 to 100; one when absent.' }),
    }),
  },
  {
    description:
      'Makes a link by which whoever has it comes into a conversation; only an OWNER may. Put the token into the address of your page, behind a `#`.',
    resolve: (_root, { input }, { services, viewer, device }) =>
      services.invitations.createLink(viewer, { ...input, conversationId: input.conversationId.id }, device),
  },
  {
    description: 'The new link.',
    outputFields: (t) => ({
      invitation: t.expose('invitation', { type: Invitation, description: 'The link as it stands in the list.' }),
      token: t.exposeString('token', {
        description: 'What `acceptInvitation` takes: `clq_i_...`. It is shown here and never again; only a hash of it is stored.',
      }),
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
    description: 'Takes an invitation back at once; only an OWNER of its conversation sees it and may. Who came by it stays.',
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
    description: 'Takes part in a conversation from now on. Who does so already stays what they are. `NOT_FOUND` for what does not hold, without saying why.',
    resolve: async (_root, { input }, { services, viewer, device }) => ({
      id: await services.invitations.accept(viewer, { token: input.token, id: input.id?.id }, device),
    }),
  },
  {
    description: 'Where you are now.',
    outputFields: (t) => ({
      conversation: t.field({
        type: Conversation,
        description: 'The conversation; see its `viewerRole`.',
        resolve: ({ id }, _arguments, { loaders }) => loadExisting(loaders.conversation, id, 'Conversation'),
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

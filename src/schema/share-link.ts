import type { ShareLinkRow } from '../services/share-link/share-links.ts';
import { builder } from './builder.ts';
import { Conversation } from './conversation.ts';
import { paginate } from './pagination.ts';

const ShareLink = builder.objectRef<ShareLinkRow>('ShareLink');

const ShareLinkEdge = builder.edgeObject({ type: ShareLink, name: 'ShareLinkEdge', description: 'A share link in a page.' });

const ShareLinkConnection = builder.connectionObject({ type: ShareLink, name: 'ShareLinkConnection', description: 'A page of share links.' }, ShareLinkEdge);

builder.node(ShareLink, {
  description: 'A link of yours by which everybody who has it can read a conversation as it was, without an account.',
  id: { resolve: (link) => link.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.shareLink.load(id),
  fields: (t) => ({
    title: t.exposeString('title', { nullable: true, description: 'The title that the conversation had.' }),
    messageCount: t.exposeInt('messageCount', { description: 'How many messages it shows.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made; what was said later does not show.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'From when it shows nothing any more; null for one that holds until it is revoked.',
    }),
    conversation: t.field({
      type: Conversation,
      nullable: true,
      description: 'The conversation as it is now; null when you take no part in it any more.',
      resolve: (link, _arguments, { loaders }) => loaders.conversation.load(link.conversationId),
    }),
  }),
});

builder.queryField('shareLinks', (t) =>
  t.connection(
    {
      type: ShareLink,
      description: 'Your share links that are in force, newest first.',
      args: { conversationId: t.arg.globalID({ for: Conversation, description: 'Only those of this conversation.' }) },
      resolve: (_root, { conversationId, ...args }, { services, viewer }) =>
        paginate(
          args,
          (page) => services.shareLinks.list(viewer, conversationId?.id ?? null, page),
          (row) => ({ at: row.createdAt, id: row.id }),
        ),
    },
    ShareLinkConnection,
  ),
);

builder.relayMutationField(
  'shareConversation',
  {
    description: 'What to share, and for how long.',
    inputFields: (t) => ({
      conversationId: t.globalID({ for: Conversation, required: true, description: 'The conversation.' }),
      expiresAt: t.field({ type: 'DateTime', description: 'From when the link shows nothing any more; without it, it holds until it is revoked.' }),
    }),
  },
  {
    description:
      'Makes a link to the conversation as it is now; only an OWNER may: the branch that is shown, with its texts, tables and plots, but without names of people, attachments, SQL and what tools did. What is said later does not show. Everybody who has the token can read it with `sharedConversation`.',
    resolve: (_root, { input }, { services, viewer }) =>
      services.shareLinks.create(viewer, { conversationId: input.conversationId.id, expiresAt: input.expiresAt }),
  },
  {
    description: 'The new link.',
    outputFields: (t) => ({
      shareLink: t.expose('shareLink', { type: ShareLink, description: 'The link as it stands in your list.' }),
      token: t.exposeString('token', {
        description: 'What `sharedConversation` takes; put it into the address of your page. It is shown here and never again; only a hash of it is stored.',
      }),
    }),
  },
);

builder.relayMutationField(
  'revokeShareLink',
  {
    description: 'Which link to end.',
    inputFields: (t) => ({ id: t.globalID({ for: ShareLink, required: true, description: 'The link.' }) }),
  },
  {
    description: 'Ends a share link at once.',
    resolve: async (_root, { input }, { services, viewer }) => ({ id: await services.shareLinks.revoke(viewer, input.id.id) }),
  },
  {
    description: 'What was ended.',
    outputFields: (t) => ({
      revokedShareLinkId: t.globalID({ description: 'The id of the link.', resolve: ({ id }) => ({ id, type: ShareLink }) }),
    }),
  },
);

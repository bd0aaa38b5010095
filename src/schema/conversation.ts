import type { Conversation as ConversationRow } from '../../prisma/generated/client.ts';
import { builder } from './builder.ts';
import { loadExisting } from './batch.ts';
import { asksFor } from './look-ahead.ts';
import { Message, MessageConnection, messagePosition } from './message.ts';
import { paginate } from './pagination.ts';
import { Session } from './session.ts';

/** A room of messages. */
export const Conversation = builder.objectRef<ConversationRow>('Conversation');

const ConversationEdge = builder.edgeObject({ type: Conversation, name: 'ConversationEdge', description: 'A conversation in a page.' });

const ConversationConnection = builder.connectionObject(
  { type: Conversation, name: 'ConversationConnection', description: 'A page of conversations.' },
  ConversationEdge,
);

builder.node(Conversation, {
  description: 'An ordered room of messages.',
  id: { resolve: (conversation) => conversation.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.conversation.load(id),
  fields: (t) => ({
    title: t.exposeString('title', { nullable: true, description: 'Made after the first exchange unless a person gives one; null until then.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When something last happened in it.' }),
    lastEventSeq: t.exposeInt('eventSeq', {
      description: 'The number of its newest event: subscribe to `conversationEvents` with `after` set to it to see only what comes.',
    }),
    messageCount: t.int({
      description: 'How many messages it has.',
      resolve: async (conversation, _arguments, context) => (await context.loaders.messageCount.load(conversation.id)) ?? 0,
    }),
    context: t.field({
      type: ConversationContext,
      nullable: true,
      description: 'What the conversation is about; it decides which tools the engine gets. Null for a plain chat.',
      resolve: (conversation, _arguments, context) => (conversation.sessionId === null ? null : context.loaders.session.load(conversation.sessionId)),
    }),
    messages: t.connection(
      {
        type: Message,
        description: 'The messages, oldest first. Ask with `last` for the newest.',
        resolve: (conversation, args, { loaders }, info) => {
          const withText = asksFor(info, ['text']) ? loaders.messagesWithTextOf : loaders.messagesOf;
          const loader = asksFor(info, ['parts']) ? loaders.messagesWithPartsOf : withText;
          return paginate(args, (page) => loader.load({ id: conversation.id, page }), messagePosition);
        },
      },
      MessageConnection,
    ),
  }),
});

const ConversationContext = builder.unionType('ConversationContext', {
  description: 'What a conversation can be about.',
  types: [Session],
  resolveType: () => Session,
});

builder.objectField(Session, 'conversation', (t) =>
  t.field({
    type: Conversation,
    description: 'The conversation about the data of this session.',
    resolve: (session, _arguments, context) => loadExisting(context.loaders.conversationOfSession, session.id, 'Conversation'),
  }),
);

builder.queryFields((t) => ({
  conversations: t.connection(
    {
      type: Conversation,
      description: 'The conversations that you take part in, recent first.',
      resolve: (_root, args, context) =>
        paginate(
          args,
          (page) => context.services.conversations.list(context.viewer, page),
          (row) => ({ at: row.updatedAt, id: row.id }),
        ),
    },
    ConversationConnection,
  ),
  conversation: t.field({
    type: Conversation,
    nullable: true,
    description: 'One conversation.',
    args: { id: t.arg.globalID({ for: Conversation, required: true, description: 'The id of the conversation.' }) },
    resolve: (_root, { id }, context) => context.services.conversations.get(context.viewer, id.id),
  }),
}));

builder.relayMutationField(
  'createConversation',
  {
    description: 'What the new conversation is like.',
    inputFields: (t) => ({ title: t.string({ description: 'A title; made after the first exchange when absent.' }) }),
  },
  {
    description: 'Makes an empty conversation. `sendMessage` without a `conversationId` does so too.',
    resolve: async (_root, { input }, context) => ({ conversation: await context.services.conversations.create(context.viewer, input) }),
  },
  {
    description: 'The new conversation.',
    outputFields: (t) => ({ conversation: t.expose('conversation', { type: Conversation, description: 'The new conversation.' }) }),
  },
);

builder.relayMutationField(
  'updateConversation',
  {
    description: 'What to change; what is absent stays as it is.',
    inputFields: (t) => ({
      id: t.globalID({ for: Conversation, required: true, description: 'The conversation.' }),
      title: t.string({ description: 'The new title; null removes it, and the next exchange makes one.' }),
    }),
  },
  {
    description: 'Renames a conversation.',
    resolve: async (_root, { input }, context) => ({
      conversation: await context.services.conversations.update(context.viewer, { id: input.id.id, title: input.title }),
    }),
  },
  {
    description: 'The changed conversation.',
    outputFields: (t) => ({ conversation: t.expose('conversation', { type: Conversation, description: 'The changed conversation.' }) }),
  },
);

builder.relayMutationField(
  'deleteConversation',
  {
    description: 'What to delete.',
    inputFields: (t) => ({ id: t.globalID({ for: Conversation, required: true, description: 'The conversation.' }) }),
  },
  {
    description: 'Deletes a conversation with all that was said in it. A run that is under way in it is stopped.',
    resolve: async (_root, { input }, context) => ({ id: await context.services.conversations.delete(context.viewer, input.id.id) }),
  },
  {
    description: 'What was deleted.',
    outputFields: (t) => ({
      deletedConversationId: t.globalID({ description: 'The id that was deleted.', resolve: ({ id }) => ({ id, type: Conversation }) }),
    }),
  },
);

builder.relayMutationField(
  'deleteAllConversations',
  {
    description: 'A confirmation, because this cannot be undone.',
    inputFields: (t) => ({ confirm: t.boolean({ required: true, description: 'Must be true.' }) }),
  },
  {
    description: 'Deletes all your conversations, except those of data sessions, which go with their session.',
    resolve: async (_root, { input }, context) => ({ ids: await context.services.conversations.deleteAll(context.viewer, input.confirm) }),
  },
  {
    description: 'What was deleted.',
    outputFields: (t) => ({
      deletedConversationIds: t.globalIDList({
        description: 'The ids that were deleted.',
        resolve: ({ ids }) => ids.map((id) => ({ id, type: Conversation })),
      }),
    }),
  },
);

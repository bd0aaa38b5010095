import { contextKinds } from '../services/conversation/about.ts';
import { conversationPosition } from '../services/conversation/conversation-list.ts';
import type { LoadedConversation } from '../services/conversation/conversation-row.ts';
import { builder } from './builder.ts';
import { loadExisting } from './batch.ts';
import { asksFor } from './look-ahead.ts';
import { Goal } from './goal.ts';
import { Message, MessageConnection, messagePosition } from './message.ts';
import { paginate } from './pagination.ts';
import { DailyPlan, WeeklyPlan } from './plan.ts';
import { Session } from './session.ts';

/** A room of messages. */
export const Conversation = builder.objectRef<LoadedConversation>('Conversation');

type InputFields = Parameters<Parameters<typeof builder.inputType<string, never>>[1]['fields']>[0];

/** The input by which a new conversation is a temporary one. */
export const temporaryText =
  'Makes the new conversation a temporary one, which vanishes with everything in it after so many minutes, 1 to 43,200 (30 days), and is not found by `search`.';

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
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it vanishes with everything in it; null for one that stays. `keepConversation` makes a temporary one stay.',
    }),
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
      resolve: ({ sessionId, goalId, weeklyPlanId, dailyPlanId }, _arguments, { loaders }) => {
        if (sessionId !== null) return loaders.session.load(sessionId);
        if (goalId !== null) return loaders.goal.load(goalId);
        if (weeklyPlanId !== null) return loaders.weeklyPlan.load(weeklyPlanId);
        return dailyPlanId === null ? null : loaders.dailyPlan.load(dailyPlanId);
      },
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
  types: [Session, Goal, WeeklyPlan, DailyPlan],
  resolveType: (value) => {
    if ('horizon' in value) return Goal;
    if ('weekStart' in value) return WeeklyPlan;
    return 'date' in value ? DailyPlan : Session;
  },
});

/** An input that names what a conversation is to be about. */
export const contextIdField = (t: InputFields, description: string) => t.globalID({ for: [Session, Goal, WeeklyPlan, DailyPlan], description });

/** What an input names, as the services take it; absent and null differ. */
export function contextNameOf(globalId: { readonly typename: string; readonly id: string } | null | undefined) {
  if (globalId == null) return globalId;
  const kind = contextKinds.find((known) => known === globalId.typename);
  return kind === undefined ? null : { kind, id: globalId.id };
}

for (const [owner, loaderName, subject] of [
  [Goal, 'conversationsOfGoal', 'goal'],
  [WeeklyPlan, 'conversationsOfWeeklyPlan', 'week'],
  [DailyPlan, 'conversationsOfDailyPlan', 'day'],
] as const) {
  builder.objectField(owner, 'conversations', (t) =>
    t.connection(
      {
        type: Conversation,
        description: `The conversations about this ${subject}, recent ones first, also those in your archive.`,
        resolve: (parent, args, { loaders }) =>
          paginate(
            args,
            (page) => loaders[loaderName].load({ id: parent.id, page }),
            ({ updatedAt: at, id }) => ({ at, id }),
          ),
      },
      ConversationConnection,
    ),
  );
}

builder.objectField(Session, 'conversation', (t) =>
  t.field({
    type: Conversation,
    description: 'The conversation about the data of this session.',
    resolve: (session, _arguments, context) => loadExisting(context.loaders.conversationOfSession, session.id, 'Conversation'),
  }),
);

const ConversationFilter = builder.inputType('ConversationFilter', {
  description: 'Which conversations to list. What is absent does not matter, except that those in the archive are left out.',
  fields: (t) => ({
    isArchived: t.boolean({ description: 'True for those in your archive; absent or false for those that are not.' }),
    isPinned: t.boolean({ description: 'Whether you have pinned them.' }),
    isUnread: t.boolean({ description: 'Whether something in them is unread.' }),
    tag: t.string({ description: 'A tag that you gave them; see `conversationTags`.' }),
    query: t.string({ description: 'What their title contains, in capitals or not. To find what was said in them there is `search`.' }),
  }),
});

builder.queryFields((t) => ({
  conversations: t.connection(
    {
      type: Conversation,
      description: 'The conversations that you take part in: pinned ones first, then the others, recent ones first.',
      args: { filter: t.arg({ type: ConversationFilter, description: 'Which ones; those that are not archived when absent.' }) },
      resolve: (_root, { filter, ...args }, context) =>
        paginate(args, (page) => context.services.conversations.list(context.viewer, filter ?? {}, page), conversationPosition),
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
    inputFields: (t) => ({
      title: t.string({ description: 'A title; made after the first exchange when absent.' }),
      temporaryForMinutes: t.int({ description: temporaryText }),
      contextId: contextIdField(t, 'What it is about: a goal, a week or a day of yours. A data session has a conversation already. Nothing when absent.'),
    }),
  },
  {
    description: 'Makes an empty conversation. `sendMessage` without a `conversationId` does so too.',
    resolve: async (_root, { input: { contextId, ...input } }, { services, viewer }) => ({
      conversation: await services.conversations.create(viewer, { ...input, context: contextNameOf(contextId) }),
    }),
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
      isPinned: t.boolean({ description: 'Whether it stands above the others in your list.' }),
      isArchived: t.boolean({ description: 'Whether it is in your archive and out of your list.' }),
      tags: t.stringList({
        description: 'All your tags for it, which take the place of those before: at most 20 of at most 50 characters, kept in lower case.',
      }),
    }),
  },
  {
    description: 'Renames a conversation for everybody, which only an OWNER may, and pins, archives and tags it for yourself.',
    resolve: async (_root, { input }, context) => ({
      conversation: await context.services.conversations.update(context.viewer, { ...input, id: input.id.id }),
    }),
  },
  {
    description: 'The changed conversation.',
    outputFields: (t) => ({ conversation: t.expose('conversation', { type: Conversation, description: 'The changed conversation.' }) }),
  },
);

builder.relayMutationField(
  'setConversationContext',
  {
    description: 'Which conversation, and what it is about from now on.',
    inputFields: (t) => ({
      conversationId: t.globalID({ for: Conversation, required: true, description: 'The conversation.' }),
      contextId: contextIdField(t, 'A goal, a week or a day of yours; null or absent for nothing.'),
    }),
  },
  {
    description:
      'Says what a conversation is about: from the next answer on its engine knows your plans and may propose changes of them. That of a data session stays its own.',
    resolve: async (_root, { input }, { services, viewer }) => ({
      conversation: await services.abouts.set(viewer, input.conversationId.id, contextNameOf(input.contextId) ?? null),
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
    description: 'Deletes a conversation with all that was said in it, for everybody; only an OWNER may. A run that is under way in it is stopped.',
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
    description:
      'Deletes all conversations that you hold, for everybody in them, except those of data sessions, which go with their session. Those that others hold stay; leave them with `leaveConversation`.',
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

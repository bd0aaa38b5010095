import type { LoadedConversation } from '../services/conversation/conversation-row.ts';
import type { ConversationTag as ConversationTagRow, MessagePreview as MessagePreviewRow } from '../services/conversation/organising.ts';
import { loadExisting } from './batch.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { Conversation } from './conversation.ts';
import { Message, MessageRole } from './message.ts';

const marksOf = async (conversation: LoadedConversation, { loaders }: Context) =>
  conversation.marks ?? loadExisting(loaders.conversationMarks, conversation.id, 'Conversation');

const MessagePreview = builder.objectRef<MessagePreviewRow>('MessagePreview').implement({
  description: 'The beginning of a message, for a list.',
  fields: (t) => ({
    role: t.expose('role', { type: MessageRole, description: 'Who speaks.' }),
    text: t.exposeString('text', { description: 'How it begins: at most 200 characters on one line, in Markdown as it came.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was written, or begun.' }),
    message: t.field({
      type: Message,
      description: 'The message.',
      resolve: ({ messageId }, _arguments, { loaders }) => loadExisting(loaders.message, messageId, 'Message'),
    }),
  }),
});

builder.objectFields(Conversation, (t) => ({
  isPinned: t.boolean({
    description: 'Whether you have pinned it. Like your other marks it is yours alone; nobody else sees it.',
    resolve: async (conversation, _arguments, context) => (await marksOf(conversation, context)).isPinned,
  }),
  isArchived: t.boolean({
    description: 'Whether it is in your archive.',
    resolve: async (conversation, _arguments, context) => (await marksOf(conversation, context)).isArchived,
  }),
  tags: t.stringList({
    description: 'Your tags for it, in the order of the alphabet.',
    resolve: async (conversation, _arguments, context) => [...(await marksOf(conversation, context)).tags],
  }),
  unreadCount: t.int({
    description:
      'How many messages you have not read: answers and what others said since you marked it as read or said something yourself. 100 stands for that many or more.',
    resolve: async (conversation, _arguments, { loaders }) => (await loaders.unreadCount.load(conversation.id)) ?? 0,
  }),
  lastMessage: t.field({
    type: MessagePreview,
    nullable: true,
    description: 'What was said last on the branch that people see; null where nothing was said yet.',
    resolve: (conversation, _arguments, { loaders }) => loaders.lastMessage.load(conversation.id),
  }),
}));

builder.relayMutationField(
  'keepConversation',
  {
    description: 'What is to stay.',
    inputFields: (t) => ({ conversationId: t.globalID({ for: Conversation, required: true, description: 'The conversation.' }) }),
  },
  {
    description: 'Makes a temporary conversation stay; only an OWNER may. When its time is over it is too late: NOT_FOUND.',
    resolve: async (_root, { input }, { services, viewer }) => ({ conversation: await services.conversations.keep(viewer, input.conversationId.id) }),
  },
  {
    description: 'The conversation.',
    outputFields: (t) => ({ conversation: t.expose('conversation', { type: Conversation, description: 'The conversation, without `expiresAt`.' }) }),
  },
);

const ConversationTag = builder.objectRef<ConversationTagRow>('ConversationTag').implement({
  description: 'A tag that you gave conversations.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The tag, in lower case; give it to `conversations(filter: { tag: ... })`.' }),
    count: t.exposeInt('count', { description: 'How many conversations have it that are not archived.' }),
    archivedCount: t.exposeInt('archivedCount', { description: 'How many in your archive have it.' }),
  }),
});

builder.queryField('conversationTags', (t) =>
  t.field({
    type: [ConversationTag],
    description: 'Your tags, in the order of the alphabet; at most 500. A tag that no conversation has any more is gone.',
    resolve: async (_root, _arguments, { services, viewer }) => [...(await services.organising.tags(viewer))],
  }),
);

builder.relayMutationField(
  'markRead',
  {
    description: 'What you have read.',
    inputFields: (t) => ({
      conversationId: t.globalID({ for: Conversation, required: true, description: 'The conversation.' }),
      messageId: t.globalID({ for: Message, description: 'The last message that you have read; all that is there when absent.' }),
    }),
  },
  {
    description: 'Marks messages as read, for yourself. An answer that is being written stays unread: mark it when it has ended. What was read once stays so.',
    resolve: async (_root, { input }, { services, viewer, loaders }) => {
      await services.organising.markRead(viewer, { conversationId: input.conversationId.id, messageId: input.messageId?.id });
      return { conversation: await loadExisting(loaders.conversation, input.conversationId.id, 'Conversation') };
    },
  },
  {
    description: 'The conversation.',
    outputFields: (t) => ({ conversation: t.expose('conversation', { type: Conversation, description: 'See its `unreadCount`.' }) }),
  },
);

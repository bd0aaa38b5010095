import { Attachment } from './attachment.ts';
import { builder } from './builder.ts';
import { Conversation } from './conversation.ts';
import { loadExisting } from './batch.ts';
import { asksFor } from './look-ahead.ts';
import { Message, MessageConnection, messagePosition } from './message.ts';
import { paginate } from './pagination.ts';
import { howToRun } from './run-sending.ts';
import { Run } from './run.ts';

builder.objectFields(Message, (t) => ({
  conversation: t.field({
    type: Conversation,
    description: 'Where it was said.',
    resolve: (message, _arguments, { loaders }) => loadExisting(loaders.conversation, message.conversationId, 'Conversation'),
  }),
  isActive: t.exposeBoolean('isActive', { description: 'Whether it is on the branch that people see, `Conversation.activePath`.' }),
  depth: t.exposeInt('depth', { description: 'How many messages stand above it.' }),
  siblingIndex: t.int({
    description: 'Its place among the messages that follow the same one, from 0, the oldest: show "2 of 3" as `siblingIndex + 1` of `siblingCount`.',
    resolve: async (message, _arguments, { loaders }) => (await loadExisting(loaders.siblingPlace, message.id, 'Message')).index,
  }),
  siblingCount: t.int({
    description: 'How many messages follow the same one: edits of a question, or answers to it; 1 when it is the only one.',
    resolve: async (message, _arguments, { loaders }) => (await loadExisting(loaders.siblingPlace, message.id, 'Message')).count,
  }),
  siblings: t.field({
    type: [Message],
    description: 'The messages that follow the same one, itself among them, the oldest first; at most 100. Give one to `switchBranch`.',
    resolve: async (message, _arguments, { loaders }) => [...((await loaders.siblingsOf.load(message.id)) ?? [])],
  }),
  children: t.field({
    type: [Message],
    description: 'The messages that follow it, the oldest first; at most 100. More than one where it was edited or answered again.',
    resolve: async (message, _arguments, { loaders }) => [...((await loaders.childrenOf.load(message.id)) ?? [])],
  }),
}));

builder.objectFields(Conversation, (t) => ({
  activePath: t.connection(
    {
      type: Message,
      description:
        'The branch that people see: from the first message down to the last one, a question and one of its answers after the other. Ask with `last` for the newest.',
      resolve: (conversation, args, { loaders }, info) => {
        const withText = asksFor(info, ['text']) ? loaders.pathWithTextOf : loaders.pathOf;
        const loader = asksFor(info, ['parts']) ? loaders.pathWithPartsOf : withText;
        return paginate(args, (page) => loader.load({ id: conversation.id, page }), messagePosition);
      },
    },
    MessageConnection,
  ),
  forkedFromMessageId: t.globalID({
    nullable: true,
    description: 'The `Message` of another conversation that it was forked at, which may be gone by now; null for one that is no fork.',
    resolve: ({ forkedFromId }) => (forkedFromId === null ? null : { id: forkedFromId, type: Message }),
  }),
}));

builder.relayMutationField(
  'editMessage',
  {
    description: 'A message of your own in other words.',
    inputFields: (t) => ({
      messageId: t.globalID({ for: Message, required: true, description: 'The message; you must have written it.' }),
      text: t.string({ required: true, description: 'What to say in its place, in Markdown.' }),
      attachmentIds: t.globalIDList({
        for: Attachment,
        description:
          'The pictures and text files to say it with, at most 10, in their order; those of the old message when absent or null, none for an empty list.',
      }),
      ...howToRun(t),
    }),
  },
  {
    description:
      'Says a message of yours in other words and has it answered. The old one stays, with everything below it, as a branch beside the new one; go back to it with `switchBranch`.',
    resolve: async (_root, { input }, context) => ({
      run: await context.services.runs.edit(context.viewer, {
        ...input,
        messageId: input.messageId.id,
        attachmentIds: input.attachmentIds?.map(({ id }) => id),
      }),
    }),
  },
  {
    description: 'The run, with its conversation and its messages.',
    outputFields: (t) => ({ run: t.expose('run', { type: Run, description: 'The run: RUNNING, or QUEUED behind another.' }) }),
  },
);

builder.relayMutationField(
  'regenerate',
  {
    description: 'What to answer again, and how.',
    inputFields: (t) => ({
      messageId: t.globalID({
        for: Message,
        required: true,
        description: 'An answer, to have another one beside it; or a question, for one that got no answer.',
      }),
      ...howToRun(t),
    }),
  },
  {
    description:
      'Has a question answered again, also by another model. The old answer stays, with everything below it, as a branch beside the new one; go back to it with `switchBranch`.',
    resolve: async (_root, { input }, context) => ({
      run: await context.services.runs.regenerate(context.viewer, { ...input, messageId: input.messageId.id }),
    }),
  },
  {
    description: 'The run, with its conversation and its messages.',
    outputFields: (t) => ({ run: t.expose('run', { type: Run, description: 'The run: RUNNING, or QUEUED behind another.' }) }),
  },
);

builder.relayMutationField(
  'switchBranch',
  {
    description: 'The branch to see.',
    inputFields: (t) => ({
      messageId: t.globalID({ for: Message, required: true, description: 'A message on the branch, for example one of `siblings`.' }),
    }),
  },
  {
    description:
      'Shows everybody the branch that a message is on, and below the message the newest of what follows. On one that is seen already nothing changes. What is said next is said at its end.',
    resolve: async (_root, { input }, { services, viewer, loaders }) => ({
      conversation: await loadExisting(loaders.conversation, await services.branches.switchTo(viewer, input.messageId.id), 'Conversation'),
    }),
  },
  {
    description: 'The conversation.',
    outputFields: (t) => ({ conversation: t.expose('conversation', { type: Conversation, description: 'See its `activePath`.' }) }),
  },
);

builder.relayMutationField(
  'forkConversation',
  {
    description: 'Where to fork.',
    inputFields: (t) => ({
      messageId: t.globalID({ for: Message, required: true, description: 'The last message that the fork has.' }),
      title: t.string({ description: 'The title of the fork; that of the conversation when absent.' }),
    }),
  },
  {
    description:
      'Copies a conversation, from its first message down to this one, into a conversation of its own. What comes later in one does not show in the other. The fork of a data session is a plain chat: its tables and plots are there to see, the data is not. CONFLICT while an answer on the way is being written.',
    resolve: async (_root, { input }, { services, viewer }) => ({
      conversation: await services.branches.fork(viewer, { messageId: input.messageId.id, title: input.title }),
    }),
  },
  {
    description: 'The fork.',
    outputFields: (t) => ({ conversation: t.expose('conversation', { type: Conversation, description: 'The new conversation.' }) }),
  },
);

builder.relayMutationField(
  'deleteMessage',
  {
    description: 'What to delete.',
    inputFields: (t) => ({ messageId: t.globalID({ for: Message, required: true, description: 'The message.' }) }),
  },
  {
    description:
      'Deletes a message with everything below it, for everybody. An EDITOR may where only they themselves said something in it, an OWNER always. Where it was seen, the branch goes on with the message beside it, or ends above. CONFLICT while an answer is being written in it.',
    resolve: async (_root, { input }, { services, viewer }) => services.branches.delete(viewer, input.messageId.id),
  },
  {
    description: 'What was deleted.',
    outputFields: (t) => ({
      deletedMessageIds: t.globalIDList({
        description: 'The ids of the message and of those below it; the first 1,000 of them.',
        resolve: ({ ids }) => ids.map((id) => ({ id, type: Message })),
      }),
      deletedCount: t.int({ description: 'How many messages were deleted.', resolve: ({ count }) => count }),
      conversation: t.field({
        type: Conversation,
        description: 'The conversation as it is now.',
        resolve: ({ conversationId }, _arguments, { loaders }) => loadExisting(loaders.conversation, conversationId, 'Conversation'),
      }),
    }),
  },
);

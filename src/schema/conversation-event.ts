import type { ConversationEvent as ConversationEventRow, ConversationEventData } from '../events/conversation-event.ts';
import { builder } from './builder.ts';
import { Conversation } from './conversation.ts';
import { loadExisting } from './batch.ts';
import { Message } from './message.ts';
import { Run, RunStatus } from './run.ts';

type EventOf<Type extends ConversationEventData['type']> = ConversationEventRow & { readonly data: Extract<ConversationEventData, { type: Type }> };

const ConversationEvent = builder.interfaceRef<ConversationEventRow>('ConversationEvent').implement({
  description: 'A numbered fact of a conversation, for every device.',
  resolveType: (event) => event.data.type,
  fields: (t) => ({
    seq: t.exposeInt('seq', { description: 'Its number: 1, 2, 3 ... Give the last one you have as `after` to go on behind it.' }),
    conversationId: t.globalID({ description: 'The conversation.', resolve: (event) => ({ id: event.conversationId, type: Conversation }) }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it happened.' }),
  }),
});

const eventRef = <Type extends ConversationEventData['type']>(type: Type) => builder.objectRef<EventOf<Type>>(type);

eventRef('MessageAdded').implement({
  interfaces: [ConversationEvent],
  description: 'A message was added: a question, or an answer that is about to be written.',
  fields: (t) => ({
    message: t.field({
      type: Message,
      description: 'The message.',
      resolve: ({ data }, _arguments, context) => loadExisting(context.loaders.message, data.messageId, 'Message'),
    }),
  }),
});

eventRef('RunChanged').implement({
  interfaces: [ConversationEvent],
  description: 'A run began, waits or ended. When it is RUNNING, follow it with `runEvents`.',
  fields: (t) => ({
    status: t.field({ type: RunStatus, description: 'What it changed to.', resolve: ({ data }) => data.status }),
    run: t.field({
      type: Run,
      description: 'The run as it is now.',
      resolve: ({ data }, _arguments, context) => loadExisting(context.loaders.run, data.runId, 'Run'),
    }),
  }),
});

eventRef('ConversationTitleChanged').implement({
  interfaces: [ConversationEvent],
  description: 'The conversation was named or renamed.',
  fields: (t) => ({ title: t.string({ nullable: true, description: 'The title; null when it was removed.', resolve: ({ data }) => data.title }) }),
});

eventRef('ConversationDeleted').implement({
  interfaces: [ConversationEvent],
  description: 'The conversation is gone. Nothing follows.',
  fields: (t) => ({
    deletedConversationId: t.globalID({ description: 'The id that was deleted.', resolve: (event) => ({ id: event.conversationId, type: Conversation }) }),
  }),
});

builder.subscriptionField('conversationEvents', (t) =>
  t.field({
    type: ConversationEvent,
    description:
      'Follows a conversation on every device: messages, runs and titles, each once and in order. After a cut, subscribe again with `after` set to the last `seq` that you have.',
    args: {
      conversationId: t.arg.globalID({ for: Conversation, required: true, description: 'The conversation.' }),
      after: t.arg.int({ defaultValue: 0, description: 'The `seq` of the last event that you have; 0 for all. `Conversation.lastEventSeq` skips what was.' }),
    },
    subscribe: (_root, { conversationId, after }, context) => context.services.conversations.events(context.viewer, conversationId.id, after ?? 0),
    resolve: (event) => event,
  }),
);

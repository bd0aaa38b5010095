import type { ConversationEvent as ConversationEventRow, ConversationEventData } from '../events/conversation-event.ts';
import { encodeGlobalID } from '@pothos/plugin-relay';
import { builder } from './builder.ts';
import { Conversation } from './conversation.ts';
import { loadExisting } from './batch.ts';
import { Message } from './message.ts';
import { Run, RunStatus } from './run.ts';

type EventOf<Type extends ConversationEventData['type']> = ConversationEventRow & { readonly data: Extract<ConversationEventData, { type: Type }> };

const ConversationEvent = builder.interfaceRef<ConversationEventRow>('ConversationEvent').implement({
  description: 'A numbered fact of a conversation, for every device.',
  resolveType: (event) => event.data.type,
  // Every field below that is no object depends on the event alone, so the server may write it without an execution.
  extensions: { hasPlainLeaves: true },
  fields: (t) => ({
    seq: t.exposeInt('seq', { description: 'Its number: 1, 2, 3 ... Give the last one you have as `after` to go on behind it.' }),
    conversationId: t.id({ description: 'The conversation.', resolve: (event) => encodeGlobalID(Conversation.name, event.conversationId) }),
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
    deletedConversationId: t.id({
      description: 'The id that was deleted.',
      resolve: (event) => encodeGlobalID(Conversation.name, event.conversationId),
    }),
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

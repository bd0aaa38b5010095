import type { ConversationEvent as ConversationEventRow, ConversationEventData } from '../events/conversation-event.ts';
import { encodeGlobalID } from '@pothos/plugin-relay';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { Conversation } from './conversation.ts';
import { loadExisting } from './batch.ts';
import { Message, MessagePart } from './message.ts';
import { ParticipantRole } from './participant.ts';
import { User } from './user.ts';
import { Run, RunStatus } from './run.ts';
import { ErrorCodeEnum } from './scalars.ts';

/** The events that are about a person. */
type PersonalEvent = Extract<ConversationEventData, { readonly userId: string }>['type'];

type EventOf<Type extends ConversationEventData['type']> = ConversationEventRow & { readonly data: Extract<ConversationEventData, { type: Type }> };

const ConversationEvent = builder.interfaceRef<ConversationEventRow>('ConversationEvent').implement({
  description: 'A numbered fact of a conversation, for every device.',
  resolveType: (event) => event.data.type,
  // Every field below that is no object depends on the event alone, so the server may write it without an execution.
  extensions: { hasPlainLeaves: true },
  fields: (t) => ({
    seq: t.exposeInt('seq', {
      description:
        'Its number: 1, 2, 3 ... Give the last one you have as `after` to go on behind it. `TypingChanged` and `PresenceChanged`, which are not kept, have that of the event before them.',
    }),
    conversationId: t.id({ description: 'The conversation.', resolve: (event) => encodeGlobalID(Conversation.name, event.conversationId) }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it happened.' }),
  }),
});

const eventRef = <Type extends ConversationEventData['type']>(type: Type) => builder.objectRef<EventOf<Type>>(type);

eventRef('MessageAdded').implement({
  interfaces: [ConversationEvent],
  description:
    'A message was added: a question, or an answer that is about to be written. One that is on the branch that people see (`isActive`) takes the place there of what followed its `parent`.',
  fields: (t) => ({
    message: t.field({
      type: Message,
      nullable: true,
      description: 'The message; null when it was deleted since.',
      resolve: ({ data }, _arguments, context) => context.loaders.message.load(data.messageId),
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
      nullable: true,
      description: 'The run as it is now; null when its messages were deleted since.',
      resolve: ({ data }, _arguments, context) => context.loaders.run.load(data.runId),
    }),
  }),
});

eventRef('PartChanged').implement({
  interfaces: [ConversationEvent],
  description: 'A part of a message was changed after it was written, for example a plot by `editPlot`. Load it anew.',
  fields: (t) => ({
    version: t.int({ description: 'The number of its newest version at that time.', resolve: ({ data }) => data.version }),
    message: t.field({
      type: Message,
      nullable: true,
      description: 'The message; null when it was deleted since.',
      resolve: ({ data }, _arguments, context) => context.loaders.message.load(data.messageId),
    }),
    part: t.field({
      type: MessagePart,
      nullable: true,
      description: 'The part as it is now; null when its message was deleted since.',
      resolve: ({ data }, _arguments, context) => context.loaders.part.load(data.partId),
    }),
  }),
});

eventRef('BranchSwitched').implement({
  interfaces: [ConversationEvent],
  description: 'Somebody switched to another branch: load `activePath` anew.',
  fields: (t) => ({
    conversation: t.field({
      type: Conversation,
      description: 'The conversation as it is now.',
      resolve: (event, _arguments, context) => loadExisting(context.loaders.conversation, event.conversationId, 'Conversation'),
    }),
    messageId: t.id({
      description: 'The message that the branch was chosen by; it may be gone by now.',
      resolve: ({ data }) => encodeGlobalID(Message.name, data.messageId),
    }),
  }),
});

eventRef('MessagesDeleted').implement({
  interfaces: [ConversationEvent],
  description: 'A message was deleted, with everything below it. Where it was on the branch that people see, load `activePath` anew.',
  fields: (t) => ({
    deletedMessageId: t.id({ description: 'The message.', resolve: ({ data }) => encodeGlobalID(Message.name, data.messageId) }),
    count: t.int({ description: 'How many messages were deleted.', resolve: ({ data }) => data.count }),
  }),
});

eventRef('ConversationTitleChanged').implement({
  interfaces: [ConversationEvent],
  description: 'The conversation was named or renamed.',
  fields: (t) => ({ title: t.string({ nullable: true, description: 'The title; null when it was removed.', resolve: ({ data }) => data.title }) }),
});

eventRef('PersonasChanged').implement({
  interfaces: [ConversationEvent],
  description: 'A persona was added or removed, or turns are taken in another way.',
  fields: (t) => ({
    conversation: t.field({
      type: Conversation,
      description: 'The conversation as it is now.',
      resolve: (event, _arguments, context) => loadExisting(context.loaders.conversation, event.conversationId, 'Conversation'),
    }),
  }),
});

const RoundEndReason = builder.enumType('RoundEndReason', {
  description: 'Why no other turn follows.',
  values: {
    FINISHED: { description: 'Everybody whose turn it was has spoken, or the moderator found that nobody else needs to.' },
    MAX_TURNS: { description: 'The limit on turns was reached.' },
    STOPPED: { description: 'A person stopped a turn, or said something with `ifBusy: INTERRUPT`.' },
    FAILED: { description: 'The next turn could not begin; `code` says why, for example QUOTA_EXCEEDED.' },
  } as const,
});

eventRef('RoundEnded').implement({
  interfaces: [ConversationEvent],
  description: 'The personas have taken their turns after a message; nobody else answers it. A message that one run answers has no such event.',
  fields: (t) => ({
    turns: t.int({ description: 'How many turns there were.', resolve: ({ data }) => data.turns }),
    reason: t.field({ type: RoundEndReason, description: 'Why no other follows.', resolve: ({ data }) => data.reason }),
    code: t.field({ type: ErrorCodeEnum, nullable: true, description: 'Of FAILED; null otherwise.', resolve: ({ data }) => data.code }),
  }),
});

const userOf = ({ data }: EventOf<PersonalEvent>, _arguments: object, { loaders }: Context) => loaders.user.load(data.userId);
const userIdOf = ({ data }: EventOf<PersonalEvent>): string => encodeGlobalID(User.name, data.userId);
const userText = 'The person; null when they take no part any more.';
const userIdText = 'The id of the person.';

eventRef('ParticipantJoined').implement({
  interfaces: [ConversationEvent],
  description: 'Somebody takes part from now on.',
  fields: (t) => ({
    userId: t.id({ description: userIdText, resolve: userIdOf }),
    user: t.field({ type: User, nullable: true, description: userText, resolve: userOf }),
    role: t.field({ type: ParticipantRole, description: 'As what.', resolve: ({ data }) => data.role }),
  }),
});

eventRef('ParticipantLeft').implement({
  interfaces: [ConversationEvent],
  description: 'Somebody takes no part any more. To that person it is the last event, and the stream ends.',
  fields: (t) => ({
    userId: t.id({ description: userIdText, resolve: userIdOf }),
    wasRemoved: t.boolean({ description: 'Whether an OWNER took them out; false for whoever left.', resolve: ({ data }) => data.wasRemoved }),
  }),
});

eventRef('ParticipantRoleChanged').implement({
  interfaces: [ConversationEvent],
  description: 'Somebody has another role from now on.',
  fields: (t) => ({
    userId: t.id({ description: userIdText, resolve: userIdOf }),
    user: t.field({ type: User, nullable: true, description: userText, resolve: userOf }),
    role: t.field({ type: ParticipantRole, description: 'The new role.', resolve: ({ data }) => data.role }),
  }),
});

eventRef('TypingChanged').implement({
  interfaces: [ConversationEvent],
  description: 'Somebody else types, or not any more. Not kept: it comes to whoever is there, and has the number of the event before it.',
  fields: (t) => ({
    userId: t.id({ description: userIdText, resolve: userIdOf }),
    user: t.field({ type: User, nullable: true, description: userText, resolve: userOf }),
    until: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Until when to show it, unless another one comes; null for not any more. A message of that person ends it, too.',
      resolve: ({ data }) => data.until,
    }),
  }),
});

eventRef('PresenceChanged').implement({
  interfaces: [ConversationEvent],
  description: 'Somebody else opened the conversation, or closed it on every device. Not kept, as `TypingChanged`.',
  fields: (t) => ({
    userId: t.id({ description: userIdText, resolve: userIdOf }),
    user: t.field({ type: User, nullable: true, description: userText, resolve: userOf }),
    isPresent: t.boolean({ description: 'Whether they are there.', resolve: ({ data }) => data.isPresent }),
  }),
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
      'Follows a conversation on every device: messages, runs, titles and participants, each once and in order, and between them who types and who is there. Ends when you take no part any more. After a cut, subscribe again with `after` set to the last `seq` that you have.',
    args: {
      conversationId: t.arg.globalID({ for: Conversation, required: true, description: 'The conversation.' }),
      after: t.arg.int({ defaultValue: 0, description: 'The `seq` of the last event that you have; 0 for all. `Conversation.lastEventSeq` skips what was.' }),
    },
    subscribe: (_root, { conversationId, after }, context) => context.services.conversations.events(context.viewer, conversationId.id, after ?? 0),
    resolve: (event) => event,
  }),
);

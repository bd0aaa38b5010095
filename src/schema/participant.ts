import { roomActions } from '../services/room/permissions.ts';
import type { ParticipantRow } from '../services/room/participants.ts';
import { loadExisting } from './batch.ts';
import { builder } from './builder.ts';
import { Conversation } from './conversation.ts';
import { Message } from './message.ts';
import { paginate } from './pagination.ts';
import { User } from './user.ts';

const mayAs = (role: 'OWNER' | 'EDITOR'): string =>
  Object.values(roomActions)
    .filter((action) => action.role === role)
    .map(({ phrase }) => phrase)
    .join('; ');

/** What somebody may do in a conversation. */
export const ParticipantRole = builder.enumType('ParticipantRole', {
  description: 'What somebody may do in a conversation. Each role may do what stands below it as well.',
  values: {
    OWNER: { description: `May ${mayAs('OWNER')}.` },
    EDITOR: { description: `May ${mayAs('EDITOR')}.` },
    READER: {
      description: 'May read everything, mark it for themself, give feedback on answers, fork it, take it away as a document, and leave it.',
    },
  } as const,
});

/** Somebody who takes part in a conversation. */
export const Participant = builder.objectRef<ParticipantRow>('Participant').implement({
  description: 'Somebody who takes part in a conversation.',
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'The person.',
      resolve: ({ userId }, _arguments, { loaders }) => loadExisting(loaders.user, userId, 'User'),
    }),
    role: t.expose('role', { type: ParticipantRole, description: 'What they may do here.' }),
    joinedAt: t.expose('joinedAt', { type: 'DateTime', description: 'When they came, or made it.' }),
    isPresent: t.boolean({
      description: 'Whether they have the conversation open now: a subscription to `conversationEvents`, on any device. `PresenceChanged` tells of changes.',
      resolve: (participant, _arguments, { services }) => services.participants.isPresent(participant),
    }),
  }),
});

const ParticipantEdge = builder.edgeObject({ type: Participant, name: 'ParticipantEdge', description: 'A participant in a page.' });

const ParticipantConnection = builder.connectionObject(
  { type: Participant, name: 'ParticipantConnection', description: 'A page of participants.' },
  ParticipantEdge,
);

builder.objectFields(Conversation, (t) => ({
  participants: t.connection(
    {
      type: Participant,
      description: 'Who takes part, those who came first before the others.',
      resolve: (conversation, args, { loaders }) =>
        paginate(
          args,
          (page) => loaders.participantsOf.load({ id: conversation.id, page }),
          ({ joinedAt: at, userId: id }) => ({ at, id }),
        ),
    },
    ParticipantConnection,
  ),
  viewerRole: t.field({
    type: ParticipantRole,
    description: 'What you may do here.',
    resolve: (conversation, _arguments, { loaders }) => loadExisting(loaders.roleIn, conversation.id, 'Conversation'),
  }),
  unreadMentionCount: t.int({
    description: 'How many of the unread messages mention you; 100 stands for that many or more.',
    resolve: async (conversation, _arguments, { loaders }) => (await loaders.unreadMentionCount.load(conversation.id)) ?? 0,
  }),
}));

builder.objectField(Message, 'mentions', (t) =>
  t.field({
    type: [User],
    description:
      'The participants whom it mentions: `@` and their username or full name, in any case, as they were called when it was said. Without those who take part no more.',
    resolve: async (message, _arguments, { loaders }) => {
      const ids = (await loaders.mentionedIn.load(message.id)) ?? [];
      return (await Promise.all(ids.map((id) => loaders.user.load(id)))).filter((user) => user !== null);
    },
  }),
);

const conversationText = 'The conversation.';
const personText = 'Whom: the id of a user who takes part.';

builder.relayMutationField(
  'updateParticipant',
  {
    description: 'Whose role to change.',
    inputFields: (t) => ({
      conversationId: t.globalID({ for: Conversation, required: true, description: conversationText }),
      userId: t.globalID({ for: User, required: true, description: personText }),
      role: t.field({ type: ParticipantRole, required: true, description: 'What they may do from now on.' }),
    }),
  },
  {
    description:
      'Gives a participant another role; only an OWNER may. The last OWNER stays one (`CONFLICT`), and nobody else demotes the person who holds the conversation. Who becomes a READER has their runs here stopped.',
    resolve: (_root, { input }, { services, viewer, device }) =>
      services.participants.update(viewer, { conversationId: input.conversationId.id, userId: input.userId.id, role: input.role }, device),
  },
  {
    description: 'What changed.',
    outputFields: (t) => ({
      participant: t.field({ type: Participant, description: 'The participant, as they are now.', resolve: (participant) => participant }),
      conversation: t.field({
        type: Conversation,
        description: conversationText,
        resolve: ({ conversationId }, _arguments, { loaders }) => loadExisting(loaders.conversation, conversationId, 'Conversation'),
      }),
    }),
  },
);

builder.relayMutationField(
  'removeParticipant',
  {
    description: 'Whom to remove.',
    inputFields: (t) => ({
      conversationId: t.globalID({ for: Conversation, required: true, description: conversationText }),
      userId: t.globalID({ for: User, required: true, description: personText }),
    }),
  },
  {
    description:
      'Takes somebody out of a conversation; only an OWNER may. What they have open of it ends within seconds, their runs here are stopped, and all links to it are revoked. What they said stays.',
    resolve: async (_root, { input }, { services, viewer, device }) => {
      const { id: conversationId } = input.conversationId;
      return { conversationId, userId: await services.participants.remove(viewer, { conversationId, userId: input.userId.id }, device) };
    },
  },
  {
    description: 'Who was removed.',
    outputFields: (t) => ({
      removedUserId: t.globalID({ description: 'The id of the person.', resolve: ({ userId }) => ({ id: userId, type: User }) }),
      conversation: t.field({
        type: Conversation,
        description: conversationText,
        resolve: ({ conversationId }, _arguments, { loaders }) => loadExisting(loaders.conversation, conversationId, 'Conversation'),
      }),
    }),
  },
);

builder.relayMutationField(
  'leaveConversation',
  {
    description: 'What to leave.',
    inputFields: (t) => ({ conversationId: t.globalID({ for: Conversation, required: true, description: conversationText }) }),
  },
  {
    description:
      'Takes you out of a conversation. What you said stays. The last OWNER makes somebody else OWNER first, or deletes it (`CONFLICT`); the conversation of your data session is yours as long as the session.',
    resolve: async (_root, { input }, { services, viewer }) => ({ id: await services.participants.leave(viewer, input.conversationId.id) }),
  },
  {
    description: 'What was left.',
    outputFields: (t) => ({
      leftConversationId: t.globalID({ description: 'The id of the conversation.', resolve: ({ id }) => ({ id, type: Conversation }) }),
    }),
  },
);

builder.relayMutationField(
  'setTyping',
  {
    description: 'Where you type.',
    inputFields: (t) => ({
      conversationId: t.globalID({ for: Conversation, required: true, description: conversationText }),
      isTyping: t.boolean({ required: true, description: 'Whether you do. A message that is sent ends it anyway.' }),
    }),
  },
  {
    description: 'Shows the others that you type, for six seconds; say it again every few seconds while you do. Nothing is stored.',
    resolve: async (_root, { input }, { services, viewer }) => ({
      until: await services.participants.setTyping(viewer, input.conversationId.id, input.isTyping),
    }),
  },
  {
    description: 'What the others see.',
    outputFields: (t) => ({
      until: t.expose('until', { type: 'DateTime', nullable: true, description: 'Until when it shows; null for not any more.' }),
    }),
  },
);

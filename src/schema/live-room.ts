import { builder } from './builder.ts';
import { Conversation } from './conversation.ts';
import { User } from './user.ts';
import type { LiveEntry } from '../services/live-room/live-rooms.ts';

/** A conversation's live room: the ids of who is there. */
const LiveRoom = builder.objectRef<{ readonly userIds: readonly string[] }>('LiveRoom').implement({
  description: 'Where the people of a conversation hear and see each other.',
  fields: (t) => ({
    participants: t.field({
      type: [User],
      description: 'Who is there now, as its server told last.',
      resolve: async ({ userIds }, _arguments, context) =>
        (await Promise.all(userIds.map((id) => context.loaders.user.load(id)))).filter((person) => person !== null && person !== undefined),
    }),
  }),
});

builder.objectField(Conversation, 'liveRoom', (t) =>
  t.field({
    type: LiveRoom,
    nullable: true,
    description: 'Its live room; null where this server has none.',
    resolve: async ({ id }, _arguments, context) =>
      context.services.liveRooms.isConfigured ? { userIds: (await context.loaders.livePresent.load(id)) ?? [] } : null,
  }),
);

const LiveRoomToken = builder.objectRef<LiveEntry>('LiveRoomToken').implement({
  description: 'By which you enter a live room, with a client of LiveKit.',
  fields: (t) => ({
    token: t.exposeString('token', { description: 'The access token. It is yours alone.' }),
    url: t.exposeString('url', { description: 'Where to connect, `wss://...`.' }),
    room: t.exposeString('room', { description: 'The name of the room there.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when you can enter with it. Whoever is in stays in.' }),
  }),
});

builder.relayMutationField(
  'createLiveRoomToken',
  {
    description: 'Which room to enter.',
    inputFields: (t) => ({ conversationId: t.globalID({ for: Conversation, required: true, description: 'The conversation.' }) }),
  },
  {
    description:
      'Lets you into the live room of a conversation: whoever owns or edits it is heard and seen, whoever reads it hears and sees. `CONFLICT` where this server has no live rooms.',
    resolve: async (_root, { input }, context) => ({ liveRoomToken: await context.services.liveRooms.enter(context.viewer, input.conversationId.id) }),
  },
  {
    description: 'The way in.',
    outputFields: (t) => ({ liveRoomToken: t.expose('liveRoomToken', { type: LiveRoomToken, description: 'The token, and where it is good.' }) }),
  },
);

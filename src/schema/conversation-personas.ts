import { builder } from './builder.ts';
import { loadExisting } from './batch.ts';
import { Conversation } from './conversation.ts';
import { Persona } from './persona.ts';

const TurnPolicy = builder.enumType('TurnPolicy', {
  description: 'Which personas of a conversation answer a message of a person. Each turn is a run of its own, with a message of its own below the one before.',
  values: {
    MENTIONED: {
      description:
        'Those that the message mentions (`@handle`), in that order. When it mentions none: the persona if there is exactly one, else the assistant without any persona. The default.',
    },
    ROUND_ROBIN: {
      description:
        'One after the other in the order in which they were added, beginning with those that are mentioned: each once, or over and over up to `maxTurns`.',
    },
    MODERATED: {
      description: 'A model picks who speaks next, turn by turn, until it finds that nobody needs to or `maxTurns` is reached. Where it fails, rules pick.',
    },
  } as const,
});

builder.objectFields(Conversation, (t) => ({
  personas: t.field({
    type: [Persona],
    description: 'The personas that take part, in the order in which they were added.',
    resolve: async (conversation, _arguments, { loaders }) => [...((await loaders.personasOf.load(conversation.id)) ?? [])],
  }),
  turnPolicy: t.field({ type: TurnPolicy, description: 'Which of its personas answer.', resolve: (conversation) => conversation.turnPolicy }),
  maxTurns: t.exposeInt('maxTurns', {
    nullable: true,
    description: 'How many turns one message of a person leads to at most; null for as many as the policy alone says, within MAX_TURNS_PER_MESSAGE.',
  }),
  moderatorModel: t.exposeString('moderatorModel', {
    nullable: true,
    description: 'The model that picks the next speaker under MODERATED, as `provider:model`; null for the one that would answer without personas.',
  }),
}));

builder.relayMutationField(
  'addPersona',
  {
    description: 'Which persona, and where.',
    inputFields: (t) => ({
      conversationId: t.globalID({ for: Conversation, required: true, description: 'The conversation.' }),
      personaId: t.globalID({ for: Persona, required: true, description: 'A persona of yours, or one that is shared with a workspace of yours.' }),
    }),
  },
  {
    description:
      'Brings a persona into a conversation, where everybody who takes part sees who it is and may mention it. `CONFLICT` where another one there has the same handle.',
    resolve: async (_root, { input }, { services, viewer }) => ({
      conversationId: await services.conversationPersonas.add(viewer, input.conversationId.id, input.personaId.id),
    }),
  },
  {
    description: 'The conversation.',
    outputFields: (t) => ({
      conversation: t.field({
        type: Conversation,
        description: 'The conversation, with its personas.',
        resolve: ({ conversationId }, _arguments, { loaders }) => loadExisting(loaders.conversation, conversationId, 'Conversation'),
      }),
    }),
  },
);

builder.relayMutationField(
  'removePersona',
  {
    description: 'Which persona, and from where.',
    inputFields: (t) => ({
      conversationId: t.globalID({ for: Conversation, required: true, description: 'The conversation.' }),
      personaId: t.globalID({ for: Persona, required: true, description: 'A persona that takes part in it.' }),
    }),
  },
  {
    description: 'Takes a persona out of a conversation. What it said stays; a turn that it has begun goes on to its end, and it gets no other.',
    resolve: async (_root, { input }, { services, viewer }) => ({
      conversationId: await services.conversationPersonas.remove(viewer, input.conversationId.id, input.personaId.id),
    }),
  },
  {
    description: 'The conversation.',
    outputFields: (t) => ({
      conversation: t.field({
        type: Conversation,
        description: 'The conversation, with its personas.',
        resolve: ({ conversationId }, _arguments, { loaders }) => loadExisting(loaders.conversation, conversationId, 'Conversation'),
      }),
    }),
  },
);

builder.relayMutationField(
  'setTurnPolicy',
  {
    description: 'How turns are taken; what is absent stays as it is, null takes the default.',
    inputFields: (t) => ({
      conversationId: t.globalID({ for: Conversation, required: true, description: 'The conversation.' }),
      policy: t.field({ type: TurnPolicy, description: 'Which personas answer; null for MENTIONED.' }),
      maxTurns: t.int({
        description: 'How many turns one message of a person leads to at most, from 1 to MAX_TURNS_PER_MESSAGE; null for as many as the policy says.',
      }),
      moderatorModel: t.string({
        description:
          'The model that picks the next speaker under MODERATED, as `provider:model` or a provider; null for the one that would answer without personas.',
      }),
    }),
  },
  {
    description: 'Says which personas answer in a conversation, from the next message on.',
    resolve: async (_root, { input: { conversationId, ...input } }, { services, viewer }) => ({
      conversationId: await services.conversationPersonas.setTurnTaking(viewer, conversationId.id, input),
    }),
  },
  {
    description: 'The conversation.',
    outputFields: (t) => ({
      conversation: t.field({
        type: Conversation,
        description: 'The conversation as it is now.',
        resolve: ({ conversationId }, _arguments, { loaders }) => loadExisting(loaders.conversation, conversationId, 'Conversation'),
      }),
    }),
  },
);

import type { AnswerDefaults as AnswerDefaultsRow } from '../services/preference/answer-defaults.ts';
import { loadExisting } from './batch.ts';
import { builder } from './builder.ts';
import { Conversation } from './conversation.ts';
import { SentimentMethod } from './sentiment-enums.ts';
import { User } from './user.ts';

const descriptions = {
  model: 'The model that answers, as `provider:model` or a provider for its default.',
  fallbacks: 'At most 3 models that answer, one after the other, when the one before fails before its first token.',
  temperature: 'How freely to choose words, 0 to 2.',
  topP: 'From how much of the probability to choose, 0 to 1.',
  topK: 'From how many words to choose, at least 1; ignored by providers that do not know it.',
  maxTokens: 'The most tokens of an answer, thoughts included, at least 1.',
  systemPrompt: 'Instructions above the conversation.',
  sentimentMethod: 'By what the mood of messages is judged.',
} as const;

const AnswerDefaults = builder.objectRef<AnswerDefaultsRow>('AnswerDefaults').implement({
  description:
    'How answers should be that do not say. What a request says wins over its conversation’s, that over the person’s, and that over the configuration’s. Null was not chosen.',
  fields: (t) => ({
    model: t.string({ nullable: true, description: descriptions.model, resolve: (defaults) => defaults.model }),
    fallbacks: t.stringList({ nullable: true, description: descriptions.fallbacks, resolve: (defaults) => defaults.fallbacks }),
    temperature: t.float({ nullable: true, description: descriptions.temperature, resolve: (defaults) => defaults.temperature }),
    topP: t.float({ nullable: true, description: descriptions.topP, resolve: (defaults) => defaults.topP }),
    topK: t.int({ nullable: true, description: descriptions.topK, resolve: (defaults) => defaults.topK }),
    maxTokens: t.int({ nullable: true, description: descriptions.maxTokens, resolve: (defaults) => defaults.maxTokens }),
    systemPrompt: t.string({ nullable: true, description: descriptions.systemPrompt, resolve: (defaults) => defaults.systemPrompt }),
    sentimentMethod: t.field({
      type: SentimentMethod,
      nullable: true,
      description: descriptions.sentimentMethod,
      resolve: (defaults) => defaults.sentimentMethod,
    }),
  }),
});

builder.objectField(User, 'preferences', (t) =>
  t.field({
    type: AnswerDefaults,
    nullable: true,
    description: 'What you chose for all answers; null for everybody but yourself.',
    resolve: (user, _arguments, context) => context.services.preferences.ofPerson(context.viewer, user.id),
  }),
);

builder.objectField(Conversation, 'defaults', (t) =>
  t.field({
    type: AnswerDefaults,
    description: 'What was chosen for the answers of this conversation, for everybody in it.',
    resolve: (conversation, _arguments, context) => context.services.preferences.read(conversation.defaults),
  }),
);

/** The inputs of a change of defaults. */
function changes(t: Parameters<Parameters<typeof builder.inputType<string, never>>[1]['fields']>[0]) {
  return {
    model: t.string({ description: descriptions.model }),
    fallbacks: t.stringList({ description: descriptions.fallbacks }),
    temperature: t.float({ description: descriptions.temperature }),
    topP: t.float({ description: descriptions.topP }),
    topK: t.int({ description: descriptions.topK }),
    maxTokens: t.int({ description: descriptions.maxTokens }),
    systemPrompt: t.string({ description: descriptions.systemPrompt }),
    sentimentMethod: t.field({ type: SentimentMethod, description: descriptions.sentimentMethod }),
  };
}

builder.relayMutationField(
  'updatePreferences',
  { description: 'What to choose; what is absent stays as it is, null removes.', inputFields: changes },
  {
    description: 'Chooses how all your answers should be, where neither the request nor its conversation says.',
    resolve: async (_root, { input }, context) => {
      const preferences = await context.services.preferences.update(context.viewer, input);
      return { preferences, user: await context.services.people.viewer(context.viewer) };
    },
  },
  {
    description: 'What was chosen.',
    outputFields: (t) => ({
      preferences: t.expose('preferences', { type: AnswerDefaults, description: 'All that you chose, as it is now.' }),
      user: t.expose('user', { type: User, nullable: true, description: 'You.' }),
    }),
  },
);

builder.relayMutationField(
  'updateConversationDefaults',
  {
    description: 'What to choose; what is absent stays as it is, null removes.',
    inputFields: (t) => ({ id: t.globalID({ for: Conversation, required: true, description: 'The conversation.' }), ...changes(t) }),
  },
  {
    description: 'Chooses how the answers of a conversation should be, where the request does not say: for everybody in it. Only an OWNER may.',
    resolve: async (_root, { input: { id, ...input } }, context) => ({
      id: await context.services.preferences.updateConversation(context.viewer, id.id, input),
    }),
  },
  {
    description: 'What was changed.',
    outputFields: (t) => ({
      conversation: t.field({
        type: Conversation,
        description: 'The conversation.',
        resolve: ({ id }, _arguments, context) => loadExisting(context.loaders.conversation, id, 'Conversation'),
      }),
    }),
  },
);

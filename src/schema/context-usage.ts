import type { ContextUsage as Usage } from '../services/context/usage.ts';
import { loadExisting } from './batch.ts';
import { builder } from './builder.ts';
import { Conversation } from './conversation.ts';

const ContextUsage = builder.objectRef<Usage>('ContextUsage').implement({
  description: 'How much of its model’s window a conversation takes: what the next message would find, on the branch that you see.',
  fields: (t) => ({
    model: t.exposeString('model', { description: 'The model that would answer when none is named, as `provider:model`.' }),
    tokens: t.exposeInt('tokens', {
      description:
        'How many tokens would be shown to it: our instructions and the conversation; without the tables of a data session, without your plans (see `contextPreview`), and without the question.',
    }),
    window: t.exposeInt('window', {
      nullable: true,
      description: 'How many tokens question and answer may have together; null for the built-in engine, which knows no limit.',
    }),
    share: t.float({
      nullable: true,
      description: '`tokens` of `window`: 0 to 1. From about 0.6 on a summary is prepared, and at the latest at 1 older messages are left out.',
      resolve: ({ tokens, window }) => (window === null ? null : tokens / window),
    }),
    isEstimated: t.boolean({
      description: 'Whether `tokens` is an estimate: true, for only the model’s provider counts exactly, and only afterwards. See `Run.inputTokens` for that.',
      resolve: () => true,
    }),
    isWindowAssumed: t.exposeBoolean('isWindowAssumed', { description: 'Whether `window` is what we assume, because nobody tells that of the model.' }),
    messageCount: t.exposeInt('messageCount', { description: 'How many messages the branch has.' }),
    cutMessageCount: t.exposeInt('cutMessageCount', { description: 'How many of them, from the first on, would not be shown.' }),
    isSummarized: t.exposeBoolean('isSummarized', { description: 'Whether a summary would stand in their place.' }),
  }),
});

builder.objectField(Conversation, 'contextUsage', (t) =>
  t.field({
    type: ContextUsage,
    description: 'How much of its model’s window it takes.',
    resolve: (conversation, _arguments, context) => loadExisting(context.loaders.contextUsage, conversation.id, 'Conversation'),
  }),
);

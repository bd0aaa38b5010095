import type { ContextPreview as Preview } from '../services/run/context-preview.ts';
import { builder } from './builder.ts';
import { Conversation } from './conversation.ts';

const ContextPreview = builder.objectRef<Preview>('ContextPreview').implement({
  description: 'What the engine would be told above the next answer of a conversation: our instructions, your own, and what it knows of your plans or data.',
  fields: (t) => ({
    model: t.exposeString('model', { description: 'The model that would be told it, as `provider:model`.' }),
    text: t.exposeString('text', { description: 'The text, to the letter. In a data session, questions that you have verified may be added by what you ask.' }),
    tokens: t.exposeInt('tokens', {
      description: 'About how many tokens that is, with the definitions of the tools. Only the model’s provider counts exactly.',
    }),
    tools: t.stringList({ description: 'The tools that it would get.', resolve: (preview) => [...preview.tools] }),
  }),
});

builder.objectField(Conversation, 'contextPreview', (t) =>
  t.field({
    type: ContextPreview,
    nullable: true,
    description: 'What the engine is told about you here; null for everybody but the owner of the conversation.',
    resolve: (conversation, _arguments, { services, viewer }) => services.contextPreviews.of(viewer, conversation.id),
  }),
);

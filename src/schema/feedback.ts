import type { Feedback as FeedbackRow } from '../../prisma/generated/client.ts';
import type { ModelFeedback as ModelFeedbackRow } from '../services/feedback/feedbacks.ts';
import { builder } from './builder.ts';
import { loadExisting } from './batch.ts';
import { Message } from './message.ts';

const FeedbackRating = builder.enumType('FeedbackRating', {
  description: 'A thumb.',
  values: { UP: { description: 'The answer is good.' }, DOWN: { description: 'The answer is bad.' } } as const,
});

const Feedback = builder.objectRef<FeedbackRow>('Feedback').implement({
  description: 'What a person thinks of an answer.',
  fields: (t) => ({
    rating: t.expose('rating', { type: FeedbackRating, description: 'The thumb.' }),
    comment: t.exposeString('comment', { nullable: true, description: 'Why, in words.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was first said.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was said as it is now.' }),
  }),
});

builder.objectField(Message, 'feedback', (t) =>
  t.field({
    type: Feedback,
    nullable: true,
    description: 'What you said of this answer with `giveFeedback`; null for nothing.',
    resolve: ({ id }, _arguments, { loaders }) => loaders.feedback.load(id),
  }),
);

builder.relayMutationField(
  'giveFeedback',
  {
    description: 'What you think of an answer.',
    inputFields: (t) => ({
      messageId: t.globalID({ for: Message, required: true, description: 'The answer.' }),
      rating: t.field({ type: FeedbackRating, required: true, description: 'The thumb.' }),
      comment: t.string({ description: 'Why, in at most 2,000 characters.' }),
    }),
  },
  {
    description: 'Says what you think of an answer. Said again, it takes the place of what you said before. Administrators see counts, not who said what.',
    resolve: async (_root, { input }, { services, viewer }) => services.feedbacks.give(viewer, { ...input, messageId: input.messageId.id }),
  },
  {
    description: 'The answer.',
    outputFields: (t) => ({
      message: t.field({
        type: Message,
        description: 'The answer, with your feedback.',
        resolve: ({ messageId }, _arguments, { loaders }) => loadExisting(loaders.message, messageId, 'Message'),
      }),
    }),
  },
);

builder.relayMutationField(
  'removeFeedback',
  {
    description: 'Which feedback to take back.',
    inputFields: (t) => ({ messageId: t.globalID({ for: Message, required: true, description: 'The answer.' }) }),
  },
  {
    description: 'Takes back what you said of an answer.',
    resolve: async (_root, { input }, { services, viewer }) => ({ messageId: await services.feedbacks.remove(viewer, input.messageId.id) }),
  },
  {
    description: 'The answer.',
    outputFields: (t) => ({
      message: t.field({
        type: Message,
        description: 'The answer, without feedback of yours.',
        resolve: ({ messageId }, _arguments, { loaders }) => loadExisting(loaders.message, messageId, 'Message'),
      }),
    }),
  },
);

const ModelFeedback = builder.objectRef<ModelFeedbackRow>('ModelFeedback').implement({
  description: 'How the answers of a model were found.',
  fields: (t) => ({
    model: t.exposeString('model', { nullable: true, description: 'The model, as `provider:model`; null where it is not known.' }),
    upCount: t.exposeInt('upCount', { description: 'Thumbs up.' }),
    downCount: t.exposeInt('downCount', { description: 'Thumbs down.' }),
  }),
});

builder.queryField('feedbackSummary', (t) =>
  t.field({
    type: [ModelFeedback],
    description: 'Administrators alone: how the answers of each model were found by everybody, those with the most feedback first; at most 100.',
    args: {
      from: t.arg({ type: 'DateTime', description: 'Only feedback from this moment on.' }),
      to: t.arg({ type: 'DateTime', description: 'Only feedback before this moment.' }),
    },
    resolve: async (_root, { from, to }, { services, viewer }) => [...(await services.feedbacks.summary(viewer, { from: from ?? null, to: to ?? null }))],
  }),
);

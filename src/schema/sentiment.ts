import type { ConversationMood as MoodShape, JudgedMessage } from '../base/sentiment.ts';
import type { ListedMethod } from '../services/sentiment/sentiments.ts';
import type { Timeline, TimelinePoint } from '../services/sentiment/timeline.ts';
import { builder } from './builder.ts';
import { Conversation } from './conversation.ts';
import { Message } from './message.ts';
import { Emotion, MoodTrend, SentimentInterval, SentimentLabel, SentimentMethod } from './sentiment-enums.ts';

/** How a message was judged. */
export const Sentiment = builder.objectRef<JudgedMessage>('Sentiment').implement({
  description: 'How the mood of a message was judged.',
  fields: (t) => ({
    score: t.exposeFloat('score', { description: 'From -1 (bad) to 1 (good).' }),
    magnitude: t.exposeFloat('magnitude', { description: 'How much feeling there is, whichever way: 0 for none, about 1 for one strong word, more for more.' }),
    label: t.expose('label', { type: SentimentLabel, description: 'What the message is as a whole.' }),
    emotion: t.expose('emotion', { type: Emotion, nullable: true, description: 'The strongest feeling; null where none stands out.' }),
    method: t.expose('method', { type: SentimentMethod, description: 'How it was judged in fact: another than the chosen one where that could not be had.' }),
    model: t.exposeString('model', { nullable: true, description: 'The model that judged, as `provider:model`; null for NLP_API and LOCAL.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was judged.' }),
  }),
});

/** The mood of a conversation. */
export const ConversationMood = builder.objectRef<MoodShape>('ConversationMood').implement({
  description: 'The mood of a conversation: what people said in it, on the branch that is shown.',
  fields: (t) => ({
    count: t.exposeInt('count', { description: 'How many messages were judged.' }),
    averageScore: t.exposeFloat('average', { description: 'The plain mean of their scores, -1 to 1.' }),
    score: t.exposeFloat('score', {
      description: 'The mood now, -1 to 1: the mean in which the newest message counts 30 %, the one before it 30 % of the rest, and so on.',
    }),
    label: t.expose('label', { type: SentimentLabel, description: 'What `score` means; MIXED where strong feelings cancel each other out.' }),
    trend: t.expose('trend', {
      type: MoodTrend,
      nullable: true,
      description: 'Where the last ten messages lead, by a straight line through their scores that changes by at least 0.25; null for fewer than three.',
    }),
  }),
});

const SentimentPoint = builder.objectRef<TimelinePoint>('SentimentPoint').implement({
  description: 'The judged messages of one hour, day, week or month.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When the interval begins, in UTC; weeks begin on Monday.' }),
    count: t.exposeInt('count', { description: 'How many messages.' }),
    score: t.exposeFloat('score', { description: 'The mean of their scores.' }),
    lowest: t.exposeFloat('lowest', { description: 'The lowest score.' }),
    highest: t.exposeFloat('highest', { description: 'The highest score.' }),
    magnitude: t.exposeFloat('magnitude', { description: 'The sum of their magnitudes.' }),
    positive: t.exposeInt('positive', { description: 'How many are POSITIVE.' }),
    negative: t.exposeInt('negative', { description: 'How many are NEGATIVE.' }),
  }),
});

const SentimentRange = builder.inputType('SentimentRange', {
  description: 'A part of the time; an open end reaches as far as there are messages.',
  fields: (t) => ({
    from: t.field({ type: 'DateTime', description: 'From when on.' }),
    to: t.field({ type: 'DateTime', description: 'Until when; this moment itself is not included.' }),
  }),
});

const SentimentTimeline = builder.objectRef<Timeline>('SentimentTimeline').implement({
  description: 'How the mood of a conversation went.',
  fields: (t) => ({
    interval: t.expose('interval', { type: SentimentInterval, description: 'What the points stand for.' }),
    count: t.exposeInt('count', { description: 'How many judged messages are in the range.' }),
    averageScore: t.exposeFloat('average', { nullable: true, description: 'The mean of their scores; null without any.' }),
    trend: t.expose('trend', {
      type: MoodTrend,
      nullable: true,
      description: 'Where they lead over the time, by a straight line through their scores; null for fewer than three.',
    }),
    change: t.exposeFloat('change', { nullable: true, description: 'By how much that line rises from the first message to the last; negative when it falls.' }),
    points: t.expose('points', {
      type: [SentimentPoint],
      description: 'One for each interval with judged messages, the oldest first; at most the newest 400.',
    }),
  }),
});

builder.objectField(Message, 'sentiment', (t) =>
  t.field({
    type: Sentiment,
    nullable: true,
    description:
      'How the mood of the message was judged. Null for answers, for what was said with NONE, for languages that the method does not know, and until it is judged.',
    resolve: (message, _arguments, { loaders }) => (message.role === 'USER' ? loaders.sentiment.load(message.id) : null),
  }),
);

builder.objectField(Conversation, 'mood', (t) =>
  t.field({
    type: ConversationMood,
    nullable: true,
    description: 'The mood of the conversation now; null while no message of it is judged.',
    resolve: (conversation, _arguments, { loaders }) => loaders.mood.load(conversation.id),
  }),
);

builder.objectField(Conversation, 'sentiment', (t) =>
  t.field({
    type: SentimentTimeline,
    description: 'How the mood of the conversation went, for a chart.',
    args: {
      range: t.arg({ type: SentimentRange, description: 'Which part of the time; all of it when absent.' }),
      interval: t.arg({ type: SentimentInterval, description: 'What a point stands for; chosen by the length of the time when absent.' }),
    },
    resolve: (conversation, { range, interval }, { loaders }) => loaders.sentimentTimeline.load({ id: conversation.id, input: { ...range, interval } }),
  }),
);

const SentimentMethodDetails = builder.objectRef<ListedMethod>('SentimentMethodDetails').implement({
  description: 'A way to judge the mood of messages.',
  fields: (t) => ({
    method: t.expose('method', { type: SentimentMethod, description: 'What to give as `sentimentMethod`.' }),
    name: t.exposeString('name', { description: 'What people call it.' }),
    description: t.exposeString('description', { description: 'How it works.' }),
    isAvailable: t.boolean({ description: 'Whether it can be used here.', resolve: ({ unavailableBecause }) => unavailableBecause === null }),
    unavailableBecause: t.exposeString('unavailableBecause', { nullable: true, description: 'Why it cannot be used, and what helps; null when it can.' }),
    isDefault: t.exposeBoolean('isDefault', { description: 'Whether it is used for messages that do not say.' }),
  }),
});

builder.queryField('sentimentMethods', (t) =>
  t.field({
    type: [SentimentMethodDetails],
    description: 'The ways to judge the mood of messages, the default first.',
    resolve: (_root, _arguments, context) => context.services.sentiments.methods(context.viewer),
  }),
);

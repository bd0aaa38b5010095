import { builder } from './builder.ts';

/** The ways to judge, and NONE. */
export const SentimentMethod = builder.enumType('SentimentMethod', {
  description: 'How the mood of messages is judged; see `sentimentMethods`.',
  values: {
    STRUCTURED: { description: 'By the model that answers, in the same call.' },
    LLM_SEPARATE: { description: 'By a call of its own, beside the answer.' },
    NLP_API: { description: 'By Google Cloud Natural Language.' },
    LOCAL: { description: 'By rules for English, on this server.' },
    NONE: { description: 'Not at all.' },
  } as const,
});

/** What a message or a mood is as a whole. */
export const SentimentLabel = builder.enumType('SentimentLabel', {
  description: 'What a message is as a whole.',
  values: {
    POSITIVE: { description: 'Good.' },
    NEGATIVE: { description: 'Bad.' },
    NEUTRAL: { description: 'Without much feeling, such as a question for facts.' },
    MIXED: { description: 'With strong feelings of both kinds.' },
  } as const,
});

/** A feeling. */
export const Emotion = builder.enumType('Emotion', {
  description: 'A feeling.',
  values: {
    JOY: { description: 'Joy, love, pride.' },
    GRATITUDE: { description: 'Thanks.' },
    SURPRISE: { description: 'Surprise, pleasant or not.' },
    ANGER: { description: 'Anger, hate.' },
    SADNESS: { description: 'Sadness, loneliness, loss.' },
    FEAR: { description: 'Fear, worry.' },
    DISGUST: { description: 'Disgust.' },
    CONFUSION: { description: 'Not to understand.' },
    FRUSTRATION: { description: 'That something does not work, again.' },
  } as const,
});

/** Where a mood goes. */
export const MoodTrend = builder.enumType('MoodTrend', {
  description: 'Where a mood goes.',
  values: {
    IMPROVING: { description: 'It gets better.' },
    STEADY: { description: 'It stays about as it is.' },
    DECLINING: { description: 'It gets worse.' },
  } as const,
});

/** What a point of a timeline stands for. */
export const SentimentInterval = builder.enumType('SentimentInterval', {
  description: 'What a point of a timeline stands for.',
  values: {
    HOUR: { description: 'An hour.' },
    DAY: { description: 'A day in UTC.' },
    WEEK: { description: 'A week from Monday on, in UTC.' },
    MONTH: { description: 'A month in UTC.' },
  } as const,
});

import { z } from 'zod';

/** What a text can be as a whole. */
export const sentimentLabels = ['POSITIVE', 'NEGATIVE', 'NEUTRAL', 'MIXED'] as const;

/** One of `sentimentLabels`. */
export type SentimentLabel = (typeof sentimentLabels)[number];

/** The feelings that are told apart. */
export const emotions = ['JOY', 'GRATITUDE', 'SURPRISE', 'ANGER', 'SADNESS', 'FEAR', 'DISGUST', 'CONFUSION', 'FRUSTRATION'] as const;

/** One of `emotions`. */
export type Emotion = (typeof emotions)[number];

/** How a text was judged. */
export interface Judgement {
  /** -1 to 1. */
  readonly score: number;
  /** From 0 on: how much feeling there is, whichever way. Grows with the length of the text. */
  readonly magnitude: number;
  readonly label: SentimentLabel;
  /** The strongest feeling; null where none stands out. */
  readonly emotion: Emotion | null;
}

/** The ways to judge a message, and NONE. */
export const sentimentMethods = ['STRUCTURED', 'LLM_SEPARATE', 'NLP_API', 'LOCAL', 'NONE'] as const;

/** One of `sentimentMethods`. */
export type SentimentMethod = (typeof sentimentMethods)[number];

/** Where the mood of a conversation goes. */
export const moodTrends = ['IMPROVING', 'STEADY', 'DECLINING'] as const;

/** A judged message, as events and answers carry it. */
export const judgedMessage = z.object({
  messageId: z.string(),
  method: z.enum(sentimentMethods).exclude(['NONE']),
  /** `provider:model` that judged; null for rules. */
  model: z.string().nullable(),
  score: z.number(),
  magnitude: z.number(),
  label: z.enum(sentimentLabels),
  emotion: z.enum(emotions).nullable(),
  createdAt: z.coerce.date(),
});

/** A judged message. */
export type JudgedMessage = z.infer<typeof judgedMessage>;

/** The mood of a conversation up to some moment. */
export const conversationMood = z.object({
  /** How many messages were judged. */
  count: z.number(),
  /** The plain mean of their scores. */
  average: z.number(),
  /** The mean in which newer messages count more. */
  score: z.number(),
  label: z.enum(sentimentLabels),
  /** Null while there are too few messages to tell. */
  trend: z.enum(moodTrends).nullable(),
});

/** The mood of a conversation. */
export type ConversationMood = z.infer<typeof conversationMood>;

/** From which score on something is positive; negative with a minus. */
const labelThreshold = 0.15;

/** The label that a score stands for, where nothing is known of what it is made of. */
export function labelOf(score: number): Exclude<SentimentLabel, 'MIXED'> {
  if (score >= labelThreshold) return 'POSITIVE';
  return score <= -labelThreshold ? 'NEGATIVE' : 'NEUTRAL';
}

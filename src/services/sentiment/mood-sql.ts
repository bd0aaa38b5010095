import { labelOf, type ConversationMood, type JudgedMessage } from '../../base/sentiment.ts';

/**
 * How much of the mood the newest message makes, and its predecessors each that share of what is left: an exponentially weighted moving
 * average (S. W. Roberts, "Control chart tests based on geometric moving averages", Technometrics 1, 1959).
 */
const newestShare = 0.3;

/** Messages farther back weigh less than a millionth, and their weight would underflow. */
const farthest = 50;

/** The trend is that of the last messages, by least squares. */
const trendLength = 10;

/** The fewest messages that have a trend. */
const leastForTrend = 3;

/** By how much the line of the trend must rise or fall from its first message to its last. */
const leastChange = 0.25;

/** From which strength on feelings that cancel each other out are mixed, and no longer none. */
const mixedStrength = 0.3;

/** What the SQL gives of a conversation. */
export interface MoodRow {
  readonly count: number;
  readonly average: number;
  /** The mean in which newer messages count more. */
  readonly recent: number;
  /** The weighted mean of the scores without their signs. */
  readonly strength: number;
  /** Of the score, for one message more; null for fewer than two. */
  readonly slope: number | null;
}

/** The columns of `MoodRow`, over rows with `score` and with `age`, 0 for the newest. */
export const moodColumns = `count(*)::int AS count, avg(score) AS average,
  sum(score * power(${1 - newestShare}, age)) FILTER (WHERE age < ${farthest}) / sum(power(${1 - newestShare}, age)) FILTER (WHERE age < ${farthest}) AS recent,
  sum(abs(score) * power(${1 - newestShare}, age)) FILTER (WHERE age < ${farthest}) / sum(power(${1 - newestShare}, age)) FILTER (WHERE age < ${farthest}) AS strength,
  regr_slope(score, -age) FILTER (WHERE age < ${trendLength}) AS slope`;

/** Where a line leads. */
export function trendOf(count: number, change: number | null): ConversationMood['trend'] {
  if (count < leastForTrend || change === null) return null;
  if (change >= leastChange) return 'IMPROVING';
  return change <= -leastChange ? 'DECLINING' : 'STEADY';
}

/** The mood that a row tells. */
export function moodOf({ count, average, recent: score, strength, slope }: MoodRow): ConversationMood {
  const label = labelOf(score);
  const change = slope === null ? null : slope * (Math.min(count, trendLength) - 1);
  return { count, average, score, label: label === 'NEUTRAL' && strength >= mixedStrength ? 'MIXED' : label, trend: trendOf(count, change) };
}

/** The columns of `JudgedMessage`. */
export const judgedColumns = `s.message_id AS "messageId", s.method, s.model, s.score, s.magnitude, s.label, s.emotion, s.created_at AS "createdAt"`;

/** The columns of `JudgedMessage` as they come. */
export type JudgedRow = { readonly [Name in keyof JudgedMessage]: unknown };

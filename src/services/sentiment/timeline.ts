import { z } from 'zod';
import type { ConversationMood } from '../../base/sentiment.ts';
import { badInput } from '../../base/errors.ts';
import { parseInput } from '../../base/validate.ts';
import type { Statements } from '../../stores/statements.ts';
import { trendOf } from './mood-sql.ts';

/** What the points of a timeline stand for. */
export const timelineIntervals = ['HOUR', 'DAY', 'WEEK', 'MONTH'] as const;

/** Which part of the time to look at, and how closely. */
export interface TimelineInput {
  readonly from?: Date | null | undefined;
  /** Not included. */
  readonly to?: Date | null | undefined;
  readonly interval?: (typeof timelineIntervals)[number] | null | undefined;
}

/** The judged messages of one interval. */
export interface TimelinePoint {
  /** When the interval begins, in UTC. */
  readonly at: Date;
  readonly count: number;
  readonly score: number;
  readonly lowest: number;
  readonly highest: number;
  readonly magnitude: number;
  readonly positive: number;
  readonly negative: number;
}

/** How the mood of a conversation went. */
export interface Timeline {
  readonly interval: (typeof timelineIntervals)[number];
  readonly count: number;
  /** Null without a message. */
  readonly average: number | null;
  readonly trend: ConversationMood['trend'];
  /** By how much the line of the trend rises from the first message to the last; null for fewer than two moments. */
  readonly change: number | null;
  readonly points: readonly TimelinePoint[];
}

/** A longer timeline keeps its newest points. */
const mostPoints = 400;

const shape = z.object({ from: z.date().nullish(), to: z.date().nullish(), interval: z.enum(timelineIntervals).nullish() });

// Everything by conversation, so that a list of conversations is one statement. Without an interval the length of what there is decides.
const statement = `
  WITH judged AS (
    SELECT s.conversation_id, m.created_at, s.score, s.magnitude, s.label FROM sentiments s
    JOIN messages m ON m.id = s.message_id AND m.is_active
    WHERE s.conversation_id = ANY($1::uuid[]) AND ($3::timestamptz IS NULL OR m.created_at >= $3) AND ($4::timestamptz IS NULL OR m.created_at < $4)
      AND EXISTS (SELECT 1 FROM participations a WHERE a.conversation_id = s.conversation_id AND a.user_id = $2::uuid)
  ), whole AS (
    SELECT conversation_id, count(*)::int AS count, avg(score) AS average,
      regr_slope(score, extract(epoch FROM created_at)) * extract(epoch FROM max(created_at) - min(created_at)) AS change,
      COALESCE($5, CASE WHEN max(created_at) - min(created_at) <= interval '2 days' THEN 'HOUR' WHEN max(created_at) - min(created_at) <= interval '90 days' THEN 'DAY'
        WHEN max(created_at) - min(created_at) <= interval '2 years' THEN 'WEEK' ELSE 'MONTH' END) AS step
    FROM judged GROUP BY conversation_id
  ), points AS (
    SELECT conversation_id, date_trunc(lower(step), judged.created_at, 'UTC') AS at, count(*)::int AS count, avg(score) AS score, min(score) AS lowest,
      max(score) AS highest, sum(magnitude) AS magnitude, count(*) FILTER (WHERE label = 'POSITIVE')::int AS positive,
      count(*) FILTER (WHERE label = 'NEGATIVE')::int AS negative, row_number() OVER (PARTITION BY conversation_id ORDER BY date_trunc(lower(step), judged.created_at, 'UTC') DESC) AS place
    FROM judged JOIN whole USING (conversation_id) GROUP BY conversation_id, 2
  )
  SELECT whole.conversation_id AS id, whole.step AS interval, whole.count, whole.average, whole.change::float8,
    (SELECT json_agg(json_build_object('at', at, 'count', p.count, 'score', p.score, 'lowest', lowest, 'highest', highest, 'magnitude', magnitude,
      'positive', positive, 'negative', negative) ORDER BY at) FROM points p WHERE p.conversation_id = whole.conversation_id AND place <= ${mostPoints}) AS points
  FROM whole`;

interface Row extends Omit<Timeline, 'trend' | 'points'> {
  readonly id: string;
  readonly points: readonly (Omit<TimelinePoint, 'at'> & { readonly at: string })[];
}

/**
 * How the moods of conversations went, in one statement.
 *
 * @throws AppError BAD_USER_INPUT for a range that ends before it begins
 */
export async function readTimelines(
  statements: Statements,
  userId: string,
  ids: readonly string[],
  input: TimelineInput,
): Promise<ReadonlyMap<string, Timeline>> {
  const { from = null, to = null, interval = null } = parseInput(shape, input);
  if (from !== null && to !== null && from >= to) {
    throw badInput(['range', 'to'], `The range ends at ${to.toISOString()}, which is not after its beginning, ${from.toISOString()}. Give a later "to".`);
  }
  const { rows } = await statements.query<Row>(statement, [ids, userId, from, to, interval]);
  const found = new Map(
    rows.map(({ id, points, ...row }): [string, Timeline] => [
      id,
      { ...row, trend: trendOf(row.count, row.change), points: points.map((point) => ({ ...point, at: new Date(point.at) })) },
    ]),
  );
  const nothing: Timeline = { interval: interval ?? 'DAY', count: 0, average: null, trend: null, change: null, points: [] };
  return new Map(ids.map((id) => [id, found.get(id) ?? nothing]));
}

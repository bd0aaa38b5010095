import { z } from 'zod';
import type { Feedback, PrismaClient } from '../../../prisma/generated/client.ts';
import { requireAdmin } from '../../auth/require-admin.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import { parseInput } from '../../base/validate.ts';
import type { Statements } from '../../stores/statements.ts';
import { findVisibleMessage } from '../participation.ts';

/** What people think of answers. */
export type Feedbacks = ReturnType<typeof createFeedbacks>;

/** How the answers of one model were found. */
export interface ModelFeedback {
  /** `provider:model`; null where it is not known. */
  readonly model: string | null;
  readonly upCount: number;
  readonly downCount: number;
}

const feedbackInput = z.object({
  messageId: z.uuid(),
  rating: z.enum(['UP', 'DOWN']),
  comment: z
    .string()
    .trim()
    .min(1, 'is empty; leave it out instead')
    .max(2_000, 'has at most 2,000 characters')
    .refine((value) => !value.includes('\u0000'), 'must not contain the character U+0000')
    .nullish(),
});

/** The input of `giveFeedback`. */
export type FeedbackInput = z.input<typeof feedbackInput>;

/** Creates the service. */
export function createFeedbacks({ prisma, statements, clock }: { readonly prisma: PrismaClient; readonly statements: Statements; readonly clock: Clock }) {
  /** @throws AppError NOT_FOUND; CONFLICT for a message that no engine wrote */
  const requireAnswer = async (userId: string, messageId: string): Promise<void> => {
    const message = await findVisibleMessage(prisma, userId, messageId);
    if (message === null) throw notFound('Message');
    if (message.role !== 'ASSISTANT') throw new AppError('CONFLICT', 'Feedback is for answers; this message is none.');
  };

  return {
    /**
     * Says what the viewer thinks of an answer; said again, it takes the place of what was said before.
     *
     * @throws AppError NOT_FOUND; CONFLICT for a message that is no answer; BAD_USER_INPUT
     */
    give: async (viewer: Viewer | null, input: FeedbackInput): Promise<Feedback> => {
      const { userId } = requireViewer(viewer);
      const { messageId, rating, comment = null } = parseInput(feedbackInput, input);
      await requireAnswer(userId, messageId);
      const now = clock.now();
      const said = { rating, comment, updatedAt: now };
      return prisma.feedback.upsert({
        where: { messageId_userId: { messageId, userId } },
        create: { messageId, userId, createdAt: now, ...said },
        update: said,
      });
    },

    /** Takes back what the viewer said of an answer; does nothing when that is nothing. @throws AppError NOT_FOUND */
    remove: async (viewer: Viewer | null, messageId: string): Promise<string> => {
      const { userId } = requireViewer(viewer);
      await requireAnswer(userId, messageId);
      await prisma.feedback.deleteMany({ where: { messageId, userId } });
      return messageId;
    },

    /** What the viewer said of these messages, in one statement. */
    ofMessages: async (viewer: Viewer | null, messageIds: readonly string[]): Promise<ReadonlyMap<string, Feedback>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<Feedback>(
        `SELECT message_id AS "messageId", user_id AS "userId", rating, comment, created_at AS "createdAt", updated_at AS "updatedAt"
         FROM feedbacks WHERE user_id = $2::uuid AND message_id = ANY($1::uuid[])`,
        [messageIds, userId],
      );
      return new Map(rows.map((row) => [row.messageId, row]));
    },

    /**
     * How the answers of each model were found by everybody, those with the most feedback first; at most 100 models.
     *
     * @param range by the time of the feedback; without an end where null
     * @throws AppError FORBIDDEN for members
     */
    summary: async (viewer: Viewer | null, range: { readonly from: Date | null; readonly to: Date | null }): Promise<readonly ModelFeedback[]> => {
      requireAdmin(viewer);
      if (range.from !== null && range.to !== null && range.from > range.to) throw badInput(['to'], '"to" is before "from".');
      const { rows } = await statements.query<ModelFeedback>(
        `SELECT m.model, (count(*) FILTER (WHERE f.rating = 'UP'))::int AS "upCount", (count(*) FILTER (WHERE f.rating = 'DOWN'))::int AS "downCount"
         FROM feedbacks f JOIN messages m ON m.id = f.message_id
         WHERE ($1::timestamptz IS NULL OR f.updated_at >= $1) AND ($2::timestamptz IS NULL OR f.updated_at < $2)
         GROUP BY m.model ORDER BY count(*) DESC, m.model LIMIT 100`,
        [range.from, range.to],
      );
      return rows;
    },
  };
}

import type { Conversation, PrismaClient } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { AppError, notFound } from '../../base/errors.ts';
import type { Page } from '../../base/page.ts';
import type { Statements } from '../../stores/statements.ts';
import { isForeignKeyViolation } from '../../stores/violations.ts';
import { keysetSql } from '../keyset.ts';
import { requirePermission } from '../room/permissions.ts';
import { conversationColumns } from './conversation-row.ts';

/** What a conversation can be about, by the names of the types. */
export const contextKinds = ['Session', 'Goal', 'WeeklyPlan', 'DailyPlan'] as const;

/** One of `contextKinds`. */
export type ContextKind = (typeof contextKinds)[number];

/** Something that a conversation is to be about. */
export interface ContextName {
  readonly kind: ContextKind;
  readonly id: string;
}

/** The columns of a conversation that say what it is about; at most one of them and `sessionId` is filled. */
export type ContextColumns = Pick<Conversation, 'goalId' | 'weeklyPlanId' | 'dailyPlanId'>;

const columns = { Goal: 'goal_id', WeeklyPlan: 'weekly_plan_id', DailyPlan: 'daily_plan_id' } as const;

/** What a conversation is about besides a session; null for a plain one. */
export function contextOf({ goalId, weeklyPlanId, dailyPlanId }: ContextColumns): ContextName | null {
  if (goalId !== null) return { kind: 'Goal', id: goalId };
  if (weeklyPlanId !== null) return { kind: 'WeeklyPlan', id: weeklyPlanId };
  return dailyPlanId === null ? null : { kind: 'DailyPlan', id: dailyPlanId };
}

/** The columns of a context. */
export function columnsOf(context: ContextName | null): ContextColumns {
  return {
    goalId: context?.kind === 'Goal' ? context.id : null,
    weeklyPlanId: context?.kind === 'WeeklyPlan' ? context.id : null,
    dailyPlanId: context?.kind === 'DailyPlan' ? context.id : null,
  };
}

/**
 * Makes sure that a conversation may be about something.
 *
 * @returns the columns of the conversation
 * @throws AppError NOT_FOUND for what is not the person's; CONFLICT for a session, which has the one conversation that it was made with
 */
export async function requireContext(prisma: PrismaClient, userId: string, context: ContextName | null): Promise<ContextColumns> {
  if (context === null) return columnsOf(null);
  const where = { id: context.id, ownerId: userId };
  const counts = {
    Session: () => prisma.session.count({ where }),
    Goal: () => prisma.goal.count({ where }),
    WeeklyPlan: () => prisma.weeklyPlan.count({ where }),
    DailyPlan: () => prisma.dailyPlan.count({ where }),
  };
  if ((await counts[context.kind]()) === 0) throw notFound(context.kind);
  if (context.kind === 'Session') {
    throw new AppError('CONFLICT', 'A data session has one conversation, which it was made with; talk about it there: "Session.conversation".');
  }
  return columnsOf(context);
}

/** What `pg` throws names the constraint. */
const isOfContext = (error: unknown): boolean =>
  isForeignKeyViolation(error) && (!(error instanceof Error && 'constraint' in error) || /_(goal|plan)_id_fkey$/.test(String(error.constraint)));

/**
 * Writes a conversation whose context may be deleted in the same moment.
 *
 * @throws AppError NOT_FOUND when it was
 */
export async function aboutWhatIsThere<Result>(context: ContextName | null, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (context !== null && isOfContext(error)) throw notFound(context.kind);
    throw error;
  }
}

/** What conversations are about. */
export type Abouts = ReturnType<typeof createAbouts>;

/** What the service stands on. */
export interface AboutDependencies {
  readonly prisma: PrismaClient;
  readonly statements: Statements;
  readonly conversations: { get(viewer: Viewer | null, id: string): Promise<Conversation> };
}

/** Creates the service. */
export function createAbouts({ prisma, statements, conversations }: AboutDependencies) {
  /** A page of the conversations about each goal or plan, recent ones first, in one statement. */
  const about =
    (kind: keyof typeof columns) =>
    async (viewer: Viewer | null, ids: readonly string[], page: Page): Promise<ReadonlyMap<string, readonly Conversation[]>> => {
      const { userId } = requireViewer(viewer);
      const keyset = keysetSql(page, 'DESC', 'c.updated_at', 'c.id', 3);
      const { rows } = await statements.query<Conversation>(
        `SELECT found.* FROM unnest($1::uuid[]) WITH ORDINALITY AS o (id, place) CROSS JOIN LATERAL (
           SELECT ${conversationColumns} FROM conversations c WHERE c.${columns[kind]} = o.id
             AND EXISTS (SELECT 1 FROM participations a WHERE a.conversation_id = c.id AND a.user_id = $2::uuid)${keyset.where} ${keyset.limit}
         ) AS found ORDER BY o.place`,
        [ids, userId, ...keyset.values],
      );
      return Map.groupBy(rows, (conversation) => contextOf(conversation)?.id ?? '');
    };

  return {
    ofGoals: about('Goal'),
    ofWeeklyPlans: about('WeeklyPlan'),
    ofDailyPlans: about('DailyPlan'),

    /**
     * Says what a conversation is about from now on; null for nothing. What was said stays.
     *
     * @throws AppError NOT_FOUND; FORBIDDEN for a conversation that somebody else holds; CONFLICT for one of a data session, and for a session
     */
    set: async (viewer: Viewer | null, conversationId: string, context: ContextName | null): Promise<Conversation> => {
      const { userId } = requireViewer(viewer);
      const existing = await conversations.get(viewer, conversationId);
      await requirePermission(prisma, { conversationId, userId }, 'SET_CONTEXT');
      const data = await requireContext(prisma, userId, context);
      if (existing.ownerId !== userId) {
        throw new AppError('FORBIDDEN', 'Only the OWNER who holds a conversation, because they began it or it was handed to them, says what it is about.');
      }
      if (existing.sessionId !== null) {
        throw new AppError('CONFLICT', 'This is the conversation of a data session, and stays it; make another one with "createConversation".');
      }
      return aboutWhatIsThere(context, () => prisma.conversation.update({ where: { id: conversationId }, data }));
    },
  };
}

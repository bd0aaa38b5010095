import type { PlannerSettings, Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { notFound } from '../../base/errors.ts';
import type { IdSource } from '../../base/id.ts';
import { insist } from '../../stores/insist.ts';
import { plannerOf, settingsOf, type Planner } from './planner-row.ts';

/** A piece of work on one person's planning. */
export type PlannerWork<Result> = (transaction: Prisma.TransactionClient, planner: Planner) => Promise<Result>;

/** How such work is done. */
export interface PlannerOptions {
  /** What is locked before the planner, as conversations are. It must not write. */
  readonly first?: (transaction: Prisma.TransactionClient) => Promise<unknown>;
}

/** Does work on a person's planning while nobody else does. */
export type PlannerLock = ReturnType<typeof createPlannerLock>;

const columns = `user_id AS "userId", time_zone AS "timeZone", first_day_of_week AS "firstDayOfWeek", capacity_minutes AS "capacityMinutes", rollover,
  rolled_over_through AS "rolledOverThrough", auto_apply AS "autoApply", updated_at AS "updatedAt"`;

async function lockSettings(transaction: Prisma.TransactionClient, userId: string): Promise<PlannerSettings | null> {
  const [row] = await transaction.$queryRawUnsafe<PlannerSettings[]>(`SELECT ${columns} FROM planner_settings WHERE user_id = $1::uuid FOR UPDATE`, userId);
  return row ?? null;
}

/**
 * The lock on people's planning. All changes of one person's goals, plans, items and settings go through it, so that they happen one after the
 * other: positions are never given twice, limits hold, and no two of them can wait for one another.
 */
export function createPlannerLock({ prisma, clock, newId }: { readonly prisma: PrismaClient; readonly clock: Clock; readonly newId: IdSource }) {
  /**
   * Does work on the planning of a person in one transaction, which is begun anew after a deadlock. Who asks for it is the caller's business.
   *
   * @param work gets the transaction, in which it must do everything, and the planner as it is once it is locked
   * @throws AppError NOT_FOUND when there is no such person; whatever the work throws, and then nothing has happened
   */
  const withPlannerOf = <Result>(userId: string, work: PlannerWork<Result>, { first }: PlannerOptions = {}): Promise<Result> =>
    insist(() =>
      prisma.$transaction(async (transaction) => {
        await first?.(transaction);
        let settings = await lockSettings(transaction, userId);
        if (settings === null) {
          // Nobody's, where the person was deleted a moment ago.
          await transaction.$executeRaw`
            INSERT INTO planner_settings (user_id, updated_at) SELECT id, ${clock.now()} FROM users WHERE id = ${userId}::uuid FOR KEY SHARE
            ON CONFLICT (user_id) DO NOTHING`;
          settings = await lockSettings(transaction, userId);
        }
        if (settings === null) throw notFound('User');
        return work(transaction, plannerOf(settingsOf(settings), clock.now(), newId));
      }),
    );

  return {
    withPlannerOf,

    /** The same for the viewer. @throws AppError UNAUTHENTICATED as well */
    withPlanner: async <Result>(viewer: Viewer | null, work: PlannerWork<Result>, options?: PlannerOptions): Promise<Result> =>
      withPlannerOf(requireViewer(viewer).userId, work, options),
  };
}

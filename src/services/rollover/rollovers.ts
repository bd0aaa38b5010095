import type { Pool } from 'pg';
import { z } from 'zod';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { badInput } from '../../base/errors.ts';
import { parseInput } from '../../base/validate.ts';
import { readItems, type PlanItemRow } from '../plan-item/item-row.ts';
import { addDays, databaseDate, dateIn, dateSql, daysBetween } from '../planner/calendar.ts';
import { dateInput, present } from '../planner/input.ts';
import type { PlannerSettingsRow } from '../planner/planner-row.ts';
import { isRolloverDue } from '../planner/rollover-mark.ts';
import type { PlannerLock } from '../planner/with-planner.ts';
import { rollOverIn } from './roll-over.ts';

/** Unfinished items that go on to another day. */
export type Rollovers = ReturnType<typeof createRollovers>;

/** What the service needs. */
export interface RolloverDependencies extends PlannerLock {
  readonly pool: Pool;
  readonly clock: Clock;
}

/** What to carry on. */
export interface RolloverInput {
  readonly from: string;
  /** The last day of several; the same as the first when absent. */
  readonly through?: string | null | undefined;
  readonly to: string;
  readonly policy: 'MOVE' | 'COPY';
}

/** What was carried on. */
export interface RolledOver {
  readonly items: readonly PlanItemRow[];
  readonly left: readonly PlanItemRow[];
}

/** How many days may be carried on at once. */
const mostDays = 366;

const inputShape = z.object({ from: dateInput, through: dateInput.nullish(), to: dateInput, policy: z.enum(['MOVE', 'COPY']) });

type Settings = Pick<PlannerSettingsRow, 'rollover' | 'rolledOverThrough' | 'timeZone'> & { readonly userId: string };

/** Creates the service. */
export function createRollovers({ pool, clock, withPlanner, withPlannerOf }: RolloverDependencies) {
  /** Carries on what is unfinished of a person's days that are over, once, whoever calls and however many at once. */
  const catchUp = (userId: string): Promise<number> =>
    withPlannerOf(userId, async (transaction, planner) => {
      const { rollover: policy, rolledOverThrough, today } = planner;
      if (policy === null || !isRolloverDue(planner)) return 0;
      const yesterday = addDays(today, -1);
      const from = rolledOverThrough === null ? yesterday : addDays(rolledOverThrough, 1);
      const { carriedIds } = await rollOverIn(transaction, planner, { from, through: yesterday, to: today, policy, isAutomatic: true });
      const data = { rolledOverThrough: databaseDate(yesterday) };
      await transaction.plannerSettings.update({ where: { userId }, data, select: { userId: true } });
      return carriedIds.length;
    });

  return {
    catchUp,

    /**
     * Carries the unfinished items of a day, or of some, on to a later one.
     *
     * @throws AppError BAD_USER_INPUT; CONFLICT where they do not fit
     */
    rollOver: async (viewer: Viewer | null, input: RolloverInput): Promise<RolledOver> => {
      requireViewer(viewer);
      const { from, to, policy, ...rest } = parseInput(inputShape, present(input));
      const through = rest.through ?? from;
      if (through < from) throw badInput(['input', 'through'], `"through" is ${through}, before "from", which is ${from}.`);
      if (to <= through) throw badInput(['input', 'to'], `Items are carried on to a later day; ${to} is not after ${through}.`);
      if (daysBetween(from, through) >= mostDays)
        throw badInput(['input', 'through'], `${from} to ${through} is more than the ${mostDays} days that can be carried on at once.`);
      return withPlanner(viewer, async (transaction, planner) => {
        const { carriedIds, leftIds } = await rollOverIn(transaction, planner, { from, through, to, policy, isAutomatic: false });
        return { items: await readItems(transaction, planner.userId, carriedIds), left: await readItems(transaction, planner.userId, leftIds) };
      });
    },

    /**
     * Does what midnight brings for everybody for whom it has come, in their time zones. To be called every minute or so, by as many nodes as
     * like; who was missed, because no node ran, is caught up with.
     *
     * @returns for how many people
     */
    catchUpEverybody: async (): Promise<number> => {
      const now = clock.now();
      // Nowhere is it later than in UTC+14; the zones say for whom the day is over.
      const { rows } = await pool.query<Settings>(
        `SELECT user_id AS "userId", time_zone AS "timeZone", rollover, ${dateSql('rolled_over_through')} AS "rolledOverThrough" FROM planner_settings
         WHERE rollover IS NOT NULL AND (rolled_over_through IS NULL OR rolled_over_through < $1::date)`,
        [dateIn('UTC', now)],
      );
      const due = rows.filter((settings) => isRolloverDue({ ...settings, today: dateIn(settings.timeZone, now) }));
      const settled = [];
      for (const { userId } of due) settled.push(...(await Promise.allSettled([catchUp(userId)])));
      const failed = settled.find((result) => result.status === 'rejected');
      // The others were done all the same, and it is tried again.
      if (failed !== undefined) throw failed.reason;
      return due.length;
    },
  };
}

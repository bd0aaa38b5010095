import { setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { Prisma } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { badInput } from '../../base/errors.ts';
import { parseInput } from '../../base/validate.ts';
import type { Statements } from '../../stores/statements.ts';
import { readItems, type PlanItemRow } from '../plan-item/item-row.ts';
import { addDays, dateIn, type CalendarDate } from '../planner/calendar.ts';
import { dateInput } from '../planner/input.ts';
import type { Planner } from '../planner/planner-row.ts';
import type { PlannerLock } from '../planner/with-planner.ts';
import { deleteSeriesItemIn, updateSeriesItemIn, type RecurrenceScope, type SeriesItemInput } from './change-series.ts';
import { endSeriesIn, requireSeries, unfinishedFrom } from './end-series.ts';
import { horizonDays, makeMissingItemsIn } from './make-items.ts';
import { nextOccurrences } from './occurrences.ts';
import { recurrenceColumns, ruleOf, type RecurrenceRow } from './recurrence-row.ts';

/** Series of items. A series is one person's alone. */
export type Recurrences = ReturnType<typeof createRecurrences>;

/** What the service needs. */
export interface RecurrenceDependencies extends PlannerLock {
  readonly pool: Pool;
  readonly statements: Statements;
  readonly clock: Clock;
}

/** An item that was changed, with what else was. */
export interface UpdatedItem {
  readonly planItem: PlanItemRow;
  /** Other items of its series that were changed or made. */
  readonly others: readonly PlanItemRow[];
  readonly deletedIds: readonly string[];
}

/** A series that was ended. */
export interface StoppedSeries {
  readonly recurrence: RecurrenceRow;
  readonly deletedIds: readonly string[];
}

const mostNext = 50;
/** The next days of so many series are remembered. */
const mostRemembered = 5_000;

/** Creates the service. */
export function createRecurrences({ pool, statements, clock, withPlanner, withPlannerOf }: RecurrenceDependencies) {
  /** Makes what is missing of one person's items. */
  const makeMissing = (transaction: Prisma.TransactionClient, planner: Planner): Promise<number> =>
    transaction
      .$queryRawUnsafe<RecurrenceRow[]>(
        `SELECT ${recurrenceColumns} FROM recurrences r WHERE r.owner_id = $1::uuid AND r.made_through < $2::date ORDER BY r.created_at, r.id`,
        planner.userId,
        addDays(planner.today, horizonDays),
      )
      .then((series) => makeMissingItemsIn(transaction, planner, series));

  const upcoming = new LRUCache<string, readonly CalendarDate[]>({ max: mostRemembered });

  return {
    /**
     * The next days of a series from today on: none where each counts from the completion of the one before.
     *
     * @throws AppError BAD_USER_INPUT for more than 50
     */
    next: async (series: RecurrenceRow, { today }: Pick<Planner, 'today'>, first: number): Promise<readonly CalendarDate[]> => {
      if (first < 1 || first > mostNext) throw badInput(['first'], `"first" is ${first}; ask for 1 to ${mostNext} days.`);
      if (series.mode === 'AFTER_COMPLETION') return [];
      const { rule, startDate, excludedDates } = series;
      const key = [rule, startDate, today, ...excludedDates].join(' ');
      const known = upcoming.get(key);
      if (known !== undefined) return known.slice(0, first);
      // The days of a rule that picks few among many take up to a tenth of a second, and a list may have many such: others have their turns.
      await setImmediate();
      const found = nextOccurrences(ruleOf(series), startDate, today, mostNext, excludedDates);
      upcoming.set(key, found);
      return found.slice(0, first);
    },

    /** Those of some series that are the viewer's. */
    byIds: async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, RecurrenceRow>> => {
      const { userId } = requireViewer(viewer);
      const text = `SELECT ${recurrenceColumns} FROM recurrences r WHERE r.id = ANY($1::uuid[]) AND r.owner_id = $2::uuid`;
      const { rows } = await statements.query<RecurrenceRow>(text, [ids, userId]);
      return new Map(rows.map((series) => [series.id, series]));
    },

    /** Changes an item, and others of its series by the scope. @throws AppError BAD_USER_INPUT, NOT_FOUND, CONFLICT */
    updateItem: (viewer: Viewer | null, { id, ...input }: SeriesItemInput & { readonly id: string }): Promise<UpdatedItem> =>
      withPlanner(viewer, async (transaction, planner) => {
        const { changedIds, deletedIds } = await updateSeriesItemIn(transaction, planner, id, input, ['input']);
        const [planItem, ...others] = await readItems(transaction, planner.userId, [id, ...changedIds]);
        if (planItem === undefined) throw new Error('an item vanished while it was changed');
        return { planItem, others, deletedIds };
      }),

    /** Deletes an item, and others of its series by the scope. @returns all ids @throws AppError BAD_USER_INPUT, NOT_FOUND */
    deleteItem: (viewer: Viewer | null, id: string, scope: RecurrenceScope | null | undefined): Promise<readonly string[]> =>
      withPlanner(viewer, (transaction, planner) => deleteSeriesItemIn(transaction, planner, id, scope, ['input'])),

    /**
     * Ends a series after a day, today when absent. Its unfinished items of later days go.
     *
     * @throws AppError NOT_FOUND, BAD_USER_INPUT
     */
    stop: (viewer: Viewer | null, id: string, lastDate: string | null): Promise<StoppedSeries> =>
      withPlanner(viewer, async (transaction, planner) => {
        const series = await requireSeries(transaction, planner, id);
        const last = lastDate === null ? planner.today : parseInput(z.object({ lastDate: dateInput }), { lastDate }).lastDate;
        const deletedIds = await unfinishedFrom(transaction, series, addDays(last, 1), id);
        await transaction.planItem.deleteMany({ where: { id: { in: [...deletedIds] } } });
        return { recurrence: await endSeriesIn(transaction, planner, series, last), deletedIds };
      }),

    /**
     * Makes the items of the coming days for everybody who has series. To be called from time to time, by as many nodes as like.
     *
     * @returns for how many people
     */
    makeMissingForEverybody: async (): Promise<number> => {
      // A day less than the horizon, so that it holds in all time zones and who was served is not served again.
      const { rows } = await pool.query<{ ownerId: string }>('SELECT DISTINCT owner_id AS "ownerId" FROM recurrences WHERE made_through < $1::date', [
        addDays(dateIn('UTC', clock.now()), horizonDays - 1),
      ]);
      const settled = [];
      for (const { ownerId } of rows) settled.push(...(await Promise.allSettled([withPlannerOf(ownerId, makeMissing)])));
      const failed = settled.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      return rows.length;
    },
  };
}

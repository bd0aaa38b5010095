import { z } from 'zod';
import type { PrismaClient } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import type { IdSource } from '../../base/id.ts';
import { parseInput } from '../../base/validate.ts';
import { timeZoneOf } from './calendar.ts';
import { differences, minutesInput, present, refuseNull } from './input.ts';
import { defaultSettings, plannerOf, settingsOf, type Planner, type PlannerSettingsRow } from './planner-row.ts';
import { isRolloverDue, markAfter } from './rollover-mark.ts';
import type { PlannerLock } from './with-planner.ts';

/** How people plan: their time zone, their weeks, and what is done for them. */
export type Planners = ReturnType<typeof createPlanners>;

/** What the service needs. */
export interface PlannerDependencies {
  readonly prisma: PrismaClient;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly withPlanner: PlannerLock['withPlanner'];
  /** Carries on what is unfinished of the days of a person that are over. */
  readonly catchUp: (userId: string) => Promise<unknown>;
}

const settingsInput = z.object({
  timeZone: z
    .string()
    .max(100, 'has at most 100 characters')
    .transform((name, context) => {
      const zone = timeZoneOf(name);
      if (zone === null) context.addIssue({ code: 'custom', message: 'is not a time zone that is known; write its IANA name, for example Europe/Berlin' });
      return zone ?? name;
    })
    .exactOptional(),
  firstDayOfWeek: z.int().min(1).max(7).exactOptional(),
  capacityMinutes: minutesInput(15, 1_440).exactOptional(),
  rollover: z.enum(['MOVE', 'COPY']).nullable().exactOptional(),
  autoApply: z.boolean().exactOptional(),
});

/** What to change of the settings: what is absent stays, null clears. */
export interface PlannerSettingsInput {
  readonly timeZone?: string | null | undefined;
  readonly firstDayOfWeek?: number | null | undefined;
  readonly capacityMinutes?: number | null | undefined;
  readonly rollover?: 'MOVE' | 'COPY' | null | undefined;
  readonly autoApply?: boolean | null | undefined;
}

/** Creates the service. */
export function createPlanners({ prisma, clock, newId, withPlanner, catchUp }: PlannerDependencies) {
  const settings = async (userId: string): Promise<PlannerSettingsRow> => {
    const row = await prisma.plannerSettings.findUnique({ where: { userId } });
    return row === null ? defaultSettings(userId) : settingsOf(row);
  };

  const read = (input: PlannerSettingsInput) => {
    refuseNull({ ...input }, ['timeZone', 'firstDayOfWeek', 'capacityMinutes', 'autoApply'], ['input']);
    return parseInput(settingsInput, present(input));
  };

  const readOf = async (userId: string): Promise<Planner> => {
    const planner = plannerOf(await settings(userId), clock.now(), newId);
    if (!isRolloverDue(planner)) return planner;
    await catchUp(userId);
    return plannerOf(await settings(userId), clock.now(), newId);
  };

  return {
    /** The settings of some people, as far as they are the viewer's. */
    byIds: async (viewer: Viewer | null, userIds: readonly string[]): Promise<ReadonlyMap<string, PlannerSettingsRow>> => {
      const { userId } = requireViewer(viewer);
      return userIds.includes(userId) ? new Map([[userId, await settings(userId)]]) : new Map();
    },

    /** The settings of a person; null for everybody but the viewer, whose business they are alone. */
    ofPerson: async (viewer: Viewer | null, userId: string): Promise<PlannerSettingsRow | null> =>
      requireViewer(viewer).userId === userId ? settings(userId) : null,

    /** The viewer's planner for reading: nothing is locked, and nothing is made but what the end of a day brings by itself. */
    read: async (viewer: Viewer | null): Promise<Planner> => readOf(requireViewer(viewer).userId),

    /** The same for somebody whose engine is at work; who asks is the caller's business. */
    readOf,

    /** Makes sure that `update` would take some settings. @throws AppError BAD_USER_INPUT */
    check: (input: PlannerSettingsInput): void => {
      read(input);
    },

    /** Changes the viewer's settings: what is absent stays, null clears. @throws AppError BAD_USER_INPUT */
    update: async (viewer: Viewer | null, input: PlannerSettingsInput): Promise<PlannerSettingsRow> => {
      requireViewer(viewer);
      const changes = read(input);
      return withPlanner(viewer, async (transaction, planner) => {
        const { userId } = planner;
        const different = differences(planner, changes);
        const row =
          different === null
            ? await transaction.plannerSettings.findUniqueOrThrow({ where: { userId } })
            : await transaction.plannerSettings.update({
                where: { userId },
                data: { ...different, ...markAfter(planner, different), updatedAt: planner.now },
              });
        return settingsOf(row);
      });
    },
  };
}

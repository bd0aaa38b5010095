import { z } from 'zod';
import { parseInput } from '../../base/validate.ts';
import { longestBody } from '../goal/goal-input.ts';
import { bodyText, dateInput, lineText, present, refuseNull, type InputPath } from '../planner/input.ts';
import { planStatuses, type PlanStatus } from './plan-row.ts';

/** How many focus areas a week may have. */
export const mostFocusAreas = 20;
/** How long each of them may be. */
export const longestFocusArea = 100;

const daily = z.object({ summary: bodyText(longestBody).exactOptional(), status: z.enum(planStatuses).exactOptional() });
const weekly = daily.extend({
  focusAreas: z
    .array(lineText(longestFocusArea))
    .max(mostFocusAreas, `has at most ${mostFocusAreas} entries`)
    .nullable()
    .transform((areas) => areas ?? [])
    .exactOptional(),
});

/** What a daily plan is to be like; what is absent stays, null clears. */
export interface DailyPlanInput {
  readonly summary?: string | null | undefined;
  readonly status?: PlanStatus | null | undefined;
}

/** What a weekly plan is to be like. */
export interface WeeklyPlanInput extends DailyPlanInput {
  readonly focusAreas?: readonly string[] | null | undefined;
}

/** A daily plan's changes, checked. @throws AppError BAD_USER_INPUT */
export function parseDailyPlan(input: DailyPlanInput, path: InputPath) {
  refuseNull({ ...input }, ['status'], path);
  return parseInput(daily, present(input), path);
}

/** A weekly plan's changes, checked. @throws AppError BAD_USER_INPUT */
export function parseWeeklyPlan(input: WeeklyPlanInput, path: InputPath) {
  refuseNull({ ...input }, ['status'], path);
  return parseInput(weekly, present(input), path);
}

/** The day that a plan is asked for by. @throws AppError BAD_USER_INPUT */
export function parseDay(date: string, path: InputPath): string {
  return parseInput(dateInput, date, path);
}

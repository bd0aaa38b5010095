import { z } from 'zod';
import { parseInput } from '../../base/validate.ts';
import { bodyText, dateInput, lineText, present, refuseNull, type InputPath } from '../planner/input.ts';
import { goalHorizons, goalStatuses, priorities, type GoalHorizon, type GoalStatus, type Priority } from './goal-row.ts';

/** How long a title of a goal or an item may be. */
export const longestTitle = 200;
/** How long what is written about a goal, a plan or an item may be. */
export const longestBody = 10_000;

const fields = {
  title: lineText(longestTitle),
  description: bodyText(longestBody).exactOptional(),
  horizon: z.enum(goalHorizons).exactOptional(),
  status: z.enum(goalStatuses).exactOptional(),
  priority: z.enum(priorities).exactOptional(),
  targetDate: dateInput.nullable().exactOptional(),
  parentId: z.uuid().nullable().exactOptional(),
};

const newGoal = z.object(fields);
const changes = z.object({ ...fields, title: fields.title.exactOptional() });

/** What a goal is to be like; what is absent stays or takes its default, null clears. */
export interface GoalInput {
  readonly title?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly horizon?: GoalHorizon | null | undefined;
  readonly status?: GoalStatus | null | undefined;
  readonly priority?: Priority | null | undefined;
  readonly targetDate?: string | null | undefined;
  readonly parentId?: string | null | undefined;
}

const needed = ['title', 'horizon', 'status', 'priority'];

/** A new goal, checked. @throws AppError BAD_USER_INPUT */
export function parseNewGoal(input: GoalInput, path: InputPath) {
  refuseNull({ ...input }, needed, path);
  return parseInput(newGoal, present(input), path);
}

/** Changes of a goal, checked. @throws AppError BAD_USER_INPUT */
export function parseGoalChanges(input: GoalInput, path: InputPath) {
  refuseNull({ ...input }, needed, path);
  return parseInput(changes, present(input), path);
}

import { z } from 'zod';
import { goalHorizons, goalStatuses, priorities } from '../goal/goal-row.ts';
import { itemStatuses } from '../plan-item/item-row.ts';
import { planStatuses } from '../plan/plan-row.ts';
import { operationKinds } from '../proposal/operation.ts';
import { modelDate } from './model-date.ts';

/** How many operations a proposal has at most. */
export const mostOperations = 100;

const clearable = ['notes', 'description', 'goal', 'estimateMinutes', 'actualMinutes', 'startTime', 'targetDay', 'summary', 'focusAreas'] as const;

/** An operation as a model gives it. What is absent or null stays as it is; `clear` makes something empty. */
export const operationInput = z.object({
  kind: z.enum(operationKinds).describe('What to do. MOVE_ITEM changes the day or week; CHANGE_WEEK and CHANGE_DAY write the plan itself, not its items.'),
  reason: z.string().trim().min(1).max(500).describe('Why, for the person, in one sentence.'),
  id: z
    .string()
    .max(100)
    .nullish()
    .describe('The id of the goal or item, from list_goals, list_items or read_plan. Not for ADD_GOAL, ADD_ITEM, CHANGE_WEEK, CHANGE_DAY.'),
  title: z.string().max(1_000).nullish().describe('Of a goal or item.'),
  notes: z.string().max(20_000).nullish().describe('Of an item.'),
  description: z.string().max(20_000).nullish().describe('Of a goal.'),
  priority: z.enum(priorities).nullish().describe('Of a goal or item.'),
  horizon: z.enum(goalHorizons).nullish().describe('Of a goal.'),
  goalStatus: z.enum(goalStatuses).nullish().describe('Of a goal, with CHANGE_GOAL.'),
  itemStatus: z.enum(itemStatuses).nullish().describe('Of an item, with CHANGE_ITEM.'),
  planStatus: z.enum(planStatuses).nullish().describe('Of a week or a day.'),
  targetDay: modelDate.nullish().describe('The day by which a goal is to be reached.'),
  goal: z
    .string()
    .max(100)
    .nullish()
    .describe('The id of the goal that an item belongs to, or that a goal is a part of. "#0" is the goal that the first operation of this list adds.'),
  estimateMinutes: z.number().nullish().describe('Of an item.'),
  actualMinutes: z.number().nullish().describe('How long an item took.'),
  startTime: z.string().max(20).nullish().describe('When an item begins, as 09:30.'),
  day: modelDate.nullish().describe('The day of ADD_ITEM, MOVE_ITEM or CHANGE_DAY.'),
  week: modelDate.nullish().describe('Any day of the week of ADD_ITEM, MOVE_ITEM or CHANGE_WEEK, for an item that has a week and no day.'),
  unplanned: z.boolean().nullish().describe('True with MOVE_ITEM takes the item out of all plans.'),
  summary: z.string().max(20_000).nullish().describe('Of a week or a day: what it is about, or how it went.'),
  focusAreas: z.array(z.string().max(200)).max(50).nullish().describe('Of a week, in order.'),
  clear: z.array(z.enum(clearable)).max(20).nullish().describe('What to make empty.'),
});

/** See `operationInput`. */
export type OperationInput = z.output<typeof operationInput>;

/** The arguments of `propose_changes`. */
export const proposeParameters = z.object({
  summary: z.string().trim().min(1).max(500).describe('What the proposal does, for the person, in one sentence.'),
  operations: z.array(operationInput).min(1).max(mostOperations).describe('The changes, in order.'),
});

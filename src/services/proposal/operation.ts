import { z } from 'zod';
import { goalHorizons, goalStatuses, priorities, type GoalRow } from '../goal/goal-row.ts';
import { planStatuses, type DailyPlanRow, type WeeklyPlanRow } from '../plan/plan-row.ts';
import { itemStatuses, type PlanItemRow } from '../plan-item/item-row.ts';

/** What a proposal can do. */
export const operationKinds = [
  'ADD_GOAL',
  'CHANGE_GOAL',
  'COMPLETE_GOAL',
  'DELETE_GOAL',
  'ADD_ITEM',
  'CHANGE_ITEM',
  'MOVE_ITEM',
  'COMPLETE_ITEM',
  'DELETE_ITEM',
  'CHANGE_WEEK',
  'CHANGE_DAY',
] as const;

/** One of `operationKinds`. */
export type OperationKind = (typeof operationKinds)[number];

/** What has become of an operation. */
export const operationStatuses = ['PENDING', 'APPLIED', 'DISMISSED', 'UNDONE'] as const;

const goalState = z.object({
  type: z.literal('GOAL'),
  title: z.string(),
  description: z.string().nullable(),
  horizon: z.enum(goalHorizons),
  status: z.enum(goalStatuses),
  priority: z.enum(priorities),
  targetDate: z.string().nullable(),
  parentId: z.string().nullable(),
});

const itemState = z.object({
  type: z.literal('ITEM'),
  title: z.string(),
  notes: z.string().nullable(),
  status: z.enum(itemStatuses),
  priority: z.enum(priorities),
  goalId: z.string().nullable(),
  estimateMinutes: z.number().nullable(),
  actualMinutes: z.number().nullable(),
  startTime: z.string().nullable(),
  date: z.string().nullable(),
  weekStart: z.string().nullable(),
});

const weekState = z.object({
  type: z.literal('WEEK'),
  weekStart: z.string(),
  summary: z.string().nullable(),
  focusAreas: z.array(z.string()),
  status: z.enum(planStatuses),
});

const dayState = z.object({ type: z.literal('DAY'), date: z.string(), summary: z.string().nullable(), status: z.enum(planStatuses) });

const state = z.discriminatedUnion('type', [goalState, itemState, weekState, dayState]);

/** What a record is like. */
export type RecordState = z.infer<typeof state>;
/** What a goal is like. */
export type GoalState = z.infer<typeof goalState>;
/** What an item is like, and where it stands. */
export type ItemState = z.infer<typeof itemState>;
/** What the plan of a week is like. */
export type WeekState = z.infer<typeof weekState>;
/** What the plan of a day is like. */
export type DayState = z.infer<typeof dayState>;

/** An operation as it is stored. */
export const storedOperation = z.object({
  kind: z.enum(operationKinds),
  reason: z.string(),
  status: z.enum(operationStatuses),
  /** What it changes; null for what is still to be made. */
  recordId: z.string().nullable(),
  /** The operation before it that makes its goal, or the goal that it is a part of; null where that is there already, or there is none. */
  goalOf: z.number().nullable(),
  /** What of `after` it writes. */
  fields: z.array(z.string()),
  /** Null for what it makes. */
  before: state.nullable(),
  /** Null for what it deletes. */
  after: state.nullable(),
});

/** A change of one record. */
export type Operation = z.infer<typeof storedOperation>;

/** The records of a person that operations change. */
export type RecordType = RecordState['type'];

/** Of which kind of record an operation is. */
export function recordTypeOf(kind: OperationKind): RecordType {
  if (kind.endsWith('_GOAL')) return 'GOAL';
  if (kind.endsWith('_ITEM')) return 'ITEM';
  return kind === 'CHANGE_WEEK' ? 'WEEK' : 'DAY';
}

/** A goal without what is not its content. */
export function goalStateOf({ title, description, horizon, status, priority, targetDate, parentId }: GoalRow): GoalState {
  return { type: 'GOAL', title, description, horizon, status, priority, targetDate, parentId };
}

/** An item without what is not its content or its plan. */
export function itemStateOf(item: PlanItemRow): ItemState {
  const { title, notes, status, priority, goalId, estimateMinutes, actualMinutes, startTime, date, weekStart } = item;
  return { type: 'ITEM', title, notes, status, priority, goalId, estimateMinutes, actualMinutes, startTime, date, weekStart };
}

/** The plan of a week; one that there is not yet is empty. */
export function weekStateOf(weekStart: string, plan: WeeklyPlanRow | null): WeekState {
  return { type: 'WEEK', weekStart, summary: plan?.summary ?? null, focusAreas: [...(plan?.focusAreas ?? [])], status: plan?.status ?? 'DRAFT' };
}

/** The plan of a day; one that there is not yet is empty. */
export function dayStateOf(date: string, plan: DailyPlanRow | null): DayState {
  return { type: 'DAY', date, summary: plan?.summary ?? null, status: plan?.status ?? 'DRAFT' };
}

/** A record in words, for messages to people. */
export function recordInWords(record: RecordState): string {
  switch (record.type) {
    case 'GOAL':
      return `the goal "${record.title}"`;
    case 'ITEM':
      return `the item "${record.title}"`;
    case 'WEEK':
      return `the plan of the week of ${record.weekStart}`;
    case 'DAY':
      return `the plan of ${record.date}`;
    default:
      return record satisfies never;
  }
}

/** The name of what an operation changes, among the versions of its proposal; null for what is still to be made. */
export function versionKeyOf({ kind, recordId, before, after }: Operation): string | null {
  const record = before ?? after;
  if (record?.type === 'WEEK') return `week ${record.weekStart}`;
  if (record?.type === 'DAY') return `day ${record.date}`;
  return recordId === null ? null : `${recordTypeOf(kind) === 'GOAL' ? 'goal' : 'item'} ${recordId}`;
}

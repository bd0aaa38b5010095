import { z } from 'zod';
import { goalHorizons, goalStatuses, priorities } from '../goal/goal-row.ts';
import { planStatuses } from '../plan/plan-row.ts';
import { mostMinutes } from '../plan-item/item-input.ts';
import { itemStatuses } from '../plan-item/item-row.ts';
import { dateInput, minutesInput, timeInput } from '../planner/input.ts';
import { label, moment } from './formats.ts';

/** Longer texts are cut by whoever reads them. */
const body = z.string().nullable();
const version = z.int32().min(1);
const written = { version, createdAt: moment, updatedAt: moment };

/** How somebody plans. */
export const plannerDocument = z.object({
  timeZone: z.string().max(100),
  firstDayOfWeek: z.int().min(1).max(7),
  capacityMinutes: minutesInput(15, 1_440),
  rollover: z.enum(['MOVE', 'COPY']).nullable(),
  autoApply: z.boolean(),
  rolledOverThrough: dateInput.nullable(),
});

/** See `plannerDocument`. */
export type PlannerDocument = z.infer<typeof plannerDocument>;

/** A goal; it stands behind the one that it is a part of. */
export const goalDocument = z.object({
  id: z.uuid(),
  parentId: z.uuid().nullable(),
  title: label,
  description: body,
  horizon: z.enum(goalHorizons),
  status: z.enum(goalStatuses),
  priority: z.enum(priorities),
  targetDate: dateInput.nullable(),
  completedAt: moment.nullable(),
  ...written,
});

/** See `goalDocument`. */
export type GoalDocument = z.infer<typeof goalDocument>;

/** The plan of a week. */
export const weeklyPlanDocument = z.object({
  id: z.uuid(),
  weekStart: dateInput,
  summary: body,
  focusAreas: z.array(label).max(1_000).readonly(),
  status: z.enum(planStatuses),
  ...written,
});

/** See `weeklyPlanDocument`. */
export type WeeklyPlanDocument = z.infer<typeof weeklyPlanDocument>;

/** The plan of a day. Which week it belongs to its day tells. */
export const dailyPlanDocument = z.object({ id: z.uuid(), date: dateInput, summary: body, status: z.enum(planStatuses), ...written });

/** See `dailyPlanDocument`. */
export type DailyPlanDocument = z.infer<typeof dailyPlanDocument>;

const template = {
  title: label,
  notes: body,
  goalId: z.uuid().nullable(),
  priority: z.enum(priorities),
  estimateMinutes: minutesInput(1, mostMinutes).nullable(),
  startTime: timeInput.nullable(),
};

/** A rule that makes items. */
export const recurrenceDocument = z.object({
  id: z.uuid(),
  rule: z.string().max(1_000),
  mode: z.enum(['SCHEDULED', 'AFTER_COMPLETION']),
  startDate: dateInput,
  excludedDates: z.array(dateInput).max(10_000).readonly(),
  madeThrough: dateInput.nullable(),
  ...template,
  createdAt: moment,
  updatedAt: moment,
});

/** See `recurrenceDocument`. */
export type RecurrenceDocument = z.infer<typeof recurrenceDocument>;

/** An item. Its plan is told by its day, or by the first day of its week: there is one of each. */
export const itemDocument = z.object({
  id: z.uuid(),
  date: dateInput.nullable(),
  weekStart: dateInput.nullable(),
  ...template,
  status: z.enum(itemStatuses),
  position: z.string().max(1_000),
  actualMinutes: minutesInput(0, mostMinutes).nullable(),
  recurrenceId: z.uuid().nullable(),
  occurrenceDate: dateInput.nullable(),
  carriedCount: z.int32().min(0),
  originDate: dateInput.nullable(),
  originItemId: z.uuid().nullable(),
  completedAt: moment.nullable(),
  ...written,
});

/** See `itemDocument`. */
export type ItemDocument = z.infer<typeof itemDocument>;

/** An item that was carried on to another day. */
export const carryDocument = z.object({
  id: z.uuid(),
  itemId: z.uuid(),
  fromDate: dateInput,
  toDate: dateInput,
  policy: z.enum(['MOVE', 'COPY']),
  copyId: z.uuid().nullable(),
  isAutomatic: z.boolean(),
  createdAt: moment,
});

/** See `carryDocument`. */
export type CarryDocument = z.infer<typeof carryDocument>;

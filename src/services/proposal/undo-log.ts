import { z } from 'zod';

/** The tables that a step may restore, each with the columns that it never does. */
export const undoTables = ['goals', 'plan_items', 'weekly_plans', 'daily_plans', 'recurrences'] as const;

const row = z.record(z.string(), z.json());
const neighbour = z.object({ id: z.string(), position: z.string() }).nullable();

const undoStep = z.object({
  /** The operation that it undoes. */
  index: z.number(),
  table: z.enum(undoTables),
  id: z.string(),
  /** The row as it was; null when it was made. */
  before: row.nullable(),
  /** Of an item that was moved or deleted: what stood beside it. */
  place: z.object({ previous: neighbour, next: neighbour }).nullable(),
  /** Of an item that was deleted: how it was carried on. */
  carries: z.array(row),
  /** Of a goal that was deleted: what belonged to it. */
  links: z
    .object({ goals: z.array(z.string()), plan_items: z.array(z.string()), recurrences: z.array(z.string()), conversations: z.array(z.string()) })
    .nullable(),
  /** Of a series: the days that it was to leave out, and up to which day its items were made before and after. */
  series: z.object({ addedDates: z.array(z.string()), madeThrough: z.string().nullable(), madeThroughAfter: z.string().nullable() }).optional(),
});

/** How one row is restored. */
export type UndoStep = z.infer<typeof undoStep>;

/** What undoing needs: steps in the order of what they undo, and the plans that were made on the way. */
export const undoLog = z.object({
  steps: z.array(undoStep),
  madePlans: z.array(z.object({ table: z.enum(['weekly_plans', 'daily_plans']), id: z.string() })),
});

/** See `undoLog`. */
export type UndoLog = z.infer<typeof undoLog>;

import { z } from 'zod';
import type { CallOutcome, PlannedCall, Script } from '../script.ts';

const priority = z.enum(['LOW', 'MEDIUM', 'HIGH', 'URGENT']).catch('MEDIUM');

const item = z.object({
  id: z.string(),
  title: z.string(),
  status: z.enum(['TODO', 'IN_PROGRESS', 'DONE', 'SKIPPED']),
  priority,
  /** As `Wednesday 2026-11-25`. */
  day: z.string().nullable().default(null),
  weekOf: z.string().nullable().default(null),
  estimateMinutes: z.number().nullable().default(null),
  actualMinutes: z.number().nullable().default(null),
  carriedCount: z.number().default(0),
  goal: z.string().nullable().default(null),
});

const goal = z.object({ id: z.string(), title: z.string(), priority, target: z.string().nullable().default(null) });

const plan = z.object({
  today: z.string(),
  capacityMinutes: z.number(),
  week: z.object({ weekStart: z.string(), summary: z.string().nullable().default(null), focusAreas: z.array(z.string()) }),
  itemsWithoutDay: z.array(item).default([]),
  days: z.array(z.object({ day: z.string(), plannedMinutes: z.number(), summary: z.string().nullable().default(null), items: z.array(item) })),
});

/** An item as the tools tell it. */
export type ListedItem = z.infer<typeof item>;
/** A goal as the tools tell it. */
export type ListedGoal = z.infer<typeof goal>;
/** The answer of `read_plan`. */
export type ListedPlan = z.infer<typeof plan>;

function parse<Shape extends z.ZodType>(shape: Shape, outcome: CallOutcome | undefined): z.output<Shape> | null {
  if (outcome === undefined || outcome.isError) return null;
  try {
    const parsed = shape.safeParse(JSON.parse(outcome.content));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Reads the answer of `read_plan`; null when it is something else. */
export const readPlan = (outcome: CallOutcome | undefined): ListedPlan | null => parse(plan, outcome);
/** Reads the answer of `list_items`; none when it is something else. */
export const readItems = (outcome: CallOutcome | undefined): readonly ListedItem[] => parse(z.object({ items: z.array(item) }), outcome)?.items ?? [];
/** Reads the answer of `list_goals`; none when it is something else. */
export const readGoals = (outcome: CallOutcome | undefined): readonly ListedGoal[] => parse(z.object({ goals: z.array(goal) }), outcome)?.goals ?? [];

/** The date in `Wednesday 2026-11-25`. */
export const dateOf = (day: string): string => day.slice(-10);

/** Whether something is still to be done. */
export const isOpen = ({ status }: ListedItem): boolean => status === 'TODO' || status === 'IN_PROGRESS';

/** A day for `propose_changes`, from `Wednesday 2026-11-25`. */
export const dayArgument = (day: string) => ({ date: dateOf(day), weekday: day.slice(0, -11) });

/**
 * Proposes changes.
 *
 * @returns what to say of it: what became of the proposal, or why there is none
 */
export function* proposeChanges(summary: string, operations: readonly PlannedCall['arguments'][]): Script<string> {
  const [outcome] = yield { type: 'call', calls: [{ name: 'propose_changes', arguments: { summary, operations: [...operations] } }] };
  if (outcome === undefined || outcome.isError) return `I could not propose this: ${outcome?.content ?? 'there was no answer'}`;
  const isApplied = parse(z.object({ isApplied: z.boolean() }), outcome)?.isApplied === true;
  return isApplied
    ? 'You have small changes made without asking, so this is done. It can be undone.'
    : 'Nothing is changed yet: apply all of it, or only what you like, or dismiss it.';
}

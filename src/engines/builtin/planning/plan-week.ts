import type { JsonObject } from '../../../base/json.ts';
import type { Confidence } from '../confidence.ts';
import { say, type Script } from '../script.ts';
import { counted, listed, quoted } from '../words.ts';
import {
  dateOf,
  dayArgument,
  isOpen,
  proposeChanges,
  readGoals,
  readItems,
  readPlan,
  type ListedGoal,
  type ListedItem,
  type ListedPlan,
} from './plan-results.ts';

/** How long an item takes of which nobody said it. */
const usualMinutes = 30;
const mostMoves = 40;
const mostFirstSteps = 3;
const mostFocusAreas = 3;

const ranks = { LOW: 0, MEDIUM: 1, HIGH: 2, URGENT: 3 } as const;

/** Something that wants a day, and why. */
interface Candidate {
  readonly item: ListedItem;
  readonly score: number;
  readonly reason: string;
}

/** A day with the minutes that are free on it. */
interface FreeDay {
  readonly day: string;
  free: number;
}

const minutesOf = ({ estimateMinutes }: ListedItem): number => estimateMinutes ?? usualMinutes;

const isWeekend = (day: string): boolean => day.startsWith('Saturday') || day.startsWith('Sunday');

/** The days that can be planned: from today on, and working days as long as there are any. */
function plannableDays(plan: ListedPlan): readonly FreeDay[] {
  const ahead = plan.days.filter(({ day }) => dateOf(day) >= dateOf(plan.today));
  const working = ahead.filter(({ day }) => !isWeekend(day));
  return (working.length > 0 ? working : ahead).map(({ day, plannedMinutes }) => ({ day, free: plan.capacityMinutes - plannedMinutes }));
}

/** How much an item wants to be planned first, and why, in words. */
function weigh(item: ListedItem, goals: ReadonlyMap<string, ListedGoal>, today: string, why: string | null): Candidate {
  const goal = item.goal === null ? undefined : goals.get(item.goal);
  const isOverdue = item.day !== null && dateOf(item.day) < today;
  const reasons: string[] = [];
  if (why !== null) reasons.push(why);
  if (isOverdue) reasons.push(`overdue since ${item.day ?? ''}`);
  if (ranks[item.priority] >= ranks.HIGH) reasons.push(`${item.priority.toLowerCase()} priority`);
  if (item.carriedCount > 0) reasons.push(`carried on ${counted(item.carriedCount, 'time')}`);
  if (goal !== undefined) reasons.push(`for the goal "${goal.title}"${goal.target === null ? '' : ` by ${goal.target}`}`);
  if (item.estimateMinutes === null) reasons.push(`no estimate, so ${usualMinutes} minutes are assumed`);
  const score = ranks[item.priority] * 10 + (goal === undefined ? 0 : 2 + ranks[goal.priority] * 3) + (isOverdue ? 8 : 0) + Math.min(item.carriedCount, 3) * 2;
  const text = reasons.length === 0 ? 'it is open and has no day' : reasons.join(', ');
  return { item, score, reason: `${text.charAt(0).toUpperCase()}${text.slice(1)}.` };
}

/** Items that must leave days that are too full: those that matter least first. */
function overflow(plan: ListedPlan, goals: ReadonlyMap<string, ListedGoal>, days: readonly FreeDay[]): readonly Candidate[] {
  const today = dateOf(plan.today);
  return days.flatMap((freeDay) => {
    const over = -freeDay.free;
    if (over <= 0) return [];
    const open = plan.days.find(({ day }) => day === freeDay.day)?.items.filter(isOpen) ?? [];
    const light = open
      .map((item) => weigh(item, goals, today, `${freeDay.day} is ${counted(over, 'minute')} over its capacity`))
      .toSorted((one, other) => one.score - other.score);
    const leaving: Candidate[] = [];
    for (const candidate of light) {
      if (freeDay.free >= 0) break;
      freeDay.free += candidate.item.estimateMinutes ?? 0;
      if (candidate.item.estimateMinutes !== null) leaving.push(candidate);
    }
    return leaving;
  });
}

/** Gives each candidate the first day on which it fits. */
function place(candidates: readonly Candidate[], days: readonly FreeDay[]) {
  const placed: (Candidate & { readonly day: string })[] = [];
  const left: Candidate[] = [];
  for (const candidate of candidates) {
    const home = candidate.item.day;
    const day = placed.length >= mostMoves ? undefined : days.find(({ free, day: name }) => free >= minutesOf(candidate.item) && name !== home);
    if (day === undefined) {
      left.push(candidate);
      continue;
    }
    day.free -= minutesOf(candidate.item);
    placed.push({ ...candidate, day: day.day });
  }
  return { placed, left };
}

const byImportance = (one: Candidate, other: Candidate): number =>
  other.score - one.score || minutesOf(one.item) - minutesOf(other.item) || (one.item.title < other.item.title ? -1 : 1);

/** First steps for important goals that nothing is planned for. */
function firstSteps(
  goals: readonly ListedGoal[],
  covered: ReadonlySet<string>,
  days: readonly FreeDay[],
): readonly (JsonObject & { readonly day: JsonObject })[] {
  const bare = goals.filter(({ id, priority }) => !covered.has(id) && ranks[priority] >= ranks.HIGH).slice(0, mostFirstSteps);
  return bare.flatMap((goal) => {
    const day = days.find(({ free }) => free >= usualMinutes);
    if (day === undefined) return [];
    day.free -= usualMinutes;
    const reason = `The goal "${goal.title}" has ${goal.priority.toLowerCase()} priority${goal.target === null ? '' : `, is due by ${goal.target},`} and nothing is planned for it.`;
    return [
      { kind: 'ADD_ITEM', title: `Next step: ${goal.title}`.slice(0, 200), goal: goal.id, estimateMinutes: usualMinutes, day: dayArgument(day.day), reason },
    ];
  });
}

/**
 * Drafts a week from what is open: overdue items, those of the week without a day and those in no plan, by priority, goals and how often they were
 * carried on, within the capacity of each day; what makes a day too full goes to another.
 *
 * @param which the week, as `read_plan` takes it
 */
export function* planWeek(which: 'this week' | 'next week', confidence: Confidence): Script {
  const outcomes = yield {
    type: 'call',
    calls: [
      { name: 'read_plan', arguments: { week: { when: which } } },
      { name: 'list_items', arguments: { isOverdue: true } },
      { name: 'list_items', arguments: { isUnplanned: true } },
      { name: 'list_items', arguments: {} },
      { name: 'list_goals', arguments: {} },
    ],
  };
  const plan = readPlan(outcomes[0]);
  if (plan === null) {
    confidence.value = 0;
    return yield* say('Your plan could not be read just now. Please try again.');
  }
  const goals = readGoals(outcomes[4]);
  const goalsById = new Map(goals.map((goal) => [goal.id, goal]));
  const today = dateOf(plan.today);
  const days = plannableDays(plan);
  const waiting = [...readItems(outcomes[1]), ...plan.itemsWithoutDay.filter(isOpen), ...readItems(outcomes[2])];
  const unique = [...new Map(waiting.map((item) => [item.id, item])).values()];
  const candidates = [...overflow(plan, goalsById, days), ...unique.map((item) => weigh(item, goalsById, today, null))].toSorted(byImportance);
  const { placed, left } = place(candidates, days);
  const covered = new Set(readItems(outcomes[3]).flatMap(({ goal }) => goal ?? []));
  const steps = firstSteps(goals, covered, days);
  const focus = plan.week.focusAreas.length > 0 ? [] : goals.slice(0, mostFocusAreas).map(({ title }) => title.slice(0, 100));
  const operations: JsonObject[] = [
    ...placed.map(({ item, day, reason }): JsonObject => ({ kind: 'MOVE_ITEM', id: item.id, day: dayArgument(day), reason })),
    ...steps,
    ...(focus.length === 0
      ? []
      : [
          { kind: 'CHANGE_WEEK', week: dayArgument(plan.week.weekStart), focusAreas: focus, reason: 'These goals matter most, and the week has no focus yet.' },
        ]),
  ];
  if (operations.length === 0) {
    const rest = left.length === 0 ? 'There is nothing open that has no day.' : `${counted(left.length, 'item')} wait, but no day has room for them.`;
    return yield* say(`There is nothing to plan for the week of ${plan.week.weekStart}. ${rest}`);
  }
  yield* say(`Here is a draft for the week of ${plan.week.weekStart}, with ${plan.capacityMinutes} minutes a day.\n\n`);
  yield* say(draftText(placed, steps, days));
  const state = yield* proposeChanges(`A draft for the week of ${plan.week.weekStart}`, operations);
  yield* say(`\n${state}`);
  if (left.length > 0) yield* say(`\n\nNo room was left for ${listed(left.map(({ item }) => `"${quoted(item.title)}"`))}.`);
}

/** The draft, day by day. */
function draftText(
  placed: readonly (Candidate & { readonly day: string })[],
  steps: readonly { readonly day: JsonObject; readonly title?: unknown }[],
  days: readonly FreeDay[],
): string {
  const lines = days.flatMap(({ day, free }) => {
    const moved = placed
      .filter((candidate) => candidate.day === day)
      .map(({ item, reason }) => `  - ${quoted(item.title)} (${minutesOf(item)} min): ${reason}`);
    const added = steps.filter((step) => step.day['date'] === dateOf(day)).map(({ title }) => `  - ${quoted(String(title))} (${usualMinutes} min, new)`);
    if (moved.length + added.length === 0) return [];
    return [`- **${day}**, ${counted(Math.max(0, free), 'minute')} left`, ...moved, ...added];
  });
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

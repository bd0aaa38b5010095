import type { JsonObject } from '../../../base/json.ts';
import type { Confidence } from '../confidence.ts';
import { say, type Script } from '../script.ts';
import { count, counted, listed, quoted } from '../words.ts';
import { dateOf, dayArgument, isOpen, proposeChanges, readGoals, readPlan, type ListedGoal, type ListedItem } from './plan-results.ts';

const mostMoves = 40;

const titles = (items: readonly ListedItem[]): string => listed(items.map(({ title }) => `"${quoted(title)}"`));
const done = ({ status }: ListedItem): boolean => status === 'DONE';
const skipped = ({ status }: ListedItem): boolean => status === 'SKIPPED';
const sum = (items: readonly ListedItem[], of: (item: ListedItem) => number | null): number => items.reduce((total, item) => total + (of(item) ?? 0), 0);

/** What was done, skipped and left, in sentences. */
function balance(items: readonly ListedItem[]): string {
  const finished = items.filter(done);
  const dropped = items.filter(skipped);
  const open = items.filter(isOpen);
  const spent = sum(finished, ({ actualMinutes }) => actualMinutes);
  const planned = sum(finished, ({ estimateMinutes }) => estimateMinutes);
  const time = spent > 0 ? ` They took ${counted(spent, 'minute')}${planned > 0 ? `, ${count(planned)} were estimated` : ''}.` : '';
  return [
    `${count(finished.length)} of ${counted(items.length, 'item')} done${finished.length === 0 ? '' : `: ${titles(finished)}`}.${time}`,
    ...(dropped.length === 0 ? [] : [`Skipped: ${titles(dropped)}.`]),
    ...(open.length === 0 ? [] : [`Still open: ${titles(open)}.`]),
  ].join('\n\n');
}

/** What is worth knowing beside the counts. */
function advice(items: readonly ListedItem[]): readonly string[] {
  const stuck = items.filter((item) => isOpen(item) && item.carriedCount >= 3);
  return stuck.length === 0 ? [] : [`${titles(stuck)} ${stuck.length === 1 ? 'was' : 'were'} carried on three times or more: make it smaller, or let it go.`];
}

const inShort = (items: readonly ListedItem[]): string => {
  const left = items.filter(isOpen).length;
  return `${items.filter(done).length} of ${counted(items.length, 'item')} done${left === 0 ? '' : `, ${left} left`}.`;
};

/**
 * Looks back at a day: what was done, skipped and left. Proposes to keep that in the plan of the day, and to move what is left to the next day.
 *
 * @param which the day, as `read_plan` takes it
 */
export function* reviewDay(which: 'today' | 'yesterday', confidence: Confidence): Script {
  const [outcome] = yield { type: 'call', calls: [{ name: 'read_plan', arguments: { day: { when: which } } }] };
  const plan = readPlan(outcome);
  const day = plan?.days[0];
  if (plan === null || day === undefined) {
    confidence.value = 0;
    return yield* say('Your plan could not be read just now. Please try again.');
  }
  const { items } = day;
  if (items.length === 0) return yield* say(`Nothing is planned for ${day.day}, so there is nothing to look back at.`);
  yield* say(`**${day.day}**\n\n${[balance(items), ...advice(items)].join('\n\n')}\n\n`);
  const next = which === 'today' ? { when: 'tomorrow' } : { when: 'today' };
  const left = items.filter(isOpen).slice(0, mostMoves);
  const operations: JsonObject[] = [
    ...(day.summary === null
      ? [{ kind: 'CHANGE_DAY', day: dayArgument(day.day), summary: inShort(items), reason: 'So that you find later how the day went.' }]
      : []),
    ...left.map((item): JsonObject => ({ kind: 'MOVE_ITEM', id: item.id, day: next, reason: `It was not finished on ${day.day}.` })),
  ];
  if (operations.length === 0) return;
  const moves = left.length === 0 ? '' : ` and move what is left to ${next.when}`;
  yield* say(
    yield* proposeChanges(day.summary === null ? `Keep the review of ${day.day}${moves}` : `Move what is left of ${day.day} to ${next.when}`, operations),
  );
}

function goalLines(items: readonly ListedItem[], goals: readonly ListedGoal[]): readonly string[] {
  return goals.flatMap(({ id, title }) => {
    const own = items.filter((item) => item.goal === id);
    return own.length === 0 ? [] : [`- ${quoted(title)}: ${inShort(own)}`];
  });
}

/**
 * Sums up a week: its days, what was done, skipped and left, and for which goals. Proposes to keep that in the plan of the week.
 *
 * @param which the week, as `read_plan` takes it
 */
export function* summariseWeek(which: 'this week' | 'last week', confidence: Confidence): Script {
  const [planned, listedGoals] = yield {
    type: 'call',
    calls: [
      { name: 'read_plan', arguments: { week: { when: which } } },
      { name: 'list_goals', arguments: { status: ['ACTIVE', 'COMPLETED', 'PAUSED'] } },
    ],
  };
  const plan = readPlan(planned);
  if (plan === null) {
    confidence.value = 0;
    return yield* say('Your plan could not be read just now. Please try again.');
  }
  const items = [...plan.days.flatMap((day) => day.items), ...plan.itemsWithoutDay];
  const name = `the week of ${plan.week.weekStart}`;
  if (items.length === 0) return yield* say(`Nothing is planned for ${name}, so there is nothing to sum up.`);
  const days = plan.days.filter((day) => day.items.length > 0 && dateOf(day.day) <= dateOf(plan.today)).map((day) => `- ${day.day}: ${inShort(day.items)}`);
  const goals = goalLines(items, readGoals(listedGoals));
  const parts = [
    `**${name.charAt(0).toUpperCase()}${name.slice(1)}**`,
    balance(items),
    ...(days.length === 0 ? [] : [`By day:\n\n${days.join('\n')}`]),
    ...(goals.length === 0 ? [] : [`By goal:\n\n${goals.join('\n')}`]),
    ...advice(items),
  ];
  yield* say(`${parts.join('\n\n')}\n\n`);
  if (plan.week.summary !== null) return;
  const summary = [inShort(items), ...goals.map((line) => line.slice(2))].join(' ').slice(0, 2_000);
  const reason = 'So that you find later how the week went.';
  yield* say(yield* proposeChanges(`Keep the summary of ${name}`, [{ kind: 'CHANGE_WEEK', week: dayArgument(plan.week.weekStart), summary, reason }]));
}

import { totalOf, type ItemTally } from './tally.ts';
import type { Review } from './review.ts';

/** How many titles and goals a text names, and how long each of them may be. */
const mostNamed = 5;
const longestTitle = 80;
const longestSummary = 400;

const oneLine = (text: string, longest: number): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= longest ? line : `${line.slice(0, longest - 1).trimEnd()}…`;
};

/** Some titles, and how many there are beyond them. */
function titles(items: readonly { readonly title: string }[]): string {
  const named = items.slice(0, mostNamed).map(({ title }) => `"${oneLine(title, longestTitle)}"`);
  return [...named, ...(items.length > mostNamed ? [`${items.length - mostNamed} more`] : [])].join(', ');
}

const done = (items: ItemTally): string => `${items.done} of ${totalOf(items) - items.skipped}`;

/**
 * A review of a week in a few lines, for the context of an engine.
 *
 * @param goalTitles the titles of goals by their ids
 */
export function reviewText(review: Review, goalTitles: ReadonlyMap<string, string>): string {
  const { tally, skipped, open, carried, added, weeklyPlan } = review;
  const goals = review.goals.flatMap(({ goalId, items }) => {
    const title = goalId === null ? undefined : goalTitles.get(goalId);
    return title === undefined ? [] : [`"${oneLine(title, longestTitle)}" ${done(items)}`];
  });
  const facts = [
    `${done(tally)} items done`,
    ...(skipped.length > 0 ? [`${skipped.length} skipped: ${titles(skipped)}`] : []),
    ...(open.length > 0 ? [`${open.length} left open: ${titles(open)}`] : []),
    ...(carried.length > 0 ? [`${carried.length} carried on`] : []),
    ...(added.length > 0 ? [`${added.length} added after its first day`] : []),
    ...(tally.estimatedMinutes > 0 ? [`estimated ${tally.estimatedMinutes} min`] : []),
    ...(tally.actualMinutes > 0 ? [`took ${tally.actualMinutes} min`] : []),
  ];
  return [
    `Week of ${review.from}: ${facts.join('; ')}.`,
    ...(goals.length > 0 ? [`  By goal: ${goals.slice(0, mostNamed).join(', ')}.`] : []),
    ...(weeklyPlan?.summary == null ? [] : [`  In the person's words: ${oneLine(weeklyPlan.summary, longestSummary)}`]),
  ].join('\n');
}

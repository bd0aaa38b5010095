import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import { formatRule, mostOccurrences, type Frequency, type Rule } from './rule.ts';

/**
 * How far from its start a rule must have made a day, in years: one that has not is taken for one that never does. Eight years are the
 * longest wait of a calendar (29 February, 2096 to 2104).
 */
const yearsToFirst = 10;

/**
 * The rule as the library has it. Days are midnights of UTC there, where every day has 24 hours: the time zone of a person decides which day
 * it is and at which moment a time of day comes, and never which days a rule makes.
 */
function scheduleOf(rule: Rule, startDate: string): RRuleTemporal {
  return new RRuleTemporal({ rruleString: `DTSTART;VALUE=DATE:${startDate.replaceAll('-', '')}\nRRULE:${formatRule(rule)}`, strict: true, cache: false });
}

const momentOf = (date: string): Date => new Date(`${date}T00:00:00Z`);

/**
 * The days that a rule makes in a range.
 *
 * @param startDate from which day its intervals and its count count
 * @param from the first day of the range, `YYYY-MM-DD`
 * @param to the last one
 */
export function occurrencesBetween(rule: Rule, startDate: string, from: string, to: string): readonly string[] {
  const first = from < startDate ? startDate : from;
  const last = rule.until !== null && rule.until < to ? rule.until : to;
  if (last < first) return [];
  return scheduleOf(rule, startDate)
    .between(momentOf(first), momentOf(last), true)
    .slice(0, mostOccurrences)
    .map((occurrence) => occurrence.toString().slice(0, 10));
}

/** The first day that a rule makes, at its start or later; null for a rule that makes none in the next ten years. */
export function firstOccurrence(rule: Rule, startDate: string): string | null {
  return nextOccurrence(rule, startDate, startDate);
}

/** The first day of a rule that is not before `from`; null when there is none in the ten years after it. */
export function nextOccurrence(rule: Rule, startDate: string, from: string): string | null {
  return nextOccurrences(rule, startDate, from, 1)[0] ?? null;
}

/**
 * The first days of a rule that are not before `from`, as far as they come in the ten years after it.
 *
 * @param excluded days that do not count
 */
export function nextOccurrences(rule: Rule, startDate: string, from: string, most: number, excluded: readonly string[] = []): readonly string[] {
  const begin = Temporal.PlainDate.from(from < startDate ? startDate : from);
  const found: string[] = [];
  let first = begin;
  // Short ranges first: most rules have a day in the next weeks.
  for (const span of [{ days: 40 }, { years: 1 }, { years: yearsToFirst }]) {
    const last = begin.add(span);
    found.push(...occurrencesBetween(rule, startDate, first.toString(), last.toString()).filter((date) => !excluded.includes(date)));
    if (found.length >= most) break;
    first = last.add({ days: 1 });
  }
  return found.slice(0, most);
}

const units: Readonly<Record<Frequency, 'days' | 'weeks' | 'months' | 'years'>> = { DAILY: 'days', WEEKLY: 'weeks', MONTHLY: 'months', YEARLY: 'years' };

/**
 * The day that follows one on which an item was done, in the mode AFTER_COMPLETION. A month after 31 January is 28 or 29 February.
 *
 * @returns null when that is after UNTIL
 */
export function afterCompletion(rule: Rule, completedOn: string): string | null {
  const next = Temporal.PlainDate.from(completedOn)
    .add({ [units[rule.frequency]]: rule.interval })
    .toString();
  return rule.until !== null && next > rule.until ? null : next;
}

import { z } from 'zod';
import { addDays, dayOfWeek, isCalendarDate, type CalendarDate } from '../planner/calendar.ts';
import type { Planner } from '../planner/planner-row.ts';
import { resolveWhen, weekdayNameOf, weekdayOf } from '../planner/when.ts';

/** A day as a model says it. */
export const modelDate = z.object({
  date: z.string().nullish().describe('The day as 2026-12-04; always with its "weekday".'),
  weekday: z.string().nullish().describe('The weekday of "date" in English, for example "Friday". It is checked.'),
  when: z
    .string()
    .max(60)
    .nullish()
    .describe(
      'Instead of "date": the words of the person in English, for example "tomorrow", "next Friday", "in two weeks", "end of month". They are resolved for the person.',
    ),
});

/** See `modelDate`. */
export type ModelDate = z.infer<typeof modelDate>;

/** A day that was understood, or what is wrong with it, for the model. */
export type ReadDate = { readonly date: CalendarDate } | { readonly problem: string };

const examples = '"today", "tomorrow", "Friday", "next Friday", "next week", "in two weeks", "end of month", "5 December"';

/** The same weekday as one that was said, as near to a day as can be. */
function nearest(date: CalendarDate, weekday: number): CalendarDate {
  const ahead = (weekday - dayOfWeek(date) + 7) % 7;
  return addDays(date, ahead > 3 ? ahead - 7 : ahead);
}

/**
 * Reads a day that a model has said. Models miscount, so a date needs its weekday, and both must agree; words are resolved by us.
 */
export function readModelDate({ date, weekday, when }: ModelDate, planner: Pick<Planner, 'today' | 'firstDayOfWeek'>): ReadDate {
  const meant = when == null || when === '' ? null : resolveWhen(when, planner);
  if (when != null && when !== '' && meant === null) {
    return { problem: `"${when}" is not understood; say it like ${examples}, or give "date" and "weekday".` };
  }
  if (date == null || date === '') {
    return meant === null ? { problem: 'Give "date" with its "weekday", or "when".' } : { date: meant };
  }
  if (!isCalendarDate(date)) return { problem: `"${date}" is not a day from 1900-01-01 to 2199-12-31; write it like 2026-12-04.` };
  const name = weekdayNameOf(date);
  if (weekday == null || weekday === '') return { problem: `${date} comes without its weekday; say which one is meant.` };
  const number = weekdayOf(weekday);
  if (number === null) return { problem: `"${weekday}" is no weekday; write it in English, for example "${name}".` };
  if (number !== dayOfWeek(date)) {
    const other = nearest(date, number);
    return { problem: `${date} is a ${name}, not a ${weekdayNameOf(other)}; the nearest ${weekdayNameOf(other)} is ${other}. Say which one is meant.` };
  }
  if (meant !== null && meant !== date) {
    return { problem: `"${when}" is ${weekdayNameOf(meant)}, ${meant}, but "date" is ${date}, ${name}. Say which one is meant.` };
  }
  return { date };
}

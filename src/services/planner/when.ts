import { Temporal } from 'temporal-polyfill';
import { addDays, dayOfWeek, isCalendarDate, weekStartOf, type CalendarDate } from './calendar.ts';

/** What a phrase is said relative to. */
export interface WhenContext {
  /** The day that it is for the person. */
  readonly today: CalendarDate;
  /** 1 for Monday to 7 for Sunday. */
  readonly firstDayOfWeek: number;
}

/** The days of the week by their English names, Monday first. */
export const weekdayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

const monthNames = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];
const numbers = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];
const count = `(\\d{1,3}|an?|${numbers.slice(1).join('|')})`;
const weekday = '(mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)';
const month = `(${monthNames.map((name) => `${name.slice(0, 3)}(?:${name.slice(3)})?`).join('|')})`;
const ordinal = '(\\d{1,2})(?:st|nd|rd|th)?';

const numberOf = (word: string): number => (/^an?$/.test(word) ? 1 : numbers.includes(word) ? numbers.indexOf(word) : Number(word));

/** The number of a day of the week from its English name, in full or in short, 1 for Monday; null for what is none. */
export function weekdayOf(name: string): number | null {
  const index = weekdayNames.findIndex((known) => known.slice(0, 3).toLowerCase() === name.trim().slice(0, 3).toLowerCase());
  return index !== -1 && new RegExp(`^${weekday}$`, 'i').test(name.trim()) ? index + 1 : null;
}

/** The English name of the weekday of a day. */
export function weekdayNameOf(date: CalendarDate): (typeof weekdayNames)[number] {
  return weekdayNames[dayOfWeek(date) - 1] ?? 'Monday';
}

const plain = (date: CalendarDate): Temporal.PlainDate => Temporal.PlainDate.from(date);
const firstOfMonth = (date: CalendarDate, months: number): CalendarDate => plain(date).with({ day: 1 }).add({ months }).toString();
const lastOfMonth = (date: CalendarDate, months: number): CalendarDate =>
  plain(date)
    .with({ day: 1 })
    .add({ months: months + 1 })
    .subtract({ days: 1 })
    .toString();

/** The weekday in the week that begins with a day. */
const inWeek = (weekStart: CalendarDate, day: number): CalendarDate => addDays(weekStart, (day - dayOfWeek(weekStart) + 7) % 7);

/** The first such weekday, the day itself included. */
const fromOn = (date: CalendarDate, day: number): CalendarDate => addDays(date, (day - dayOfWeek(date) + 7) % 7);

function monthDay(today: CalendarDate, monthName: string, dayText: string, yearText: string | undefined): CalendarDate | null {
  const monthNumber = monthNames.findIndex((name) => name.startsWith(monthName.slice(0, 3))) + 1;
  const year = yearText === undefined ? Number(today.slice(0, 4)) : Number(yearText);
  const written = (inYear: number): string => `${inYear}-${String(monthNumber).padStart(2, '0')}-${dayText.padStart(2, '0')}`;
  const candidates = yearText === undefined ? [written(year), written(year + 1)] : [written(year)];
  // 29 February is found in the next leap year at the latest when its year is said, else only if it is near.
  return candidates.find((date) => isCalendarDate(date) && (yearText !== undefined || date >= today)) ?? null;
}

type Rule = readonly [RegExp, (match: readonly string[], context: WhenContext & { readonly weekStart: CalendarDate }) => CalendarDate | null];

const whole = (pattern: string): RegExp => new RegExp(`^${pattern}$`);
const day = (match: readonly string[], place = 1): number => weekdayOf(match[place] ?? '') ?? 1;

const rules: readonly Rule[] = [
  [whole('(?:today|tonight|now)'), (_match, { today }) => today],
  [whole('tomorrow(?: (?:morning|afternoon|evening|night))?'), (_match, { today }) => addDays(today, 1)],
  [whole('(?:the )?day after tomorrow'), (_match, { today }) => addDays(today, 2)],
  [whole('yesterday'), (_match, { today }) => addDays(today, -1)],
  [whole(`(?:in )?${count} days?(?: from (?:now|today))?`), ([, days = ''], { today }) => addDays(today, numberOf(days))],
  [whole(`(?:in )?${count} weeks?(?: from (?:now|today))?`), ([, weeks = ''], { today }) => addDays(today, 7 * numberOf(weeks))],
  [whole(`(?:in )?${count} weeks? from tomorrow`), ([, weeks = ''], { today }) => addDays(today, 1 + 7 * numberOf(weeks))],
  [
    whole(`(?:in )?${count} months?(?: from (?:now|today))?`),
    ([, months = ''], { today }) =>
      plain(today)
        .add({ months: numberOf(months) })
        .toString(),
  ],
  [whole(`${count} days? ago`), ([, days = ''], { today }) => addDays(today, -numberOf(days))],
  [whole('(?:at the )?(?:beginning of |start of )?this week'), (_match, { weekStart }) => weekStart],
  [whole('(?:at the )?(?:beginning of |start of )?next week'), (_match, { weekStart }) => addDays(weekStart, 7)],
  [whole('last week'), (_match, { weekStart }) => addDays(weekStart, -7)],
  [whole('(?:at |by )?(?:the )?end of (?:the|this) week'), (_match, { weekStart }) => addDays(weekStart, 6)],
  [whole('(?:at |by )?(?:the )?end of next week'), (_match, { weekStart }) => addDays(weekStart, 13)],
  [whole('(?:on |at )?(?:the|this) weekend'), (_match, { today }) => (dayOfWeek(today) === 7 ? today : fromOn(today, 6))],
  [whole('(?:on )?next weekend'), (_match, { weekStart }) => inWeek(addDays(weekStart, 7), 6)],
  [whole('(?:at |by )?(?:the )?end of (?:the |this )?month'), (_match, { today }) => lastOfMonth(today, 0)],
  [whole('(?:at |by )?(?:the )?end of next month'), (_match, { today }) => lastOfMonth(today, 1)],
  [whole('(?:at )?(?:the )?(?:beginning of |start of )?next month'), (_match, { today }) => firstOfMonth(today, 1)],
  [whole('(?:at |by )?(?:the )?end of (?:the |this )?year'), (_match, { today }) => `${today.slice(0, 4)}-12-31`],
  [whole(`(?:on )?${weekday} (?:of )?next week`), (match, { weekStart }) => inWeek(addDays(weekStart, 7), day(match))],
  [whole(`(?:on )?next ${weekday}`), (match, { weekStart }) => inWeek(addDays(weekStart, 7), day(match))],
  [whole(`(?:on )?${weekday} (?:of )?this week`), (match, { weekStart }) => inWeek(weekStart, day(match))],
  [whole(`(?:on )?(?:this |coming |the coming )?${weekday}`), (match, { today }) => fromOn(today, day(match))],
  [whole(`(?:on )?${weekday} in ${count} weeks?`), (match, { weekStart }) => inWeek(addDays(weekStart, 7 * numberOf(match[2] ?? '')), day(match))],
  [whole(`(?:on )?last ${weekday}`), (match, { today }) => addDays(fromOn(today, day(match)), -7)],
  [whole(`(?:on )?${month}\\.? ${ordinal}(?:,? (\\d{4}))?`), ([, name = '', date = '', year], { today }) => monthDay(today, name, date, year)],
  [whole(`(?:on )?(?:the )?${ordinal} (?:of )?${month}\\.?(?:,? (\\d{4}))?`), ([, date = '', name = '', year], { today }) => monthDay(today, name, date, year)],
  [whole('(\\d{4}-\\d{2}-\\d{2})'), ([, date = '']) => date],
];

/**
 * The day that an English phrase means, such as `tomorrow`, `next Friday`, `in two weeks` or `end of month`.
 *
 * `Friday` and `this Friday` are the first one from today on, today included; `next Friday` is that of the next week, by the day on which the
 * person's weeks begin; `next week` is its first day. A day of a month without a year is the next one from today on.
 *
 * @returns null for what is not understood, or is no day that can be planned for
 */
export function resolveWhen(phrase: string, context: WhenContext): CalendarDate | null {
  const text = phrase.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  const weekStart = weekStartOf(context.today, context.firstDayOfWeek);
  for (const [pattern, resolve] of rules) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const date = resolve(match, { ...context, weekStart });
    return date !== null && isCalendarDate(date) ? date : null;
  }
  return null;
}

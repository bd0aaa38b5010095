import { badInput, type AppError } from '../../base/errors.ts';

/** How a rule makes days. */
export type RuleMode = 'SCHEDULED' | 'AFTER_COMPLETION';

/** What a rule counts in. Finer ones of RFC 5545 have no place on a calendar of days. */
export type Frequency = 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';

/** A day of the week as RFC 5545 writes it. */
export type Weekday = (typeof weekdays)[number];

/** A day of the week in a rule; in a month or a year the `ordinal`th, counted from its end where that is negative. */
export interface RuleDay {
  readonly ordinal: number | null;
  readonly weekday: Weekday;
}

/** A recurrence rule, RFC 5545 section 3.3.10, as far as it makes days. */
export interface Rule {
  readonly frequency: Frequency;
  readonly interval: number;
  readonly count: number | null;
  /** The last day that it may make, as `YYYY-MM-DD`. */
  readonly until: string | null;
  readonly byDay: readonly RuleDay[];
  readonly byMonthDay: readonly number[];
  readonly byMonth: readonly number[];
  readonly bySetPosition: readonly number[];
  readonly weekStart: Weekday | null;
}

/** Monday to Sunday. */
export const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;

/** The most occurrences that a rule may count. */
export const mostOccurrences = 3_650;
const mostCharacters = 500;
const largestInterval = 1_000;
const known = 'FREQ, INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS and WKST';

type Parts = ReadonlyMap<string, string>;
type Refuse = (message: string) => AppError;

function partsOf(text: string, refuse: Refuse): Parts {
  const parts = new Map<string, string>();
  for (const part of text.split(';')) {
    const [name = '', value, ...more] = part.split('=');
    if (value === undefined || value === '' || more.length > 0) throw refuse(`"${part.slice(0, 40)}" is not NAME=VALUE`);
    if (parts.has(name)) throw refuse(`${name.slice(0, 40)} stands there twice`);
    parts.set(name, value);
  }
  return parts;
}

function frequencyOf(parts: Parts, refuse: Refuse): Frequency {
  const value = parts.get('FREQ');
  switch (value) {
    case 'DAILY':
    case 'WEEKLY':
    case 'MONTHLY':
    case 'YEARLY':
      return value;
    case 'HOURLY':
    case 'MINUTELY':
    case 'SECONDLY':
      throw refuse(`FREQ=${value} makes several a day; items recur by days: use DAILY, WEEKLY, MONTHLY or YEARLY`);
    case undefined:
      throw refuse('FREQ is missing; it is DAILY, WEEKLY, MONTHLY or YEARLY');
    default:
      throw refuse(`FREQ=${value.slice(0, 40)} is none of DAILY, WEEKLY, MONTHLY and YEARLY`);
  }
}

function numberOf(parts: Parts, name: string, largest: number, refuse: Refuse): number | null {
  const value = parts.get(name);
  if (value === undefined) return null;
  const number = /^\d{1,9}$/.test(value) ? Number(value) : 0;
  if (number < 1 || number > largest) throw refuse(`${name}=${value.slice(0, 40)} is not a whole number from 1 to ${largest}`);
  return number;
}

/** Those from the beginning before those from the end. */
function inOrder(left: number, right: number): number {
  return left < 0 === right < 0 ? left - right : right - left;
}

function numbersOf(parts: Parts, name: string, largest: number, isSigned: boolean, refuse: Refuse): readonly number[] {
  const value = parts.get(name);
  if (value === undefined) return [];
  const numbers = value.split(',').map((text) => {
    const number = (isSigned ? /^[+-]?\d{1,3}$/ : /^\d{1,3}$/).test(text) ? Number(text) : 0;
    if (number === 0 || Math.abs(number) > largest) {
      throw refuse(`${name} has "${text.slice(0, 40)}", which is not a whole number from 1 to ${largest}${isSigned ? ', or the negative of one' : ''}`);
    }
    return number;
  });
  return [...new Set(numbers)].toSorted(inOrder);
}

function weekdayOf(text: string): Weekday | undefined {
  return weekdays.find((weekday) => weekday === text);
}

function daysOf(parts: Parts, frequency: Frequency, refuse: Refuse): readonly RuleDay[] {
  const days = (parts.get('BYDAY')?.split(',') ?? []).map((text): RuleDay => {
    const [, number, name = ''] = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(text) ?? [];
    const weekday = weekdayOf(name);
    if (weekday === undefined) throw refuse(`BYDAY has "${text.slice(0, 40)}", which is no day such as MO, or 1MO for the first and -1MO for the last Monday`);
    if (number === undefined) return { ordinal: null, weekday };
    const ordinal = Number(number);
    if (frequency !== 'MONTHLY' && frequency !== 'YEARLY')
      throw refuse(`BYDAY=${text} counts the days of a month or a year; FREQ=${frequency} takes ${weekday} alone`);
    // Few years have 53 of a day, and rrule-temporal 2.2.7 takes the first one of the next year for it.
    const largest = frequency === 'MONTHLY' || parts.has('BYMONTH') ? 5 : 52;
    if (ordinal === 0 || Math.abs(ordinal) > largest) throw refuse(`BYDAY has "${text}"; it counts from 1 to ${largest}, or from -1 to -${largest}`);
    return { ordinal, weekday };
  });
  const byName = new Map(days.map((day) => [`${day.ordinal ?? ''}${day.weekday}`, day]));
  const byPlace = (left: RuleDay, right: RuleDay): number =>
    inOrder(left.ordinal ?? 0, right.ordinal ?? 0) || weekdays.indexOf(left.weekday) - weekdays.indexOf(right.weekday);
  return [...byName.values()].toSorted(byPlace);
}

function untilOf(parts: Parts, refuse: Refuse): string | null {
  const value = parts.get('UNTIL');
  if (value === undefined) return null;
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)(?:T\d{6}Z?)?$/.exec(value) ?? [];
  const date = `${year}-${month}-${day}`;
  const moment = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(moment.getTime()) || !moment.toISOString().startsWith(date)) throw refuse(`UNTIL=${value.slice(0, 40)} is not a day such as 20271231`);
  return date;
}

/** @throws what does not go together in a rule, by RFC 5545 and by the mode */
function checkTogether(rule: Rule, parts: Parts, mode: RuleMode, refuse: Refuse): void {
  if (rule.count !== null && rule.until !== null) throw refuse('COUNT and UNTIL do not go together; give one of them');
  if (rule.frequency === 'WEEKLY' && rule.byMonthDay.length > 0) throw refuse('BYMONTHDAY does not go with FREQ=WEEKLY; use FREQ=MONTHLY');
  // RFC 5545 lets them cut each other, and implementations differ on how (rrule-temporal 2.2.7 forgets the latter in a year).
  if (rule.byDay.some(({ ordinal }) => ordinal !== null) && rule.byMonthDay.length > 0) {
    throw refuse('BYMONTHDAY does not go with a counted day in BYDAY, such as 1MO; give one of them, or the day without its number');
  }
  const largest = { DAILY: 1, WEEKLY: 7, MONTHLY: 31, YEARLY: 366 }[rule.frequency];
  const beyond = rule.bySetPosition.find((position) => Math.abs(position) > largest);
  if (beyond !== undefined && rule.frequency !== 'DAILY')
    throw refuse(`BYSETPOS has "${beyond}", and with FREQ=${rule.frequency} there are at most ${largest} days to pick from`);
  if (rule.bySetPosition.length > 0 && rule.frequency === 'DAILY') throw refuse('BYSETPOS picks among several days; with FREQ=DAILY there is one');
  const isSelecting = rule.byDay.length + rule.byMonthDay.length + rule.byMonth.length > 0;
  if (rule.bySetPosition.length > 0 && !isSelecting) throw refuse('BYSETPOS picks among the days of BYDAY, BYMONTHDAY or BYMONTH; give one of them too');
  if (mode === 'SCHEDULED') return;
  const tooMuch = ['BYDAY', 'BYMONTHDAY', 'BYMONTH', 'BYSETPOS', 'WKST'].find((name) => parts.has(name));
  if (tooMuch !== undefined)
    throw refuse(`${tooMuch} does not go with AFTER_COMPLETION, which counts from the day it was done: use FREQ and INTERVAL, with COUNT or UNTIL`);
}

/**
 * Reads a rule.
 *
 * @param text the value of an RRULE, for example `FREQ=WEEKLY;BYDAY=MO,TH`; `RRULE:` may stand before it, and small letters are as good
 * @param path where it stands in the arguments
 * @throws AppError BAD_USER_INPUT that names what is wrong
 */
export function parseRule(text: string, mode: RuleMode, path: readonly string[]): Rule {
  const refuse: Refuse = (message) => badInput(path, `The recurrence rule cannot be used: ${message}.`);
  if (text.length > mostCharacters) throw refuse(`it has ${text.length} characters and may have ${mostCharacters}`);
  const parts = partsOf(
    text
      .trim()
      .toUpperCase()
      .replace(/^RRULE:/, ''),
    refuse,
  );
  const frequency = frequencyOf(parts, refuse);
  const unknown = [...parts.keys()].find((name) => !known.split(/, | and /).includes(name));
  if (unknown !== undefined) throw refuse(`${unknown.slice(0, 40)} is not a part that is understood; there are ${known}`);
  const weekStart = parts.get('WKST');
  const rule: Rule = {
    frequency,
    interval: numberOf(parts, 'INTERVAL', largestInterval, refuse) ?? 1,
    count: numberOf(parts, 'COUNT', mostOccurrences, refuse),
    until: untilOf(parts, refuse),
    byDay: daysOf(parts, frequency, refuse),
    byMonthDay: numbersOf(parts, 'BYMONTHDAY', 31, true, refuse),
    byMonth: numbersOf(parts, 'BYMONTH', 12, false, refuse),
    bySetPosition: numbersOf(parts, 'BYSETPOS', 366, true, refuse),
    weekStart: weekdayOf(weekStart ?? '') ?? null,
  };
  if (weekStart !== undefined && rule.weekStart === null) throw refuse(`WKST=${weekStart.slice(0, 40)} is no day such as MO`);
  checkTogether(rule, parts, mode, refuse);
  return rule;
}

/** The value of an RRULE, the same for every way of writing the same rule. */
export function formatRule(rule: Rule): string {
  const list = (name: string, values: readonly (string | number)[]): readonly string[] => (values.length === 0 ? [] : [`${name}=${values.join(',')}`]);
  return [
    `FREQ=${rule.frequency}`,
    ...(rule.interval === 1 ? [] : [`INTERVAL=${rule.interval}`]),
    ...list('BYMONTH', rule.byMonth),
    ...list('BYMONTHDAY', rule.byMonthDay),
    ...list(
      'BYDAY',
      rule.byDay.map(({ ordinal, weekday }) => `${ordinal ?? ''}${weekday}`),
    ),
    ...list('BYSETPOS', rule.bySetPosition),
    ...(rule.weekStart === null ? [] : [`WKST=${rule.weekStart}`]),
    ...(rule.count === null ? [] : [`COUNT=${rule.count}`]),
    ...(rule.until === null ? [] : [`UNTIL=${rule.until.replaceAll('-', '')}`]),
  ].join(';');
}

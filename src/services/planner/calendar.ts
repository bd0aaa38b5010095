import { Temporal } from 'temporal-polyfill';

/** A day of the calendar, of no time zone: `2026-11-29`. Two of them compare as texts do. */
export type CalendarDate = string;

/** The first day that anything can be planned for. */
export const firstCalendarDate: CalendarDate = '1900-01-01';
/** The last one. */
export const lastCalendarDate: CalendarDate = '2199-12-31';

const datePattern = /^\d{4}-\d{2}-\d{2}$/;
const timePattern = /^([01]\d|2[0-3]):[0-5]\d$/;
const zonePattern = /^[A-Za-z]/;

const plain = (date: CalendarDate): Temporal.PlainDate => Temporal.PlainDate.from(date);

/** Whether a text is a day that there is, written as `2026-11-29`, from 1900 to 2199. */
export function isCalendarDate(text: string): boolean {
  if (!datePattern.test(text) || text < firstCalendarDate || text > lastCalendarDate) return false;
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  return month >= 1 && month <= 12 && day >= 1 && day <= Temporal.PlainYearMonth.from({ year, month }).daysInMonth;
}

/** Whether a text is a time of day, written as `09:30`. */
export function isTimeOfDay(text: string): boolean {
  return timePattern.test(text);
}

/** The day as the database driver wants it: midnight UTC. */
export function databaseDate(date: CalendarDate): Date {
  return new Date(`${date}T00:00:00.000Z`);
}

/** The day that the database driver gave. */
export function calendarDate(date: Date): CalendarDate {
  return date.toISOString().slice(0, 10);
}

/** A column of the type DATE as a `CalendarDate`, in SQL. The driver would make a moment of it. */
export const dateSql = (column: string): string => `to_char(${column}, 'YYYY-MM-DD')`;

/**
 * A time zone as it is written properly.
 *
 * @param name an IANA name such as `Europe/Berlin`, in capitals or not
 * @returns null for what is none, also for a mere offset, which knows no daylight-saving time
 */
export function timeZoneOf(name: string): string | null {
  if (!zonePattern.test(name)) return null;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId;
  } catch {
    return null;
  }
}

/** The day that a moment falls on in a time zone. */
export function dateIn(timeZone: string, moment: Date): CalendarDate {
  return Temporal.Instant.fromEpochMilliseconds(moment.getTime()).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

/** The day that is so many days later (or, with a negative number, earlier). */
export function addDays(date: CalendarDate, days: number): CalendarDate {
  return plain(date).add({ days }).toString();
}

/** How many days there are from one day to another: 0 for the same, negative where the other is earlier. */
export function daysBetween(from: CalendarDate, to: CalendarDate): number {
  return plain(from).until(plain(to), { largestUnit: 'days' }).days;
}

/** 1 for Monday to 7 for Sunday, as ISO 8601 counts. */
export function dayOfWeek(date: CalendarDate): number {
  return plain(date).dayOfWeek;
}

/**
 * The first day of the week that a day lies in.
 *
 * @param firstDayOfWeek the day on which weeks begin, 1 for Monday to 7 for Sunday
 */
export function weekStartOf(date: CalendarDate, firstDayOfWeek: number): CalendarDate {
  return addDays(date, -((dayOfWeek(date) - firstDayOfWeek + 7) % 7));
}

/**
 * The moment at which clocks of a time zone show a time on a day. A time that is left out when clocks go forward is moved on by as much as they
 * are; of one that comes twice when they go back the first is meant ("compatible" in RFC 5545 and Temporal).
 *
 * @param time as `09:30`
 */
export function momentOf(date: CalendarDate, time: string, timeZone: string): Date {
  const zoned = plain(date).toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(time) });
  return new Date(zoned.epochMilliseconds);
}

/** The moment at which a day begins in a time zone: midnight, or the first moment after it where clocks leave midnight out. */
export function startOfDay(date: CalendarDate, timeZone: string): Date {
  return new Date(plain(date).toZonedDateTime(timeZone).epochMilliseconds);
}

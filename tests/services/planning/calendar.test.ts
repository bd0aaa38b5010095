import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  calendarDate,
  databaseDate,
  dateIn,
  dayOfWeek,
  daysBetween,
  isCalendarDate,
  isTimeOfDay,
  momentOf,
  startOfDay,
  timeZoneOf,
  weekStartOf,
} from '../../../src/services/planner/calendar.ts';

const zones = [
  'UTC',
  'Pacific/Pago_Pago',
  'Pacific/Kiritimati',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'America/New_York',
  'America/St_Johns',
  'Europe/Berlin',
  'Africa/Casablanca',
];

const day = 86_400_000;
const anyDate = fc.integer({ min: 0, max: daysBetween('1970-01-01', '2099-12-31') }).map((days) => new Date(days * day).toISOString().slice(0, 10));

/** What a clock on a wall shows, by the calendar of the browser: independent of ours. */
function wallClock(moment: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short', timeStyle: 'short', hourCycle: 'h23' }).formatToParts(moment);
  const part = (type: string): string => parts.find((candidate) => candidate.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}`;
}

describe('the calendar', () => {
  it.each([
    ['2026-02-28', true],
    ['2024-02-29', true],
    ['2026-02-29', false],
    ['1900-02-29', false],
    ['2026-13-01', false],
    ['2026-00-10', false],
    ['2026-04-31', false],
    ['1899-12-31', false],
    ['1900-01-01', true],
    ['2199-12-31', true],
    ['2200-01-01', false],
    ['2026-1-1', false],
    ['2026-01-01T00:00:00Z', false],
    ['+002026-01-01', false],
    ['today', false],
    ['', false],
  ])('knows whether there is a day %s', (text, isOne) => expect(isCalendarDate(text)).toBe(isOne));

  it.each([
    ['00:00', true],
    ['23:59', true],
    ['24:00', false],
    ['9:30', false],
    ['09:60', false],
    ['09:30:00', false],
  ])('knows whether there is a time %s', (text, isOne) => expect(isTimeOfDay(text)).toBe(isOne));

  it.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    ['europe/berlin', 'Europe/Berlin'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
    ['utc', 'UTC'],
    ['+01:00', null],
    ['Mars/Olympus', null],
    ['', null],
    ['Europe/Berlin\u0000', null],
  ])('writes the time zone %j as %j', (name, zone) => expect(timeZoneOf(name)).toBe(zone));

  it('counts days and weeks as the calendar of JavaScript does', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: -5_000, max: 5_000 }), fc.integer({ min: 1, max: 7 }), (date, days, firstDay) => {
        const moved = addDays(date, days);
        expect(databaseDate(moved).getTime() - databaseDate(date).getTime()).toBe(days * day);
        expect(daysBetween(date, moved)).toBe(days);
        expect(calendarDate(databaseDate(date))).toBe(date);
        expect(dayOfWeek(date) % 7).toBe(databaseDate(date).getUTCDay());
        const start = weekStartOf(date, firstDay);
        expect(dayOfWeek(start)).toBe(firstDay);
        expect(daysBetween(start, date)).toBeGreaterThanOrEqual(0);
        expect(daysBetween(start, date)).toBeLessThan(7);
      }),
    );
  });

  it('knows which day it is in every time zone, by an independent clock', () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.date({ min: new Date('1990-01-01'), max: new Date('2037-12-31'), noInvalidDate: true }), (zone, moment) => {
        expect(dateIn(zone, moment)).toBe(wallClock(moment, zone).slice(0, 10));
      }),
    );
  });

  it('finds the moment of a time of day, which the wall clock shows then unless it is left out', () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), anyDate, fc.integer({ min: 0, max: 1_439 }), (zone, date, minutes) => {
        const time = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
        const moment = momentOf(date, time, zone);
        const shown = wallClock(moment, zone);
        if (shown === `${date} ${time}`) return;
        // Clocks went forward over it: they show a later time, and never showed the one that was asked for.
        expect(shown > `${date} ${time}`).toBe(true);
        const before = wallClock(new Date(moment.getTime() - day / 12), zone);
        expect(before < `${date} ${time}`).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('begins a day at its first moment', () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones, 'America/Sao_Paulo', 'Asia/Beirut'), anyDate, (zone, date) => {
        const start = startOfDay(date, zone);
        expect(dateIn(zone, start)).toBe(date);
        expect(dateIn(zone, new Date(start.getTime() - 1))).toBe(addDays(date, -1));
      }),
    );
  });

  it.each([
    ['the night in which New York loses an hour', '2026-03-08', '02:30', 'America/New_York', '2026-03-08T07:30:00.000Z'],
    ['the night in which New York gains one: the first', '2026-11-01', '01:30', 'America/New_York', '2026-11-01T05:30:00.000Z'],
    ['the night in which Lord Howe loses half an hour', '2026-10-04', '02:15', 'Australia/Lord_Howe', '2026-10-03T15:45:00.000Z'],
    ['the night in which Lord Howe gains half an hour', '2026-04-05', '01:45', 'Australia/Lord_Howe', '2026-04-04T14:45:00.000Z'],
    ['an ordinary day in Kolkata', '2026-06-01', '09:30', 'Asia/Kolkata', '2026-06-01T04:00:00.000Z'],
    ['the first place of the day', '2026-01-01', '00:00', 'Pacific/Kiritimati', '2025-12-31T10:00:00.000Z'],
    ['the last place of the day', '2026-01-01', '23:59', 'Pacific/Pago_Pago', '2026-01-02T10:59:00.000Z'],
  ])('reads %s', (_title, date, time, zone, moment) => expect(momentOf(date, time, zone).toISOString()).toBe(moment));

  it('leaves out the day that Samoa left out', () => {
    expect(dateIn('Pacific/Apia', new Date('2011-12-30T09:59:59Z'))).toBe('2011-12-29');
    expect(dateIn('Pacific/Apia', new Date('2011-12-30T10:00:00Z'))).toBe('2011-12-31');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, dateIn } from '../../../src/services/planner/calendar.ts';
import { resolveWhen, weekdayNameOf, weekdayNames } from '../../../src/services/planner/when.ts';
import { readModelDate } from '../../../src/services/planning-tools/model-date.ts';

// A Wednesday.
const today = '2026-11-25';
const monday = { today, firstDayOfWeek: 1 };
const sunday = { today, firstDayOfWeek: 7 };

describe('words for a day', () => {
  it.each([
    ['today', '2026-11-25'],
    [' Tonight ', '2026-11-25'],
    ['tomorrow', '2026-11-26'],
    ['tomorrow  morning', '2026-11-26'],
    ['the day after tomorrow', '2026-11-27'],
    ['yesterday', '2026-11-24'],
    ['in 3 days', '2026-11-28'],
    ['in a week', '2026-12-02'],
    ['in two weeks', '2026-12-09'],
    ['three weeks from now', '2026-12-16'],
    ['a week from tomorrow', '2026-12-03'],
    ['in a month', '2026-12-25'],
    ['in three months', '2027-02-25'],
    ['two days ago', '2026-11-23'],
    ['Wednesday', '2026-11-25'],
    ['Friday', '2026-11-27'],
    ['on fri', '2026-11-27'],
    ['this Friday', '2026-11-27'],
    ['Monday', '2026-11-30'],
    ['next Friday', '2026-12-04'],
    ['next Monday', '2026-11-30'],
    ['next Wednesday', '2026-12-02'],
    ['Tuesday next week', '2026-12-01'],
    ['Monday this week', '2026-11-23'],
    ['Friday in two weeks', '2026-12-11'],
    ['last Friday', '2026-11-20'],
    ['last Wednesday', '2026-11-18'],
    ['this week', '2026-11-23'],
    ['next week', '2026-11-30'],
    ['last week', '2026-11-16'],
    ['end of the week', '2026-11-29'],
    ['by the end of next week', '2026-12-06'],
    ['this weekend', '2026-11-28'],
    ['next weekend', '2026-12-05'],
    ['end of month', '2026-11-30'],
    ['at the end of next month', '2026-12-31'],
    ['next month', '2026-12-01'],
    ['end of the year', '2026-12-31'],
    ['5 December', '2026-12-05'],
    ['the 5th of December', '2026-12-05'],
    ['Dec 5', '2026-12-05'],
    ['December 5th, 2027', '2027-12-05'],
    ['24 November', '2027-11-24'],
    ['25 November', '2026-11-25'],
    ['2026-12-04', '2026-12-04'],
  ])('%j are %s on Wednesday 2026-11-25', (phrase, date) => expect(resolveWhen(phrase, monday)).toBe(date));

  it.each([
    ['next Friday', '2026-12-04'],
    ['next Sunday', '2026-11-29'],
    ['next week', '2026-11-29'],
    ['end of the week', '2026-11-28'],
    ['this weekend', '2026-11-28'],
  ])('%j are %s where weeks begin on Sunday', (phrase, date) => expect(resolveWhen(phrase, sunday)).toBe(date));

  it.each([
    ['the weekend on a Sunday', 'this weekend', '2026-11-29', '2026-11-29'],
    ['a month after 31 January', 'in a month', '2027-01-31', '2027-02-28'],
    ['the end of a short month', 'end of month', '2028-02-10', '2028-02-29'],
    ['a day of a leap year alone', 'February 29 2028', '2026-11-25', '2028-02-29'],
    ['the turn of the year', 'tomorrow', '2026-12-31', '2027-01-01'],
  ])('knows %s', (_title, phrase, from, date) => expect(resolveWhen(phrase, { today: from, firstDayOfWeek: 1 })).toBe(date));

  it.each(['', 'someday', 'soon', 'Fryday', '30 February', 'February 29 2027', '2026-13-01', 'in 9999 months', 'friday or saturday', 'next'])(
    'are not understood when they are %j',
    (phrase) => expect(resolveWhen(phrase, monday)).toBeNull(),
  );

  it.each([
    ['Pacific/Kiritimati', '2026-11-26'],
    ['Pacific/Pago_Pago', '2026-11-24'],
    ['Asia/Kolkata', '2026-11-25'],
  ])('are said in the time zone of the person: today is another day in %s', (zone, date) => {
    const moment = zone === 'Pacific/Pago_Pago' ? new Date('2026-11-25T10:30:00Z') : new Date('2026-11-25T12:00:00Z');
    expect(resolveWhen('today', { today: dateIn(zone, moment), firstDayOfWeek: 1 })).toBe(date);
  });

  it('"next X" is X in the week after this one, whatever the day and the first day of weeks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 1, max: 7 }), fc.constantFrom(...weekdayNames), (days, firstDayOfWeek, name) => {
        const context = { today: addDays('2000-01-01', days), firstDayOfWeek };
        const week = resolveWhen('next week', context) ?? '';
        const date = resolveWhen(`next ${name}`, context) ?? '';
        expect(weekdayNameOf(date)).toBe(name);
        expect(date >= week && date <= addDays(week, 6)).toBe(true);
      }),
    );
  });
});

describe('a date of a model', () => {
  it.each([
    [{ date: '2026-12-04', weekday: 'Friday' }, '2026-12-04'],
    [{ date: '2026-12-04', weekday: 'fri' }, '2026-12-04'],
    [{ when: 'next Friday' }, '2026-12-04'],
    [{ date: null, weekday: null, when: 'tomorrow' }, '2026-11-26'],
    [{ date: '2026-12-04', weekday: 'Friday', when: 'next Friday' }, '2026-12-04'],
  ])('is read from %j', (input, date) => expect(readModelDate(input, monday)).toEqual({ date }));

  it.each([
    [{ date: '2026-12-04', weekday: 'Thursday' }, '2026-12-04 is a Friday, not a Thursday; the nearest Thursday is 2026-12-03. Say which one is meant.'],
    [{ date: '2026-12-04', weekday: 'Mon' }, '2026-12-04 is a Friday, not a Monday; the nearest Monday is 2026-12-07. Say which one is meant.'],
    [{ date: '2026-12-04' }, '2026-12-04 comes without its weekday; say which one is meant.'],
    [{ date: '2026-12-04', weekday: 'Freitag' }, '"Freitag" is no weekday; write it in English, for example "Friday".'],
    [{ date: '2026-02-30', weekday: 'Monday' }, '"2026-02-30" is not a day from 1900-01-01 to 2199-12-31; write it like 2026-12-04.'],
    [
      { date: '2026-12-04', weekday: 'Friday', when: 'tomorrow' },
      '"tomorrow" is Thursday, 2026-11-26, but "date" is 2026-12-04, Friday. Say which one is meant.',
    ],
    [{}, 'Give "date" with its "weekday", or "when".'],
  ])('goes back when it is %j', (input, problem) => expect(readModelDate(input, monday)).toEqual({ problem }));

  it('goes back with examples when its words are not understood', () => {
    expect(readModelDate({ when: 'someday' }, monday)).toEqual({
      problem: expect.stringMatching(/^"someday" is not understood; say it like "today"[^]*"weekday"\.$/),
    });
  });
});

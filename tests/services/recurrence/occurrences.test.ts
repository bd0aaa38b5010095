import fastCheck from 'fast-check';
import { RRule } from 'rrule';
import { describe, expect, it } from 'vitest';
import { afterCompletion, firstOccurrence, nextOccurrence, occurrencesBetween } from '../../../src/services/recurrence/occurrences.ts';
import { formatRule, parseRule, weekdays, type Rule } from '../../../src/services/recurrence/rule.ts';

const read = (text: string): Rule => parseRule(text, 'SCHEDULED', ['rule']);
const addDays = (date: string, days: number): string => new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);

/** What rrule.js, a port of python-dateutil that shares no code with ours, makes of the same rule. */
function peer(rule: Rule, startDate: string, from: string, to: string): readonly string[] {
  const options = RRule.parseString(formatRule(rule));
  const set = new RRule({ ...options, dtstart: new Date(`${startDate}T00:00:00Z`), until: new Date(`${to}T00:00:00Z`) });
  const days = set.between(new Date(`${from}T00:00:00Z`), new Date(`${to}T00:00:00Z`), true).map((date) => date.toISOString().slice(0, 10));
  // It gives a day twice that BYSETPOS picks by two numbers.
  return [...new Set(days)];
}

const some = <Value>(values: fastCheck.Arbitrary<Value>, maxLength = 3): fastCheck.Arbitrary<readonly Value[]> =>
  fastCheck.oneof({ weight: 2, arbitrary: fastCheck.constant([]) }, { weight: 1, arbitrary: fastCheck.array(values, { minLength: 1, maxLength }) });
const signed = (largest: number): fastCheck.Arbitrary<number> =>
  fastCheck.oneof(fastCheck.integer({ min: 1, max: largest }), fastCheck.integer({ min: -largest, max: -1 }));

const dates = fastCheck.integer({ min: 0, max: 40_000 }).map((days) => addDays('1996-01-01', days));

const rules = fastCheck
  .record({
    frequency: fastCheck.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'),
    interval: fastCheck.integer({ min: 1, max: 14 }),
    byDay: some(fastCheck.constantFrom(...weekdays)),
    ordinals: fastCheck.array(signed(5), { minLength: 3, maxLength: 3 }),
    isCounting: fastCheck.boolean(),
    byMonthDay: some(signed(31)),
    byMonth: some(fastCheck.integer({ min: 1, max: 12 })),
    // rrule.js takes the first of a period for its second to last where there is one alone.
    bySetPosition: some(fastCheck.constantFrom(1, 2, 3, 4, -1), 2),
    weekStart: fastCheck.option(fastCheck.constantFrom(...weekdays)),
    count: fastCheck.option(fastCheck.integer({ min: 1, max: 60 })),
  })
  .map(({ frequency, interval, byDay, ordinals, isCounting, byMonthDay, byMonth, bySetPosition, weekStart, count }) => {
    const counts = isCounting && (frequency === 'MONTHLY' || frequency === 'YEARLY');
    const monthDays = frequency === 'WEEKLY' || (counts && byDay.length > 0) ? [] : byMonthDay;
    // Of the first week, rrule.js sees only what is not before its start.
    const picks = (frequency === 'MONTHLY' || frequency === 'YEARLY') && byDay.length + monthDays.length + byMonth.length > 0 ? bySetPosition : [];
    const list = (name: string, values: readonly unknown[]): readonly string[] => (values.length === 0 ? [] : [`${name}=${values.join(',')}`]);
    return [
      `FREQ=${frequency};INTERVAL=${interval}`,
      ...list(
        'BYDAY',
        byDay.map((day, index) => (counts ? `${ordinals[index]}${day}` : day)),
      ),
      ...list('BYMONTHDAY', monthDays),
      ...list('BYMONTH', byMonth),
      // For the same reason, its COUNT counts such a day twice.
      ...list('BYSETPOS', count === null ? picks : picks.slice(0, 1)),
      ...list('WKST', weekStart === null ? [] : [weekStart]),
      ...list('COUNT', count === null ? [] : [count]),
    ].join(';');
  });

describe('the days of a rule', () => {
  it('are those that an independent implementation makes', () => {
    fastCheck.assert(
      fastCheck.property(
        rules,
        dates,
        fastCheck.integer({ min: 0, max: 1_500 }),
        fastCheck.integer({ min: 0, max: 2_000 }),
        (text, startDate, skip, length) => {
          const rule = read(text);
          // Where there is none, rrule.js looks until the year 9999.
          fastCheck.pre(firstOccurrence(rule, startDate) !== null);
          const [from, to] = [addDays(startDate, skip), addDays(startDate, skip + length)];
          expect(occurrencesBetween(rule, startDate, from, to), `${text} from ${startDate}, ${from} to ${to}`).toEqual(peer(rule, startDate, from, to));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('stay the same when the series begins at its first one', () => {
    fastCheck.assert(
      fastCheck.property(rules, dates, (text, startDate) => {
        const rule = read(text);
        const first = firstOccurrence(rule, startDate);
        if (first === null) return;
        const to = addDays(first, 1_200);
        expect(occurrencesBetween(rule, first, first, to), `${text} from ${startDate}`).toEqual(occurrencesBetween(rule, startDate, startDate, to));
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['FREQ=MONTHLY', '2026-01-31', ['2026-01-31', '2026-03-31', '2026-05-31', '2026-07-31']],
    ['FREQ=YEARLY', '2024-02-29', ['2024-02-29', '2028-02-29', '2032-02-29', '2036-02-29']],
    ['FREQ=MONTHLY;BYMONTHDAY=-1', '2027-12-15', ['2027-12-31', '2028-01-31', '2028-02-29', '2028-03-31']],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO', '2026-11-30', ['2026-11-30', '2026-12-06', '2026-12-14', '2026-12-20']],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU', '2026-11-30', ['2026-11-30', '2026-12-13', '2026-12-14', '2026-12-27']],
  ])('follow RFC 5545: %s', (text, startDate, days) => expect(occurrencesBetween(read(text), startDate, startDate, '2040-01-01').slice(0, 4)).toEqual(days));

  it('end with UNTIL, and that day is one of them', () => {
    expect(occurrencesBetween(read('FREQ=DAILY;UNTIL=20261203'), '2026-12-01', '2026-01-01', '2027-01-01')).toEqual(['2026-12-01', '2026-12-02', '2026-12-03']);
    expect(nextOccurrence(read('FREQ=DAILY;UNTIL=20261203'), '2026-12-01', '2026-12-04')).toBeNull();
  });

  it('L06 are looked for ten years far, and a rule that has none by then has none', () => {
    expect(firstOccurrence(read('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29'), '2096-03-01')).toBe('2104-02-29');
    expect(firstOccurrence(read('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'), '2026-11-30')).toBeNull();
    expect(firstOccurrence(read('FREQ=YEARLY;INTERVAL=11;BYMONTH=1'), '2026-11-30'), 'it would be in 2037').toBeNull();
    expect(firstOccurrence(read('FREQ=DAILY;INTERVAL=7;BYDAY=TU'), '2026-11-30')).toBeNull();
    expect(firstOccurrence(read('FREQ=DAILY;UNTIL=20251231'), '2026-11-30')).toBeNull();
  });

  it.each([
    ['FREQ=DAILY;INTERVAL=3', '2026-11-30', '2026-12-03'],
    ['FREQ=WEEKLY;INTERVAL=2', '2026-11-30', '2026-12-14'],
    ['FREQ=MONTHLY', '2027-01-31', '2027-02-28'],
    ['FREQ=YEARLY', '2028-02-29', '2029-02-28'],
    ['FREQ=DAILY;UNTIL=20261201', '2026-12-01', null],
  ])('after completion count from the day it was done: %s', (text, done, next) =>
    expect(afterCompletion(parseRule(text, 'AFTER_COMPLETION', []), done)).toBe(next),
  );
});

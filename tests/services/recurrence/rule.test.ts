import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { formatRule, parseRule, type RuleMode } from '../../../src/services/recurrence/rule.ts';
import { ruleText } from '../../../src/services/recurrence/rule-text.ts';

const path = ['input', 'recurrence', 'rule'];

function refusal(text: string, mode: RuleMode = 'SCHEDULED'): unknown {
  try {
    return formatRule(parseRule(text, mode, path));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect([error.code, error.issues?.[0]?.path]).toEqual(['BAD_USER_INPUT', path]);
    return error.message.replace('The recurrence rule cannot be used: ', '');
  }
}

describe('a recurrence rule', () => {
  it.each([
    ['rrule:freq=weekly;byday=th,mo,TH;interval=1', 'FREQ=WEEKLY;BYDAY=MO,TH'],
    ['INTERVAL=2;FREQ=DAILY;COUNT=3650', 'FREQ=DAILY;INTERVAL=2;COUNT=3650'],
    ['FREQ=MONTHLY;BYMONTHDAY=-1,15,+1;WKST=SU', 'FREQ=MONTHLY;BYMONTHDAY=1,15,-1;WKST=SU'],
    ['FREQ=YEARLY;UNTIL=20271231T235959Z;BYDAY=-1FR,1MO;BYMONTH=6', 'FREQ=YEARLY;BYMONTH=6;BYDAY=1MO,-1FR;UNTIL=20271231'],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1'],
  ])('is kept in one form: %s', (text, kept) => {
    expect(formatRule(parseRule(text, 'SCHEDULED', path))).toBe(kept);
    expect(formatRule(parseRule(kept, 'SCHEDULED', path)), 'and read again as the same').toBe(kept);
  });

  it.each([
    ['', '"" is not NAME=VALUE.'],
    ['every day', '"EVERY DAY" is not NAME=VALUE.'],
    ['INTERVAL=2', 'FREQ is missing; it is DAILY, WEEKLY, MONTHLY or YEARLY.'],
    ['FREQ=HOURLY', 'FREQ=HOURLY makes several a day; items recur by days: use DAILY, WEEKLY, MONTHLY or YEARLY.'],
    ['FREQ=SECONDLY;COUNT=2', 'FREQ=SECONDLY makes several a day; items recur by days: use DAILY, WEEKLY, MONTHLY or YEARLY.'],
    ['FREQ=OFTEN', 'FREQ=OFTEN is none of DAILY, WEEKLY, MONTHLY and YEARLY.'],
    ['FREQ=DAILY;FREQ=DAILY', 'FREQ stands there twice.'],
    ['FREQ=DAILY;BYHOUR=9', 'BYHOUR is not a part that is understood; there are FREQ, INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS and WKST.'],
    [
      'FREQ=YEARLY;BYWEEKNO=20',
      'BYWEEKNO is not a part that is understood; there are FREQ, INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS and WKST.',
    ],
    ['FREQ=DAILY;INTERVAL=0', 'INTERVAL=0 is not a whole number from 1 to 1000.'],
    ['FREQ=DAILY;INTERVAL=1001', 'INTERVAL=1001 is not a whole number from 1 to 1000.'],
    ['FREQ=DAILY;INTERVAL=1e3', 'INTERVAL=1E3 is not a whole number from 1 to 1000.'],
    ['FREQ=DAILY;COUNT=3651', 'COUNT=3651 is not a whole number from 1 to 3650.'],
    ['FREQ=DAILY;COUNT=2;UNTIL=20270101', 'COUNT and UNTIL do not go together; give one of them.'],
    ['FREQ=DAILY;UNTIL=20270230', 'UNTIL=20270230 is not a day such as 20271231.'],
    ['FREQ=DAILY;UNTIL=tomorrow', 'UNTIL=TOMORROW is not a day such as 20271231.'],
    ['FREQ=WEEKLY;BYDAY=XX', 'BYDAY has "XX", which is no day such as MO, or 1MO for the first and -1MO for the last Monday.'],
    ['FREQ=WEEKLY;BYDAY=1MO', 'BYDAY=1MO counts the days of a month or a year; FREQ=WEEKLY takes MO alone.'],
    ['FREQ=MONTHLY;BYDAY=6MO', 'BYDAY has "6MO"; it counts from 1 to 5, or from -1 to -5.'],
    ['FREQ=YEARLY;BYDAY=-53MO', 'BYDAY has "-53MO"; it counts from 1 to 52, or from -1 to -52.'],
    ['FREQ=WEEKLY;BYMONTHDAY=1', 'BYMONTHDAY does not go with FREQ=WEEKLY; use FREQ=MONTHLY.'],
    ['FREQ=MONTHLY;BYMONTHDAY=32', 'BYMONTHDAY has "32", which is not a whole number from 1 to 31, or the negative of one.'],
    ['FREQ=YEARLY;BYMONTH=-1', 'BYMONTH has "-1", which is not a whole number from 1 to 12.'],
    ['FREQ=MONTHLY;BYSETPOS=1', 'BYSETPOS picks among the days of BYDAY, BYMONTHDAY or BYMONTH; give one of them too.'],
    ['FREQ=DAILY;BYDAY=MO;BYSETPOS=1', 'BYSETPOS picks among several days; with FREQ=DAILY there is one.'],
    [
      'FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=3',
      'BYMONTHDAY does not go with a counted day in BYDAY, such as 1MO; give one of them, or the day without its number.',
    ],
    ['FREQ=WEEKLY;WKST=XX', 'WKST=XX is no day such as MO.'],
    ['FREQ=DAILY\nDTSTART:20270101', 'FREQ=DAILY\nDTSTART:20270101 is none of DAILY, WEEKLY, MONTHLY and YEARLY.'],
    [`FREQ=MONTHLY;BYMONTHDAY=${'1,'.repeat(300)}1`, 'it has 625 characters and may have 500.'],
  ])('L06 is refused with the reason: %#', (text, reason) => expect(refusal(text)).toBe(reason));

  it('counts by itself after completion', () => {
    expect(refusal('FREQ=WEEKLY;INTERVAL=2;COUNT=9', 'AFTER_COMPLETION')).toBe('FREQ=WEEKLY;INTERVAL=2;COUNT=9');
    expect(refusal('FREQ=WEEKLY;BYDAY=MO', 'AFTER_COMPLETION')).toBe(
      'BYDAY does not go with AFTER_COMPLETION, which counts from the day it was done: use FREQ and INTERVAL, with COUNT or UNTIL.',
    );
  });

  it.each<[string, string, RuleMode?]>([
    ['FREQ=DAILY', 'Every day'],
    ['FREQ=DAILY;INTERVAL=3;COUNT=1', 'Every 3 days, once'],
    ['FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', 'Every week on weekdays'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=10', 'Every 2 weeks on Monday and Thursday, 10 times'],
    ['FREQ=MONTHLY;BYMONTHDAY=1,22,-1', 'Every month on the 1st, 22nd and last days of the month'],
    ['FREQ=MONTHLY;BYDAY=-1FR', 'Every month on the last Friday'],
    ['FREQ=MONTHLY;BYDAY=FR', 'Every month on every Friday'],
    ['FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13', 'Every month on every Friday that is the 13th day of the month'],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2', 'Every month on the 2nd to last weekday'],
    ['FREQ=MONTHLY;BYDAY=MO,TH;BYSETPOS=1', 'Every month on the 1st of: Monday and Thursday'],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', 'Every year on 29 February'],
    ['FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;UNTIL=20301231', 'Every year on the 4th Thursday in November, until 31 December 2030'],
    ['FREQ=MONTHLY;INTERVAL=3', '3 months after it was done', 'AFTER_COMPLETION'],
    ['FREQ=WEEKLY', 'One week after it was done', 'AFTER_COMPLETION'],
  ])('says itself in English: %s', (text, sentence, mode = 'SCHEDULED') => expect(ruleText(parseRule(text, mode, path), mode)).toBe(sentence));
});

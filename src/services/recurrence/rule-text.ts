import { weekdays, type Frequency, type Rule, type RuleDay, type RuleMode } from './rule.ts';

const names = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const units: Readonly<Record<Frequency, string>> = { DAILY: 'day', WEEKLY: 'week', MONTHLY: 'month', YEARLY: 'year' };

const monthName = (month: number): string => months[month - 1] ?? '';
const list = (words: readonly string[]): string => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`);

function ordinal(number: number): string {
  const size = Math.abs(number);
  const ending = size % 100 > 10 && size % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][size % 10] ?? 'th');
  if (number > 0) return `${size}${ending}`;
  return size === 1 ? 'last' : `${size}${ending} to last`;
}

function dayText({ ordinal: place, weekday }: RuleDay): string {
  const name = names[weekdays.indexOf(weekday)] ?? '';
  return place === null ? name : `the ${ordinal(place)} ${name}`;
}

function daysText({ byDay, frequency, bySetPosition }: Rule): string {
  const isPlain = byDay.every((day) => day.ordinal === null);
  const codes = byDay.map(({ weekday }) => weekday).join();
  if (isPlain && codes === 'MO,TU,WE,TH,FR') return bySetPosition.length > 0 ? 'weekday' : 'weekdays';
  if (isPlain && codes === 'SA,SU') return bySetPosition.length > 0 ? 'day of the weekend' : 'weekends';
  if (isPlain && codes === weekdays.join()) return bySetPosition.length > 0 ? 'day' : 'all days';
  const words = list(byDay.map(dayText));
  return isPlain && bySetPosition.length === 0 && (frequency === 'MONTHLY' || frequency === 'YEARLY') ? `every ${words}` : words;
}

function selection(rule: Rule): string {
  const { byDay, byMonthDay, byMonth, bySetPosition } = rule;
  if (byMonth.length > 0 && byMonthDay.length > 0 && byDay.length + bySetPosition.length === 0 && byMonthDay.every((day) => day > 0)) {
    return ` on ${list(byMonthDay.map(String))} ${list(byMonth.map(monthName))}`;
  }
  const monthDays = byMonthDay.length === 0 ? '' : `the ${list(byMonthDay.map(ordinal))} day${byMonthDay.length > 1 ? 's' : ''} of the month`;
  const days = byDay.length === 0 ? '' : daysText(rule);
  const chosen = days !== '' && monthDays !== '' ? `${days} that is ${monthDays}` : days + monthDays;
  const picked = bySetPosition.length === 0 ? chosen : `the ${list(bySetPosition.map(ordinal))} of: ${chosen || 'its days'}`;
  const single = bySetPosition.length > 0 && byMonthDay.length === 0 && /^(?:weekday|day of the weekend|day)$/.test(days);
  const where = single ? `the ${list(bySetPosition.map(ordinal))} ${days}` : picked;
  const inMonths = byMonth.length === 0 ? '' : ` in ${list(byMonth.map(monthName))}`;
  return `${where === '' ? '' : ` on ${where}`}${inMonths}`;
}

function ending({ count, until }: Rule): string {
  if (count !== null) return count === 1 ? ', once' : `, ${count} times`;
  if (until === null) return '';
  const [year, month = 1, day] = until.split('-').map(Number);
  return `, until ${day} ${monthName(month)} ${year}`;
}

/** The rule as an English sentence without its full stop, for example `Every 2 weeks on Monday and Thursday, 10 times`. */
export function ruleText(rule: Rule, mode: RuleMode): string {
  const unit = units[rule.frequency];
  const period = rule.interval === 1 ? unit : `${rule.interval} ${unit}s`;
  if (mode === 'AFTER_COMPLETION') return `${rule.interval === 1 ? `One ${unit}` : period} after it was done${ending(rule)}`;
  return `Every ${period}${selection(rule)}${ending(rule)}`;
}

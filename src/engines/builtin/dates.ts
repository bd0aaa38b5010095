import { identifier, literal } from './sql.ts';

/** How the values of a column are read as moments. */
export interface TimeReading {
  readonly kind: 'date' | 'timestamp' | 'text' | 'year';
  /** SQL that gives a TIMESTAMP, null where the value is none. */
  readonly expression: string;
}

/** The length of a period. */
export type Grain = 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

/** Grains from fine to coarse. */
export const grains: readonly Grain[] = ['hour', 'day', 'week', 'month', 'quarter', 'year'];

/** Ways in which people and programs write dates, with what DuckDB calls them (https://duckdb.org/docs/stable/sql/functions/dateformat). */
const writtenDates: readonly { readonly pattern: RegExp; readonly formats: readonly string[] }[] = [
  { pattern: /^\d{4}-\d{1,2}-\d{1,2}$/, formats: ['%Y-%m-%d'] },
  {
    pattern: /^\d{4}-\d{1,2}-\d{1,2}[T ]\d{1,2}:\d{2}:\d{2}/,
    formats: ['%Y-%m-%d %H:%M:%S', '%Y-%m-%dT%H:%M:%S', '%Y-%m-%dT%H:%M:%SZ', '%Y-%m-%dT%H:%M:%S.%fZ', '%Y-%m-%d %H:%M:%S.%f'],
  },
  { pattern: /^\d{4}-\d{1,2}-\d{1,2}[T ]\d{1,2}:\d{2}$/, formats: ['%Y-%m-%d %H:%M', '%Y-%m-%dT%H:%M'] },
  { pattern: /^\d{4}\/\d{1,2}\/\d{1,2}$/, formats: ['%Y/%m/%d'] },
  { pattern: /^\d{1,2}\.\d{1,2}\.\d{4}$/, formats: ['%d.%m.%Y'] },
  { pattern: /^[A-Za-z]{3} \d{1,2},? \d{4}$/, formats: ['%b %d %Y', '%b %d, %Y'] },
  { pattern: /^[A-Za-z]{4,9} \d{1,2},? \d{4}$/, formats: ['%B %d, %Y', '%B %d %Y'] },
  { pattern: /^\d{1,2}[- ][A-Za-z]{3}[- ]\d{4}$/, formats: ['%d-%b-%Y', '%d %b %Y'] },
  { pattern: /^\d{1,2} [A-Za-z]{4,9} \d{4}$/, formats: ['%d %B %Y'] },
  { pattern: /^[A-Za-z]{3} \d{4}$/, formats: ['%b %Y'] },
  { pattern: /^\d{4}-\d{2}$/, formats: ['%Y-%m'] },
];

/**
 * How a column of text that holds dates can be read; null where it holds something else. The caller checks on all rows.
 *
 * @param name the column
 * @param examples values of the column
 */
export function readTextDates(name: string, examples: readonly string[]): TimeReading | null {
  const texts = examples.map((text) => text.trim()).filter((text) => text !== '');
  if (texts.length === 0) return null;
  const formats = formatsOf(texts);
  if (formats === null) return null;
  return { kind: 'text', expression: `try_strptime(trim(${identifier(name)}), [${formats.map(literal).join(', ')}])` };
}

function formatsOf(texts: readonly string[]): readonly string[] | null {
  const written = writtenDates.find(({ pattern }) => texts.every((text) => pattern.test(text)));
  if (written !== undefined) return written.formats;
  const parts = texts.map((text) => /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text));
  if (parts.some((part) => part === null)) return null;
  // Only a number above 12 tells whether the day or the month comes first; without one the American order is as good as any.
  return parts.some((part) => Number(part?.[1]) > 12) ? ['%d/%m/%Y'] : ['%m/%d/%Y'];
}

/** SQL for the period in which a moment lies, as a DATE (a TIMESTAMP for hours); a plain number for columns of years. */
export function periodOf(reading: TimeReading, columnSql: string, grain: Grain): string {
  if (reading.kind === 'year' && grain === 'year') return `CAST(${columnSql} AS INTEGER)`;
  const start = `date_trunc('${grain}', ${reading.expression})`;
  if (grain === 'year') return `CAST(year(${reading.expression}) AS INTEGER)`;
  return grain === 'hour' ? start : `CAST(${start} AS DATE)`;
}

/**
 * The grain at which a span of time makes a line that can be read: some ten to some hundred points.
 *
 * @param days from the first to the last moment
 * @param distinct how many different periods of each grain hold data
 */
export function chooseGrain(days: number, distinct: Readonly<Record<'day' | 'month' | 'year', number>>): Grain {
  const hasMonths = distinct.month > distinct.year * 1.5;
  const hasDays = distinct.day > distinct.month * 1.5;
  if (!hasMonths && distinct.year > 1) return 'year';
  if (days <= 3 && !hasDays) return 'hour';
  if (days <= 92 && hasDays) return 'day';
  if (days <= 400 && hasDays) return 'week';
  if (days <= 12 * 366) return 'month';
  return days <= 25 * 366 && distinct.year < 12 ? 'quarter' : 'year';
}

const monthNames = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** The English name of a month from 1 to 12. */
export function monthName(month: number): string {
  return monthNames[month - 1] ?? String(month);
}

/**
 * A period as a person would name it: "August 2012", "the week of 2012-08-06", "2012".
 *
 * @param text the start of the period as the query returned it
 */
export function periodName(text: string, grain: Grain): string {
  const [, year = text, month = '1'] = /^(\d{4})-(\d{2})/.exec(text) ?? [];
  switch (grain) {
    case 'year':
      return /^\d+$/.test(text) ? text : year;
    case 'quarter':
      return `quarter ${Math.ceil(Number(month) / 3)} of ${year}`;
    case 'month':
      return `${monthName(Number(month))} ${year}`;
    case 'week':
      return `the week of ${text.slice(0, 10)}`;
    case 'day':
      return text.slice(0, 10);
    case 'hour':
      return text.slice(0, 16).replace('T', ' ');
    default:
      return grain satisfies never;
  }
}

import type { ReadingOptions } from '../../base/reading.ts';
import type { ColumnType } from './column-types.ts';

/** A date or a time in a notation of its own. */
export type FormattedType = Extract<ColumnType, { readonly format: string }>;

/** The order of day and month in dates of numbers. */
export type DateOrder = NonNullable<ReadingOptions['dateOrder']>;

const dateFormats = [
  '%Y-%m-%d',
  '%Y/%m/%d',
  '%Y.%m.%d',
  '%Y年%m月%d日',
  '%d.%m.%Y',
  '%m/%d/%Y',
  '%d/%m/%Y',
  '%m-%d-%Y',
  '%d-%m-%Y',
  '%d.%m.%y',
  '%m/%d/%y',
  '%d/%m/%y',
  '%m-%d-%y',
  '%d-%m-%y',
  '%d-%b-%Y',
  '%d-%b-%y',
  '%d/%b/%Y',
  '%d %b %Y',
  '%d %B %Y',
  '%d. %B %Y',
  '%d %b, %Y',
  '%Y-%b-%d',
  '%b-%d-%Y',
  '%b %d %Y',
  '%b %d, %Y',
  '%B %d %Y',
  '%B %d, %Y',
  '%a %d %b %Y',
  '%a, %d %b %Y',
  '%a, %b %d, %Y',
  '%A, %B %d, %Y',
  '%A, %d %B %Y',
];
const timeFormats = ['%H:%M:%S', '%H:%M', '%I:%M:%S %p', '%I:%M %p', '%I:%M:%S%p', '%I:%M%p', '%H:%M:%S.%f', '%H:%M:%S,%f'];
const zones = ['', '%z', ' %z'];
/** Those of ctime and of the logs of web servers, and hours behind the letter T. */
const momentFormats = [
  ...dateFormats.flatMap((date) => timeFormats.flatMap((time) => zones.map((zone) => `${date} ${time}${zone}`))),
  ...dateFormats
    .slice(0, 10)
    .flatMap((date) => [`${date}T%H:%M:%S`, `${date}T%H:%M`, `${date}, %H:%M:%S`, `${date}, %H:%M`, `${date}, %I:%M %p`, `${date}, %I:%M:%S %p`]),
  '%d/%b/%Y:%H:%M:%S',
  '%d/%b/%Y:%H:%M:%S %z',
  '%a %b %d %H:%M:%S %Y',
  '%Y%m%dT%H%M%S',
  '%Y%m%d %H:%M:%S',
];

const months = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];
const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const short = (names: readonly string[]): string => `(?:${names.map((name) => name.slice(0, 3)).join('|')})`;

const patterns: Readonly<Record<string, string>> = {
  '%Y': '[1-9]\\d{3}',
  '%y': '\\d\\d',
  '%m': '(?:0?[1-9]|1[0-2])',
  '%d': '(?:0?[1-9]|[12]\\d|3[01])',
  '%b': short(months),
  '%B': `(?:${months.join('|')})`,
  '%a': short(days),
  '%A': `(?:${days.join('|')})`,
  '%H': '(?:[01]?\\d|2[0-3])',
  '%I': '(?:0?[1-9]|1[0-2])',
  '%M': '[0-5]\\d',
  '%S': '[0-5]\\d',
  '%f': '\\d{1,6}',
  '%p': '[ap]m',
  '%z': '[+-]\\d\\d(?::?\\d\\d)?',
};

function patternOf(format: string): RegExp {
  // Without marks between them, days and months have two digits each.
  const part = (found: string): string => (/%m%d/.test(format) && /^%[mdH]$/.test(found) ? '\\d\\d' : (patterns[found] ?? `\\${found}`));
  return new RegExp(`^\\s*${format.replaceAll(/%[A-Za-z]|[.*+?^${}()|[\]\\]/g, part)}\\s*$`, 'i');
}

function kindOf(format: string): FormattedType['kind'] {
  if (format.includes('%z')) return 'TIMESTAMP WITH TIME ZONE';
  if (!/%[HI]/.test(format)) return 'DATE';
  return /%[Yy]/.test(format) ? 'TIMESTAMP' : 'TIME';
}

/** The order that a format reads day and month in; null where it could not be another. */
function orderOf(format: string): 'DMY' | 'MDY' | null {
  if (/^%d[./-]%m/.test(format)) return 'DMY';
  return /^%m[./-]%d/.test(format) ? 'MDY' : null;
}

/** Names of columns whose whole numbers such as 20240131 are days. */
const dayName = /(^|[^a-z])(date|day|datum|tag|fecha|jour|dt|on|at|since|until)([^a-z]|$)/i;

/**
 * The notations of dates and times that all values fit, best first: where day and month could be either, the American order comes first.
 * Whether each day exists is seen when the values are read.
 *
 * @param values what the column holds, without missing values
 * @param name the name of the column: it tells days such as `20240131` from numbers
 * @param order the order of day and month that a person has said; any when it is undefined
 */
export function dateTypesOf(values: readonly string[], name: string, order: DateOrder | undefined): readonly FormattedType[] {
  const [first] = values;
  if (first === undefined || !/\d/.test(first) || first.length > 48) return [];
  const spaced = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2');
  const formats =
    /^\s*(19|20)\d{6}\s*$/.test(first) && dayName.test(spaced)
      ? ['%Y%m%d']
      : first.includes(':')
        ? [...momentFormats, ...timeFormats]
        : [...dateFormats, '%Y%m%dT%H%M%S'];
  return formats
    .filter((format) => {
      const found = orderOf(format);
      if (order !== undefined && found !== null && found !== order) return false;
      const pattern = patternOf(format);
      return values.every((value) => pattern.test(value));
    })
    .map((format) => ({ kind: kindOf(format), format }));
}

/** The order that the dates of a column prove; null where they could be read in either, or have none. */
export function provenOrder(types: readonly ColumnType[]): 'DMY' | 'MDY' | null {
  const orders = new Set(types.flatMap((type) => ('format' in type ? [orderOf(type.format)] : [])));
  const [first] = orders;
  return orders.size === 1 ? (first ?? null) : null;
}

/** The same types, those of an order first. */
export function preferring(types: readonly FormattedType[], order: 'DMY' | 'MDY'): readonly FormattedType[] {
  return [...types.filter(({ format }) => orderOf(format) === order), ...types.filter(({ format }) => orderOf(format) !== order)];
}

/** Whether the first type is one of two readings of day and month. */
export function isAmbiguous(types: readonly ColumnType[]): boolean {
  const [first, ...others] = types;
  if (first === undefined || !('format' in first)) return false;
  const order = orderOf(first.format);
  return order !== null && others.some((type) => 'format' in type && (orderOf(type.format) ?? order) !== order);
}

/** The notation of a type as `strptime` takes it, also of ISO 8601; null for types that are no dates. */
export function formatOf(type: ColumnType): string | null {
  if ('format' in type) return type.format;
  if (type.kind === 'DATE') return '%Y-%m-%d';
  if (type.kind === 'TIMESTAMP') return '%Y-%m-%d %H:%M:%S';
  return type.kind === 'TIMESTAMP WITH TIME ZONE' ? '%Y-%m-%d %H:%M:%S%z' : null;
}

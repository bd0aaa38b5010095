import type { ColumnType } from './column-types.ts';

const dateFormats = [
  '%Y-%m-%d',
  '%Y/%m/%d',
  '%d.%m.%Y',
  '%m/%d/%Y',
  '%d/%m/%Y',
  '%m-%d-%Y',
  '%d-%m-%Y',
  '%d.%m.%y',
  '%m/%d/%y',
  '%d/%m/%y',
  '%d-%b-%Y',
  '%d-%b-%y',
  '%d %b %Y',
  '%d %B %Y',
  '%b %d %Y',
  '%b %d, %Y',
  '%B %d, %Y',
];
const timeFormats = ['%H:%M:%S', '%H:%M', '%I:%M:%S %p', '%I:%M %p'];

const months = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];

const patterns: Readonly<Record<string, string>> = {
  '%Y': '\\d{4}',
  '%y': '\\d\\d',
  '%m': '(?:0?[1-9]|1[0-2])',
  '%d': '(?:0?[1-9]|[12]\\d|3[01])',
  '%b': `(?:${months.map((month) => month.slice(0, 3)).join('|')})`,
  '%B': `(?:${months.join('|')})`,
  '%H': '(?:[01]?\\d|2[0-3])',
  '%I': '(?:0?[1-9]|1[0-2])',
  '%M': '[0-5]\\d',
  '%S': '[0-5]\\d',
  '%p': '[ap]m',
};

function patternOf(format: string): RegExp {
  const source = format.replaceAll(/%[A-Za-z]|[.*+?^${}()|[\]\\]/g, (part) => patterns[part] ?? `\\${part}`);
  return new RegExp(`^\\s*${source}\\s*$`, 'i');
}

/**
 * The notations of dates and moments that all values fit, best first: where day and month could be either, the American order comes
 * first. Whether each day exists is seen when the values are read.
 *
 * @param values what the column holds, without missing values
 */
export function dateTypesOf(values: readonly string[]): readonly ColumnType[] {
  const [first] = values;
  if (first === undefined || !/\d/.test(first) || first.length > 40) return [];
  const formats = first.includes(':') ? dateFormats.flatMap((date) => timeFormats.map((time) => `${date} ${time}`)) : dateFormats;
  return formats
    .filter((format) => {
      const pattern = patternOf(format);
      return values.every((value) => pattern.test(value));
    })
    .map((format) => ({ kind: first.includes(':') ? 'TIMESTAMP' : 'DATE', format }));
}

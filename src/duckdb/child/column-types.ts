import { bareNumber, notationPattern, plainNotation, type NumberNotation } from './number-notation.ts';
import { quoteString } from './quote.ts';

/** What the text of a column is read as. */
export type ColumnType =
  | { readonly kind: 'BIGINT' | 'DOUBLE' | 'DATE' | 'TIME' | 'TIMESTAMP' | 'TIMESTAMP WITH TIME ZONE' | 'INTERVAL' | 'VARCHAR' }
  /** Numbers that are not written as programs write them: money, shares, with marks, with units. */
  | { readonly kind: 'BIGINT' | 'DOUBLE' | `DECIMAL(18,${number})`; readonly notation: NumberNotation; readonly unit: string | null }
  /** Dates and times in another notation than ISO 8601, with the format as `strptime` takes it. */
  | { readonly kind: 'DATE' | 'TIME' | 'TIMESTAMP' | 'TIMESTAMP WITH TIME ZONE'; readonly format: string }
  /** Two words in small letters, and as they are mostly written. */
  | { readonly kind: 'BOOLEAN'; readonly yes: string; readonly no: string; readonly spellings: readonly [yes: string, no: string] };

/** What stands for a missing value in columns that are otherwise numbers or dates. In text it stays: `NA` is also Namibia. */
export const missingPattern = String.raw`\s*(na|n/a|#n/a|nan|null|none|nil|missing|-|--|\.|\?|\\n)?\s*`;

const zonePattern = String.raw`(Z| ?UTC| ?GMT|[+-]\d\d(:?\d\d)?)\s*$`;

/** How a text is read as a type, in SQL. */
interface Reading {
  readonly value: string;
  /**
   * Holds when the typed value, given by its name, says exactly what the text says.
   *
   * The conditions are few and flat: DuckDB sets 32 KB aside for every step of an expression, on every thread, and a wide table has many.
   */
  readonly isExact: (typed: string) => string;
  /** What is asked where the first does not hold, because it costs more. */
  readonly isExactToo?: (typed: string) => string;
}

function readingOf(type: ColumnType, text: string): Reading {
  if ('format' in type) return formattedReading(type.format, text);
  if ('notation' in type) {
    const matches = `regexp_full_match(${text}, ${quoteString(notationPattern(type.notation))})`;
    return {
      value: `TRY_CAST(${bareNumber(type.notation, text)} AS ${type.kind})`,
      isExact: (typed) => `(${type.kind === 'DOUBLE' ? `isfinite(${typed})` : `${typed} IS NOT NULL`} AND ${matches})`,
    };
  }
  if (type.kind === 'BOOLEAN') {
    const is = (word: string): string => `${text} = ${quoteString(word)}`;
    const isAlmost = (word: string): string => `lower(trim(${text})) = ${quoteString(word)}`;
    const [yes, no] = type.spellings;
    return {
      value: `CASE WHEN ${is(yes)} THEN true WHEN ${is(no)} THEN false WHEN ${isAlmost(type.yes)} THEN true WHEN ${isAlmost(type.no)} THEN false END`,
      isExact: (typed) => `${typed} IS NOT NULL`,
    };
  }
  const value = `TRY_CAST(${text} AS ${type.kind})`;
  switch (type.kind) {
    case 'VARCHAR':
      return { value: text, isExact: () => 'true' };
    // What comes back as the same text was read exactly, so `00123` and `+49` stay text.
    case 'BIGINT':
    case 'DATE':
      return { value, isExact: (typed) => `CAST(${typed} AS VARCHAR) = ${text}`, isExactToo: (typed) => `CAST(${typed} AS VARCHAR) = trim(${text})` };
    case 'DOUBLE':
      return { value, isExact: (typed) => `(isfinite(${typed}) AND regexp_full_match(${text}, ${quoteString(notationPattern(plainNotation))}))` };
    case 'TIME':
      return { value, isExact: (typed) => `(${typed} IS NOT NULL AND regexp_full_match(${text}, '\\s*\\d{1,2}:\\d\\d(:\\d\\d(\\.\\d{1,6})?)?\\s*'))` };
    case 'INTERVAL':
      return { value, isExact: (typed) => `(${typed} IS NOT NULL AND regexp_full_match(${text}, '\\s*\\d{1,4}:[0-5]\\d:[0-5]\\d\\s*'))` };
    case 'TIMESTAMP':
      return {
        value,
        isExact: (typed) => `CAST(${typed} AS VARCHAR) = ${text}`,
        isExactToo: (typed) => `(${typed} IS NOT NULL AND contains(${text}, ':') AND NOT regexp_matches(${text}, ${quoteString(zonePattern)}))`,
      };
    case 'TIMESTAMP WITH TIME ZONE':
      return { value, isExact: (typed) => `(${typed} IS NOT NULL AND contains(${text}, ':') AND regexp_matches(${text}, ${quoteString(zonePattern)}))` };
  }
}

function formattedReading(format: string, text: string): Reading {
  return {
    value: `try_strptime(${text}, ${quoteString(format)})`,
    // `%Y` takes the year 24 as well, which nobody means.
    isExact: (typed) => (format.includes('%Y') ? `${typed} >= '1000-01-01'` : `${typed} IS NOT NULL`),
  };
}

/** Whether the text of a column stands for a missing value, in SQL. */
export function isMissing(text: string): string {
  return `regexp_full_match(${text}, ${quoteString(missingPattern)}, 'i')`;
}

/**
 * The two layers of a projection that read a text column as a type. The outer one raises an error that names the column when a text does
 * not fit: nothing is ever lost by a wrong guess.
 *
 * @param index the number of the column; its text is `c<index>`
 */
export function typedProjection(type: ColumnType, index: number): { readonly inner: string; readonly outer: string } {
  const text = `c${index}`;
  if (type.kind === 'VARCHAR') return { inner: text, outer: text };
  const { value, isExact, isExactToo } = readingOf(type, text);
  const typed = `t${index}`;
  const result = 'format' in type ? `CAST(${typed} AS ${type.kind})` : typed;
  const more = isExactToo === undefined ? '' : ` WHEN ${isExactToo(typed)} THEN ${result}`;
  return {
    inner: `${text}, ${value} AS ${typed}`,
    outer: `CASE WHEN ${isExact(typed)} THEN ${result} WHEN ${text} IS NULL OR ${isMissing(text)} THEN NULL${more} ELSE error('column:${index}') END`,
  };
}

/** A condition in SQL that holds for a text that fits a type, NULL for NULL. */
export function fitCondition(type: ColumnType, text: string): string {
  const { value, isExact, isExactToo } = readingOf(type, text);
  return isExactToo === undefined ? isExact(value) : `(${isExact(value)} OR ${isExactToo(value)})`;
}

/** Whether an error is the complaint of a projection. */
export function isComplaint(message: string): boolean {
  return /Error: column:\d+/.test(message);
}

/** The unit of the values of a type; null for none. */
export function unitOf(type: ColumnType): string | null {
  return 'notation' in type ? type.unit : null;
}

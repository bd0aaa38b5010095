import { quoteString } from './quote.ts';

/** What the text of a column is read as. */
export type ColumnType =
  | { readonly kind: 'BIGINT' | 'DOUBLE' | 'BOOLEAN' | 'DATE' | 'TIME' | 'TIMESTAMP' | 'TIMESTAMP WITH TIME ZONE' | 'VARCHAR' }
  /** A date in another notation than ISO 8601, with the format as `strptime` takes it. */
  | { readonly kind: 'DATE' | 'TIMESTAMP'; readonly format: string };

/** What stands for a missing value in columns that are otherwise numbers or dates. In text it stays: `NA` is also Namibia. */
export const missingPattern = String.raw`\s*(na|n/a|#n/a|nan|null|none|nil|missing|-|--|\.|\?|\\n)?\s*`;

/** A decimal number without a needless zero, a sign of plus, or more whole digits than a double holds. */
export const decimalPattern = String.raw`\s*-?(0|[1-9]\d{0,14})?(\.\d*)?([eE][+-]?\d+)?\s*`;

const zonePattern = String.raw`(Z|[+-]\d\d(:?\d\d)?)\s*$`;

/**
 * How a text is read as a type, in SQL.
 *
 * The conditions are few and flat: DuckDB sets 32 KB aside for every step of an expression, on every thread, and a wide table has many.
 */
interface Reading {
  readonly value: string;
  /** Holds when the typed value, given by its name, says exactly what the text says. */
  readonly isExact: (typed: string) => string;
}

function readingOf(type: ColumnType, text: string): Reading {
  if ('format' in type) return { value: `try_strptime(trim(${text}), ${quoteString(type.format)})`, isExact: (typed) => `${typed} IS NOT NULL` };
  const value = `TRY_CAST(${text} AS ${type.kind})`;
  switch (type.kind) {
    case 'VARCHAR':
      return { value: text, isExact: () => 'true' };
    // What comes back as the same text was read exactly, so `00123` and `+49` stay text.
    case 'BIGINT':
    case 'DATE':
      return { value, isExact: (typed) => `CAST(${typed} AS VARCHAR) = trim(${text})` };
    case 'DOUBLE':
      return { value, isExact: (typed) => `(isfinite(${typed}) AND regexp_full_match(${text}, ${quoteString(decimalPattern)}))` };
    case 'BOOLEAN':
      return { value, isExact: () => `regexp_full_match(${text}, '\\s*(true|false)\\s*', 'i')` };
    case 'TIME':
      return { value, isExact: (typed) => `(${typed} IS NOT NULL AND regexp_full_match(${text}, '\\s*\\d{1,2}:\\d\\d(:\\d\\d(\\.\\d{1,6})?)?\\s*'))` };
    case 'TIMESTAMP':
      return {
        value,
        isExact: (typed) =>
          `(CAST(${typed} AS VARCHAR) = ${text} OR (${typed} IS NOT NULL AND contains(${text}, ':') AND NOT regexp_matches(${text}, ${quoteString(zonePattern)})))`,
      };
    case 'TIMESTAMP WITH TIME ZONE':
      return { value, isExact: (typed) => `(${typed} IS NOT NULL AND contains(${text}, ':') AND regexp_matches(${text}, ${quoteString(zonePattern)}))` };
  }
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
  const { value, isExact } = readingOf(type, text);
  const typed = `t${index}`;
  const result = 'format' in type ? `CAST(${typed} AS ${type.kind})` : typed;
  return {
    inner: `${text}, ${value} AS ${typed}`,
    outer: `CASE WHEN ${isExact(typed)} THEN ${result} WHEN ${text} IS NULL OR ${isMissing(text)} THEN NULL ELSE error('column:${index}') END`,
  };
}

/** A condition in SQL that holds for a text that fits a type, NULL for NULL. */
export function fitCondition(type: ColumnType, text: string): string {
  const { value, isExact } = readingOf(type, text);
  return isExact(value);
}

/** Whether an error is the complaint of a projection. */
export function isComplaint(message: string): boolean {
  return /Error: column:\d+/.test(message);
}

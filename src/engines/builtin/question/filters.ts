import type { Column, Table } from '../column.ts';
import { monthName } from '../dates.ts';
import { literal, literals } from '../sql.ts';
import { listed, number, quoted } from '../words.ts';
import type { ColumnMention } from './match.ts';
import type { Token } from './tokens.ts';

/** A condition that a question sets. */
export interface Filter {
  readonly column: Column;
  readonly sql: string;
  /** In words: "Origin is USA". */
  readonly text: string;
  /** The values of an equality; empty for other conditions. */
  readonly values: readonly string[];
  readonly start: number;
  readonly end: number;
}

/** A value of a category that a question names. */
export interface ValueMention {
  readonly column: Column;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** Finds frequent values of categories in a question. */
export function findValues(table: Table, tokens: readonly Token[], isUsed: (index: number) => boolean): readonly ValueMention[] {
  const known = table.columns
    .filter((column) => !column.isNumber && !column.isBoolean && (column.role === 'category' || column.role === 'label' || column.role === 'constant'))
    .flatMap((column) => column.profile.topValues.map(({ value }) => ({ column, value, words: wordsOf(value) })));
  const found: ValueMention[] = [];
  const sorted = known.filter((entry) => entry.words.length > 0).toSorted((left, right) => right.words.length - left.words.length);
  for (const { column, value, words } of sorted) {
    for (let start = 0; start + words.length <= tokens.length; start += 1) {
      const isHere = words.every((word, offset) => isSameWord(tokens[start + offset], word, words.length));
      const isFree = Array.from({ length: words.length }, (_, offset) => start + offset).every(
        (index) => !isUsed(index) && found.every((other) => index < other.start || index >= other.end),
      );
      if (isHere && isFree) found.push({ column, value, start, end: start + words.length });
    }
  }
  return found;
}

/** The words of a value as tokens would have them. */
export function wordsOf(value: string): readonly string[] {
  return value.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function isSameWord(token: Token | undefined, word: string, length: number): boolean {
  if (token === undefined) return false;
  if (token.kind === 'quote') return length === 1 && token.stem === word;
  // Values of one or two letters ("R", "NY") are only meant when they are not little words of the question.
  // "Rainy days", "sunny days".
  const isAdjective = length === 1 && word.length >= 3 && (token.text === `${word}y` || token.text === `${word}${word.at(-1) ?? ''}y`);
  return token.text === word || isAdjective || (word.length > 3 && (token.stem === word || token.text === `${word}s`));
}

/** An equality, or with several values a choice. */
export function equals(column: Column, values: readonly string[], isNot = false): Pick<Filter, 'column' | 'sql' | 'text' | 'values'> {
  const texts = `CAST(${column.sql} AS VARCHAR)`;
  const [only] = values;
  const sql =
    values.length === 1 && only !== undefined ? `${texts} ${isNot ? '<>' : '='} ${literal(only)}` : `${texts} ${isNot ? 'NOT IN' : 'IN'} (${literals(values)})`;
  return {
    column,
    sql,
    text: `${quoted(column.name)} is ${isNot ? 'not ' : ''}${listed(values.map(quoted)).replace(/ and ([^,]*)$/, ' or $1')}`,
    values: isNot ? [] : values,
  };
}

const comparisons: readonly { readonly words: readonly string[]; readonly sign: string; readonly text: string }[] = [
  { words: ['greater', 'than', 'or', 'equal', 'to'], sign: '>=', text: 'at least' },
  { words: ['less', 'than', 'or', 'equal', 'to'], sign: '<=', text: 'at most' },
  { words: ['at', 'least'], sign: '>=', text: 'at least' },
  { words: ['at', 'most'], sign: '<=', text: 'at most' },
  { words: ['more', 'than'], sign: '>', text: 'over' },
  { words: ['greater', 'than'], sign: '>', text: 'over' },
  { words: ['higher', 'than'], sign: '>', text: 'over' },
  { words: ['larger', 'than'], sign: '>', text: 'over' },
  { words: ['less', 'than'], sign: '<', text: 'under' },
  { words: ['lower', 'than'], sign: '<', text: 'under' },
  { words: ['fewer', 'than'], sign: '<', text: 'under' },
  { words: ['smaller', 'than'], sign: '<', text: 'under' },
  ...['over', 'above', 'exceeding', '>'].map((word) => ({ words: [word], sign: '>', text: 'over' })),
  ...['under', 'below', '<'].map((word) => ({ words: [word], sign: '<', text: 'under' })),
  ...['>=', '≥'].map((word) => ({ words: [word], sign: '>=', text: 'at least' })),
  ...['<=', '≤'].map((word) => ({ words: [word], sign: '<=', text: 'at most' })),
  ...['=', 'is', 'equals', 'of', 'are'].map((word) => ({ words: [word], sign: '=', text: 'exactly' })),
];

/** Finds conditions on numbers: "horsepower over 200", "over 200 horsepower", "between 10 and 20 mpg", "8 cylinders". */
export function findNumberFilters(tokens: readonly Token[], mentions: readonly ColumnMention[], hasTime: boolean): readonly Filter[] {
  return mentions
    .filter(({ column }) => column.isNumber && column.time === null)
    .flatMap((mention): readonly Filter[] => {
      const found = comparisonAt(tokens, mention.end, 'after') ?? comparisonBefore(tokens, mention);
      if (found === null) return [];
      const { column } = mention;
      if (isYears(found, column, hasTime)) return [];
      const value = `CAST(${column.sql} AS DOUBLE)`;
      const filter = { column, values: [], start: Math.min(found.start, mention.start), end: Math.max(found.end, mention.end) };
      if (found.upper !== null)
        return [
          {
            ...filter,
            sql: `${value} BETWEEN ${found.amount} AND ${found.upper}`,
            text: `${quoted(column.name)} is between ${number(found.amount, column.profile.unit)} and ${number(found.upper, column.profile.unit)}`,
          },
        ];
      return [
        {
          ...filter,
          sql: `${value} ${found.sign} ${found.amount}`,
          text: `${quoted(column.name)} is ${found.text} ${number(found.amount, column.profile.unit)}`.replace('is exactly', 'is'),
        },
      ];
    });
}

interface Comparison {
  readonly sign: string;
  readonly text: string;
  readonly amount: number;
  readonly upper: number | null;
  readonly start: number;
  readonly end: number;
}

/** "Fertility between 1970 and 1980": numbers that are years, and that the column has never seen. */
function isYears(found: Comparison, column: Column, hasTime: boolean): boolean {
  const amounts = found.upper === null ? [found.amount] : [found.amount, found.upper];
  const [low, high] = [Number(column.profile.min ?? Number.NaN), Number(column.profile.max ?? Number.NaN)];
  return hasTime && amounts.every((amount) => Number.isInteger(amount) && amount >= 1000 && amount <= 2200 && (amount < low || amount > high));
}

function comparisonAt(tokens: readonly Token[], at: number, place: 'before' | 'after'): Comparison | null {
  const start = tokens[at]?.text === 'is' || tokens[at]?.text === 'are' || tokens[at]?.text === 'was' ? (numberAt(tokens, at + 1) === null ? at + 1 : at) : at;
  if (tokens[start]?.text === 'between') {
    const [amount, upper] = [numberAt(tokens, start + 1), numberAt(tokens, start + 3)];
    return amount === null || upper === null ? null : { sign: 'between', text: '', amount, upper, start: at, end: start + 4 };
  }
  for (const { words, sign, text } of comparisons) {
    if (sign === '=' && place === 'before') continue;
    const amount = numberAt(tokens, start + words.length);
    if (amount !== null && words.every((word, offset) => tokens[start + offset]?.text === word))
      return { sign, text, amount, upper: null, start: at, end: start + words.length + 1 };
  }
  const amount = place === 'after' ? numberAt(tokens, start) : null;
  return amount === null ? null : { sign: '=', text: 'exactly', amount, upper: null, start: at, end: start + 1 };
}

/** "over 200 horsepower", "between 10 and 20 mpg", "8 cylinders" (but not "top 8 cylinders"). */
function comparisonBefore(tokens: readonly Token[], mention: ColumnMention): Comparison | null {
  for (let start = Math.max(0, mention.start - 7); start < mention.start; start += 1) {
    const found = comparisonAt(tokens, start, 'before');
    if (found !== null && (found.end === mention.start || (found.end === mention.start - 1 && tokens[found.end]?.text === 'of'))) return found;
  }
  const amount = numberAt(tokens, mention.start - 1);
  const isRank = /^(top|bottom|first|last|best|worst|highest|lowest|largest|smallest)$/.test(tokens[mention.start - 2]?.text ?? '');
  if (amount === null || isRank || mention.column.role !== 'category') return null;
  return { sign: '=', text: 'exactly', amount, upper: null, start: mention.start - 1, end: mention.end };
}

function numberAt(tokens: readonly Token[], index: number): number | null {
  return tokens[index]?.value ?? null;
}

/** Finds conditions on time: "in 1980", "since 2010", "before 1990", "from 1990 to 2000", "in July". */
export function findTimeFilters(tokens: readonly Token[], time: Column | null, isUsed: (index: number) => boolean): readonly Filter[] {
  if (time?.time == null) return [];
  const year = `year(${time.time.expression})`;
  const found: Filter[] = [];
  const add = (sql: string, text: string, start: number, end: number): void => void found.push({ column: time, sql, text, values: [], start, end });
  for (let index = 0; index < tokens.length; index += 1) {
    if (isUsed(index)) continue;
    // "And 1975?", said of what was asked before.
    const bare = yearAt(tokens, tokens.length - 1);
    if (index === 0 && bare !== null && (tokens.length === 1 || (tokens.length === 2 && tokens[0]?.text === 'and'))) {
      add(`${year} = ${bare}`, `the year is ${bare}`, 0, tokens.length);
      break;
    }
    const word = tokens[index]?.text ?? '';
    const [first, third] = [yearAt(tokens, index + 1), yearAt(tokens, index + 3)];
    const month = monthAt(tokens, index + 1);
    if ((word === 'between' || word === 'from') && first !== null && third !== null)
      add(`${year} BETWEEN ${first} AND ${third}`, `the year is ${first} to ${third}`, index, index + 4);
    else if (
      first !== null &&
      third !== null &&
      /^(in|for|during|compare|of|only|just)$/.test(word) &&
      /^(and|or|vs|versus|to|with)$/.test(tokens[index + 2]?.text ?? '')
    )
      add(`${year} IN (${first}, ${third})`, `the year is ${first} or ${third}`, index, index + 4);
    else if (month !== null && /^(in|during|only|just|of|for)$/.test(word)) {
      const of = yearAt(tokens, index + 2);
      add(
        `month(${time.time.expression}) = ${month}${of === null ? '' : ` AND ${year} = ${of}`}`,
        `the month is ${monthName(month)}${of === null ? '' : ` ${of}`}`,
        index,
        index + (of === null ? 2 : 3),
      );
    } else if (first === null) continue;
    else if (word === 'since' || word === 'from') add(`${year} >= ${first}`, `the year is ${first} or later`, index, index + 2);
    else if (word === 'after') add(`${year} > ${first}`, `the year is after ${first}`, index, index + 2);
    else if (word === 'before' || word === 'until')
      add(`${year} ${word === 'until' ? '<=' : '<'} ${first}`, `the year is ${word === 'until' ? 'up to' : 'before'} ${first}`, index, index + 2);
    else if (
      word === 'in' ||
      word === 'for' ||
      word === 'during' ||
      word === 'of' ||
      word === 'year' ||
      word === 'is' ||
      word === 'only' ||
      word === 'just' ||
      word === 'about'
    )
      add(`${year} = ${first}`, `the year is ${first}`, index, index + 2);
  }
  return found.filter((filter, index) => found.every((other, position) => position >= index || filter.start >= other.end));
}

function yearAt(tokens: readonly Token[], index: number): number | null {
  const value = tokens[index]?.kind === 'number' ? (tokens[index]?.value ?? null) : null;
  return value !== null && Number.isInteger(value) && value >= 1000 && value <= 2200 ? value : null;
}

function monthAt(tokens: readonly Token[], index: number): number | null {
  const word = tokens[index]?.text ?? '';
  if (word.length < 3 || word === 'mar' || word === 'second') return null;
  const position = Array.from({ length: 12 }, (_, month) => monthName(month + 1).toLowerCase()).findIndex(
    (name) => name === word || (word.length === 3 && name.startsWith(word)),
  );
  return position === -1 ? null : position + 1;
}
